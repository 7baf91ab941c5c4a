import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import InputError
from moderation.interchange import (
    VERSION,
    holds_threads,
    read_threads,
    thread_from_json,
    thread_to_json,
)
from moderation.schema import Article, Comment, Confidence, Thread

ARTICLE = Article("https://news.example/a", "Title", "Body", "A. Writer", "2026-02-03")


def chain(*parents):
    """Comments 0, 1, … each answering the comment its number in ``parents`` names."""
    comments = tuple(
        Comment(str(n), None if parent is None else str(parent), f"author {n}", f"text {n}")
        for n, parent in enumerate(parents)
    )
    return Thread(ARTICLE, comments, "test")


def parents_and_depths(thread):
    comments = thread_to_json(thread, source="s")["comments"]
    return [(comment["parent"], comment["depth"]) for comment in comments]


def test_every_documented_field_is_written():
    value = thread_to_json(chain(None), source="page.html")
    assert value == {
        "version": VERSION,
        "source": "page.html",
        "url": "https://news.example/a",
        "platform": "test",
        "title": "Title",
        "article": {
            "title": "Title",
            "author": "A. Writer",
            "published": "2026-02-03",
            "text": "Body",
        },
        "comments": [
            {
                "id": "0",
                "author": "author 0",
                "published": None,
                "text": "text 0",
                "quoted": "",
                "parent": None,
                "depth": 0,
                "confidence": None,
            }
        ],
    }


def test_depth_counts_from_the_top_level():
    assert parents_and_depths(chain(None, 0, 1, 0, None)) == [
        (None, 0), (0, 1), (1, 2), (0, 1), (None, 0),
    ]  # fmt: skip


def test_parent_may_stand_below_its_reply():
    assert parents_and_depths(chain(1, 2, None)) == [(1, 2), (2, 1), (None, 0)]


def test_circle_of_parents_is_cut_once():
    assert parents_and_depths(chain(1, 2, 0)) == [(1, 2), (2, 1), (None, 0)]


def test_comment_that_answers_itself_is_top_level():
    assert parents_and_depths(chain(0)) == [(None, 0)]


def test_unknown_parent_is_no_parent():
    assert parents_and_depths(chain("nobody")) == [(None, 0)]


def test_thread_of_a_hundred_thousand_levels_needs_no_recursion():
    depth = 100_000
    assert parents_and_depths(chain(None, *range(depth)))[-1] == (depth - 1, depth)
    newest_first = chain(*range(1, depth + 1), None)
    assert parents_and_depths(newest_first)[0] == (1, depth)


@given(st.lists(st.none() | st.integers(0, 12), max_size=12))
def test_depth_is_one_more_than_the_parents_whatever_the_links(parents):
    listed = parents_and_depths(chain(*parents))
    for parent, depth in listed:
        assert depth == (0 if parent is None else listed[parent][1] + 1)


@given(st.lists(st.none() | st.integers(0, 12), max_size=12))
def test_written_thread_reads_back_as_it_was_shown(parents):
    value = thread_to_json(chain(*parents), source="s")
    again = thread_from_json(json.loads(json.dumps(value)), source="s")
    assert thread_to_json(again, source="s") == value


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": 2}, "thread format version 2; this reads 1"),
        ({"article": None}, "article is missing; expected an object"),
        ({"url": 7}, "thread has a number for url; expected text"),
        ({"comments": {}}, "comments is an object; expected a list"),
        ({"comments": ["x"]}, "comment 0 is text; expected an object"),
        ({"comments": [{"id": "1"}]}, "comment 0 has no text"),
        ({"comments": [{"id": "1", "text": "x", "parent": 1}]}, "comment 0 has a parent that is"),
        ({"comments": [{"id": "1", "text": "x", "parent": True}]}, "comment 0 has a parent that"),
    ],
)
def test_broken_thread_is_refused_with_the_field_named(change, problem):
    value = thread_to_json(chain(None), source="s") | change
    with pytest.raises(InputError, match=f"^f.jsonl:3: {problem}"):
        thread_from_json(value, source="f.jsonl:3")


def test_unknown_fields_are_passed_over():
    value = thread_to_json(chain(None), source="s") | {"language": "ko"}
    assert thread_from_json(value, source="s").platform == "test"


def test_file_of_threads_goes_on_after_a_bad_line(tmp_path):
    good = json.dumps(thread_to_json(chain(None), source="page.html"))
    path = tmp_path / "threads.jsonl"
    path.write_text(f"{good}\n\n[[[\n{good}\n")
    first, bad, last = read_threads(path)
    assert first[0] == last[0] == "page.html"
    assert str(bad).startswith(f"{path}:3: is no JSON object")


def test_missing_file_of_threads_is_one_error(tmp_path):
    (error,) = read_threads(tmp_path / "gone.jsonl")
    assert "cannot be read" in error.problem


def test_threads_and_comments_are_told_apart(tmp_path):
    threads, comments = tmp_path / "t.jsonl", tmp_path / "c.jsonl"
    threads.write_text(json.dumps(thread_to_json(chain(None), source="s")))
    comments.write_text(json.dumps({"text": "x", "comments": 3}))
    assert holds_threads(threads)
    assert not holds_threads(comments)
    assert not holds_threads(tmp_path / "gone.jsonl")


@pytest.mark.parametrize("wrong", [2, -0.1, "high", True, None])
def test_a_confidence_that_is_no_share_is_an_error_that_names_it(wrong):
    value = thread_to_json(chain(None), source="x")
    value["comments"][0]["confidence"] = {"comment": 1, "author": 0.5, "parent": wrong}
    with pytest.raises(InputError, match=r"comment 0: confidence has .* for parent"):
        thread_from_json(value, source="line 1")


def test_how_sure_a_guess_is_comes_back_as_it_was():
    comment = Comment("1", None, "Ann", "No.", confidence=Confidence(0.75, 1.0, 0.0))
    thread = Thread(ARTICLE, (comment,), "plain-text")
    line = json.dumps(thread_to_json(thread, source="dump.txt"))
    assert thread_from_json(json.loads(line), source="line 1") == thread
