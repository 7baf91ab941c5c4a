"""Finding rows by name, locking them, and what both databases spell differently."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Table, Text, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import StoreError
from moderation.frames import comment_key
from moderation.store.tables import AUTHOR_CHARS, AUTHOR_START, articles, comments, escaped, key_of

T = TypeVar("T")
CHUNK = 500
"""Names in one IN list."""


def upsert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Start an insert that can say ``on_conflict_do_…``, in this connection's dialect."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long list into pieces a database takes in one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def article_row(connection: Connection, url: str) -> int | None:
    """Return an article's row number, or None if it is not in the store."""
    row: int | None = connection.scalar(select(articles.c.id).where(articles.c.key == key_of(url)))
    return row


def comment_rows(connection: Connection, comment_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return comment id -> ``id, key, article, scorer_set, text`` of those that are stored."""
    by_key = {key_of(comment_id): comment_id for comment_id in comment_ids}
    wanted = comments.c["id", "key", "article", "scorer_set", "text"]
    found: dict[str, Row[Any]] = {}
    for keys in chunks(list(by_key)):
        for row in connection.execute(select(*wanted).where(comments.c.key.in_(keys))):
            found[by_key[row.key]] = row
    return found


def comment_id_of(connection: Connection, row: int) -> str:
    """Return the id of the comment with this row number."""
    query = (
        select(articles.c.url, comments.c.platform_id).join(articles).where(comments.c.id == row)
    )
    found = connection.execute(query).one()
    return comment_key(found.url, found.platform_id)


def same_author(author: str) -> ColumnElement[bool]:
    """True of comments under exactly this name, found by an index of how names begin."""
    begins = bindparam(None, escaped(author)[:AUTHOR_CHARS], Text)
    # Appending nothing keeps SQLite from putting the name into the index's expression, which
    # would then not be the index's any more.
    return and_(begins == AUTHOR_START, comments.c.author.concat("") == author)


def lock_comment(connection: Connection, comment_id: str) -> Row[Any]:
    """Return ``id, article, revision, standing, action`` of a comment nobody else changes now.

    Raises:
        StoreError: It is not in the store.
    """
    wanted = comments.c["id", "article", "revision", "standing", "action"]
    query = select(*wanted).where(comments.c.key == key_of(comment_id))
    row = connection.execute(query).one_or_none()
    if row is None:
        msg = f"comment {comment_id[:200]!r} is not in the store"
        raise StoreError(msg)
    lock_articles(connection, [row.article])
    return connection.execute(query).one()


def lock_articles(connection: Connection, rows: Iterable[int]) -> None:
    """Let no other transaction change these articles or their comments until this one ends.

    Every writer locks articles first, in order of their number, so that no two wait for each
    other. SQLite has one writer anyhow.
    """
    if connection.dialect.name == "sqlite":
        return
    for some in chunks(sorted(set(rows))):
        query = select(articles.c.id).where(articles.c.id.in_(some)).order_by(articles.c.id)
        connection.execute(query.with_for_update(key_share=True)).all()


def frame(rows: Iterable[Sequence[object]], columns: Sequence[str]) -> pd.DataFrame:
    """Make a table of objects: pandas' own strings refuse lone surrogates."""
    columns = list(columns)
    return pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype=object)
