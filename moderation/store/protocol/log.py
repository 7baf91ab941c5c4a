"""Decisions in the order they were made, and the labels that follow from them."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from moderation.schema import Decision, Label, Suggestion
from moderation.store.records import Entry


class Log(Protocol):
    """Decisions in the order they were made, and the labels that follow from them."""

    def add_decision(
        self, decision: Decision, labels: list[Label], *, expected: str | None
    ) -> None:
        """Append a decision and the labels it implies, in one durable transaction.

        A decision id that is already in the log changes nothing (safe retry). A decision that
        names another in ``undoes`` takes it back: what stood before stands again. The
        moderator's claim on the comment ends.

        Args:
            decision: The new entry.
            labels: What it says for retraining.
            expected: Id of the decision the moderator saw standing, None if none.

        Raises:
            ConflictError: Another decision stands; this one is still kept in the log, but
                does not stand, and its labels count as undone. A retry raises it again.
            StoreError: The comment or the decision to be undone is not in the store.
        """
        ...

    def add_decisions(self, entries: Sequence[Entry]) -> list[str]:
        """Append many decisions in one durable transaction, with the labels they imply.

        Comments that have another standing decision than expected, or that are not in the
        store, are passed over: nothing is written for them.

        Returns:
            The ids of the comments that were decided, in the order given.
        """
        ...

    def batch(self, batch: str) -> list[Decision]:
        """Return the decisions of a bulk decision that still stand, in the order of the log."""
        ...

    def last_batch(self, moderator: str) -> str:
        """Name this moderator's newest bulk decision of which something stands; empty: none."""
        ...

    def standing(self, comment_id: str) -> Decision | None:
        """Return the newest decision that was not undone, or None."""
        ...

    def history(self, comment_id: str) -> list[Decision]:
        """Return every decision on a comment, undone ones included, oldest first."""
        ...

    def last_decision(self, moderator: str) -> Decision | None:
        """Return this moderator's newest decision that stands, or None.

        A decision that another one has overruled does not stand.
        """
        ...

    def decisions(self, *, after: int, limit: int) -> list[tuple[int, Decision]]:
        """Return entries of the log behind number ``after``, in order, with their numbers.

        Moderators are pseudonymous, as in ``labels``; entries that came in conflict are left
        out.
        """
        ...

    def judgements(self, *, limit: int) -> pd.DataFrame:
        """Return the newest decisions of people, undone and conflicting ones included.

        Returns:
            In the order of the log: ``comment_id, moderator`` (a pseudonym)``, action, reason,
            sampling, decided_at`` (UTC)``, conflict, in_effect`` (neither in conflict nor
            taken back), ``stands`` (the newest in effect of its comment) and ``decision_id``.
        """
        ...

    def labels(
        self, *, undone: bool = False, names: bool = False, api: bool = False
    ) -> pd.DataFrame:
        """Return label events, oldest first.

        Args:
            undone: Also return labels whose decision was taken back or came in conflict, and
                suggestions that a later one of the same sender's comment has replaced.
            names: Name the moderators; otherwise each has a pseudonym, the same in every
                export of this store, that cannot be undone without the store's own key.
            api: Also return the suggestions that came through the HTTP API, behind the
                desk's labels. Off unless asked for: nobody knows who stands behind them.

        Returns:
            ``LABEL_COLUMNS``: ``text`` is the text that was judged, also where the comment was
            edited since, ``text_sha256`` the hash of its UTF-8 bytes; ``value`` and ``score``
            are in [0, 1] (``score`` NaN: there was none); ``decided_at`` is aware, UTC.
        """
        ...

    def add_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Keep labels that came through the HTTP API; an id that is known changes nothing."""
        ...

    def erase_suggestions(self, *, community: str, client_token: str) -> int:
        """Delete every suggestion about one comment of a client; return how many there were.

        Nothing of their text stays in a SQLite file or its log once nobody reads the store.
        """
        ...
