"""On what a score is calibrated: unseen rows, weighed to a share of positives worth stating."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.training.linear import Floats

CALIBRATION_SHARE = 0.25
"""Highest share of positives a score is calibrated for; the sets are drawn to hold more."""


def to_share(labels: Floats, row_weights: Floats) -> Floats:
    """Return (rows,) weights in which positives are at most ``CALIBRATION_SHARE`` of the whole."""
    share = float(row_weights @ labels / row_weights.sum())
    odds = CALIBRATION_SHARE / (1 - CALIBRATION_SHARE)
    factor = min(1.0, odds * (1 - share) / max(share, 1e-9))
    return np.asarray(row_weights * (1 + labels * (factor - 1)))


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
