"""What rows must know of each other, on disk: parents, preceding comments, copies.

A private SQLite file that the system deletes when the process ends, however it ends. It
lies where ``SQLITE_TMPDIR`` or ``TMPDIR`` says, else in ``/var/tmp``, and grows to about the
size of the input's texts.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from moderation.frames import THREAD_COMMENTS, text_key, thread_text

CACHE_KIB = 65_536
_TABLES = """
CREATE TABLE rows (
    n INTEGER PRIMARY KEY, line INTEGER, thread INTEGER, id INTEGER, parent INTEGER,
    key INTEGER, text TEXT
);
"""
_INDEXES = """
CREATE INDEX rows_thread ON rows (thread) WHERE thread IS NOT NULL;
CREATE INDEX rows_id ON rows (id) WHERE id IS NOT NULL;
CREATE TABLE copies (key INTEGER PRIMARY KEY, rows INTEGER);
INSERT INTO copies SELECT key, count(*) FROM rows WHERE key IS NOT NULL GROUP BY key ORDER BY key;
CREATE TABLE walks (n INTEGER PRIMARY KEY, walk INTEGER);
"""
_PARENT_ROW = "SELECT min(n) FROM rows AS up WHERE up.id = rows.parent"


@dataclass(frozen=True, slots=True)
class Row:
    """What the index needs of one row; empty strings mean the row does not say.

    Args:
        line: Where it stands in its file, for messages.
        article: What its article is known by.
        comment_id: Its own id, unique in the article.
        parent_id: The id of the comment it answers.
        text: The comment.
    """

    line: int
    article: str
    comment_id: str
    parent_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a row's neighbours say, as in ``moderation.frames.CONTEXT_COLUMNS``."""

    parent_text: str
    thread_text: str
    copies: int


class Index:
    """All rows of one input; filled, then closed for filling, then asked."""

    def __init__(self) -> None:
        self._rows = 0
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def __len__(self) -> int:
        return self._rows

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows in the order of the input."""
        self._db.execute("BEGIN")
        for row in rows:
            key = text_key(row.text)
            values = (
                self._rows,
                row.line,
                _number(row.article) if row.article else None,
                _number(row.article, row.comment_id) if row.comment_id else None,
                _number(row.article, row.parent_id) if row.parent_id else None,
                int.from_bytes(bytes.fromhex(key), "big", signed=True) if key else None,
                row.text if row.article or row.comment_id else None,  # nobody will ask for it
            )
            self._db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self._rows += 1
        self._db.execute("COMMIT")

    def finish(self) -> None:
        """Sort what was added; call once, before asking."""
        self._db.executescript(_INDEXES)

    def context(self, n: int) -> Context:
        """Tell what the neighbours of row ``n`` (counted from 0) say."""
        thread, own, parent, key = self._db.execute(
            "SELECT thread, id, parent, key FROM rows WHERE n = ?", (n,)
        ).fetchone()
        return Context(
            parent_text="" if parent in (None, own) else self._parent_text(parent),
            thread_text="" if thread is None else self._thread_text(thread, n),
            copies=1 if key is None else self._copies(key),
        )

    def repeated_ids(self) -> Iterator[tuple[int, int]]:
        """Lines whose id an earlier line of the same article has, with that earlier line."""
        repeated = self._db.execute(
            "SELECT line, first FROM (SELECT n, line, first_value(line) OVER same AS first,"
            " row_number() OVER same AS nth FROM rows WHERE id IS NOT NULL"
            " WINDOW same AS (PARTITION BY id ORDER BY n)) WHERE nth > 1"
        )
        yield from repeated

    def parent_circles(self) -> Iterator[list[int]]:
        """Lines of comments that answer each other in a circle.

        A circle has at least one row that stands before its parent or is its own, so only
        those are followed upwards, and no row more than once.
        """
        starts = self._db.execute(
            f"SELECT n FROM rows WHERE parent IS NOT NULL AND ({_PARENT_ROW}) >= n"  # noqa: S608
        )
        for (start,) in starts:
            circle = self._walk(start)
            if circle:
                yield circle

    def _walk(self, start: int) -> list[int]:
        at: int | None = start
        while at is not None:
            seen = self._db.execute("SELECT walk FROM walks WHERE n = ?", (at,)).fetchone()
            if seen is not None:
                return self._circle(at) if seen == (start,) else []
            self._db.execute("INSERT INTO walks VALUES (?, ?)", (at, start))
            at = self._up(at)
        return []

    def _circle(self, start: int) -> list[int]:
        """Lines around a circle, in the order of the input; as many as a message can hold."""
        members = [start]
        while (at := self._up(members[-1])) is not None and at != start and len(members) < 10:
            members.append(at)
        marks = ", ".join("?" * len(members))
        lines = self._db.execute(
            f"SELECT line FROM rows WHERE n IN ({marks}) ORDER BY n",  # noqa: S608 - marks only
            members,
        )
        return [line for (line,) in lines]

    def _up(self, n: int) -> int | None:
        (parent,) = self._db.execute(
            f"SELECT ({_PARENT_ROW}) FROM rows WHERE n = ?",  # noqa: S608 - a constant
            (n,),
        ).fetchone()
        return None if parent is None else int(parent)

    def _parent_text(self, parent: int) -> str:
        found = self._db.execute(
            "SELECT text FROM rows WHERE id = ? ORDER BY n LIMIT 1", (parent,)
        ).fetchone()
        return "" if found is None else str(found[0])

    def _thread_text(self, thread: int, n: int) -> str:
        preceding = self._db.execute(
            "SELECT text FROM rows WHERE thread = ? AND n < ? ORDER BY n DESC LIMIT ?",
            (thread, n, THREAD_COMMENTS),
        ).fetchall()
        return thread_text([text for (text,) in reversed(preceding)])

    def _copies(self, key: int) -> int:
        (rows,) = self._db.execute("SELECT rows FROM copies WHERE key = ?", (key,)).fetchone()
        return int(rows)


def _number(*names: str) -> int:
    """A 64-bit number for names of any length."""
    joined = "\0".join(names).encode()
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big", signed=True)
