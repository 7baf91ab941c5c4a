"""The store on SQLite or PostgreSQL: opens transactions, the modules of the store do the work."""

from typing import Self

from moderation.store.engine import open_engine
from moderation.store.sql.log import SqlLog
from moderation.store.sql.queue import SqlQueue
from moderation.store.sql.scores import SqlScores
from moderation.store.sql.threads import SqlThreads
from moderation.store.sql.upkeep import SqlUpkeep


class SqlStore(SqlThreads, SqlScores, SqlQueue, SqlLog, SqlUpkeep):
    """``moderation.store.Store`` on a SQL database; safe to share between threads."""

    @classmethod
    def open(cls, url: str) -> Self:
        """See ``moderation.store.open_store``."""
        return cls(open_engine(url))

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()
