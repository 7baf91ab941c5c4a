"""Off-topic drift: the chance that a comment does not belong under its article.

A comment is laid beside its article, what it answers and what the thread said before
(``moderation.scorers.context``); how near they are is read by a calibrated logistic regression
that learnt from comments labelled in their threads. A reply that carries an on-topic parent on is
near to both; banter that dropped the subject is near to neither. There is a regression for
English, one for the other languages that an encoder reads, and one for the rest, which is much
less sure. Where comment and article are in different languages the score is ``BASE_RATE``.
Under ten words without a parent or a thread it stays below 0.5: too little to tell. Where
article, parent and thread are all empty there is nothing to drift from: NaN.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from moderation.scorers.context import (
    ENGLISH,
    FOREIGN,
    INPUTS,
    LETTERS,
    Row,
    Told,
    compare,
    compare_foreign,
    letters_of,
)
from moderation.scorers.meaning import FOREIGN_SENTENCES, SENTENCES, reader
from moderation.scorers.packaged import MODELS, Model, read_manifest, read_model
from moderation.scorers.toxicity import read_curve

BASE_RATE = 0.2
"""Share of off-topic comments the score is calibrated for; what it says when it cannot tell."""
UNSURE, MOST_UNSURE = 0.4, 0.49
"""From the one on, their scores are squeezed below the other."""
PARTS = ("article", "parent", "thread", "meta", "low", "high")
"""Cosines to the nearest passage, the parent and the middle of the thread before (NaN: not
there); the chance that it is about the site, its comments or its moderators; and the interval
around the score."""
LIMITS: Mapping[str, str] = {
    "no article": "there is no article, it was compared with parent and thread alone",
    "title only": "there is no article text, it was compared with the title",
    "other language": "comment and article are in different languages, so this says nothing",
    "by letters": "only shared pieces of words were compared, as no encoder reads this language",
    "short": "too few words to tell",
}
"""What a score had to do without, and what is said of it."""
Floats = NDArray[np.float32]
_NOTHING = float("nan")
_UNTOLD: Told = (_NOTHING, "", _NOTHING, _NOTHING)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a score rests on.

    Args:
        score: In [0, 1].
        low: Lower end of the interval in which the heads of resampled threads lie, nine of ten.
        high: Its upper end; far above the score where a comment is too short to be flagged.
        article: Cosine to the nearest passage; NaN without an article. This and the next four are
            empty where no encoder reads the comment, or reads it in another language.
        passage: That passage; empty without one.
        parent: Cosine to the parent; NaN without one.
        thread: Cosine to the middle of the comments before; NaN without any.
        meta: Chance that it is about the site, its comments or its moderators.
        limits: Of ``LIMITS``.
    """

    score: float
    low: float
    high: float
    article: float
    passage: str
    parent: float
    thread: float
    meta: float
    limits: tuple[str, ...]


@dataclass(frozen=True)
class OffTopicScorer:
    """Drift from article, parent and thread.

    Args:
        folder: The packaged heads.
        sentences: The packaged encoder of English they were trained on.
        foreign: The one of other languages.
        threads: Texts read at once; 0 means one a core. Does not change the scores.
    """

    name: ClassVar[str] = "off_topic"
    inputs: ClassVar[tuple[str, ...]] = INPUTS
    attributes: ClassVar[tuple[str, ...]] = ("off_topic",)
    made_of: ClassVar[tuple[str, ...]] = PARTS

    folder: Path = MODELS / "off_topic"
    sentences: Path = SENTENCES
    foreign: Path = FOREIGN_SENTENCES
    threads: int = 0

    @property
    def version(self) -> str:
        """``drift-1-<content hash>``, and those of the encoders after plus signs.

        Raises:
            ModelError: A folder has no manifest.
        """
        folders = self.folder, self.sentences, self.foreign
        return "+".join(str(read_manifest(one)["version"]) for one in folders)

    def score(self, batch: pd.DataFrame) -> Floats:
        """Score each comment; NaN where the comment or all of its context is empty.

        Raises:
            ModelError: A packaged file is missing or changed.
        """
        scores = [found.score if found else np.nan for found in self.evidence(batch)]
        return np.array(scores, dtype=np.float32).reshape(-1, 1)

    def parts(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return ``PARTS`` as float32 columns, NaN where nothing is scored."""
        rows = [
            [getattr(found, name) if found else np.nan for name in PARTS]
            for found in self.evidence(batch)
        ]
        return pd.DataFrame(rows, index=batch.index, columns=list(PARTS), dtype=np.float32)

    def explain(self, batch: pd.DataFrame) -> list[str]:
        """Say of every comment what made its score; empty where there is none."""
        return [_sentence(found) if found else "" for found in self.evidence(batch)]

    def evidence(self, batch: pd.DataFrame) -> list[Evidence | None]:
        """Return what the scores rest on; None where there is nothing to score."""
        rows = [Row(*row) for row in zip(*(batch[name] for name in INPUTS), strict=True)]
        if self.threads != 1:  # what is read once is known when it is asked for
            self._read_ahead(rows)
        model = read_model(self.folder)
        return [self._judge(row, model) for row in rows]

    def _read_ahead(self, rows: list[Row]) -> None:
        with ThreadPoolExecutor(self.threads or os.cpu_count()) as pool:
            for way, folder in ((ENGLISH, self.sentences), (FOREIGN, self.foreign)):
                texts = dict.fromkeys(text for row in rows if row.way == way for text in row.texts)
                if texts:
                    list(pool.map(reader(folder).read, texts))

    def _judge(self, row: Row, model: Model) -> Evidence | None:
        if not row.own or not row.has_context:
            return None
        if row.way is None:
            limits = (*row.limits, "other language")
            return Evidence(BASE_RATE, 0.0, 1.0, _NOTHING, "", _NOTHING, _NOTHING, _NOTHING, limits)
        found, told, meta = self._compare(row, model)
        unsure = row.is_short and not row.is_answer
        score, low, high = _settle(heads(found, model, row.way), unsure=unsure)
        limits = (*row.limits, *["by letters"] * (row.way == LETTERS), *["short"] * unsure)
        return Evidence(score, low, high, *told, meta, limits)

    def _compare(self, row: Row, model: Model) -> tuple[Floats, Told, float]:
        """Return what the head reads, what is told of it, and the chance of ``meta``."""
        if row.way == LETTERS:
            return letters_of(row, model["rarity"]), _UNTOLD, _NOTHING
        if row.way == ENGLISH:
            found = compare(row, reader(self.sentences))
        else:
            found = compare_foreign(row, reader(self.foreign), model["rarity"])
        probe = model[f"{row.way}meta"], model[f"{row.way}meta_intercept"]
        meta = float(expit(float(found.vector @ probe[0]) + float(probe[1])))
        return found.features, found.told, meta


def heads(features: Floats, model: Model, kind: str) -> Floats:
    """Return the calibrated chances that the head and its resampled sisters give, (heads,)."""
    laid = standard(features, model[f"{kind}mean"], model[f"{kind}spread"])
    logits = (model[f"{kind}heads"] * laid).sum(axis=1, dtype=np.float32)
    logits += model[f"{kind}intercepts"]
    return read_curve(logits, model[f"{kind}curve_x"], model[f"{kind}curve_y"])


def standard(features: NDArray[Any], mean: NDArray[Any], spread: NDArray[Any]) -> NDArray[Any]:
    """Return features as the heads read them, in training and at work: in spreads, at most 4."""
    return np.asarray(np.clip((features - mean) / spread, -4, 4))


def _settle(chances: Floats, *, unsure: bool) -> tuple[float, float, float]:
    """Return the score and its interval."""
    score = float(chances[0])
    low, high = (float(end) for end in np.quantile(chances, (0.05, 0.95)))
    if unsure and score > UNSURE:
        score = UNSURE + (score - UNSURE) * (MOST_UNSURE - UNSURE) / (1 - UNSURE)
    return score, min(low, score), max(high, score)


def _sentence(found: Evidence) -> str:
    limits = [LIMITS[limit] for limit in found.limits]
    if found.meta >= 0.5:
        said = "About the site, its comments or its moderators"
    elif found.score >= 0.5:
        said = "Off the article's subject"
    elif "short" in found.limits and found.high >= 0.5:
        said = "Unsure whether it belongs here"
    else:
        said = "Keeps to the article's subject, or nothing tells otherwise"
    said += f" ({found.low:.0%} to {found.high:.0%})"
    near = [("what it answers", found.parent), ("the thread before it", found.thread)]
    told = [f"{name} {nearness:.2f}" for name, nearness in near if not np.isnan(nearness)]
    if not np.isnan(found.article):
        told = [f"nearness to the article {found.article:.2f}", *told]
    return "; ".join([said, *told, *limits]) + "."


def nearest_passage(
    text: str, article_text: str, scorer: OffTopicScorer | None = None
) -> tuple[str, float] | None:
    """Return the passage of an article that is nearest to a text, and the cosine.

    None where there is none, or no encoder reads both.

    Raises:
        ModelError: The packaged encoder is missing or changed.
    """
    row = Row(text, "", article_text, "", "")
    scorer = scorer or OffTopicScorer()
    folders = {ENGLISH: scorer.sentences, FOREIGN: scorer.foreign}
    if not row.own or not row.passages or row.way not in folders:
        return None
    told = compare(row, reader(folders[row.way])).told
    return told[1], told[0]
