"""What waits, who has it open, who may do what."""

from collections.abc import Collection
from typing import Protocol

import pandas as pd

from moderation.schema import Moderator
from moderation.store.records import QueueFilter, Record


class Queue(Protocol):
    """What waits, who has it open, who may do what."""

    def queue(self, where: QueueFilter, *, limit: int, offset: int = 0) -> pd.DataFrame:
        """Return the comments of a view, those most worth a look first.

        Waiting is a comment without a standing decision, or with a standing escalation. What
        has not been scored comes last (``worth`` is NaN), equals come oldest first.

        Returns:
            ``comment_id, article_url, article_title, author, text, published, worth,
            escalated, action, decided_by`` (both empty: undecided), ``second_look`` (the
            standing decision asks for one) and a column per attribute of ``ATTRIBUTES``
            (NaN: not scored).
        """
        ...

    def count(self, where: QueueFilter, *, most: int) -> int:
        """Count the comments of a view, up to ``most``."""
        ...

    def take(
        self,
        where: QueueFilter,
        moderator: str,
        *,
        passed: Collection[str] = (),
        lease_s: int = 300,
    ) -> str | None:
        """Claim the first comment of a view that nobody else has open.

        Args:
            where: The view.
            moderator: Whose claim it will be.
            passed: Ids of comments that are not wanted.
            lease_s: Seconds until others may have it.

        Returns:
            Its id; None if there is none.
        """
        ...

    def counts(self) -> dict[str, int]:
        """Return ``articles, comments, waiting, escalated, approved, rejected, labels``."""
        ...

    def claim(self, comment_id: str, moderator: str, *, lease_s: int = 300) -> bool:
        """Reserve a comment for one desk; False if another holds an unexpired claim."""
        ...

    def release(self, comment_ids: Collection[str], moderator: str) -> None:
        """Give back what a moderator had claimed; others' claims stay."""
        ...

    def record(self, author: str) -> Record:
        """Return what was decided about comments under this name; nothing for an empty one."""
        ...

    def alike(self, comment_id: str, *, limit: int) -> pd.DataFrame:
        """Return other comments that say nearly the same, the likest first.

        Copies but for case and signs, and those with few changes: likeness 0.8 or more of the
        first 2,000 characters, among comments that share the four longest words, or the four
        next. What was changed more, and short comments with changes, is not found.

        Returns:
            The columns of ``queue``, and ``likeness`` in [0, 1].
        """
        ...

    def second_looks(self, moderator: str, *, limit: int) -> list[str]:
        """Return decided comments that this moderator is to decide too, without seeing how.

        They are those whose standing decision asks for a second look and is somebody else's;
        what another desk has open is left out.
        """
        ...

    def moderators(self) -> list[Moderator]:
        """Return everybody who has a role, by name; see ``moderation.moderators``."""
        ...

    def appoint(self, moderator: Moderator) -> None:
        """Give somebody a role, in the place of the one they had.

        Raises:
            StoreError: The name is empty or longer than 200 characters.
        """
        ...

    def dismiss(self, name: str) -> None:
        """Take somebody's role away; their decisions stay."""
        ...
