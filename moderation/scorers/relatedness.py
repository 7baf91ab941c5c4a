"""How near a comment is to its article, its parent and its thread, in numbers.

Every known word has a vector (128 numbers) learnt from a sentence encoder, so that
"election" lies near "Congress" and far from "soup"; a text is the sum of its distinct words'
vectors, whose lengths say how much a word tells. Words without a vector, names above all,
count by being the same or not. Parties, leaders and creeds count as their kind
(``moderation.scorers.sides``), so that swapping one for its rival changes nothing. The
comment is compared with the title, with every passage of the article (the best counts), with
the article as a whole, with its parent and with what the thread said before.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.scorers.normalise import normalise
from moderation.scorers.packaged import MODELS, read_model
from moderation.scorers.sides import SIDE_MEANS, mask, names_side

WORDS = MODELS / "words"
INPUTS = ("text", "article_title", "article_text", "parent_text", "thread_text")
PASSAGE_WORDS = 60
"""Longest passage; paragraphs are cut to it."""
MAX_PASSAGES = 80
"""Passages of an article that are compared, from its start."""
SAID = ("title", "passage", "article", "parent", "thread")
FEATURES: tuple[str, ...] = (
    *(f"{where}_meaning" for where in SAID),
    *(f"{where}_words" for where in SAID),
    *(f"has_{where}" for where in ("title", "article", "parent", "thread")),
    "length",
    "substance",
    "to_others",
    "names_side",
    "brings_side",
    "understood",
)
"""What ``relatedness`` returns, in order; described there."""

_PRESENT = [number for number, name in enumerate(FEATURES) if name.startswith("has_")]
_TO_OTHERS = frozenset(
    {"you", "your", "youre", "yours", "yourself", "u", "ur", "dude", "buddy", "pal", "troll"}
)
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

    def read(self, text: str) -> "Meaning":
        """Return the meaning of a raw text; which side it names makes no difference."""
        return self.read_words(mask(normalise(text)))

    def read_words(self, masked: str) -> "Meaning":
        """Return the meaning of words that went through ``moderation.scorers.sides``."""
        words = tuple(dict.fromkeys(masked.split()))
        plain = [SIDE_MEANS.get(word, word) for word in words]
        rows = [self._rows[word] for word in plain if word in self._rows]
        total = self._vectors[rows].sum(axis=0, dtype=np.float32)
        length = float(np.sqrt((total * total).sum()))
        weights = {word: self.rarity(word) for word in words}
        known = len(rows) / max(1, len(words))
        vector = total / np.float32(max(length, 1e-6))
        return Meaning(vector, length, weights, names_side(masked), known)


@dataclass(frozen=True)
class Meaning:
    """A text as its scorers see it.

    Args:
        vector: Unit length, or all 0 where no word is known.
        substance: Length of the sum of its words' vectors: how much it says.
        weights: Its distinct words and how rare each is.
        names_side: Whether it names a party, a creed or a leader (``moderation.scorers.sides``).
        known: Share of its distinct words that have a vector, in [0, 1].
    """

    vector: Vector
    substance: float
    weights: dict[str, float]
    names_side: bool
    known: float

    def near(self, other: "Meaning") -> float:
        """Cosine of the meanings, in [-1, 1]; 0 where one says nothing."""
        return float((self.vector * other.vector).sum())

    def shared(self, *others: "Meaning") -> float:
        """Share of this text's words, rare ones counting more, that stand in ``others``."""
        total = sum(self.weights.values())
        found = sum(
            weight
            for word, weight in self.weights.items()
            if any(word in other.weights for other in others)
        )
        return found / total if total > 0 else 0.0


@lru_cache(maxsize=4)
def word_vectors(folder: Path) -> WordVectors:
    """Return the vectors of a folder, loaded once a process."""
    return WordVectors(folder)


@lru_cache(maxsize=256)
def _passages(folder: Path, article_text: str) -> tuple[tuple[Meaning, ...], Meaning]:
    """Read an article's passages and its whole; kept, as its comments follow one another."""
    vectors = word_vectors(folder)
    read = tuple(vectors.read(passage) for passage in cut_passages(article_text))
    return read, vectors.read(" ".join(cut_passages(article_text)))


def nearest_passage(text: str, article_text: str, folder: Path = WORDS) -> tuple[str, float] | None:
    """Return the passage of an article that is nearest to a text, and the cosine; None: none.

    Raises:
        ModelError: The packaged word vectors are missing or changed.
    """
    passages = cut_passages(article_text)
    if not passages:
        return None
    said = word_vectors(folder).read(text)
    near = [said.near(passage) for passage in _passages(folder, article_text)[0]]
    best = max(range(len(near)), key=near.__getitem__)
    return passages[best], near[best]


def cut_passages(article_text: str) -> list[str]:
    """Cut an article at its line ends, and longer paragraphs every ``PASSAGE_WORDS`` words."""
    passages = []
    for paragraph in article_text.split("\n"):
        words = paragraph.split()
        for start in range(0, len(words), PASSAGE_WORDS):
            passages.append(" ".join(words[start : start + PASSAGE_WORDS]))  # noqa: PERF401
    return passages[:MAX_PASSAGES]


def relatedness(batch: pd.DataFrame, folder: Path = WORDS) -> NDArray[np.float32]:
    """Compare every comment with its context.

    Args:
        batch: One row per comment; the columns of ``INPUTS``, empty where there is none.
        folder: The packaged word vectors.

    Returns:
        (rows, FEATURES): cosines to title, best passage, whole article, parent and thread;
        shares of the comment's words that stand there; which of them there are (0 or 1);
        logarithm of the number of words; how much the comment says; whether it speaks to
        other commenters, names a political side, and names one where its context names none
        (0 or 1); share of words with a vector, in the comment or in its context, whichever is
        less. A place that is not there has cosine and share 0.
    """
    columns = [batch[column].tolist() for column in INPUTS]
    rows = [_compare(folder, *row) for row in zip(*columns, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(len(batch), len(FEATURES))


def context_of(related: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (rows,): whether a row of ``relatedness`` had any context to compare with."""
    return np.asarray(related[:, _PRESENT].any(axis=1))


@lru_cache(maxsize=4096)
def _compare(
    folder: Path, text: str, title: str, article: str, parent: str, thread: str
) -> tuple[float, ...]:
    """Compare one comment; kept, as two scorers ask for the same rows."""
    vectors = word_vectors(folder)
    comment = vectors.read(text)
    heading = _read_context(folder, title)
    passages, whole = _passages(folder, article)
    before, said = _read_context(folder, parent), _read_context(folder, thread)
    near = [comment.near(heading)]
    near += [max((comment.near(passage) for passage in passages), default=0.0)]
    near += [comment.near(other) for other in (whole, before, said)]
    shared = [comment.shared(heading)]
    shared += [max((comment.shared(passage) for passage in passages), default=0.0)]
    shared += [comment.shared(whole), comment.shared(before), comment.shared(said)]
    present = [float(bool(place.strip())) for place in (title, article, parent, thread)]
    to_others = float(not _TO_OTHERS.isdisjoint(comment.weights))
    length = float(np.log1p(len(comment.weights)))
    named = float(comment.names_side)
    contexts = (heading, whole, before, said)
    brings = float(comment.names_side and not any(place.names_side for place in contexts))
    substance = float(np.log1p(comment.substance))
    understood = min(comment.known, max(place.known for place in contexts))
    about = (length, substance, to_others, named, brings, understood)
    return (*near, *shared, *present, *about)


@lru_cache(maxsize=256)
def _read_context(folder: Path, text: str) -> Meaning:
    return word_vectors(folder).read(text)
