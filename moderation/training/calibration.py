"""On what a score is calibrated: unseen rows, weighed to a share of positives worth stating."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from moderation.training.linear import Floats

CALIBRATION_SHARE = 0.25
"""Highest share of positives a score is calibrated for; the sets are drawn to hold more."""
NATURAL_SHARE = 0.1
"""Share of positives among the comments that thresholds are suggested for."""
FOUND, RIGHT = 0.9, 0.9


def to_share(labels: Floats, row_weights: Floats) -> Floats:
    """Return (rows,) weights in which positives are at most ``CALIBRATION_SHARE`` of the whole."""
    share = float(row_weights @ labels / row_weights.sum())
    odds = CALIBRATION_SHARE / (1 - CALIBRATION_SHARE)
    factor = min(1.0, odds * (1 - share) / max(share, 1e-9))
    return np.asarray(row_weights * (1 + labels * (factor - 1)))


def suggest(scores: Floats, labels: Floats, row_weights: Floats) -> dict[str, float | None]:
    """Return thresholds for two uses, where ``NATURAL_SHARE`` of the comments are positive.

    Args:
        scores: (rows,) calibrated.
        labels: (rows,) in [0, 1]; positive from 0.5.
        row_weights: (rows,) what a row counts.

    Returns:
        ``look``: the highest threshold that finds ``FOUND`` of the positives; ``hide``: the
        lowest from which ``RIGHT`` of what is flagged is positive. None where there is none.
    """
    positive = labels >= 0.5
    weights = np.where(positive, NATURAL_SHARE, 1 - NATURAL_SHARE) * row_weights
    for kind in (positive, ~positive):
        weights[kind] /= max(float(row_weights[kind].sum()), 1e-9)
    right, found, cuts = precision_recall_curve(positive, scores, sample_weight=weights)
    enough, sure = cuts[found[:-1] >= FOUND], cuts[right[:-1] >= RIGHT]
    return {
        "look": round(float(enough.max()), 2) if len(enough) else None,
        "hide": round(float(sure.min()), 2) if len(sure) else None,
    }


def one_sided(frame: pd.DataFrame, attribute: str) -> NDArray[np.bool_]:
    """Mark rows of sets that hold positives alone; they would make every score too high."""
    lowest = frame.groupby("set")[attribute].transform("min")
    return (lowest >= 0.5).to_numpy()


def pad_curves(curves: list[tuple[Floats, Floats]]) -> dict[str, NDArray[np.float32]]:
    """Stack calibration curves of unequal length, repeating the last knot a little further on."""
    longest = max(len(x) for x, _ in curves)
    steps = np.arange(1, longest + 1)
    x = [np.append(x, x[-1] + steps[: longest - len(x)]) for x, _ in curves]
    y = [np.append(y, np.full(longest - len(y), y[-1])) for _, y in curves]
    return {"curve_x": np.array(x, dtype=np.float32), "curve_y": np.array(y, dtype=np.float32)}


def balanced(rows: pd.DataFrame, label: str, share: float) -> Floats:
    """Weigh rows so that every set counts by the root of its size and has ``share`` positives."""
    weights = np.ones(len(rows))
    for _, part in rows.groupby("set"):
        positive = part[label].to_numpy() >= 0.5
        for kind, wanted in ((positive, share), (~positive, 1 - share)):
            places = rows.index.get_indexer(part.index[kind])
            weights[places] = wanted * np.sqrt(len(part)) / max(1, kind.sum())
    return weights
