"""Toxicity, its kinds and advertising, from hashed n-grams: the profile ``bulk``, no torch.

A text is normalised (``moderation.scorers.normalise``), cut into hashed word and letter
n-grams (``moderation.scorers.ngrams``), and every attribute is a logistic regression over
them with its own calibration curve. A text longer than ``WINDOW_WORDS`` is read in
overlapping windows and scored by its worst, so that one sentence in a long text is found. A text
in a language that the model has not learnt is not scored (``moderation.scorers.language``).

It knows spellings, not meanings; what it was trained on and where it fails is in the
model's card.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.scorers.language import only
from moderation.scorers.ngrams import project
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.packaged import MODELS, Model, read_manifest, read_model

WINDOW_WORDS, WINDOW_STEP = 150, 100
"""Words a window holds, and words from the start of one to the start of the next."""


@dataclass(frozen=True)
class ToxicityScorer:
    """Every toxicity attribute by n-grams.

    Args:
        folder: The packaged model; its weights load on the first text.
        attributes: What it gives; an earlier release's folder may give fewer.
    """

    name: ClassVar[str] = "toxicity"
    inputs: ClassVar[tuple[str, ...]] = ("text",)

    languages: ClassVar[frozenset[str]] = frozenset({"en", "de", "ko"})

    folder: Path = MODELS / "toxicity"
    attributes: tuple[str, ...] = (
        "toxicity",
        "severe_toxicity",
        "identity_attack",
        "insult",
        "profanity",
        "threat",
        "sexually_explicit",
        "attack_on_commenter",
        "spam",
    )

    @property
    def version(self) -> str:
        """``ngrams-1-<content hash>``; raises ModelError if the folder has no manifest."""
        return str(read_manifest(self.folder)["version"])

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Score each text; NaN where it holds no letter or digit, or is in no known language.

        Raises:
            ModelError: The packaged weights are missing or changed.
        """
        texts = only(batch["text"], self.languages)
        return calibrate(self.logits(texts), read_model(self.folder))

    def logits(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return (texts, attributes) sums before calibration, whatever the language."""
        model = read_model(self.folder)
        nothing = np.full(len(self.attributes), np.nan, dtype=np.float32)
        rows = [
            worst_window(words, model["weights"]) + model["intercepts"]
            if has_content(words)
            else nothing
            for words in map(normalise, texts)
        ]
        return np.array(rows, dtype=np.float32).reshape(-1, len(self.attributes))


def worst_window(words: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the largest value of every output over the windows of a normalised text.

    Args:
        words: Not empty.
        weights: (FEATURES, outputs).
    """
    if words.count(" ") < WINDOW_WORDS:
        return project(words, weights)
    listed = words.split(" ")
    starts = range(0, len(listed) - WINDOW_WORDS + WINDOW_STEP, WINDOW_STEP)
    windows = (" ".join(listed[start : start + WINDOW_WORDS]) for start in starts)
    highest = np.full(weights.shape[1], -np.inf, dtype=np.float32)
    for window in windows:
        highest = np.maximum(highest, project(window, weights))
    return highest


def calibrate(logits: NDArray[np.float32], model: Model) -> NDArray[np.float32]:
    """Read every column of ``logits`` off its calibration curve; NaN stays NaN."""
    scores = np.empty_like(logits)
    for column in range(logits.shape[1]):
        knots, values = model["curve_x"][column], model["curve_y"][column]
        scores[:, column] = read_curve(logits[:, column], knots, values)
    return scores


def read_curve(
    logits: NDArray[np.float32], knots: NDArray[np.float32], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Interpolate between rising ``knots``, flat beyond them; one rounding, whatever the batch."""
    inside = np.clip(logits, knots[0], knots[-1])
    right = np.clip(np.searchsorted(knots, inside, side="right"), 1, len(knots) - 1)
    left = right - 1
    share = (inside - knots[left]) / (knots[right] - knots[left])
    return np.asarray(values[left] + share * (values[right] - values[left]), dtype=np.float32)
