"""Recipe ``toxicity``: masked logistic regressions over hashed n-grams, calibrated on unseen texts.

Each attribute is fitted on the rows of the sets that judge it, graded labels as they are.
Sets differ in their share of positives by how they were drawn, not by their words, so every
family of sets has an intercept of its own while fitting, which is dropped afterwards. Rare
n-grams are allowed larger weights (the inverse document frequency is the prior's scale).
Sentences that name groups kindly and with hatred are added (``moderation.training.templates``).
Choices were made on the dev part, where the calibration curves come from too; the shipped
weights are then fitted on train and dev.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers import ngrams
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.packaged import write_model
from moderation.scorers.toxicity import ToxicityScorer
from moderation.training.calibration import (
    CALIBRATION_SHARE,
    one_sided,
    pad_curves,
    to_share,
)
from moderation.training.linear import Floats, fit_curve, fit_logistic
from moderation.training.report import Report, data_facts, held_out_figures, model_card
from moderation.training.templates import NAME, template_facts, template_rows

L2 = dict.fromkeys(ToxicityScorer.attributes, 3e-4)
"""Penalties, chosen on the dev part by the mean ROC-AUC over sets."""
SET_SCALE = 3.0
"""Prior size of a set's own intercept, chosen likewise."""
FIRST_STEPS, FURTHER_STEPS = 50, 15
"""Of L-BFGS: from zero, and from the weights fitted on train alone."""
MIN_DOCUMENTS = 2
"""An n-gram seen in fewer training texts has no weight."""
ABOUT = """
Chances that readers would call a comment toxic, of kinds of it, and of advertising: a logistic
regression an attribute over hashed word and letter n-grams of the normalised text. No download,
no torch.

**For**: ordering a review queue, bulk scoring, first looks. **Not for**: removing comments
without a person, judging people, languages other than English (Korean and German are in the
data but thin).

**Limits**: it knows spellings, not meanings. Abuse in plain words, irony, quotation and
counter-speech are misread; names of groups still raise scores somewhat. `threat` and
`sexually_explicit` rest on few positives. Scores are calibrated for comments of which up to a
quarter are positive; on the sets below, most of them drawn to hold more, the calibration
error says how far off that is.
"""


@dataclass(frozen=True)
class _Rows:
    """Texts of all sets, stacked: the frame, its n-grams and its sets' own columns."""

    frame: pd.DataFrame
    matrix: Any
    origin: Any
    scale: Floats


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Train, calibrate, measure and write ``<output>/toxicity``; returns its version."""
    report("reading", 0.0)
    frame = read_rows(datasets, ToxicityScorer.attributes)
    report("counting n-grams", 0.1)
    rows = _stack(frame)
    weights = np.zeros((ngrams.FEATURES, len(ToxicityScorer.attributes)), dtype=np.float16)
    intercepts, curves = [], []
    for column, attribute in enumerate(ToxicityScorer.attributes):
        report(attribute, 0.2 + 0.1 * column)
        fitted, intercept, curve = _fit_attribute(rows, attribute)
        weights[:, column] = fitted
        intercepts.append(intercept)
        curves.append(curve)
    arrays: dict[str, NDArray[Any]] = {
        "weights": weights,
        "intercepts": np.array(intercepts, dtype=np.float32),
        **pad_curves(curves),
    }
    facts: dict[str, Any] = {
        "attributes": list(ToxicityScorer.attributes),
        "normaliser": NORMALISER,
        "settings": {
            "l2": L2,
            "set_scale": SET_SCALE,
            "calibration_share": CALIBRATION_SHARE,
            "features": ngrams.FEATURES,
        },
        "data": data_facts(sorted(set(frame["set"]) - {NAME}), frame, datasets)
        | {NAME: template_facts()},
    }
    folder = output / "toxicity"
    write_model(folder, prefix="ngrams-1", arrays=arrays, facts=facts, card="")
    report("measuring", 0.95)
    facts["metrics"] = held_out_figures(ToxicityScorer(folder), datasets)
    card = model_card("toxicity", ABOUT, facts)
    return write_model(folder, prefix="ngrams-1", arrays=arrays, facts=facts, card=card)


def fit_apart(frame: pd.DataFrame, folder: Path) -> ToxicityScorer:
    """Fit on the train part of ``frame`` alone, for choices that the dev part must not know of.

    Args:
        frame: As ``read_rows`` gives it.
        folder: Where the model is written.

    Returns:
        A scorer that gives ``logits``, 0 for what no row judges; it has no calibration curves.
    """
    rows = _stack(frame[frame["split"] == "train"].reset_index(drop=True))
    shape = (ngrams.FEATURES, len(ToxicityScorer.attributes))
    weights, intercepts = np.zeros(shape, dtype=np.float16), np.zeros(shape[1], dtype=np.float32)
    for column, attribute in enumerate(ToxicityScorer.attributes):
        labels = rows.frame[attribute].to_numpy(dtype=float)
        judged = np.flatnonzero(np.isfinite(labels))
        if len(judged):
            fitted, intercepts[column] = _fit_rows(rows, judged, labels, L2[attribute])
            weights[:, column] = fitted[: ngrams.FEATURES]
    arrays: dict[str, NDArray[Any]] = {"weights": weights, "intercepts": intercepts}
    write_model(folder, prefix="ngrams-1", arrays=arrays, facts={}, card="")
    return ToxicityScorer(folder)


def read_rows(datasets: Path, attributes: tuple[str, ...]) -> pd.DataFrame:
    """Stack the templates and the training rows of every set that judges one of ``attributes``.

    Returns:
        ``words`` (normalised text), ``set``, ``family``, ``weight``, ``split``, ``key`` and
        the attributes. No text of any set's test part is among them.

    Raises:
        InputError: ``datasets`` holds no such set.
    """
    frames, held_out = [], set[str]()
    for info in sets.present(datasets):
        frame = sets.read(info, datasets)
        held_out |= set(frame.loc[frame["split"] == "test", "key"])
        if info.trainable and set(attributes) & set(info.labels):
            family = info.family or info.name
            frame = frame.assign(set=info.name, family=family, weight=info.weight)
            frames.append(frame[frame["split"] != "test"])
    if not frames:
        raise InputError(str(datasets), f"no set that judges {', '.join(attributes)}")
    stacked = pd.concat([*frames, template_rows()], ignore_index=True).reindex(
        columns=["text", "key", "set", "family", "weight", "split", *attributes]
    )
    unjudged = [name for name in attributes if stacked[name].isna().all()]
    if unjudged:
        raise InputError(str(datasets), f"no set that judges {', '.join(unjudged)}")
    stacked = stacked[~stacked["key"].isin(held_out)]
    stacked["words"] = [normalise(text) for text in stacked["text"]]
    return stacked[stacked["words"].map(has_content)].reset_index(drop=True)


def count_matrix(words: pd.Series) -> sp.csr_matrix:
    """Lay the n-grams of normalised texts out as (rows, FEATURES), scaled as ``project`` does."""
    numbers: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float32]] = []
    ends = [0]
    for text in words:
        parts = ngrams.features(text)
        numbers += parts
        values += [np.full(len(part), 1 / np.sqrt(len(part)), dtype=np.float32) for part in parts]
        ends.append(ends[-1] + sum(map(len, parts)))
    data = (np.concatenate(values), np.concatenate(numbers), np.array(ends))
    return sp.csr_matrix(data, shape=(len(words), ngrams.FEATURES))


def rarity(matrix: sp.csr_matrix) -> Floats:
    """Return (features,) inverse document frequencies, 0 for what is too rare to be learnt."""
    seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
    scale = np.log((1 + matrix.shape[0]) / (1 + seen)) + 1
    return np.where(seen >= MIN_DOCUMENTS, scale, 0.0)


def _stack(frame: pd.DataFrame) -> _Rows:
    matrix = count_matrix(frame["words"])
    codes, names = pd.factorize(frame["family"], sort=True)
    shape = (len(frame), len(names))
    ones = np.ones(len(frame), dtype=np.float32)
    origin = sp.csr_matrix((ones, (np.arange(len(frame)), codes)), shape=shape)
    return _Rows(frame, matrix, origin, rarity(matrix))


def _fit_attribute(rows: _Rows, attribute: str) -> tuple[Floats, float, tuple[Floats, Floats]]:
    """Fit train and calibrate on dev; the shipped weights are then fitted on both."""
    judged = rows.frame[attribute].notna().to_numpy()
    labels = rows.frame[attribute].to_numpy(dtype=float)
    row_weights = rows.frame["weight"].to_numpy(dtype=float)
    apart = (rows.frame["split"] == "dev").to_numpy()
    first = _fit_rows(rows, np.flatnonzero(judged & ~apart), labels, L2[attribute])
    last = _fit_rows(rows, np.flatnonzero(judged), labels, L2[attribute], start=first)
    chosen = np.flatnonzero(judged & apart & ~one_sided(rows.frame, attribute))
    weights = first[0][: ngrams.FEATURES].astype(np.float32)
    logits = rows.matrix[chosen] @ weights + first[1]
    fair = to_share(labels[chosen], row_weights[chosen])
    curve = fit_curve(logits.astype(float), labels[chosen], fair)
    return last[0][: ngrams.FEATURES], first[1], curve


def _fit_rows(
    rows: _Rows,
    chosen: NDArray[np.intp],
    labels: Floats,
    l2: float,
    *,
    start: tuple[Floats, float] | None = None,
) -> tuple[Floats, float]:
    matrix = sp.hstack([rows.matrix[chosen], rows.origin[chosen]]).tocsr()
    scale = np.append(rows.scale, np.full(rows.origin.shape[1], SET_SCALE))
    row_weights = rows.frame["weight"].to_numpy(dtype=float)[chosen]
    steps = FIRST_STEPS if start is None else FURTHER_STEPS
    return fit_logistic(
        matrix, labels[chosen], row_weights, l2=l2, scale=scale, start=start, iterations=steps
    )
