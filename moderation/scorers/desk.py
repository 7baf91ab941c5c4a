"""A desk's own corrections over the shipped scores: what ``moderation learn`` wrote, at work.

A correction is a logistic regression whose starting point is the shipped score: to its logit are
added a weight for each logit that the same scorer gives, a weight for each hashed word, pair and
piece of a word (``moderation.scorers.ngrams``), and a constant. Attributes without a correction
keep their scores to the bit. A correction holds over the version it was fitted on, and no other:
over another it is left out, and the log says so.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from moderation.errors import ModelError
from moderation.scorers.ngrams import FEATURES, project
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.packaged import read_manifest, read_model

if TYPE_CHECKING:
    from moderation.scorers import Scorer

KIND = "desk-1"
"""Kind of the model and layout of its arrays."""
LEAST_CHANCE = 1e-4
"""Scores are read as if at least so far from 0 and 1."""
NOTABLE = 0.1
"""From this difference on, an explanation says that the desk's labels moved a score."""
Floats = NDArray[np.float32]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeskScorer:
    """A scorer with a desk's corrections.

    Args:
        over: The scorer whose scores are corrected.
        folder: What ``moderation learn`` wrote.
    """

    over: "Scorer"
    folder: Path

    @property
    def name(self) -> str:
        """That of the scorer it corrects."""
        return self.over.name

    @property
    def inputs(self) -> tuple[str, ...]:
        """Those of the scorer it corrects."""
        return self.over.inputs

    @property
    def attributes(self) -> tuple[str, ...]:
        """Those of the scorer it corrects."""
        return self.over.attributes

    @property
    def version(self) -> str:
        """That of the scorer it corrects, and ``desk-1-<content hash>`` after a plus sign.

        Raises:
            ModelError: A folder has no manifest.
        """
        return f"{self.over.version}+{read_manifest(self.folder)['version']}"

    def score(self, batch: pd.DataFrame) -> Floats:
        """Score each comment; NaN where the shipped score is.

        Raises:
            ModelError: A model's file is missing or changed.
        """
        return self._corrected(batch, self.over.score(batch))

    def _corrected(self, batch: pd.DataFrame, shipped: Floats) -> Floats:
        corrections = _corrections(self.folder, self.attributes)
        found = shipped.copy()
        logits = shipped_logits(shipped)
        words = [normalise(text) for text in batch["text"]]
        rows = [corrections.said(text) for text in words]
        said = np.array(rows, dtype=np.float32).reshape(-1, len(corrections.columns))
        for place, column in enumerate(corrections.columns):
            known = ~np.isnan(shipped[:, column])
            moved = (logits[known] * corrections.scores[place]).sum(axis=1, dtype=np.float32)
            moved += logits[known, column] + said[known, place] + corrections.constants[place]
            found[known, column] = expit(moved)
        return found


@dataclass(frozen=True)
class ExplainingDeskScorer(DeskScorer):
    """The same over a scorer that says what its scores are made of."""

    over: Any

    @property
    def made_of(self) -> tuple[str, ...]:
        """Those of the scorer it corrects."""
        return tuple(self.over.made_of)

    def parts(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return what the shipped score is made of."""
        found: pd.DataFrame = self.over.parts(batch)
        return found

    def explain(self, batch: pd.DataFrame) -> list[str]:
        """Say what made the shipped score, and where the desk's labels moved it."""
        shipped = self.over.score(batch)
        pairs = zip(shipped[:, 0].tolist(), self._corrected(batch, shipped)[:, 0].tolist(),
                    strict=True)  # fmt: skip
        return [
            f"{said} What moderators said here makes it {new:.2f} instead of {old:.2f}."
            if said and abs(new - old) >= NOTABLE
            else said
            for said, (old, new) in zip(self.over.explain(batch), pairs, strict=True)
        ]


def corrected(scorers: Iterable["Scorer"], folder: Path) -> "tuple[Scorer, ...]":
    """Lay a desk's corrections over the scorers they were fitted on; the others stay.

    Raises:
        ModelError: The folder holds no desk model.
    """
    manifest = read_manifest(folder)
    fitted = manifest.get("over")
    if not str(manifest["version"]).startswith(f"{KIND}-") or not isinstance(fitted, dict):
        msg = f"{folder}: version {manifest['version']}; expected one that moderation learn wrote"
        raise ModelError(msg)
    return tuple(_over(scorer, folder, fitted.get(scorer.name)) for scorer in scorers)


def learnt_until(desk_model: str) -> pd.Timestamp | None:
    """Return when the newest label was given that a desk model learnt from; None: there is none.

    Args:
        desk_model: As ``Settings.desk_model``.
    """
    try:
        return pd.Timestamp(read_manifest(Path(desk_model))["newest_label"]) if desk_model else None
    except (ModelError, KeyError):
        return None  # whoever scores with it is told what is wrong


def shipped_logits(scores: Floats) -> Floats:
    """Return logits of scores, as corrections read them; 0 where there is none."""
    inside = np.clip(scores, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return np.nan_to_num(logit(inside)).astype(np.float32)


def _over(scorer: "Scorer", folder: Path, fitted: str | None) -> "Scorer":
    if fitted is None:
        return scorer
    if fitted != scorer.version:
        logger.warning(
            "%s: fitted over %s, but %s is in use: its corrections are left out; "
            "`moderation learn` fits them again",
            folder, fitted, scorer.version,
        )  # fmt: skip
        return scorer
    speaks = callable(getattr(scorer, "explain", None))
    return (ExplainingDeskScorer if speaks else DeskScorer)(scorer, folder)


@dataclass(frozen=True)
class _Corrections:
    """The corrections of one scorer's attributes, laid out to be applied.

    Args:
        columns: Which attributes have one, by their places.
        scores: (corrections, attributes) weights of the shipped logits.
        words: (FEATURES, corrections) weights of n-grams.
        constants: (corrections,).
    """

    columns: tuple[int, ...]
    scores: Floats
    words: Floats
    constants: Floats

    def said(self, words: str) -> Floats:
        """Return (corrections,) of what the words of a normalised text say."""
        if not has_content(words):
            return np.zeros(len(self.columns), dtype=np.float32)
        return project(words, self.words)


@lru_cache(maxsize=8)
def _corrections(folder: Path, attributes: Sequence[str]) -> _Corrections:
    model = read_model(folder)
    columns = [place for place, name in enumerate(attributes) if f"{name}.constant" in model.arrays]
    names = [attributes[place] for place in columns]
    words = np.zeros((FEATURES, len(names)), dtype=np.float32)
    for place, name in enumerate(names):
        words[model[f"{name}.numbers"], place] = model[f"{name}.words"]
    scores = [model[f"{name}.scores"] for name in names]
    constants = [model[f"{name}.constant"] for name in names]
    return _Corrections(
        tuple(columns),
        np.array(scores, dtype=np.float32).reshape(len(names), len(attributes)),
        words,
        np.array(constants, dtype=np.float32),
    )
