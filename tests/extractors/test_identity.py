"""A comment's id is the same on every crawl, whatever else the page holds by then."""

import pytest

from moderation.extractors import extract
from moderation.schema import Page

WORDS = ["One may doubt the new timetable.", "It rains in there, I was there.", "Who pays for it?"]


def page(items: list[tuple[str, str, str]], prefix: str = "comment-") -> Page:
    """A WordPress page with comments of (number, date, text)."""
    listed = "".join(
        f'<li id="{prefix}{number}" class="comment"><div class="comment-author vcard">'
        f'<cite class="fn">Reader {text[:3]}</cite></div><div class="comment-meta">'
        f'<time datetime="{date}">{date[:10]}</time></div><p>{text}</p></li>'
        for number, date, text in items
    )
    article = "<article><h1>Harbour</h1><p>The crane is back.</p></article>"
    body = f'{article}<ol class="commentlist">{listed}</ol>'
    return Page("page.html", f"<html><title>Harbour</title><body>{body}</body></html>".encode())


def ids(items: list[tuple[str, str, str]], prefix: str = "comment-") -> dict[str, str]:
    return {one.text: one.id for one in extract(page(items, prefix)).comments}


@pytest.mark.parametrize("later", ["4", "9", "5170"])
def test_the_first_comments_of_a_young_site_keep_their_ids_when_the_thread_grows(later):
    young = [
        (str(number), f"2026-05-0{number}T08:00:00Z", text)
        for number, text in enumerate(WORDS, start=1)
    ]
    grown = [*young, (later, "2026-05-09T08:00:00Z", "Late, but here I am as well.")]
    before, after = ids(young), ids(grown)
    assert len(before) == 3
    assert len(after) == 4
    assert before.items() <= after.items()


def test_a_count_that_begins_at_the_newest_names_places_and_not_comments():
    first = [("1", "2026-05-02T08:00:00Z", WORDS[1]), ("2", "2026-05-01T08:00:00Z", WORDS[0])]
    grown = [
        ("1", "2026-05-03T08:00:00Z", WORDS[2]),
        ("2", "2026-05-02T08:00:00Z", WORDS[1]),
        ("3", "2026-05-01T08:00:00Z", WORDS[0]),
    ]
    assert ids(first).items() <= ids(grown).items()
