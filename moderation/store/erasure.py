"""Erasing comments: texts and names go everywhere, the log keeps who decided what, and when.

What goes: text, author, quotation and time shown of the comment, its earlier texts, its scores,
the notes and free reasons of decisions on it, what other comments of the article quote of it,
its words in the search index, and suggestions of the HTTP API with the same text. What stays:
ids, the thread's shape, and decisions and labels as numbers; ``Store.labels`` leaves them out.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, case, delete, select, update

from moderation.frames import comment_key
from moderation.schema import Thread
from moderation.store.rows import comment_rows, lock_articles, same_author
from moderation.store.scoring import tallied
from moderation.store.search import forget_words, index_words
from moderation.store.tables import (
    articles,
    claims,
    comments,
    decisions,
    key_of,
    revisions,
    scores,
    suggestions,
)


def read_by_author(connection: Connection, author: str) -> list[str]:
    """See ``Store.by_author``."""
    query = (
        select(articles.c.url, comments.c.platform_id)
        .join(articles, articles.c.id == comments.c.article)
        .where(same_author(author))
        .order_by(comments.c.id)
    )
    return [comment_key(row.url, row.platform_id) for row in connection.execute(query)]


def erase(connection: Connection, comment_ids: Sequence[str]) -> int:
    """See ``Store.erase``; in a writing transaction."""
    known = comment_rows(connection, comment_ids)
    lock_articles(connection, (row.article for row in known.values()))
    rows = [row.id for row in known.values()]
    with tallied(connection, rows):
        for row in rows:
            connection.execute(delete(scores).where(scores.c.comment == row))
    for comment_id, row in known.items():
        _unquote(connection, row.article, row.text, comment_id)
        connection.execute(delete(suggestions).where(suggestions.c.text == row.text))
        _blank(connection, row.id)
    index_words(connection, {row: [] for row in rows})
    forget_words(connection)
    return len(rows)


def without_erased(connection: Connection, article: int, thread: Thread) -> Thread:
    """Return what a page may still say: nothing of erased comments, and no quotation of them."""
    query = select(comments.c.platform_id).where(comments.c.article == article, comments.c.erased)
    gone = set(connection.scalars(query))
    if not gone:
        return thread
    texts = [one.text for one in thread.comments if one.id in gone]
    members = tuple(
        replace(one, text="", author="", quoted="", published=None, posted_at=None)
        if one.id in gone
        else replace(one, quoted="")
        if one.parent_id in gone or any(_quotes(one.quoted, text) for text in texts)
        else one
        for one in thread.comments
    )
    return replace(thread, comments=members)


def _blank(connection: Connection, row: int) -> None:
    empty = dict.fromkeys(("text", "author", "quoted", "text_key"), "")
    nothing = dict.fromkeys(("published", "posted_at", "language"))
    connection.execute(
        update(comments)
        .where(comments.c.id == row)
        .values(**empty, **nothing, worth=0.0, erased=True)
    )
    connection.execute(delete(revisions).where(revisions.c.comment == row))
    connection.execute(delete(claims).where(claims.c.comment == row))
    plain = case((decisions.c.reason.like("other:%"), "other"), else_=decisions.c.reason)
    connection.execute(
        update(decisions).where(decisions.c.comment == row).values(note="", reason=plain)
    )


def _unquote(connection: Connection, article: int, text: str, comment_id: str) -> None:
    """Empty the quotations of a comment in the others of its article."""
    query = select(*comments.c["id", "parent", "quoted"]).where(
        comments.c.article == article, comments.c.quoted != ""
    )
    key = key_of(comment_id)
    quoting = [
        row.id
        for row in connection.execute(query)
        if row.parent == key or _quotes(row.quoted, text)
    ]
    for row in quoting:
        connection.execute(update(comments).where(comments.c.id == row).values(quoted=""))


def _quotes(quoted: str, text: str) -> bool:
    """Whether a quotation holds the text, or a part of it."""
    quoted, text = " ".join(quoted.split()), " ".join(text.split())
    return bool(quoted and text) and (quoted in text or text in quoted)
