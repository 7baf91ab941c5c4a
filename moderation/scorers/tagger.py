"""How likely a reader is to mark a word of a text as what makes it toxic: a linear word tagger.

A logistic regression over hashed features of each word: the word, its 3- to 5-letter pieces, its
neighbours, and it together with each neighbour. It is trained on what people took out of toxic
sentences to make them civil (``moderation.training.spans``), and reads no other model.

It knows English words and their closest company, no grammar and no irony; a word in a quotation
is a word like any other.
"""

import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from moderation.scorers.packaged import MODELS, read_manifest, read_model

SPANS = MODELS / "spans"
FEATURES = 1 << 18
_LONGEST_READ = 40
"""Letters of a word that are looked at."""
_NEIGHBOUR, _PAIR = 0.5, 0.7
"""Values of the features that look at a neighbour; the word's own has 1, its pieces share 1."""


def features(
    words: Sequence[str],
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """Lay the features of a text's words out, one word after the other.

    Args:
        words: Normalised, as ``moderation.scorers.places.read_words`` gives them.

    Returns:
        Feature numbers below ``FEATURES``, their values, and (words + 1,) where each word's
        begin and the last one's end.
    """
    framed = ["", *(word[:_LONGEST_READ] for word in words), ""]
    numbers: list[int] = []
    values: list[float] = []
    ends = [0]
    for before, word, after in zip(framed, framed[1:], framed[2:], strict=False):
        own, shares = _own(word)
        numbers += own
        values += shares
        numbers += (
            _number(f"<{before}"),
            _number(f">{after}"),
            _number(f"<{before} {word}"),
            _number(f">{word} {after}"),
        )
        values += (_NEIGHBOUR, _NEIGHBOUR, _PAIR, _PAIR)
        ends.append(len(numbers))
    return np.array(numbers, np.int32), np.array(values, np.float32), np.array(ends, np.int64)


def mark(words: Sequence[str], folder: Path = SPANS) -> NDArray[np.float64]:
    """Return (words,) chances in [0, 1] that a reader marks each word of a text.

    Raises:
        ModelError: The packaged weights are missing or changed.
    """
    if not words:
        return np.zeros(0)
    model = read_model(folder)
    numbers, values, ends = features(words)
    sums = np.add.reduceat(model["weights"][numbers].astype(np.float64) * values, ends[:-1])
    return np.asarray(expit(sums + float(model["intercept"])))


def version(folder: Path = SPANS) -> str:
    """``tagger-1-<content hash>``; raises ModelError if the folder has no manifest."""
    return str(read_manifest(folder)["version"])


@lru_cache(maxsize=50_000)
def _own(word: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return the features of a word that do not look around, and their values."""
    framed = f" {word} "
    pieces = {
        framed[start : start + length]
        for length in range(3, 6)
        for start in range(len(framed) - length + 1)
    }
    share = 1 / np.sqrt(max(1, len(pieces)))
    numbers = (_number(f"={word}"), *(_number(f"~{piece}") for piece in sorted(pieces)))
    return numbers, (1.0, *[float(share)] * len(pieces))


def _number(feature: str) -> int:
    return zlib.crc32(feature.encode()) & (FEATURES - 1)
