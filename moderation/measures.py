"""Figures of merit for scores in [0, 1] against labels in [0, 1], with intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score

Floats = NDArray[np.float64]
RESAMPLES = 500
"""Bootstrap samples behind an interval."""
BINS = 10
"""Equal-width bins of the calibration error."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well scores tell positives (label at least 0.5) from the rest.

    Args:
        n: Rows that were judged and scored.
        positives: How many of them are positive.
        roc_auc: Chance that a positive scores above a negative; NaN with one kind only.
        low: Lower end of its 95 % bootstrap interval.
        high: Upper end.
        pr_auc: Average precision; its floor is the share of positives.
        ece: Expected calibration error against the graded label, in [0, 1].
    """

    n: int
    positives: int
    roc_auc: float
    low: float
    high: float
    pr_auc: float
    ece: float


def figures(scores: Floats, labels: Floats) -> Figures:
    """Measure the rows where neither score nor label is NaN."""
    known = ~(np.isnan(scores) | np.isnan(labels))
    scores, labels = scores[known], labels[known]
    positive = labels >= 0.5
    count = int(positive.sum())
    if count in (0, len(positive)):
        nan = float("nan")
        return Figures(len(scores), count, nan, nan, nan, nan, calibration_error(scores, labels))
    low, high = _interval(scores, positive)
    return Figures(
        n=len(scores),
        positives=count,
        roc_auc=roc_auc(scores, positive),
        low=low,
        high=high,
        pr_auc=float(average_precision_score(positive, scores)),
        ece=calibration_error(scores, labels),
    )


def roc_auc(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """Return the Mann-Whitney statistic; both kinds must be present."""
    count = int(positive.sum())
    ranks = rankdata(scores)[positive].sum()
    return float((ranks - count * (count + 1) / 2) / (count * (len(scores) - count)))


def calibration_error(scores: Floats, labels: Floats) -> float:
    """Return the mean distance of score and label over bins of the score; NaN without rows."""
    if not len(scores):
        return float("nan")
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [abs((scores - labels)[bins == number].sum()) for number in range(BINS)]
    return float(sum(gaps) / len(scores))


def _interval(scores: Floats, positive: NDArray[np.bool_]) -> tuple[float, float]:
    """Bootstrap the ROC-AUC, drawing positives and negatives apart."""
    generator = np.random.default_rng(0)
    above, below = scores[positive], scores[~positive]
    kind = np.append(np.ones(len(above), dtype=bool), np.zeros(len(below), dtype=bool))
    drawn = [
        roc_auc(
            np.append(
                generator.choice(above, size=len(above)), generator.choice(below, size=len(below))
            ),
            kind,
        )
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)
