"""Logistic regression on graded labels, and calibration, as plain arrays.

scikit-learn's logistic regression takes classes; the sets here give shares of raters. The
loss below is the cross-entropy against that share, with a weight a row and an L2 penalty,
minimised by SciPy's L-BFGS from zero: the same input gives the same bits.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float64]
KNOTS = 24
"""At most so many points make a calibration curve."""


def fit_logistic(  # noqa: PLR0913 - the five inputs of a weighted regression and two settings
    matrix: Any, labels: Floats, row_weights: Floats, *, l2: float, scale: Floats | None = None,
    offset: Floats | None = None, start: tuple[Floats, float] | None = None, iterations: int = 100,
) -> tuple[Floats, float]:  # fmt: skip
    """Fit one output.

    Args:
        matrix: (rows, features), SciPy sparse or dense.
        labels: (rows,) in [0, 1].
        row_weights: (rows,), at least 0; their mean is brought to 1.
        l2: Penalty per row.
        scale: (features,) prior size of a weight; features of scale 0 are not used.
        offset: (rows,) logits that the fitted ones are added to; none: zeros.
        start: Weights and intercept to begin from; the answer is the same but for the last digits.
        iterations: At most so many steps of L-BFGS.

    Returns:
        (features,) weights and the intercept, which is not penalised.
    """
    factors = np.ones(matrix.shape[1]) if scale is None else scale
    used = np.flatnonzero(factors > 0)
    table, sizes = (
        (matrix[:, used], factors[used]) if len(used) < len(factors) else (matrix, factors)
    )
    share = row_weights / row_weights.sum()

    def loss(point: Floats) -> tuple[float, Floats]:
        free, bias = point[:-1], point[-1]
        logits = table @ (sizes * free).astype(table.dtype) + bias
        if offset is not None:
            logits = logits + offset
        value = share @ (np.logaddexp(0, logits) - labels * logits) + 0.5 * l2 * (free @ free)
        gap = share * (expit(logits) - labels)
        slope = sizes * (table.T @ gap.astype(table.dtype)) + l2 * free
        return float(value), np.append(slope, gap.sum())

    point = np.zeros(len(used) + 1)
    if start is not None:
        point = np.append(start[0][used] / sizes, start[1])
    found = minimize(
        loss,
        point,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": 6},
    ).x
    weights = np.zeros(len(factors))
    weights[used] = sizes * found[:-1]
    return weights, float(found[-1])


def fit_curve(logits: Floats, labels: Floats, row_weights: Floats) -> tuple[Floats, Floats]:
    """Fit a rising calibration curve: isotonic regression, thinned to straight pieces.

    Returns:
        Knots on the logit axis and their probabilities, both strictly rising, so that the
        curve keeps the order of what it is applied to.
    """
    isotonic = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    smooth = isotonic.fit_transform(logits, labels, sample_weight=row_weights)
    order = np.argsort(logits, kind="stable")
    parts = np.array_split(order, min(KNOTS, max(2, len(order) // 20)))
    x = np.array([np.average(logits[part], weights=row_weights[part]) for part in parts])
    y = np.array([np.average(smooth[part], weights=row_weights[part]) for part in parts])
    x = np.concatenate(([logits.min() - 1.0], x, [logits.max() + 1.0]))
    y = np.concatenate(([y[0] / 4], y, [1 - (1 - y[-1]) / 4]))
    rising = np.append(True, np.diff(np.maximum.accumulate(x)) > 1e-6)
    x, y = x[rising], y[rising]
    y = np.clip(y, 1e-4, 1 - 1e-4) * (1 - 1e-3) + np.linspace(0, 1e-3, len(y))
    return x, y
