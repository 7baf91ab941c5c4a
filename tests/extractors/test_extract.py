"""What extract() promises for every page and every extractor, hostile ones included."""

import contextlib
import json
import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import extractors, interchange
from moderation.errors import ExtractionError
from moderation.extractors.article import made_up_address, normal_address
from moderation.schema import Article, Comment, Page, Thread

ARTICLE = Article("urn:x", "Title", "Text")
TAGS = ("div", "li", "ul", "p", "article", "section", "table", "tr", "td", "span", "a", "time")
CLASSES = ("comment", "author", "comment-body", "children", "depth-2", "reply", "post", "sidebar")


@dataclass(frozen=True)
class Fixed:
    """An extractor that returns what it was given."""

    comments: tuple[Comment, ...]
    name: str = "fixed"

    def matches(self, _document: object) -> bool:
        return True

    def extract(self, _document: object) -> Thread:
        return Thread(ARTICLE, self.comments, self.name)


def comment(name: str, parent: str | None = None, text: str = "words") -> Comment:
    return Comment(name, parent, "Ann", text)


def extract_with(*comments: Comment) -> tuple[Comment, ...]:
    return extractors.extract(Page("x.html", b"<p>hello"), [Fixed(comments)]).comments


def check_sound(thread: Thread) -> None:
    ids = [one.id for one in thread.comments]
    assert len(set(ids)) == len(ids)
    parents = {one.id: one.parent_id for one in thread.comments}
    for one in thread.comments:
        assert one.text.strip()
        seen = set()
        at: str | None = one.id
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = parents[at]


def test_repeated_ids_are_numbered():
    assert [one.id for one in extract_with(comment("a"), comment("a"), comment("a"))] == [
        "a",
        "a-2",
        "a-3",
    ]


def test_an_empty_comment_is_dropped_and_its_replies_move_up():
    found = extract_with(comment("a"), comment("b", "a", " \n"), comment("c", "b"))
    assert [(one.id, one.parent_id) for one in found] == [("a", None), ("c", "a")]


def test_parents_that_close_a_circle_are_forgotten():
    found = extract_with(comment("a", "b"), comment("b", "a"), comment("c", "a"))
    assert [one.parent_id for one in found] == [None, None, "a"]


def test_an_unknown_parent_is_forgotten():
    assert extract_with(comment("a", "gone"))[0].parent_id is None


def test_a_parent_may_stand_after_its_reply():
    assert extract_with(comment("b", "a"), comment("a"))[0].parent_id == "a"


def test_a_page_without_comments_is_a_thread_without_comments():
    thread = extractors.extract(Page("x.html", b"<html><h1>Hello there</h1><p>Nothing else."))
    assert thread.comments == ()
    assert thread.article.title == "Hello there"


@pytest.mark.parametrize("body", [b"", b"  \n", b"\x89PNG\r\n\x1a\n\0\0"])
def test_an_empty_or_binary_page_is_an_extraction_error(body):
    with pytest.raises(ExtractionError):
        extractors.extract(Page("x", body))


def test_canonical_address_has_no_tracking_and_no_fragment():
    assert normal_address("https://A.example/x?utm_source=m&id=3#c") == "https://a.example/x?id=3"


def test_an_article_without_an_address_is_named_by_its_words_alone():
    page = b"<html><title>A story</title><body><p>Once upon a time there was a page.</p>"
    first = extractors.extract(Page("one.html", page)).article
    second = extractors.extract(Page("-", page)).article
    assert first.url == second.url == made_up_address(first.title, first.text)


def test_a_grown_thread_keeps_the_ids_it_had():
    def page(*said: str) -> bytes:
        items = "".join(
            f"<div class='comment'><b class='author'>Ann {at}</b>"
            f"<time datetime='2024-01-0{at + 1}'>day</time><p>{text}</p></div>"
            for at, text in enumerate(said)
        )
        return f"<html><body><h2>Comments</h2>{items}</body>".encode()

    before = extractors.extract(Page("x", page("First words here.", "Second words here.")))
    after = extractors.extract(
        Page("x", page("First words here.", "Second words here.", "Third words here."))
    )
    assert [one.id for one in before.comments] == [one.id for one in after.comments][:2]


def test_a_thread_file_is_read_back_as_it_was_written():
    written = Thread(
        Article("https://a.example/x", "Title", "Text", author="Ann", published="2024-01-01"),
        (comment("a"), comment("b", "a", "other words")),
        "isso",
    )
    line = json.dumps(interchange.thread_to_json(written, source="x.html")).encode()
    assert extractors.extract(Page("threads.jsonl", line)) == written


def test_a_thread_file_with_a_wrong_field_is_one_clear_line():
    broken = b'{"version": 1, "article": {}, "comments": [{"text": "x", "parent": 7}]}'
    with pytest.raises(ExtractionError, match="thread format"):
        extractors.extract(Page("threads.jsonl", broken))


@pytest.mark.parametrize(
    "body",
    [
        "<div class=comment>" * 100_000,
        "<ul><li class=comment>" * 20_000 + "words",
        "<a href='#comment-1'>" * 20_000,
        "<div " + " ".join(f"a{at}=1" for at in range(20_000)) + ">x",
        "<p class=comment>" + "x" * 500_000,
        "<p>" + "1 " * 200_000,
        "<b class=author>Ann</b> 1 May 2020 " * 5_000,
    ],
    ids=["divs", "lists", "links", "attributes", "word", "digits", "names"],
)
def test_a_hostile_page_ends_in_bounded_time(body):
    started = time.process_time()
    check_sound(extractors.extract(Page("x.html", f"<html><body>{body}".encode())))
    assert time.process_time() - started < 10


@st.composite
def soups(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 40))):
        tag = draw(st.sampled_from(TAGS))
        kind = draw(st.sampled_from(CLASSES))
        text = draw(st.one_of(st.just("1 May 2020"), st.just("Reply"), st.text(max_size=40)))
        close = f"</{tag}>" if draw(st.booleans()) else ""
        number = draw(st.integers(0, 9))
        parts.append(f"<{tag} class='{kind}' id='{kind}-{number}'>{text}{close}")
    return "".join(parts)


@pytest.mark.parametrize(
    "attribute", ["data-\x01parent", "{x", "{}", "data-{parent", "data-\ufffe"]
)
def test_an_attribute_no_xml_could_have_is_passed_over(attribute):
    record = (
        f"<div class=comment {attribute}=1><b>Ann</b> <i>2 May 2020</i><p>Some words here</div>"
    )
    check_sound(extractors.extract(Page("x.html", f"<html><body>{record * 6}".encode())))


def test_a_level_in_raised_digits_is_none():
    record = "<div class=comment data-level=²><b>Ann</b> <i>2 May 2020</i><p>Some words here</div>"
    check_sound(extractors.extract(Page("x.html", f"<html><body>{record * 6}".encode())))


@given(soups())
def test_any_soup_gives_a_sound_thread(soup):
    check_sound(extractors.extract(Page("x.html", f"<html><body>{soup}</body>".encode())))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_thread_or_an_extraction_error(body):
    with contextlib.suppress(ExtractionError):
        check_sound(extractors.extract(Page("x", body)))


@pytest.mark.parametrize(
    ("stated", "heading"),
    [
        ("Tides: The ferry waits", "<h1><b>Tides</b> <span>The ferry waits</span></h1>"),
        ("Tides: The ferry waits", "<h1>The ferry waits</h1>"),
        ("The ferry waits | Courier", "<h1>The ferry waits <i>Premium</i></h1>"),
        ("The ferry waits", "<h1>Ferry news: the ferry waits</h1><h2>The ferry waits</h2>"),
    ],
)
def test_a_headline_comes_without_kicker_label_and_site(stated, heading):
    head = f'<head><meta property="og:title" content="{stated}"></head>'
    page = f"<html>{head}<body>{heading}<p>It waits for the tide.</p></body></html>"
    assert extractors.extract(Page("page.html", page.encode())).article.title == "The ferry waits"
