"""Scores of comments, and comments by their scores."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.store.records import Score, ScoreRange


class Scores(Protocol):
    """Scores of comments, and comments by their scores."""

    def unscored(self, versions: Mapping[str, str], *, limit: int) -> pd.DataFrame:
        """Return up to ``limit`` comments that lack a score of one of these scorer versions.

        Args:
            versions: Attribute -> version that should have scored it.
            limit: Most rows to return.

        Returns:
            ``moderation.frames.CONTEXT_COLUMNS``; ``copies`` counts over the whole store.
        """
        ...

    def add_scores(
        self,
        scores: pd.DataFrame,
        versions: Mapping[str, str],
        worth: pd.Series,
        *,
        texts: pd.Series | None = None,
    ) -> None:
        """Keep scores with what produced them; the same key again replaces the value.

        Scores of comments that are no longer in the store are left out.

        Args:
            scores: Index ``comment_id``, a column per attribute, NaN = nothing to score.
            versions: Attribute -> scorer version, for every column.
            worth: Index ``comment_id``: how much a look is worth, in [0, 1].
            texts: Index ``comment_id``: the text that was scored. Scores of a comment that was
                edited in the meantime are left out, so that it is scored again.

        Raises:
            StoreError: A column has no version.
        """
        ...

    def rank(
        self,
        worth: Callable[[pd.DataFrame], pd.Series],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Compute anew how much a look at each scored comment is worth.

        Some thousand comments a transaction: others get their turns, and a kill leaves the
        rest as it was.

        Args:
            worth: Says it of comments, a row each, by a column per attribute (NaN: not scored).
            progress: Called with the number of comments looked at so far.
        """
        ...

    def scores(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return the newest scores of some comments.

        Returns:
            Index ``comment_id`` in the order asked for; float32 columns ``ATTRIBUTES``, then
            those of plug-ins by name. NaN: nothing to score, not scored, or not in the store.
        """
        ...

    def scores_of(self, comment_id: str) -> dict[str, Score]:
        """Return attribute -> newest score of one comment, with the scorer version."""
        ...

    def score_counts(self, where: ScoreRange) -> NDArray[np.int64]:
        """Count undecided comments by score; ``low`` and ``high`` do not restrict.

        Returns:
            Shape (100,): comments from 0.00 to below 0.01, and so on; the last includes 1.
        """
        ...

    def in_range(
        self,
        where: ScoreRange,
        *,
        order: Literal["highest", "lowest", "newest", "oldest"],
        limit: int,
    ) -> pd.DataFrame:
        """Return undecided comments in a range of scores; escalated ones are left out.

        Args:
            where: The range.
            order: By score, or by when they came in.
            limit: Most rows to return.

        Returns:
            The columns of ``queue``.
        """
        ...

    def undecided(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return those of some comments that nobody has decided or escalated, in that order.

        Returns:
            The columns of ``queue``.
        """
        ...

    def score_days(self, attribute: str, *, threshold: float) -> pd.DataFrame:
        """Return what comments scored by the day they were posted, else came in.

        Returns:
            ``day, version`` (of the scorer)``, comments, mean, reached`` (share of scores at or
            above ``threshold``).
        """
        ...
