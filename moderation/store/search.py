"""Search by words, the same on SQLite (FTS5) and PostgreSQL (tsvector).

Texts are split into words here and not by the database, so that both find the same and no
search string can be a query: folded case, marks and width gone, every Chinese or Japanese
character a word of its own. A comment is found if it holds, for every word searched for, a
word that begins with it; one or two letters are a word of their own.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sqlalchemy import (
    ARRAY,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    literal_column,
    select,
    table,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSQUERY

INDEXED_CHARS = 100_000
"""How much of a text is searched; nobody looks for what a longer one says in the end."""
INDEXED_WORDS = 3000
"""Different words of a comment that are indexed: a tsvector holds 1 MB."""
WORD_CHARS = 64
PREFIX_CHARS = 3
"""Shorter words must be met exactly: what begins with "a" is half of any language."""
_EAST = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_EAST}]|[^\W_{_EAST}]+")
_TABLE = table("comment_words", column("comment", Integer), column("words"))


def words_of(*texts: str) -> list[str]:
    """Split texts into different normalised words, sorted."""
    found: set[str] = set()
    for text in texts:
        plain = text[:INDEXED_CHARS].casefold()
        if not plain.isascii():
            decomposed = unicodedata.normalize("NFKD", plain)
            plain = "".join(char for char in decomposed if not unicodedata.combining(char))
        found.update(word[:WORD_CHARS] for word in _WORD.findall(plain))
    return sorted(found)[:INDEXED_WORDS]


def index_words(connection: Connection, words: Mapping[int, Sequence[str]]) -> None:
    """Make comments findable by these words, and by no others any more.

    Args:
        connection: In a writing transaction.
        words: Comment's row number -> what ``words_of`` made of its text, author and title.
    """
    if not words:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(
            sql("INSERT OR REPLACE INTO comment_words (rowid, words) VALUES (:comment, :words)"),
            [{"comment": row, "words": " ".join(of)} for row, of in words.items()],
        )
        return
    statement = sql(
        "INSERT INTO comment_words (comment, words) VALUES (:comment, array_to_tsvector(:words)) "
        "ON CONFLICT (comment) DO UPDATE SET words = excluded.words"
    ).bindparams(bindparam("words", type_=ARRAY(Text)))
    connection.execute(statement, [{"comment": row, "words": of} for row, of in words.items()])


def forget_words(connection: Connection) -> None:
    """Drop what the index still holds of words that nothing is found by any more."""
    if connection.dialect.name == "sqlite":
        connection.execute(sql("INSERT INTO comment_words (comment_words) VALUES ('optimize')"))


def found(search: str, dialect: str, *, whole: bool = False) -> Select[int] | None:
    """Select the row numbers (column ``comment``) of the comments a search finds.

    Args:
        search: Words.
        dialect: Of the database.
        whole: Find whole words only. Quick where words are frequent: what begins with one is put
            together from the places of every word that does, before the first is returned.

    Returns:
        None if the search has no words, and so finds nothing.
    """
    words = words_of(search)
    if not words:
        return None
    if dialect == "sqlite":
        query = " AND ".join(f'"{word}"{"" if whole else _star(word)}' for word in words)
        return (
            select(literal_column("comment_words.rowid", Integer).label("comment"))
            .select_from(_TABLE)
            .where(literal_column("comment_words").op("MATCH")(query))
        )
    stars = ["" if whole or not _star(word) else ":*" for word in words]
    query = " & ".join(f"'{word}'{star}" for word, star in zip(words, stars, strict=True))
    matches = _TABLE.c.words.op("@@")(cast(query, TSQUERY))
    return select(_TABLE.c.comment).where(matches)


def _star(word: str) -> str:
    return "*" if len(word) >= PREFIX_CHARS else ""
