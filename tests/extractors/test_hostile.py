"""Pages made to take for ever: each is read in seconds, or given up in time with one clear line."""

import time

import pytest

from moderation import extractors
from moderation.errors import ExtractionError
from moderation.extraction import Worker
from moderation.schema import Page
from moderation.testing import check_thread

COMMENT = (
    '<li class="comment" id="comment-{n}"><b class="fn">Ann {n}</b> <time datetime="2024-05-01">'
    '1 May</time><div class="comment-content"><p>{text}</p></div>'
)
WORDS = ("the tram", "was late", "again", "nobody asked", "in March", "a fine idea", "my street")
RECORD = "<div class=comment data-{n}=1><b>Ann</b> <i>2 May 2020</i><p>words are here</p>"


def comments(count: int, between: str = "</li>") -> str:
    texts = (" ".join(WORDS[(n * step) % 7] for step in range(1, 6)) for n in range(count))
    items = (COMMENT.format(n=n, text=f"{text} {n}") for n, text in enumerate(texts))
    return f'<html><title>Tram</title><ol class="comment-list">{between.join(items)}</ol>'


SOUPS = {
    "nested": "<html><body>" + "<div>" * 200_000 + "<p>x",
    "misnested": "<html><body>" + "<b><i><p>" * 10_000,
    "nested tables": "<table><tr><td>" * 10_000,
    "nested quotes": "<blockquote>" * 50_000 + "x",
    "many comments": comments(3_000),
    "deep replies": comments(150, "<ol class=children>"),
    "one id for all": "<html>"
    + "<div id=x class=comment><b>Ann</b> 2 May 2020<p>yes</div>" * 3_000,
    "attributes": "<html><div " + " ".join(f"a{n}=1" for n in range(8_000)) + ">x",
    "one attribute": "<html><div " + "a=1 " * 200_000 + ">x",
    "class names": '<html><div class="' + " ".join(f"comment-{n}" for n in range(50_000)) + '">x',
    "unlike records": "<html>" + "".join(RECORD.format(n=n) + "</div>" for n in range(2_000)),
    "entities": "<p>" + "&amp;" * 500_000,
    "anchors": "<html>" + "<a href='#c1'>reply</a>" * 30_000,
    "json in json": "<html><script type=application/json>" + '[{"comments":[' * 50_000,
    "microdata": "<html>" + "<p itemscope itemtype='http://schema.org/Comment'>x" * 5_000,
}
DUMPS = {
    "blank lines": "x" + "\n" * 200_000 + "x",
    "spaces": "x" + " " * 500_000 + "x",
    "colons": "a: " * 100_000,
    "digits": "1 " * 200_000,
    "bylines": "Comment by Ann\n2 May 2020\nhello there\n\n" * 3_000,
    "mentions": "Ann 2 May 2020\n@Bob @Cid hello\n" * 3_000,
    "references": "References:\n" + "1. http://a.example/\n" * 20_000 + "x",
    "emphasis": "*a _b " * 50_000,
    "links": "[" * 100_000 + "](x)",
}


@pytest.mark.parametrize("name", [*SOUPS, *DUMPS])
def test_a_hostile_page_is_read_in_seconds(name):
    page = Page("page.html", SOUPS[name].encode()) if name in SOUPS else None
    started = time.process_time()
    thread = extractors.extract(page or Page("page.txt", DUMPS[name].encode()))
    assert time.process_time() - started < 8
    check_thread(thread)


def test_thousands_of_comments_and_deep_replies_are_all_found():
    assert len(extractors.extract(Page("a.html", SOUPS["many comments"].encode())).comments) == 3000
    deep = extractors.extract(Page("a.html", SOUPS["deep replies"].encode())).comments
    assert len(deep) == 150
    assert sum(comment.parent_id is None for comment in deep) == 1


def test_a_page_over_the_time_limit_is_one_line_and_the_next_is_read():
    with Worker(timeout_s=1) as worker:
        worker.timeout_s = 60
        worker.extract(Page("warm.html", b"<p>up"))
        worker.timeout_s = 1
        started = time.monotonic()
        with pytest.raises(ExtractionError, match=r"^slow\.html: took longer than 1 s to extract"):
            worker.extract(Page("slow.html", comments(40_000).encode()))
        assert time.monotonic() - started < 10
        worker.timeout_s = 60
        assert worker.extract(Page("next.html", b"<title>Tide</title>")).article.title == "Tide"
