"""Texts that say nearly the same, among a million: weighted MinHash, banded, then compared.

A sketch is ``PLACES`` words of a text, each drawn so that two texts draw the same one with
the probability of their weighted Jaccard similarity: of the exponential variates
``-log(u(word, place)) / weight(word)`` the lowest wins (Chum, Philbin and Zisserman, BMVC 2008;
Moulton and Jiang, ICDM 2018, call the measure probability Jaccard). Rare words weigh
more, as the packaged word table says (``moderation.models.words``); with plain MinHash
"the" and "and" would draw strangers together.

Texts that agree in all ``ROWS`` places of one of the bands are candidates. Band by band they
are sorted and compared with the neighbour and with the first of their group, so that the work
is linear however many copies there are. Of candidates whose sketches agree enough the words
themselves are compared: the longest common subsequence over the shorter text.

Fails where a text is changed so much that fewer than half of its words stay in order.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from moderation.scorers.words import WORDS, word_vectors

PLACES, ROWS = 120, 3
LEAST_AGREEMENT = 0.2
"""Share of places that must agree before words are compared."""
LEAST_SHARED = 0.5
"""Share of two texts' words that must stand in both in the same order."""
LEAST_SUBSTANCE = 20.0
"""Summed weights of the distinct words that texts must share: "great article, thank you for
writing it" is too little, people say so independently."""
_CHUNK_WORDS, _CHUNK_PAIRS = 100_000, 20_000
_MULTIPLIERS = np.random.default_rng(5).integers(1, 2**63, (2, PLACES), dtype=np.uint64) | 1

Numbers = NDArray[np.int64]


class Sketches:
    """Texts as numbered words and their sketches; about 0.4 kB a text."""

    def __init__(self) -> None:
        self._rarity = word_vectors(WORDS)
        self._numbers: dict[str, int] = {}
        self._hashes, self._weights = array("I"), array("f")
        self._words, self._ends = array("I"), array("Q", [0])
        self._made = array("H")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, texts: Iterable[list[str]]) -> None:
        """Append texts, each a list of words that is not empty."""
        for words in texts:
            self._words.extend(map(self._number, words))
            self._ends.append(len(self._words))
            if len(self._words) - self._ends[self._sketched] >= _CHUNK_WORDS:
                self._sketch()

    def pairs(self) -> Numbers:
        """Return (pairs, 2) places of texts that say nearly the same.

        Not every such pair, but so many that they connect those that belong together.
        """
        self._sketch()
        sketches = np.frombuffer(self._made, dtype=np.uint16).reshape(-1, PLACES)
        codes = np.empty(0, dtype=np.int64)
        for band in range(0, PLACES, ROWS):
            codes = np.sort(np.concatenate([codes, _neighbours(sketches[:, band : band + ROWS])]))
            codes = codes[np.diff(codes, prepend=-1) > 0]
        return np.concatenate([self._same(some) for some in _agreeing(sketches, codes)])

    def shared(self, one: int, other: int) -> float:
        """Share of two texts' words that stand in both in the same order, in [0, 1]."""
        return Indel.normalized_similarity(self._text(one), self._text(other))

    def is_telling(self, place: int) -> bool:
        """Whether a text says so much that two people would hardly say it by chance."""
        return self._says_enough(set(self._text(place)))

    def _same(self, pairs: Numbers) -> Numbers:
        """Return those of (pairs, 2) whose words say nearly the same."""
        kept = [self._is_same(one, other) for one, other in pairs.tolist()]
        same: Numbers = pairs[np.array(kept, dtype=bool)]
        return same

    def _is_same(self, one: int, other: int) -> bool:
        if self.shared(one, other) < LEAST_SHARED:
            return False
        return self._says_enough(set(self._text(one)).intersection(self._text(other)))

    def _says_enough(self, words: set[int]) -> bool:
        return sum(self._weights[word] for word in words) >= LEAST_SUBSTANCE

    def _text(self, place: int) -> "array[int]":
        return self._words[self._ends[place] : self._ends[place + 1]]

    @property
    def _sketched(self) -> int:
        return len(self._made) // PLACES

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._numbers)
            self._hashes.append(zlib.crc32(word.encode("utf-8", "surrogatepass")))
            self._weights.append(self._rarity.rarity(word))
        return number

    def _sketch(self) -> None:
        """Sketch the texts that were added since."""
        start, stop = self._sketched, len(self)
        if start == stop:
            return
        ends = self._ends[start : stop + 1]
        known, words = np.unique(
            np.array(self._words[ends[0] :], dtype=np.int64), return_inverse=True
        )
        drawn = _variates(
            np.array([self._hashes[word] for word in known], dtype=np.uint64),
            np.array([self._weights[word] for word in known], dtype=np.float32),
        )
        for begin, end in pairwise(place - ends[0] for place in ends):
            lowest = drawn.take(words[begin:end], axis=0).min(axis=0)
            # The low bits of the lowest variate tell which word it belongs to.
            self._made.frombytes(lowest.view(np.uint32).astype(np.uint16).tobytes())


def _variates(hashes: NDArray[np.uint64], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (words, PLACES) exponential variates, always the same for a word and place."""
    mixed = (hashes[:, None] * _MULTIPLIERS[0] + _MULTIPLIERS[1]) >> np.uint64(32)
    uniform = (mixed.astype(np.float32) + np.float32(1)) / np.float32(2**32 + 2)
    variates: NDArray[np.float32] = (
        -np.log(uniform) / np.maximum(weights, np.float32(0.05))[:, None]
    )
    return variates


def _neighbours(band: NDArray[np.uint16]) -> Numbers:
    """Return codes (one * texts + other), one < other, of texts that agree in all of a band.

    Args:
        band: (texts, ROWS) places of their sketches.
    """
    key = np.zeros(len(band), dtype=np.uint64)
    for place in band.T:
        key = (key << np.uint64(16)) | place
    order = np.argsort(key, kind="stable")
    key = key[order]
    same = np.flatnonzero(key[1:] == key[:-1]) + 1
    starts = np.searchsorted(key, key[same])
    # The sort is stable: of two texts the earlier one comes first.
    return np.concatenate([order[same - 1], order[starts]]) * len(band) + np.tile(order[same], 2)


def _agreeing(sketches: NDArray[np.uint16], codes: Numbers) -> Iterator[Numbers]:
    """Yield (pairs, 2), the texts of those codes whose sketches agree well enough."""
    for part in np.array_split(codes, len(codes) // _CHUNK_PAIRS + 1):
        one, other = np.divmod(part, max(1, len(sketches)))
        agreement = (sketches[one] == sketches[other]).mean(axis=1)
        yield np.stack([one, other], axis=1)[agreement >= LEAST_AGREEMENT]
