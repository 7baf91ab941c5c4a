"""How much a comment shares with its context in letters: for languages no encoder here reads.

Words are cut into pieces of two letters (Korean, Chinese, Japanese: a piece is half a word) or
into their first six (others, so that endings fall away). Shared pieces count by how rare they
are, which a hashed table knows for Korean, German and Spanish.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from moderation.scorers.normalise import normalise

BUCKETS = 1 << 13
FEATURES = ("article", "title", "parent", "thread", "has_parent", "has_thread", "length")
"""Shares of the comment's pieces, rare ones counting more, that stand in each place."""
_WIDE = "\u2e80"
"""From this character on, a letter is a syllable or a word."""


def compare(
    text: str, passages: tuple[str, ...], parent: str, thread: tuple[str, ...],
    rarity: NDArray[np.float32],
) -> NDArray[np.float32]:  # fmt: skip
    """Return ``FEATURES`` of one comment.

    Args:
        text: The comment.
        passages: Title and passages.
        parent: What it answers, or empty.
        thread: What was said before.
        rarity: (BUCKETS,), from 0; see ``rarity_of``.
    """
    own = pieces(text)

    def shared(*places: str) -> float:
        there = frozenset().union(*map(pieces, places))
        weights = [float(rarity[bucket(piece)]) for piece in own & there]
        return float(np.log1p(sum(sorted(weights))))

    length = np.log1p(len(own))
    found = (shared(*passages), shared(*passages[:1]), shared(parent), shared(*thread))
    features = [*found, bool(parent), bool(thread), length]
    return np.array(features, dtype=np.float32)


def pieces(text: str) -> frozenset[str]:
    """Cut a raw text."""
    found: set[str] = set()
    for word in normalise(text).split():
        if word[0] >= _WIDE:
            found.update(word[start : start + 2] for start in range(max(1, len(word) - 1)))
        else:
            found.add(word[:6])
    return frozenset(found)


def bucket(piece: str) -> int:
    """Return where the table of rarities keeps a piece."""
    return zlib.crc32(piece.encode("utf-8", "surrogatepass")) % BUCKETS


def rarity_of(texts: list[str]) -> NDArray[np.float32]:
    """Count pieces: the table of their rarities, 1 for those seen once or never."""
    counts = np.ones(BUCKETS)
    for text in texts:
        for piece in pieces(text):
            counts[bucket(piece)] += 1
    return np.asarray(1 / np.sqrt(counts), dtype=np.float32)
