"""Recipe ``off_topic``: a calibrated logistic head over nearness to article, parent and thread.

Learns from comments in their own and in foreign contexts (``moderation.training.pairs``);
foreign ones weigh so much that ``BASE_RATE`` of the whole is off topic, about what
professional moderators find (One Million Posts: 16 %). Calibrated on groups of comments the
fit has not seen.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moderation.scorers.off_topic import BASE_RATE, OffTopicScorer, design
from moderation.scorers.packaged import read_manifest, write_model
from moderation.scorers.relatedness import FEATURES, relatedness
from moderation.training.linear import Floats, fit_curve, fit_logistic
from moderation.training.pairs import read_pairs
from moderation.training.report import Report, data_facts, held_out_figures, model_card

L2 = 1e-3
FOLDS = 5
ABOUT = """
The chance that a comment does not belong under its article: a logistic regression over its
nearness to title, best passage, whole article, parent and thread, by word vectors distilled
from a sentence encoder and by shared words.

**For**: ordering a review queue. **Not for**: removing comments without a person.

**Limits**: it learnt from comments under foreign articles, not from judged drift; banter that
dropped the subject is missed more often than comments on another subject. Under ten words it
never reaches 0.5. Word vectors are English; in other languages only shared words count, and
scores stay near the base rate. Calibrated for one comment in five off topic.
"""


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Train, calibrate, measure and write ``<output>/off_topic``; returns its version."""
    words = output / "words"
    report("building pairs", 0.0)
    pairs = read_pairs(datasets, words, split=("train", "dev"))
    report("comparing", 0.2)
    table = design(relatedness(pairs, words)).astype(float)
    report("fitting", 0.7)
    arrays = fit_head(table, pairs, "off_topic", share=BASE_RATE)
    facts: dict[str, Any] = {
        "attributes": ["off_topic"],
        "requires": {"words": read_manifest(words)["version"]},
        "settings": {"l2": L2, "base_rate": BASE_RATE, "features": list(FEATURES)},
        "data": data_facts(sorted(set(pairs["set"])), pairs, datasets),
    }
    folder = output / "off_topic"
    write_model(folder, prefix="related-1", arrays=arrays, facts=facts, card="")
    report("measuring", 0.8)
    facts["metrics"] = held_out_figures(OffTopicScorer(folder, words), datasets)
    card = model_card("off_topic", ABOUT, facts)
    return write_model(folder, prefix="related-1", arrays=arrays, facts=facts, card=card)


def fit_head(table: Floats, rows: pd.DataFrame, label: str, *, share: float) -> dict[str, Any]:
    """Fit and calibrate a logistic head.

    Args:
        table: (rows, features).
        rows: The label's column, ``set`` and ``group``.
        label: Its column, 0 or 1.
        share: Of positives in every set after weighting.

    Returns:
        Arrays ``mean, spread, head, intercept, curve_x, curve_y``, float32.
    """
    labels = rows[label].to_numpy(dtype=float)
    row_weights = balanced(rows, label, share)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    standard = (table - mean) / spread
    fold = pd.util.hash_array(rows["group"].to_numpy(dtype=object)) % FOLDS
    logits = np.zeros(len(rows))
    for left_out in range(FOLDS):
        kept, apart = fold != left_out, fold == left_out
        head, intercept = fit_logistic(standard[kept], labels[kept], row_weights[kept], l2=L2)
        logits[apart] = standard[apart] @ head + intercept
    head, intercept = fit_logistic(standard, labels, row_weights, l2=L2)
    knots, values = fit_curve(logits, labels, row_weights)
    found = {"mean": mean, "spread": spread, "head": head, "intercept": np.array(intercept)}
    found |= {"curve_x": knots, "curve_y": values}
    return {name: value.astype(np.float32) for name, value in found.items()}


def balanced(rows: pd.DataFrame, label: str, share: float) -> Floats:
    """Weigh rows so that every set counts by the root of its size and has ``share`` positives."""
    weights = np.ones(len(rows))
    for _, part in rows.groupby("set"):
        positive = part[label].to_numpy() >= 0.5
        for kind, wanted in ((positive, share), (~positive, 1 - share)):
            places = rows.index.get_indexer(part.index[kind])
            weights[places] = wanted * np.sqrt(len(part)) / max(1, kind.sum())
    return weights
