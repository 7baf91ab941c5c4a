"""The store: articles, comments, scores, decisions and labels behind one protocol.

One implementation (``moderation.store.sql``) serves SQLite and PostgreSQL. No method takes
SQL, none returns an ORM object: readers return records or DataFrames with the columns
named in their docstrings. Columns of text have dtype object: a page may hold lone surrogates,
which pandas' own strings refuse. Every method may raise StoreError with one line that names
the database, never its password, and never a comment.
"""

from typing import Protocol

from moderation.store.protocol.log import Log
from moderation.store.protocol.queue import Queue
from moderation.store.protocol.scores import Scores
from moderation.store.protocol.threads import Threads
from moderation.store.protocol.upkeep import Upkeep
from moderation.store.records import (
    LABEL_COLUMNS,
    STATES,
    Added,
    ArticleOrder,
    Entry,
    Family,
    QueueFilter,
    Record,
    Score,
    ScoreRange,
)

__all__ = [
    "LABEL_COLUMNS", "STATES", "Added", "ArticleOrder", "Entry", "Family", "QueueFilter",
    "Record", "Score", "ScoreRange", "Store", "open_store",
]  # fmt: skip


class Store(Threads, Scores, Queue, Log, Upkeep, Protocol):
    """Everything that is kept, in the verbs of the field."""

    def close(self) -> None:
        """Release the connections."""
        ...


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, creating or migrating it as needed.

    Args:
        url: ``sqlite:///path/to/file.db`` or ``postgresql+psycopg://…``.

    Raises:
        StoreError: The database cannot be opened, is read-only, or is from a newer version.
    """
    from moderation.store.sql import SqlStore  # noqa: PLC0415 - SQLAlchemy loads when a store opens

    return SqlStore.open(url)
