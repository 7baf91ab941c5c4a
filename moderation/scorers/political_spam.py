"""Political spam: political matter that is not the article's, or that is pasted around.

Three things are read. Content: how political the comment is, by a logistic regression over
hashed n-grams in which the names of sides are masked (``moderation.scorers.sides``). Drift:
how likely the comment does not belong there (``moderation.scorers.off_topic``), and whether it
names a side where article, parent and thread name none. Repetition: how many comments say
the same (``copies``). A calibrated head joins content and drift: political matter under an
article on that subject is not spam, however rude. Repetition then raises what is political:
``score = 1 - (1 - head) * (1 - content * (1 - 1 / copies))``.

Without article, parent and thread nothing is known of drift: a single comment is NaN, a
repeated one has the score of its repetition.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.scorers.ngrams import project
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.off_topic import drift
from moderation.scorers.packaged import MODELS, Model, read_manifest, read_model
from moderation.scorers.relatedness import FEATURES, INPUTS, WORDS, context_of, relatedness
from moderation.scorers.sides import mask
from moderation.scorers.toxicity import read_curve

Chances = NDArray[np.float32]
_LEAST = np.float32(1e-3)
"""Chances are read as if at least so far from 0 and 1."""
_BRINGS_SIDE = FEATURES.index("brings_side")


@dataclass(frozen=True)
class PoliticalSpamScorer:
    """Political content, drift and repetition in one chance.

    Args:
        folder: The packaged model.
        off_topic: The packaged drift head it was trained on.
        words: The packaged word vectors both were trained on.
    """

    name: ClassVar[str] = "political_spam"
    inputs: ClassVar[tuple[str, ...]] = (*INPUTS, "copies")
    attributes: ClassVar[tuple[str, ...]] = ("political_spam",)

    folder: Path = MODELS / "political_spam"
    off_topic: Path = MODELS / "off_topic"
    words: Path = WORDS

    @property
    def version(self) -> str:
        """``political-1-<content hash>``; raises ModelError if the folder has no manifest."""
        return str(read_manifest(self.folder)["version"])

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Score each comment; NaN where there is nothing to score or to compare with.

        Raises:
            ModelError: The packaged weights are missing or changed.
        """
        model = read_model(self.folder)
        related = relatedness(batch, self.words)
        content = political(batch["text"], model)
        head = join(content, related, drift(related, read_model(self.off_topic)), model)
        placed = context_of(related)
        copies = batch["copies"].fillna(1).to_numpy(dtype=np.float32)
        repeated = 1 - 1 / np.maximum(copies, np.float32(1))
        single = np.where(placed, head, np.float32(0))
        scores = 1 - (1 - single) * (1 - content * repeated)
        unknown = np.isnan(content) | (~placed & (repeated == 0))
        return np.where(unknown, np.nan, scores).astype(np.float32)[:, None]


def political(texts: pd.Series, model: Model) -> Chances:
    """Return (rows,) chances that a text's matter is political; NaN where it has no words."""
    logits = np.array([_logit(text, model) for text in texts], dtype=np.float32)
    return read_curve(logits, model["content_x"], model["content_y"])


def join(content: Chances, related: Chances, drifted: Chances, model: Model) -> Chances:
    """Return the calibrated chance of political spam of single comments, (rows,)."""
    standard = (design(content, related, drifted) - model["mean"]) / model["spread"]
    logits = (standard * model["head"]).sum(axis=1, dtype=np.float32) + model["intercept"]
    return read_curve(logits, model["curve_x"], model["curve_y"])


def design(content: Chances, related: Chances, drifted: Chances) -> Chances:
    """Lay out what the head reads: content and drift, their product, and a side brought in.

    Args:
        content: (rows,) chances of ``political``; NaN counts as 0.
        related: (rows, FEATURES) of ``relatedness``.
        drifted: (rows,) chances of ``drift``.
    """
    known = np.nan_to_num(content)
    brought = known * related[:, _BRINGS_SIDE]
    columns = [_log_odds(known), _log_odds(drifted), known * drifted, brought]
    return np.stack(columns, axis=1).astype(np.float32)


def _log_odds(chances: Chances) -> Chances:
    inside = np.clip(chances, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float32)


def _logit(text: str, model: Model) -> float:
    words = mask(normalise(text))
    if not has_content(words):
        return float("nan")
    return float(project(words, model["weights"])[0] + model["content_intercept"])
