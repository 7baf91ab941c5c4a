"""Decisions in the order they were made, and the labels that follow from them."""

from collections.abc import Sequence

import pandas as pd

from moderation.errors import ConflictError
from moderation.schema import Decision, Label, Suggestion
from moderation.store import Entry, api, log
from moderation.store.bulk import append_all, read_batch, read_last_batch
from moderation.store.engine import forget_log, one_line
from moderation.store.figures import read_judgements
from moderation.store.sql.transactions import Transactions


class SqlLog(Transactions):
    """``moderation.store.protocol.log`` on a SQL database."""

    def add_decision(
        self, decision: Decision, labels: list[Label], *, expected: str | None
    ) -> None:
        """Append a decision and the labels it implies, in one durable transaction."""
        with self._writing() as connection:
            stands = log.append(connection, decision, labels, expected)
        if not stands:
            msg = (
                f"decision {decision.id} on {decision.comment_id[:200]!r} is kept in the log but "
                "does not stand: another decision came first"
            )
            raise ConflictError(msg)

    def add_decisions(self, entries: Sequence[Entry]) -> list[str]:
        """Append many decisions in one durable transaction, with the labels they imply."""
        with self._writing() as connection:
            return append_all(connection, entries)

    def batch(self, batch: str) -> list[Decision]:
        """Return the decisions of a bulk decision that still stand, in the order of the log."""
        with self._reading() as connection:
            return read_batch(connection, batch)

    def last_batch(self, moderator: str) -> str:
        """Name this moderator's newest bulk decision of which something stands; empty: none."""
        with self._reading() as connection:
            return read_last_batch(connection, moderator)

    def standing(self, comment_id: str) -> Decision | None:
        """Return the newest decision that was not undone, or None."""
        with self._reading() as connection:
            return log.read_standing(connection, comment_id)

    def history(self, comment_id: str) -> list[Decision]:
        """Return every decision on a comment, undone ones included, oldest first."""
        with self._reading() as connection:
            return log.read_history(connection, comment_id)

    def last_decision(self, moderator: str) -> Decision | None:
        """Return this moderator's newest decision that stands, or None."""
        with self._reading() as connection:
            return log.read_last(connection, moderator)

    def decisions(self, *, after: int, limit: int) -> list[tuple[int, Decision]]:
        """Return entries of the log behind number ``after``, in order, with their numbers."""
        with self._reading() as connection:
            return log.read_since(connection, after=after, limit=limit)

    def judgements(self, *, limit: int) -> pd.DataFrame:
        """Return the newest decisions of people, undone and conflicting ones included."""
        with self._reading() as connection:
            return read_judgements(connection, limit)

    def labels(
        self, *, undone: bool = False, names: bool = False, api: bool = False
    ) -> pd.DataFrame:
        """Return label events, oldest first."""
        with self._reading() as connection:
            return log.read_labels(connection, undone=undone, names=names, api=api)

    def add_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Keep labels that came through the HTTP API."""
        with self._writing() as connection:
            api.add_suggestions(connection, suggestions)

    def erase_suggestions(self, *, community: str, client_token: str) -> int:
        """Delete every suggestion about one comment of a client; return how many there were."""
        with self._writing() as connection:
            count = api.erase_suggestions(connection, community, client_token)
        with one_line(self._engine.url):
            forget_log(self._engine)
        return count
