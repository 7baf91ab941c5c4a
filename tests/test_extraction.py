import json

import pytest

from moderation.config import Settings
from moderation.errors import ExtractionError, SourceError
from moderation.extraction import Extracted, Worker, extract_pages, open_targets
from moderation.interchange import thread_to_json
from moderation.schema import Article, Comment, Page, Thread
from moderation.testing import check_thread

PAGE = Page("page.html", b"<html><title>Tide</title><article><p>The tide is out.</p></article>")
EMPTY = Page("empty.html", b"")


@pytest.fixture(scope="module")
def worker():
    with Worker(timeout_s=30) as running:
        yield running


def test_page_is_extracted_in_another_process(worker):
    assert worker.extract(PAGE).article.title == "Tide"


def test_how_a_page_was_read_is_told_where_it_is_asked_for(worker):
    assert worker.read(PAGE).explanation == ()
    told = worker.read(PAGE, explain=True).explanation
    assert told[0] == "read by none: 0 comments"
    assert "  tried records: 0 comments" in told


def test_page_that_is_none_is_one_error_and_the_next_goes_on(worker):
    with pytest.raises(ExtractionError, match=r"^empty\.html: "):
        worker.extract(EMPTY)
    assert worker.extract(PAGE).article.title == "Tide"


def test_child_that_dies_costs_one_page(worker):
    worker.extract(PAGE)
    worker._child.kill()
    worker._child.wait()
    with pytest.raises(ExtractionError, match="ran out of memory or crashed; given up"):
        worker.extract(PAGE)
    assert worker.extract(PAGE).article.title == "Tide"


def test_page_that_takes_too_long_is_given_up():
    with Worker(timeout_s=1e-6) as worker:
        with pytest.raises(ExtractionError, match="took longer than 1e-06 s to extract; given up"):
            worker.extract(PAGE)
        worker.timeout_s = 30
        assert worker.extract(PAGE).article.title == "Tide"


def test_failures_stand_in_their_place():
    unread = SourceError("gone.html", "cannot be read")
    known = Extracted("t.jsonl", Thread(Article("urn:x", "T", ""), (), "test"))
    results = list(extract_pages([PAGE, unread, EMPTY, known, PAGE], timeout_s=30))
    assert [result.source for result in results] == [
        "page.html", "gone.html", "empty.html", "t.jsonl", "page.html",
    ]  # fmt: skip
    assert [isinstance(result, SourceError) for result in results] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert results[3] is known


def test_targets_are_read_in_the_order_they_are_named(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE.body)
    (tmp_path / "t.jsonl").write_text("[]\n")
    targets = [str(tmp_path / name) for name in ("t.jsonl", "a.html", "gone.html")]
    bad, page, gone = open_targets(targets, Settings())
    assert "expected an object" in bad.problem
    assert isinstance(page, Page)
    assert isinstance(gone, SourceError)


def test_what_was_guessed_or_mended_is_one_line_a_page(worker):
    guessed = worker.read(Page("old.html", "<p>Die Größe der Brücke".encode("cp1252")))
    assert guessed.notes == ("names no encoding; read as cp1252",)
    assert worker.read(PAGE).notes == ()


def test_repeated_ids_and_circles_of_a_thread_file_are_mended_and_told(tmp_path):
    said = [("1", None, "one"), ("1", None, "two"), ("2", "3", "three"), ("3", "2", "four")]
    comments = tuple(Comment(name, parent, "Ann", text) for name, parent, text in said)
    line = thread_to_json(
        Thread(Article("https://n.example/a", "T", ""), comments, "x"), source="s"
    )
    for entry, parent in zip(line["comments"], [None, None, 3, 2], strict=True):
        entry["parent"] = parent  # what writing it had cut
    (tmp_path / "t.jsonl").write_text(json.dumps(line))
    (found,) = open_targets([str(tmp_path / "t.jsonl")], Settings())
    assert found.notes == ("1 repeated id told apart, 1 circle of parents cut",)
    check_thread(found.thread)
    assert [one.id for one in found.thread.comments] == ["1", "1-2", "2", "3"]
