"""Toxicity, kinds of it and advertising, from a small sentence encoder: the profile ``accurate``.

MiniLM-L6, fine-tuned here (``moderation.training.encoder``), as an ONNX graph in 8-bit integers,
read by onnxruntime (``moderation.scorers.graph``); torch is not needed.

A text is unmasked (``moderation.scorers.normalise``) and cut into word pieces. At most
``WINDOW_TOKENS`` are read at a time, longer texts in overlapping windows, and every attribute
takes its worst window. One window is one call, so that a score is the same bits alone, in any
batch and on any number of threads; another kind of processor may round the last digits
otherwise.

Some attributes are blended with the n-gram model, by shares chosen on the dev part. The encoder
reads texts in its ``languages``, as ``moderation.scorers.language`` finds them. Those in a
language that the n-gram model alone has learnt, in another script than Latin, or whose words its
vocabulary knows only in many pieces (heavy slang, short texts in German) are left to that model,
or to an encoder of other languages (``others``) that asks it in turn; those in a language that
none has learnt are not scored.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.scorers.graph import Graph
from moderation.scorers.language import OTHERS, only
from moderation.scorers.ngrams import project
from moderation.scorers.normalise import has_content, normalise, unmask, unmask_as_written
from moderation.scorers.packaged import MODELS, read_manifest, read_model
from moderation.scorers.toxicity import ToxicityScorer, calibrate

WINDOW_TOKENS, WINDOW_STEP = 128, 84
"""Word pieces a window holds, its two marks among them; from one window's start to the next."""
MOST_WINDOWS = 48
"""Of a longer text, the n-gram model chooses those that are read: bounded time, no blind cut."""
MOST_PIECES = 1.45
"""Word pieces a word, from which a text is none the encoder can read. On the dev part, of texts
with six words and more: 1 to 5 in 100 English ones, 95 in 100 German ones."""
GRAPH = "model.onnx"
"""Beside its vocabulary and the arrays ``share``, ``curve_x`` and ``curve_y``."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class EncoderScorer:
    """Every toxicity attribute by the encoder.

    Args:
        folder: The packaged model; it loads on the first text.
        ngrams: The n-gram model it was blended with.
        threads: Texts read at once; 0 means one a core. Does not change the scores.
        languages: What the encoder reads.
        attributes: What it gives; an earlier release's folder may give fewer.
        as_written: Whether it reads accents and capitals, as one of many languages does.
        others: What reads the texts this one does not; without it, the n-gram model does.
    """

    name: ClassVar[str] = "toxicity"
    inputs: ClassVar[tuple[str, ...]] = ("text",)

    folder: Path = MODELS / "toxicity_encoder"
    ngrams: ToxicityScorer = field(default_factory=ToxicityScorer)
    threads: int = 0
    languages: frozenset[str] = frozenset({"en"})
    attributes: tuple[str, ...] = ToxicityScorer.attributes
    as_written: bool = False
    others: "EncoderScorer | None" = None

    @property
    def version(self) -> str:
        """``encoder-1-<content hash>``, and that of ``others`` after a plus sign.

        Raises:
            ModelError: A folder has no manifest.
        """
        own = str(read_manifest(self.folder)["version"])
        return f"{own}+{self.others.version}" if self.others else own

    def score(self, batch: pd.DataFrame) -> Floats:
        """Score each text; NaN where it holds no letter or digit, or is in no known language.

        Raises:
            ModelError: A packaged file is missing or changed.
        """
        texts = batch["text"]
        by_encoder = self.logits(only(texts, self.languages))
        is_read = np.isfinite(by_encoder[:, 0])
        scores = np.empty_like(by_encoder)
        scores[is_read] = self._blend(by_encoder[is_read], texts[is_read])
        if not is_read.all():
            scores[~is_read] = (self.others or self.ngrams).score(batch[~is_read])
        return scores

    def _blend(self, by_encoder: Floats, texts: Iterable[str]) -> Floats:
        model = read_model(self.folder)
        share = model["share"]
        if (share < 1).any():
            rest = (np.float32(1) - share) * self.ngrams.logits(texts)
            by_encoder = np.asarray(share * by_encoder + rest, dtype=np.float32)
        return calibrate(by_encoder, model)

    def logits(self, texts: Iterable[str]) -> Floats:
        """Return (texts, attributes) outputs of the graph, whatever the language.

        NaN without a letter or digit and, but for ``as_written``, for texts in another script than
        Latin and those in too many pieces.
        """
        version = read_manifest(self.folder)["version"]
        engine = _engine(self.folder, self.ngrams.folder, self.as_written, version)
        if self.threads == 1:
            rows = [engine.logits(text) for text in texts]
        else:
            with ThreadPoolExecutor(self.threads or os.cpu_count()) as pool:
                rows = list(pool.map(engine.logits, texts))
        return np.array(rows, dtype=np.float32).reshape(-1, len(self.attributes))


def is_latin(text: str) -> bool:
    """Whether a text holds a letter or digit, and at least half of its letters are Latin."""
    words = normalise(text)
    if words.isascii():
        return has_content(words)
    letters = [character for character in words if character.isalpha()]
    latin = sum(character < "\u0250" for character in letters)
    return has_content(words) and 2 * latin >= len(letters)


class _Engine:
    """The loaded graph and vocabulary of one folder, and where its n-gram model lies."""

    def __init__(self, folder: Path, ngrams: Path, as_written: bool) -> None:
        self._graph = Graph.read(folder, GRAPH)
        self._ngrams = ngrams
        self._as_written = as_written
        self._first, self._last = self._graph.encode("").ids
        self._nothing = np.full_like(self._graph.logits([self._first, self._last]), np.nan)

    def logits(self, text: str) -> Floats:
        """Return the highest value of every output over the windows of a text, or NaNs."""
        if not (has_content(normalise(text)) if self._as_written else is_latin(text)):
            return self._nothing
        text = unmask_as_written(text) if self._as_written else unmask(text)
        encoded = self._graph.encode(text, marks=False)
        most = MOST_PIECES * len(set(encoded.word_ids)) + 1
        if not self._as_written and len(encoded) > most:
            return self._nothing
        room, pieces = WINDOW_TOKENS - 2, encoded.ids
        starts = range(0, max(1, len(pieces) - room + WINDOW_STEP), WINDOW_STEP)
        windows = [slice(start, start + room) for start in starts]
        if len(windows) > MOST_WINDOWS:
            windows = self._worst(windows, text, encoded.offsets)
        found = [self._graph.logits([self._first, *pieces[part], self._last]) for part in windows]
        return np.asarray(np.max(found, axis=0), dtype=np.float32)

    def _worst(
        self, windows: list[slice], text: str, offsets: list[tuple[int, int]]
    ) -> list[slice]:
        """Return the ``MOST_WINDOWS`` windows that the n-gram model finds most toxic."""
        weights = read_model(self._ngrams)["weights"]

        def toxicity(window: slice) -> float:
            last = min(window.stop, len(offsets)) - 1
            words = normalise(text[offsets[window.start][0] : offsets[last][1]])
            return float(project(words, weights)[0]) if has_content(words) else -np.inf

        return sorted(windows, key=toxicity, reverse=True)[:MOST_WINDOWS]


@lru_cache(maxsize=4)
def _engine(folder: Path, ngrams: Path, as_written: bool, _version: str) -> _Engine:
    return _Engine(folder, ngrams, as_written)


MULTILINGUAL = EncoderScorer(
    MODELS / "toxicity_multilingual",
    languages=OTHERS,
    as_written=True,
)
"""Reads other languages. English in too many pieces is left to the n-gram model, which knows slang
better."""
