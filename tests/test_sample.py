"""The sample pages hold what data/README.md says, and extraction finds all of it."""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from moderation import extractors
from moderation.config import Settings
from moderation.extraction import open_targets
from moderation.frames import text_key
from moderation.pipeline import ingest
from moderation.schema import Page
from moderation.scorers import load
from moderation.store import open_store

DATA = Path(__file__).parents[1] / "data"
EXPECTED = json.loads((DATA / "sample-expected.json").read_text(encoding="utf-8"))

FORUMS = {"discourse", "xenforo"}
"""Their story is the first post, which counts as a comment: later pages begin with any post."""


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def threads():
    return {
        name: extractors.extract(Page(source=name, body=(DATA / "sample" / name).read_bytes()))
        for name in EXPECTED
    }


def test_every_sample_page_has_its_expectation():
    assert sorted(path.name for path in (DATA / "sample").iterdir()) == sorted(EXPECTED)


def test_the_pages_are_the_ones_described():
    lines = (DATA / "sample.sha256").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split(maxsplit=1)) for line in lines)
    files = [*(DATA / "sample").iterdir(), DATA / "sample-expected.json"]
    found = {
        path.relative_to(DATA).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    assert found == listed, "after a deliberate change: make sample-hashes"


def test_the_readme_counts_what_is_there():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|.*\| (\d+) \| (\S+) \|$", readme, flags=re.MULTILINE)
    stated = {name: (int(count), levels) for name, count, levels in rows}
    assert stated == {name: counted(page["comments"]) for name, page in EXPECTED.items()}


def counted(comments: list[dict]) -> tuple[int, str]:
    def depth(index: int) -> int:
        parent = comments[index]["parent"]
        return 1 if parent is None else depth(parent) + 1

    levels = max(depth(index) for index in range(len(comments)))
    return len(comments), "flat" if levels == 1 else str(levels)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_platform_title_and_address_are_recognised(name, threads):
    thread, expected = threads[name], EXPECTED[name]
    assert thread.platform == expected["platform"]
    assert thread.article.title == expected["title"]
    if expected["url"] is None:
        assert thread.article.url.startswith("urn:moderation:")
    else:
        assert thread.article.url == expected["url"]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_comment_is_found_with_its_author_and_text_and_no_other(name, threads):
    found = [(comment.author, words(comment.text)) for comment in threads[name].comments]
    assert found == [(c["author"], words(c["text"])) for c in EXPECTED[name]["comments"]]


@pytest.mark.parametrize("name", EXPECTED)
def test_replies_stand_under_the_comments_they_answer(name, threads):
    comments = threads[name].comments
    index = {comment.id: position for position, comment in enumerate(comments)}
    parents = [None if c.parent_id is None else index[c.parent_id] for c in comments]
    assert parents == [c["parent"] for c in EXPECTED[name]["comments"]]


@pytest.mark.parametrize("name", EXPECTED)
def test_dates_are_the_ones_shown(name, threads):
    found = [comment.published for comment in threads[name].comments]
    assert found == [c["published"] for c in EXPECTED[name]["comments"]]


@pytest.mark.parametrize("name", EXPECTED)
def test_article_bodies_hold_the_story_and_not_the_comments(name, threads):
    thread = threads[name]
    body = words(thread.article.text)
    if thread.platform not in FORUMS:
        assert len(body) > 300
    leaked = [c.id for c in thread.comments if len(c.text) > 40 and words(c.text) in body]
    assert not leaked


def test_two_slogans_are_pasted_into_several_articles_by_different_authors():
    said = Counter()
    for page in EXPECTED.values():
        said.update({text_key(c["text"]) for c in page["comments"]})
    authors = {
        key: {
            c["author"]
            for page in EXPECTED.values()
            for c in page["comments"]
            if text_key(c["text"]) == key
        }
        for key, pages in said.items()
        if pages >= 3
    }
    assert [len(names) for names in authors.values()] == [3, 3]


def test_ingesting_the_sample_pages_twice_leaves_the_store_as_it_was(tmp_path):
    path = tmp_path / "desk.db"
    dumps = []
    for _ in range(2):
        store = open_store(f"sqlite:///{path}")
        pages = open_targets([str(DATA / "sample")], Settings())
        reports = list(ingest(pages, store, load()))
        store.close()
        with closing(sqlite3.connect(path)) as database:
            dumps.append(sorted(database.iterdump()))
    assert not any(report.problem for report in reports)
    assert sum(report.comments for report in reports) > 100
    assert sum(report.new for report in reports) == 0
    assert dumps[0] == dumps[1]
