"""Comments with what scorers see of their surroundings, as ``moderation.frames`` lays it out."""

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Connection, func, select

from moderation.frames import (
    CONTEXT_COLUMNS,
    THREAD_COMMENT_CHARS,
    THREAD_COMMENTS,
    comment_key,
    thread_text,
)
from moderation.store.rows import chunks, frame
from moderation.store.tables import ESCAPED_CHARS, articles, comments

_EVERY = (
    "comment_id", "article_url", "article_title", "article_text", "author", "published", "text",
    "parent_text",
)  # fmt: skip


def context_frame(connection: Connection, rows: Sequence[int]) -> pd.DataFrame:
    """Return comments with ``CONTEXT_COLUMNS``, in the order of their row numbers ``rows``.

    ``copies`` counts over the whole store.
    """
    lines: list[tuple[object, ...]] = []
    for some in chunks(rows):
        lines += _lines(connection, some)
    return frame(lines, CONTEXT_COLUMNS).astype({"copies": "int64"})


def every_comment(connection: Connection) -> pd.DataFrame:
    """Return all comments with their articles' and parents' texts; see ``Store.comments``."""
    heads = {
        row.id: row for row in connection.execute(select(*articles.c["id", "url", "title", "text"]))
    }
    parent = comments.alias("parent")
    query = (
        select(
            *comments.c["article", "platform_id", "author", "published", "posted_at", "text"],
            parent.c.text.label("parent_text"),
        )
        .outerjoin(parent, parent.c.key == comments.c.parent)
        .order_by(comments.c.id)
    )
    lines = [
        (
            comment_key(heads[row.article].url, row.platform_id),
            heads[row.article].url,
            heads[row.article].title,
            heads[row.article].text,
            row.author,
            row.posted_at.isoformat() if row.posted_at else row.published or "",
            row.text,
            row.parent_text or "",
        )
        for row in connection.execute(query)
    ]
    return frame(lines, _EVERY)


def _lines(connection: Connection, rows: Sequence[int]) -> list[tuple[object, ...]]:
    parent = comments.alias("parent")
    query = (
        select(
            *comments.c["id", "article", "platform_id", "author", "published", "text", "text_key"],
            parent.c.platform_id.label("parent_platform_id"),
            parent.c.text.label("parent_text"),
        )
        .outerjoin(parent, parent.c.key == comments.c.parent)
        .where(comments.c.id.in_(rows))
    )
    found = {row.id: row for row in connection.execute(query)}
    numbers = {row.article for row in found.values()}
    wanted = select(*articles.c["id", "url", "title", "text"]).where(articles.c.id.in_(numbers))
    heads = {row.id: row for row in connection.execute(wanted)}
    copies = _copies(connection, {row.text_key for row in found.values()})
    before = _preceding(connection, rows)
    lines: list[tuple[object, ...]] = []
    for number in rows:
        row = found[number]
        head = heads[row.article]
        answered = row.parent_platform_id
        lines.append(
            (
                comment_key(head.url, row.platform_id),
                None if answered is None else comment_key(head.url, answered),
                head.url,
                head.title,
                head.text,
                row.author,
                row.published or "",
                row.text,
                row.parent_text or "",
                thread_text(before[number]),
                copies.get(row.text_key, 1),
            )
        )
    return lines


def _copies(connection: Connection, keys: set[str]) -> dict[str, int]:
    """How many comments say the same; texts without letters or digits are no copies."""
    query = (
        select(comments.c.text_key, func.count().label("copies"))
        .where(comments.c.text_key.in_(keys - {""}))
        .group_by(comments.c.text_key)
    )
    return {row.text_key: row.copies for row in connection.execute(query)}


def _preceding(connection: Connection, rows: Sequence[int]) -> dict[int, list[str]]:
    """Texts of the comments that stand before each on its page, newest last."""
    earlier = comments.alias("earlier")
    # Cut in the database, where a character may be stored escaped, and to be cut again here.
    start = func.substr(
        earlier.c.text, 1, THREAD_COMMENT_CHARS * ESCAPED_CHARS, type_=earlier.c.text.type
    )
    query = (
        select(comments.c.id, start)
        .join(
            earlier,
            (earlier.c.article == comments.c.article)
            & (earlier.c.position < comments.c.position)
            & (earlier.c.position >= comments.c.position - THREAD_COMMENTS),
        )
        .where(comments.c.id.in_(rows))
        .order_by(comments.c.id, earlier.c.position)
    )
    before: dict[int, list[str]] = defaultdict(list)
    for number, text in connection.execute(query):
        before[number].append(text)
    return before
