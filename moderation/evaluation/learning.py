"""What learning from a desk's labels is worth: made-up desks with real comments and labels.

A set that no shipped model was trained on plays a newsroom. Of its articles (or of its comments,
where it names no articles) ``POOL`` in 100 are moderated, the rest are what comes later. So many of
the moderated comments as a desk has labels are drawn at random and decided as the set's own
labels say; corrections are fitted and, where cross-validation finds them better, laid over the
shipped scores, which are then measured on what came later. The same is done with the labels
alone, without the comments approved below the threshold, to show what those are for.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.progress import track

from moderation import datasets as sets
from moderation.config import REVIEW_THRESHOLD
from moderation.measures import calibration_error, log_losses, roc_auc
from moderation.scorers import TOXICITY, Scorer, score_frame
from moderation.training.correction import KINDS, LEAST, choose, corrected, fit, lay_out
from moderation.training.linear import Floats

DESKS = (
    ("c3_constructive", "toxicity"),
    ("c3_constructive", "attack_on_commenter"),
    ("hatebr", "toxicity"),
    ("korean_unsmile", "toxicity"),
    ("korean_unsmile", "profanity"),
)
"""Sets and attributes; all of terms that keep them out of training."""
SIZES = (100, 300, 1000, 3000)
"""Decisions a desk has made."""
SEEDS = 5
POOL = 60
MOST = 5000
"""Comments of a set that are used, the first by the hash of their text."""


def measure_learning(datasets: Path) -> list[dict[str, Any]]:
    """Measure every desk whose set is there.

    Returns:
        A row a desk and size: ``set, attribute, labels, applies`` (of those labels, mean over the
        seeds)``, kept`` (kind -> seeds in which it was)``, n, positives`` (of what
        came later)``, sha256``, and of the scores ``shipped``, ``used`` (corrected where kept)
        and ``alone`` (from labels alone, kept or not): ``roc_auc``, ``ece``, ``log_loss``,
        each the mean over the seeds, and ``roc_auc_low`` and ``roc_auc_high``, the worst and best.
    """
    scorer = TOXICITY["accurate"]
    rows: list[dict[str, Any]] = []
    for name in track(
        [*dict.fromkeys(name for name, _ in DESKS)], "Desks that learn", transient=True
    ):
        info = sets.catalogue()[name]
        if sets.data_path(name, datasets).is_file():
            desk = _Desk(info, datasets, scorer)
            for attribute in (one for of, one in DESKS if of == name):
                rows += desk.curve(attribute)
    return rows


class _Desk:
    """A set that plays a newsroom."""

    def __init__(self, info: sets.DatasetInfo, datasets: Path, scorer: Scorer) -> None:
        comments = sets.read(info, datasets).sort_values("key", kind="stable").head(MOST)
        scores = score_frame(scorer, comments).to_numpy()
        known = ~np.isnan(scores).any(axis=1)
        self._comments = comments[known].reset_index(drop=True)
        self._table = lay_out(
            self._comments.assign(article_url=self._comments["group"]), scores[known]
        )
        self._is_pool = np.array([_place(group) < POOL for group in self._comments["group"]])
        self._facts = {"set": info.name, "sha256": sets.data_sha256(info.name, datasets)}
        self._attributes = scorer.attributes

    def curve(self, attribute: str) -> Iterator[dict[str, Any]]:
        """Yield a row a size, as long as there are so many comments."""
        column = self._attributes.index(attribute)
        labels = (self._comments[attribute].to_numpy(dtype=float) >= 0.5).astype(float)
        judged = self._comments[attribute].notna().to_numpy()
        pool, later = (
            np.flatnonzero(self._is_pool & judged),
            np.flatnonzero(~self._is_pool & judged),
        )
        for size in (size for size in SIZES if size <= len(pool)):
            runs = [
                self._run(np.sort(generator.permutation(pool)[:size]), later, column, labels)
                for generator in map(np.random.default_rng, range(SEEDS))
            ]
            means = pd.DataFrame(runs).mean().round(4).to_dict()
            areas = [run["used/roc_auc"] for run in runs]
            yield self._facts | {
                "attribute": attribute,
                "labels": size,
                "n": len(later),
                "positives": int(labels[later].sum()),
                "applies": round(means["applies"]),
                "seeds": SEEDS,
                "kept": {kind: int(sum(run[kind] for run in runs)) for kind in KINDS},
                **{
                    kind: {name: means[f"{kind}/{name}"] for name in ("roc_auc", "ece", "log_loss")}
                    for kind in ("shipped", "used", "alone")
                },
                "roc_auc_low": round(min(areas), 4),
                "roc_auc_high": round(max(areas), 4),
            }

    def _run(
        self, decided: NDArray[np.intp], later: NDArray[np.intp], column: int, labels: Floats
    ) -> dict[str, float]:
        own, rest, said = self._table[decided], self._table[later], labels[decided]
        shipped = rest.shipped[:, column].astype(float)
        used = shipped
        is_enough = min(said.sum(), (1 - said).sum()) >= LEAST
        kind = choose(own, column, said, np.ones(len(said), dtype=bool))[0] if is_enough else ""
        if kind:
            used = corrected(rest, column, fit(own, column, said, kind))
        labelled = np.flatnonzero((said == 1) | (own.shipped[:, column] >= REVIEW_THRESHOLD))
        alone = corrected(
            rest, column, fit(own[labelled], column, said[labelled], next(iter(KINDS)))
        )
        kinds = {"shipped": shipped, "used": used, "alone": alone}
        return {"applies": said.sum(), **{name: float(name == kind) for name in KINDS}} | {
            f"{kind}/{name}": value
            for kind, scores in kinds.items()
            for name, value in _figures(scores, labels[later]).items()
        }


def _figures(scores: Floats, labels: Floats) -> dict[str, float]:
    return {
        "roc_auc": roc_auc(scores, labels >= 0.5),
        "ece": calibration_error(scores, labels),
        "log_loss": float(log_losses(scores, labels).mean()),
    }


def _place(group: str) -> int:
    """Return where a group lies, of a hundred; another hash than that of ``datasets``' split."""
    digest = hashlib.blake2b(f"desk {group}".encode("utf-8", "surrogatepass"), digest_size=4)
    return int.from_bytes(digest.digest(), "big") % 100
