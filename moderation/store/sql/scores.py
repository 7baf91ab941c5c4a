"""Scores of comments, and comments by their scores."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.store import Score, ScoreRange
from moderation.store.context import context_frame
from moderation.store.figures import read_days
from moderation.store.ranges import Order, count_by_score, read_range, read_undecided
from moderation.store.rows import comment_rows
from moderation.store.scoring import (
    add_scores,
    newest_scores,
    rank_some,
    read_scores,
    unscored_rows,
)
from moderation.store.sql.transactions import Transactions


class SqlScores(Transactions):
    """``moderation.store.protocol.scores`` on a SQL database."""

    def unscored(self, versions: Mapping[str, str], *, limit: int) -> pd.DataFrame:
        """Return up to ``limit`` comments that lack a score of one of these scorer versions."""
        with self._reading() as connection:
            rows = unscored_rows(connection, versions, limit)
            return context_frame(connection, rows)

    def add_scores(
        self,
        scores: pd.DataFrame,
        versions: Mapping[str, str],
        worth: pd.Series,
        *,
        texts: pd.Series | None = None,
    ) -> None:
        """Keep scores with what produced them; the same key again replaces the value."""
        with self._writing() as connection:
            add_scores(connection, scores, versions, worth, texts)

    def rank(
        self,
        worth: Callable[[pd.DataFrame], pd.Series],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Compute anew how much a look at each scored comment is worth."""
        after = done = 0
        while True:
            with self._writing() as connection:
                after, count = rank_some(connection, worth, after)
            if not count:
                return
            done += count
            if progress is not None:
                progress(done)

    def scores(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return the newest scores of some comments."""
        with self._reading() as connection:
            return read_scores(connection, comment_ids)

    def scores_of(self, comment_id: str) -> dict[str, Score]:
        """Return attribute -> newest score of one comment, with the scorer version."""
        with self._reading() as connection:
            rows = [row.id for row in comment_rows(connection, [comment_id]).values()]
            scored = newest_scores(connection, rows)
        return dict(scored[rows[0]]) if rows else {}

    def score_counts(self, where: ScoreRange) -> NDArray[np.int64]:
        """Count undecided comments by score."""
        with self._reading() as connection:
            return count_by_score(connection, where)

    def in_range(self, where: ScoreRange, *, order: Order, limit: int) -> pd.DataFrame:
        """Return undecided comments in a range of scores; escalated ones are left out."""
        with self._reading() as connection:
            return read_range(connection, where, order=order, limit=limit)

    def undecided(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return those of some comments that nobody has decided or escalated, in that order."""
        with self._reading() as connection:
            return read_undecided(connection, comment_ids)

    def score_days(self, attribute: str, *, threshold: float) -> pd.DataFrame:
        """Return what comments scored by the day they were posted, else came in."""
        with self._reading() as connection:
            return read_days(connection, attribute, threshold)
