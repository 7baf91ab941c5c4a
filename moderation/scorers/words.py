"""How rare the words of an English text are, and what they mean together.

Campaigns weigh words by their rarity; recipes look for texts that are near by their meaning.

Every known word has a vector (128 numbers) learnt from a sentence encoder, so that "election"
lies near "Congress" and far from "soup"; a text is the sum of its distinct words' vectors, whose
lengths say how much a word tells. Parties, leaders and creeds count as their kind
(``moderation.scorers.sides``), so that swapping one for its rival changes nothing.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.scorers.normalise import normalise
from moderation.scorers.packaged import MODELS, read_model
from moderation.scorers.sides import SIDE_MEANS, mask

WORDS = MODELS / "words"
Vector = NDArray[np.float32]


@dataclass(frozen=True)
class WordVectors:
    """Vectors of known words and weights of all words.

    Args:
        folder: The packaged model.
    """

    folder: Path

    @cached_property
    def _rows(self) -> dict[str, int]:
        words = bytes(read_model(self.folder)["words"]).decode("utf-8").split("\n")
        return {word: row for row, word in enumerate(words)}

    @cached_property
    def _vectors(self) -> Vector:
        model = read_model(self.folder)
        return model["vectors"].astype(np.float32) * model["scales"].astype(np.float32)[:, None]

    @cached_property
    def _rarity(self) -> dict[str, float]:
        return dict(zip(self._rows, read_model(self.folder)["rarity"].tolist(), strict=True))

    def rarity(self, word: str) -> float:
        """Return how rare a normalised word is: its inverse document frequency, at least 0."""
        return self._rarity.get(word, self._unknown)

    @cached_property
    def _unknown(self) -> float:
        return float(read_model(self.folder)["rarity_unknown"])

    def read(self, text: str) -> Vector:
        """Return the meaning of a raw text: of unit length, or all 0 where no word is known.

        Which side it names makes no difference.
        """
        words = dict.fromkeys(mask(normalise(text)).split())
        plain = [SIDE_MEANS.get(word, word) for word in words]
        rows = [self._rows[word] for word in plain if word in self._rows]
        total = self._vectors[rows].sum(axis=0, dtype=np.float32)
        length = float(np.sqrt((total * total).sum()))
        return np.asarray(total / np.float32(max(length, 1e-6)))


@lru_cache(maxsize=4)
def word_vectors(folder: Path) -> WordVectors:
    """Return the vectors of a folder, loaded once a process."""
    return WordVectors(folder)
