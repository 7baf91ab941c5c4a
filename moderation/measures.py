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


@dataclass(frozen=True, slots=True)
class Change:
    """What other scores of the same rows gain or lose, with 95 % bootstrap intervals.

    Args:
        log_loss: Other minus first; below 0 is better.
        log_loss_low: Lower end of its interval.
        log_loss_high: Upper end.
        roc_auc: Other minus first; above 0 is better.
        roc_auc_low: Lower end of its interval.
        roc_auc_high: Upper end.
    """

    log_loss: float
    log_loss_low: float
    log_loss_high: float
    roc_auc: float
    roc_auc_low: float
    roc_auc_high: float


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


def log_losses(scores: Floats, labels: Floats) -> Floats:
    """Return (rows,) cross-entropies against graded labels; scores count as 1e-4 to 1 - 1e-4."""
    chances = np.clip(scores, 1e-4, 1 - 1e-4)
    return np.asarray(-(labels * np.log(chances) + (1 - labels) * np.log(1 - chances)))


def change(first: Floats, other: Floats, labels: Floats, groups: NDArray[np.intp]) -> Change:
    """Compare two scores of the same rows; both are measured on every bootstrap sample.

    Args:
        first: (rows,) in [0, 1].
        other: (rows,) in [0, 1].
        labels: (rows,) in [0, 1]; both kinds must be present.
        groups: (rows,) numbers from 0 of what is drawn together, such as an article's comments.
    """
    gained = log_losses(other, labels) - log_losses(first, labels)
    members = [np.flatnonzero(groups == number) for number in range(int(groups.max()) + 1)]
    generator = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES):
        chosen = generator.integers(0, len(members), len(members))
        rows = np.concatenate([members[number] for number in chosen])
        if len({*(labels[rows] >= 0.5).tolist()}) == 2:
            drawn.append((gained[rows].mean(), _gain(first[rows], other[rows], labels[rows])))
    (loss_low, auc_low), (loss_high, auc_high) = np.percentile(drawn, [2.5, 97.5], axis=0)
    return Change(
        log_loss=float(gained.mean()),
        log_loss_low=float(loss_low),
        log_loss_high=float(loss_high),
        roc_auc=_gain(first, other, labels),
        roc_auc_low=float(auc_low),
        roc_auc_high=float(auc_high),
    )


def _gain(first: Floats, other: Floats, labels: Floats) -> float:
    positive = labels >= 0.5
    return roc_auc(other, positive) - roc_auc(first, positive)


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
