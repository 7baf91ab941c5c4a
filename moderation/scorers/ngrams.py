"""Hashed n-grams of normalised words, and linear models over them.

A text becomes a set of feature numbers: every word, every pair of neighbours, and the
2- to 5-letter pieces of every word with its borders marked. Numbers are CRC-32 sums cut to
a power of two, so that there is no vocabulary to ship; a word's pieces are worked out once
and kept. The model is one weight a feature and output; a text's value is the sum of its
features' weights over the root of their number, once for words and once for pieces, so that
long and short texts are alike.

It knows spellings, not meanings: an insult in words it has not seen is missed.
"""

import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WORD_BITS = 18
PIECE_BITS = 18
WORD_FEATURES = 1 << WORD_BITS
FEATURES = WORD_FEATURES + (1 << PIECE_BITS)
_LONGEST_KEPT = 40
"""Letters of the longest word whose pieces are kept in memory."""

Indices = NDArray[np.int32]


def features(text: str) -> tuple[Indices, Indices]:
    """Return the distinct features of a normalised text.

    Args:
        text: As ``normalise`` returns it.

    Returns:
        Sorted feature numbers: of words and pairs, below ``WORD_FEATURES``; of pieces, from
        there to ``FEATURES``.
    """
    words = text.split(" ")
    found = [_word(word) for word in words]
    found += [_word(f"{left} {right}") for left, right in pairwise(words)]
    distinct = dict.fromkeys(words)
    pieces = [
        _kept_pieces(word) if len(word) <= _LONGEST_KEPT else _pieces(word) for word in distinct
    ]
    return _distinct(np.array(found, dtype=np.int32)), _distinct(np.concatenate(pieces))


def project(text: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a text's value for every column of ``weights``.

    Args:
        text: As ``normalise`` returns it; not empty.
        weights: (FEATURES, outputs).

    Returns:
        (outputs,) sums; a function of the text alone, to the last bit.
    """
    total = np.zeros(weights.shape[1], dtype=np.float32)
    for part in features(text):
        rows = weights.take(part, axis=0).astype(np.float32)
        total += rows.sum(axis=0) / np.float32(np.sqrt(len(part)))
    return total


def _distinct(numbers: Indices) -> Indices:
    """Sort and drop repetitions; for so few, seven times as fast as ``np.unique``."""
    numbers.sort()
    is_first = np.empty(len(numbers), dtype=bool)
    is_first[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    return numbers[is_first]


def _word(word: str) -> int:
    return zlib.crc32(word.encode()) & (WORD_FEATURES - 1)


def _pieces(word: str) -> Indices:
    """Number the 2- to 5-letter pieces of a word with a space at either end."""
    framed = f" {word} "
    numbers = {
        zlib.crc32(framed[start : start + length].encode())
        for length in range(2, 6)
        for start in range(len(framed) - length + 1)
    }
    hashed = np.fromiter(numbers, dtype=np.int64, count=len(numbers)) & ((1 << PIECE_BITS) - 1)
    return (hashed + WORD_FEATURES).astype(np.int32)


_kept_pieces = lru_cache(maxsize=100_000)(_pieces)
