"""What waits, who has it open, who may do what."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import pandas as pd
from sqlalchemy import func, select

from moderation.schema import Moderator
from moderation.store import QueueFilter, Record, moderators
from moderation.store.neighbours import read_alike, read_record
from moderation.store.queue import count, find, read_queue
from moderation.store.rows import comment_id_of, comment_rows
from moderation.store.sql.transactions import Transactions
from moderation.store.tables import articles

CANDIDATES = 50
"""Comments looked at together to find one that is free."""


class SqlQueue(Transactions):
    """``moderation.store.protocol.queue`` on a SQL database."""

    def queue(self, where: QueueFilter, *, limit: int, offset: int = 0) -> pd.DataFrame:
        """Return waiting comments, those most worth a look first."""
        with self._reading() as connection:
            return read_queue(connection, where, limit=limit, offset=offset)

    def count(self, where: QueueFilter, *, most: int) -> int:
        """Count the comments of a view, up to ``most``."""
        with self._reading() as connection:
            return count(connection, where, most)

    def take(
        self,
        where: QueueFilter,
        moderator: str,
        *,
        passed: Collection[str] = (),
        lease_s: int = 300,
    ) -> str | None:
        """Claim the first comment of a view that nobody else has open."""
        where = replace(where, free_for=moderator)
        with self._reading() as connection:
            unwanted = {row.id for row in comment_rows(connection, list(passed)).values()}
        # Looked for without the writer's place, which others need; tried again if lost.
        for row in self._candidates(where, unwanted):
            with self._writing() as connection:
                if moderators.claim_row(connection, row, moderator, lease_s):
                    return comment_id_of(connection, row)
        return None

    def _candidates(self, where: QueueFilter, unwanted: Collection[int]) -> Iterator[int]:
        """Go along a view as it was when each step began."""
        offset = 0
        while True:
            with self._reading() as connection:
                rows = find(connection, where, limit=CANDIDATES, offset=offset)
            yield from (row for row in rows if row not in unwanted)
            if len(rows) < CANDIDATES:
                return
            offset += CANDIDATES

    def counts(self) -> dict[str, int]:
        """Return ``articles, comments, waiting, escalated, approved, rejected, labels``."""
        names = ("comments", "escalated", "approved", "rejected", "labels")
        sums = [func.coalesce(func.sum(articles.c[name]), 0).label(name) for name in names]
        with self._reading() as connection:
            row = connection.execute(select(func.count().label("articles"), *sums)).one()
        counts = {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 - public, named tuple style
        counts["waiting"] = counts["comments"] - counts["approved"] - counts["rejected"]
        order = ("articles", "comments", "waiting", *names[1:])
        return {name: counts[name] for name in order}

    def claim(self, comment_id: str, moderator: str, *, lease_s: int = 300) -> bool:
        """Reserve a comment for one desk; False if another holds an unexpired claim."""
        with self._writing() as connection:
            return moderators.claim(connection, comment_id, moderator, lease_s)

    def release(self, comment_ids: Collection[str], moderator: str) -> None:
        """Give back what a moderator had claimed; others' claims stay."""
        with self._writing() as connection:
            moderators.release(connection, comment_ids, moderator)

    def record(self, author: str) -> Record:
        """Return what was decided about comments under this name."""
        with self._reading() as connection:
            return read_record(connection, author)

    def alike(self, comment_id: str, *, limit: int) -> pd.DataFrame:
        """Return other comments that say nearly the same, the likest first."""
        with self._reading() as connection:
            return read_alike(connection, comment_id, limit)

    def second_looks(self, moderator: str, *, limit: int) -> list[str]:
        """Return decided comments that this moderator is to decide without seeing how."""
        with self._reading() as connection:
            return moderators.second_looks(connection, moderator, limit)

    def moderators(self) -> list[Moderator]:
        """Return everybody who has a role, by name."""
        with self._reading() as connection:
            return moderators.read_moderators(connection)

    def appoint(self, moderator: Moderator) -> None:
        """Give somebody a role, in the place of the one they had."""
        with self._writing() as connection:
            moderators.appoint(connection, moderator)

    def dismiss(self, name: str) -> None:
        """Take somebody's role away; their decisions stay."""
        with self._writing() as connection:
            moderators.dismiss(connection, name)
