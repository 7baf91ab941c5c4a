"""Connections to read from and transactions to write in; every failure is one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from moderation.store.engine import one_line


class Transactions:
    """A database that other classes read and write; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with one_line(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction; what it wrote is on disk when the block has ended."""
        with one_line(self._engine.url), self._writer.begin() as connection:
            yield connection
