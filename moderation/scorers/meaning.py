"""What texts are about, as vectors of a small sentence encoder; each text is read once.

English is read by all-MiniLM-L6-v2, ``language.OTHERS`` by multilingual-e5-small, both in 8-bit
integers (``moderation.bert``), run one text a call (``moderation.scorers.graph``). A cosine says
little by itself: short and vague texts are near to everything. Beside an encoder lies a *bank*
of vectors of other articles' titles, and ``usual`` tells how near a text is to the nearest of
them anyway (the idea of CSLS, Conneau et al. 2018, https://arxiv.org/abs/1710.04087).
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.scorers.graph import Graph
from moderation.scorers.packaged import MODELS, read_manifest, read_model

SENTENCES, FOREIGN_SENTENCES = MODELS / "sentences", MODELS / "sentences_multilingual"
"""Of English, and of ``language.OTHERS``."""
GRAPH = "model.onnx"
MOST_TOKENS = 128
"""A text is cut there."""
MOST_CHARS = 2000
"""A text is cut there before it is read."""
NEAREST = 12
"""So many titles of the bank are what a text is near to anyway."""
PASSAGE_WORDS = 45
"""Longest passage of an article; sentences are kept whole where they fit."""
MOST_PASSAGES = 40
"""Passages of an article that are compared, from its start."""
Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Article:
    """An article as read.

    Args:
        vectors: (passages, size), of unit length: its title, if it has one, and its passages.
    """

    vectors: Vector

    @cached_property
    def middle(self) -> Vector:
        """Unit vector of the mean of them all."""
        return unit(self.vectors.mean(axis=0))


class Reader:
    """A packaged encoder, loaded.

    Args:
        folder: Of the model.
    """

    def __init__(self, folder: Path) -> None:
        self._graph = Graph.read(folder, GRAPH)
        self._prompt = str(read_manifest(folder).get("prompt", ""))
        self._bank: Vector = read_model(folder)["bank"].astype(np.float32)
        self.read = lru_cache(maxsize=8192)(self._read)
        self.article = lru_cache(maxsize=64)(self._article)

    def _read(self, text: str) -> Vector:
        """Return the unit vector of a text that ``plain`` gave."""
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode()  # lone surrogates
        pieces = self._graph.encode(self._prompt + text).ids
        if len(pieces) > MOST_TOKENS:
            pieces = [*pieces[: MOST_TOKENS - 1], pieces[-1]]
        return unit(self._graph.logits(pieces))

    def usual(self, vector: Vector) -> float:
        """Return how near a vector is to the titles of the bank it is nearest to."""
        cosines = self._bank @ vector
        return float(np.partition(cosines, -NEAREST)[-NEAREST:].mean())

    def _article(self, passages: tuple[str, ...]) -> Article:
        return Article(np.array([self.read(part) for part in passages], dtype=np.float32))


def reader(folder: Path) -> Reader:
    """Return a model's encoder, loaded once a process."""
    return _reader(folder, str(read_manifest(folder)["version"]))


@lru_cache(maxsize=4)
def _reader(folder: Path, _version: str) -> Reader:
    return Reader(folder)


def unit(vector: Vector) -> Vector:
    """Return a vector of length 1 (or 0)."""
    return np.asarray(vector / (np.sqrt((vector * vector).sum()) + 1e-9), dtype=np.float32)


def plain(text: str) -> str:
    """Return a text in one line, cut at ``MOST_CHARS``."""
    return " ".join(text[: 2 * MOST_CHARS].split())[:MOST_CHARS]


def cut_passages(body: str) -> list[str]:
    """Cut an article at its line ends, and longer paragraphs after sentences."""
    passages: list[str] = []
    for paragraph in body.split("\n"):
        words: list[str] = []
        for word in paragraph.split():
            words.append(word)
            is_end = word[-1] in ".!?…。" and len(words) >= PASSAGE_WORDS // 2
            if is_end or len(words) >= PASSAGE_WORDS:
                passages.append(" ".join(words)[:MOST_CHARS])
                words = []
        if words:
            passages.append(" ".join(words)[:MOST_CHARS])
        if len(passages) >= MOST_PASSAGES:
            break
    return passages[:MOST_PASSAGES]
