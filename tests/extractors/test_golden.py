"""Golden pages: a page of each platform in, its thread out; and again with every adapter off."""

import json
from pathlib import Path
from typing import Any

import pytest

from moderation import extractors
from moderation.extractors.records import RecordsExtractor
from moderation.schema import Page, Thread

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(GOLDEN.glob("*/*.html"))
ADAPTERS_ONLY = {
    "discourse/saved-app",
    "drupal/version-6-garland",
    "embedded-state/apollo-cache",
    "embedded-state/next-data",
    "embedded-state/next-flight",
    "embedded-state/nuxt-payload",
    "embedded-state/redux-store",
    "facebook/plugin",
    "facebook/plugin-2012",
    "fluxbb/punbb",
    "invision/version-2",
    "invision/version-4-signed",
    "invision/version-5",
    "mybb/version-1.6",
    "mybb/version-1.8",
    "naver/cbox",
    "openweb/conversation",
    "reddit/old-2010",
    "reddit/old-deleted",
    "reddit/redesign",
    "schema-org/json-ld",
    "schema-org/question",
    "stack-exchange/answers",
    "stack-exchange/edited",
    "vbulletin/version-3-legacy",
    "vbulletin/version-3-skin",
    "vbulletin/version-4-signed",
    "woltlab/burning-board-3",
    "woltlab/suite-5",
}
"""Pages of which the general method alone does not find every comment."""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def gold(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def read(path: Path, *parts: extractors.Extractor) -> Thread:
    return extractors.extract(Page(str(path), path.read_bytes()), parts or None)


def plain(text: str) -> str:
    return " ".join(text.split())


def compared(thread: Thread) -> list[tuple[str, str, bool, int | None]]:
    position = {comment.id: at for at, comment in enumerate(thread.comments)}
    return [
        (
            one.author,
            plain(one.text),
            bool(one.quoted),
            None if one.parent_id is None else position[one.parent_id],
        )
        for one in thread.comments
    ]


def wanted(case: dict[str, Any]) -> list[tuple[str, str, bool, int | None]]:
    """Return the comments without what they quote, which is the rest of ``text``."""
    return [
        (one["author"], plain(said(one)), "text_alt" in one, one["parent"])
        for one in case["comments"]
    ]


def said(one: dict[str, Any]) -> str:
    return one.get("text_alt", one["text"])


@pytest.mark.parametrize("path", CASES, ids=name)
def test_a_golden_page_gives_its_thread(path):
    case, thread = gold(path), read(path)
    assert thread.platform == (case["platform"] if case["comments"] else thread.platform)
    assert compared(thread) == wanted(case)
    assert thread.article.title == case["title"]
    assert not any(said(one)[:40] in thread.article.text for one in case["comments"])


@pytest.mark.parametrize("path", CASES, ids=name)
def test_dates_and_ids_are_the_platforms_own(path):
    for one, want in zip(read(path).comments, gold(path)["comments"], strict=True):
        if want["id"]:
            assert one.id == want["id"]
        if want["published"] and "T" in want["published"]:
            assert one.published == want["published"]
        assert bool(one.published) == bool(want["published"])


@pytest.mark.parametrize(
    "path", [path for path in CASES if name(path) not in ADAPTERS_ONLY], ids=name
)
def test_the_general_method_alone_finds_the_same_comments(path):
    thread = read(path, RecordsExtractor())
    assert [(one.author, plain(one.text)) for one in thread.comments] == [
        (one["author"], plain(said(one))) for one in gold(path)["comments"]
    ]
