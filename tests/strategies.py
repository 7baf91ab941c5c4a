"""Hypothesis strategies for the records: valid, and as hostile as the internet."""

from datetime import UTC

import pandas as pd
from hypothesis import strategies as st

from moderation.frames import CONTEXT_COLUMNS, thread_frame
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Page, Thread
from moderation.store import LABEL_COLUMNS

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "**bold** [link](javascript:alert(1)) ![](http://127.0.0.1/x.png) $\\LaTeX$ :material/home:",
    '=HYPERLINK("http://127.0.0.1/?"&A1,"click")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\u202eesrever ni nettirw\u202c",
    "Z\u0351\u036b\u0343a\u0300l\u0301g\u0302o\u0303",
    "\ufeffbyte order mark",
    "zero\u200bwidth\u200djoiner",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f926\U0001f3fd",
    "x" * 20_000,
    "'; DROP TABLE comments; --",
    '"quoted", with commas\r\nand lines',
    "한국어 댓글입니다",
    "تعليق",
    "NULL",
    "NaN",
    "1e309",
    "%s {0} {text!r}",
)
"""Texts that break programs which trust them."""

# Lone surrogates cannot come out of a decoded page, NULs neither (see Document).
_letters = st.characters(codec="utf-8", exclude_characters="\0")
hostile_text = st.one_of(st.sampled_from(HOSTILE), st.text(_letters, max_size=80))
"""Any text a page or a table may hold, the empty one included."""
comment_text = hostile_text.filter(lambda text: text.strip() != "")
"""Text of a comment as extractors give it: never blank."""
names = st.one_of(st.sampled_from(("anna", "Best Price!", "O'Brien", "최민서", "")), hostile_text)
times = st.datetimes(
    min_value=pd.Timestamp("1990-01-01").to_pydatetime(),
    max_value=pd.Timestamp("2090-01-01").to_pydatetime(),
    timezones=st.just(UTC),
)
urls = st.integers(min_value=1, max_value=10**6).map("https://example.org/story/{}".format)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    return Article(
        url=draw(urls),
        title=draw(hostile_text),
        text=draw(hostile_text),
        author=draw(st.none() | names),
        published=draw(st.none() | times.map(lambda time: time.isoformat())),
    )


@st.composite
def threads(draw: st.DrawFn, max_size: int = 6) -> Thread:
    """Well-formed threads; in some the replies stand before their parents."""
    size = draw(st.integers(min_value=0, max_value=max_size))
    ids = [f"c{number}" for number in range(size)]
    comments = []
    for index, own in enumerate(ids):
        stamp = draw(st.none() | times)
        comments.append(
            Comment(
                id=own,
                parent_id=draw(st.sampled_from([None, *ids[:index]])),
                author=draw(names),
                text=draw(comment_text),
                published=stamp.isoformat() if stamp else None,
                posted_at=stamp,
                quoted=draw(st.just("") | hostile_text),
            )
        )
    if draw(st.booleans()):
        comments.reverse()
    return Thread(draw(articles()), tuple(comments), draw(st.sampled_from(("records", "coral"))))


@st.composite
def batches(draw: st.DrawFn, max_size: int = 5) -> pd.DataFrame:
    """What scorers get: ``CONTEXT_COLUMNS``, blank texts and no rows among them."""
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "comment_id": st.just(""),
                    "parent_id": st.none() | st.just("https://example.org/story/1#c0"),
                    "article_url": urls,
                    "article_title": hostile_text,
                    "article_text": hostile_text,
                    "author": names,
                    "published": st.just("") | times.map(lambda time: time.isoformat()),
                    "text": st.sampled_from(("", "   ", "\n")) | hostile_text,
                    "parent_text": hostile_text,
                    "thread_text": hostile_text,
                    "copies": st.integers(min_value=1, max_value=10**4),
                }
            ),
            max_size=max_size,
        )
    )
    for number, row in enumerate(rows):
        row["comment_id"] = f"{row['article_url']}#c{number}"
    empty = thread_frame(Thread(Article("urn:moderation:0", "", ""), (), "records"))
    return pd.DataFrame(rows, columns=list(CONTEXT_COLUMNS)) if rows else empty


_tags = st.sampled_from(
    ("div", "p", "li", "ul", "ol", "article", "section", "a", "table", "td", "script", "noscript")
)
_classes = st.sampled_from(
    (
        "comment", "comments", "comment-body", "comment-list", "children", "fn", "dsq-comment",
        "crawler-post", "message", "coral", "depth-2", "indented", "x", "",
    )
)  # fmt: skip


@st.composite
def _elements(draw: st.DrawFn, depth: int = 3) -> str:
    tag, css, name = draw(_tags), draw(_classes), draw(st.integers(0, 9))
    if depth == 0 or draw(st.booleans()):
        inner = draw(hostile_text)[:200]
    else:
        inner = "".join(draw(st.lists(_elements(depth=depth - 1), max_size=3)))
    closing = f"</{tag}>" if draw(st.integers(0, 9)) else ""
    return f'<{tag} class="{css}" id="comment-{name}">{inner}{closing}'


hostile_pages = st.one_of(
    st.binary(max_size=300),
    hostile_text.map(lambda text: text.encode()),
    _elements().map(lambda body: f"<html><body>{body}</body></html>".encode()),
    _elements().map(lambda body: body.encode("utf-16")),
).map(lambda body: Page(source="hostile.html", body=body))
"""Pages nobody wrote on purpose: rubbish, markup that only looks like a platform's, truncation."""


@st.composite
def label_frames(draw: st.DrawFn, max_size: int = 5) -> pd.DataFrame:
    """Label events with the ``moderation.store.LABEL_COLUMNS``."""
    rows = []
    for number in range(draw(st.integers(min_value=0, max_value=max_size))):
        url = draw(urls)
        scored = draw(st.booleans())
        rows.append(
            {
                "label_id": f"{number:032x}:threat",
                "comment_id": f"{url}#c{number}",
                "article_url": url,
                "article_title": draw(hostile_text),
                "parent_id": draw(st.none() | st.just(f"{url}#parent")),
                "text": draw(comment_text),
                "text_sha256": "0" * 64,
                "attribute": draw(st.sampled_from(ATTRIBUTES)),
                "value": draw(st.floats(min_value=0, max_value=1)),
                "action": str(draw(st.sampled_from(Action))),
                "reason": draw(st.sampled_from(("", "other", *ATTRIBUTES))),
                "note": draw(hostile_text),
                "moderator": draw(names),
                "decided_at": draw(times),
                "score": draw(st.floats(min_value=0, max_value=1)) if scored else None,
                "scorer_version": "toxicity-1" if scored else None,
                "sampling": draw(st.sampled_from(("queue", "random", "search", "rule"))),
                "decision_id": f"{number:032x}",
                "undone": draw(st.booleans()),
                "source": draw(st.sampled_from(("desk", "api"))),
                "community": draw(hostile_text),
                "client_token": draw(hostile_text),
            }
        )
    frame = pd.DataFrame(rows, columns=list(LABEL_COLUMNS))
    frame["decided_at"] = pd.to_datetime(frame["decided_at"], utc=True)
    return frame.astype({"value": "float64", "score": "float64", "label_id": "str"})
