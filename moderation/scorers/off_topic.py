"""Off-topic drift: the chance that a comment does not belong under its article.

The comment's nearness to title, best passage, whole article, parent and thread
(``moderation.scorers.relatedness``) is read by a calibrated logistic regression that learnt
from comments in their own and in foreign contexts. A reply that carries an on-topic parent
on is near to its parent, which is enough.

Where the words say too little, the score is drawn to the base rate instead of guessing: under
ten words it never reaches 0.5, and where comment or context hold few known words (another
language) it stays near ``BASE_RATE``. Where article, parent and thread are all empty there is
nothing to drift from: NaN.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.packaged import MODELS, Model, read_manifest, read_model
from moderation.scorers.relatedness import FEATURES, INPUTS, WORDS, context_of, relatedness
from moderation.scorers.toxicity import read_curve

BASE_RATE = 0.2
"""Share of off-topic comments the score is calibrated for; what it says when it cannot tell."""
TRUST_WORDS, TRUST = (0, 9, 15), (0.2, 0.36, 1.0)
"""How far so many words may carry a score from the base rate; under ten it stays below 0.5."""
TRUST_UNDERSTOOD = (0.2, 0.7)
"""Share of words with a vector, from which they count, and from which they count in full."""
_PLACE = {name: number for number, name in enumerate(FEATURES)}


@dataclass(frozen=True)
class OffTopicScorer:
    """Drift from article, parent and thread.

    Args:
        folder: The packaged head.
        words: The packaged word vectors it was trained on.
    """

    name: ClassVar[str] = "off_topic"
    inputs: ClassVar[tuple[str, ...]] = INPUTS
    attributes: ClassVar[tuple[str, ...]] = ("off_topic",)

    folder: Path = MODELS / "off_topic"
    words: Path = WORDS

    @property
    def version(self) -> str:
        """``related-1-<content hash>``; raises ModelError if the folder has no manifest."""
        return str(read_manifest(self.folder)["version"])

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Score each comment; NaN where the comment or all of its context is empty.

        Raises:
            ModelError: The packaged weights are missing or changed.
        """
        model = read_model(self.folder)
        related = relatedness(batch, self.words)
        chances = BASE_RATE + (drift(related, model) - BASE_RATE) * _trust(batch["text"])
        spoken = np.array([has_content(normalise(text)) for text in batch["text"]], dtype=bool)
        return np.where(context_of(related) & spoken, chances, np.nan).astype(np.float32)[:, None]


def drift(related: NDArray[np.float32], model: Model) -> NDArray[np.float32]:
    """Return the chances of drift of rows of ``relatedness``, however short the comments.

    Calibrated; drawn to ``BASE_RATE`` where few words are known.
    """
    standard = (design(related) - model["mean"]) / model["spread"]
    logits = (standard * model["head"]).sum(axis=1, dtype=np.float32) + model["intercept"]
    chances = read_curve(logits, model["curve_x"], model["curve_y"])
    understood = np.interp(related[:, _PLACE["understood"]], TRUST_UNDERSTOOD, (0, 1))
    return np.asarray(BASE_RATE + (chances - BASE_RATE) * understood, dtype=np.float32)


def design(related: NDArray[np.float32]) -> NDArray[np.float32]:
    """Widen the features: the best of several places, and all of them for long comments."""
    meaning = related[:, [_PLACE["title_meaning"], _PLACE["passage_meaning"]]].max(axis=1)
    words = related[:, [_PLACE["title_words"], _PLACE["passage_words"]]].max(axis=1)
    nearest = np.maximum(meaning, related[:, _PLACE["parent_meaning"]])
    best = np.stack([meaning, words, nearest], axis=1)
    length = np.minimum(related[:, _PLACE["length"]], np.float32(4.0))[:, None] / np.float32(3.0)
    near = np.hstack([related[:, : _PLACE["has_title"]], best])
    read = related[:, : _PLACE["understood"]]
    return np.hstack([read, best, near * length]).astype(np.float32)


def _trust(texts: pd.Series) -> NDArray[np.float64]:
    """How far comments' words may carry their scores from the base rate, in [0, 1]."""
    return np.interp([len(normalise(text).split()) for text in texts], TRUST_WORDS, TRUST)
