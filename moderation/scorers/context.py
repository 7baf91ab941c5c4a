"""A comment beside what it stands under, as the drift scores read it.

How near it is to the article (title, best passage, middle), to what it answers and to what the
thread said before, and how near those are to the article themselves. English is read by one
sentence encoder, the languages of ``language.OTHERS`` by another
(``moderation.scorers.meaning``); those also, and all others alone, by the pieces of words that
comment and context share (``moderation.scorers.overlap``). Parties, leaders and creeds are read
as one (``moderation.scorers.sides``), so that swapping one for its rival changes nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from moderation.frames import THREAD_SEPARATOR
from moderation.scorers import overlap
from moderation.scorers.language import OTHERS, detect, detect_beside
from moderation.scorers.meaning import (
    Article,
    Reader,
    Vector,
    cut_passages,
    plain,
    unit,
)
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.sides import SIDE_MEANS, mask, names_side

PLACES = ("article_title", "article_text", "parent_text", "thread_text")
"""Columns of what a comment stands under."""
INPUTS = ("text", *PLACES)
FEWEST_WORDS = 10
"""Shorter comments that answer nobody are never flagged."""
FEATURES = (
    "title", "best", "mean", "middle", "top3", "usual", "beyond",
    "parent", "parent_best", "parent_beyond", "carried", "joint", "has_parent",
    "length", "short", "side", "side_article", "side_parent", "brings_side",
)  # fmt: skip
"""What the head reads, in order: cosines of the comment to title, best passage, all of them on
average, their middle and the best three; to the titles of other articles (``Reader.usual``), and
how far the best lies beyond; the same of the parent, the lesser of both, and of the two together;
the logarithm of the number of words; who names a political side. Parent and thread stand in for an
article where there is none. The thread is otherwise told but not among them: as features it took
0.06 of ROC-AUC from English comments of real pages beside comments moved there. Pieces of words
(``overlap.FEATURES``) are still shared with it."""
ENGLISH, FOREIGN, LETTERS = "", "foreign_", "letters_"
"""Ways to read a comment; arrays of their heads begin so."""
_QUOTED = re.compile(r"\s*\(in reply to:(.*?)--[^)\n]{1,80}\)", re.IGNORECASE | re.DOTALL)
Floats = NDArray[np.float32]
Told = tuple[float, str, float, float]
"""Cosine to the nearest passage, that passage, cosines to parent and thread; NaN: not there."""


class Row:
    """A comment and its context, cut as they are read, and the sides in them masked."""

    def __init__(self, text: str, title: str, body: str, parent: str, thread: str) -> None:
        quoted = _QUOTED.match(text)
        own = text[quoted.end() :] if quoted else text
        self.own = _spoken(own) or _spoken(text)
        self.parent = _spoken(parent) or (_spoken(quoted[1]) if quoted else "")
        self.title, self.body = _spoken(title), body if has_content(normalise(body[:2000])) else ""
        said = (_spoken(part) for part in thread.split(THREAD_SEPARATOR))
        self.thread = tuple(part for part in said if part)
        self.answered = (*([self.parent] if self.parent else ()), *self.thread)
        self.is_answer = bool(self.answered)
        self.has_context = bool(self.is_answer or self.title or self.body)
        self.is_short = size_of(self.own) < FEWEST_WORDS

    @cached_property
    def languages(self) -> tuple[str, str]:
        """Of the comment and of what it stands under."""
        around = f"{self.title} {plain(self.body)}".strip() or self.parent or " ".join(self.thread)
        about = detect(around)
        return detect_beside(self.own, about), about

    @cached_property
    def way(self) -> str | None:
        """How it is read; None where the comment is in another language than its context."""
        own, around = self.languages
        if own != around and own and around:
            return None
        if own == around == "en":
            return ENGLISH
        return FOREIGN if own in OTHERS else LETTERS

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """Title and passages of the article, as they are read."""
        return _passages(self.title, self.body)

    @property
    def texts(self) -> Iterable[str]:
        """Every text that is read."""
        parts = (self.own, self.parent, *self.thread)
        yield from (masked(part) for part in parts if part)
        yield from map(masked, self.passages)

    @property
    def limits(self) -> Iterable[str]:
        """What it does without, of ``LIMITS``."""
        if not self.passages:
            yield "no article"
        elif not self.body:
            yield "title only"


@dataclass(frozen=True)
class Compared:
    """A comment beside its context.

    Args:
        features: (FEATURES,); of ``FOREIGN`` comments ``overlap.FEATURES`` after them.
        vector: Of the comment.
        told: ``article``, ``passage``, ``parent`` and ``thread`` of ``Evidence``.
    """

    features: Floats
    vector: Vector
    told: Told


def compare(row: Row, read: Reader) -> Compared:
    """Lay a comment beside its context; parent and thread stand in where there is no article."""
    comment = read.read(masked(row.own))
    usual = read.usual(comment)
    article = read.article(tuple(map(masked, row.passages or row.answered)))
    near = article.vectors @ comment
    best, nothing = float(near.max()), float("nan")
    parent, thread = [0.0, 0.0, 0.0, 0.0, best, 0.0], nothing
    if row.parent:
        parent = _beside(comment, usual, read.read(masked(row.parent)), article, read)
    if row.thread:
        said = unit(np.mean([read.read(masked(one)) for one in row.thread], axis=0))
        thread = float(said @ comment)
    sides = [_names_side(text) for text in (row.own, " ".join(row.passages), row.parent)]
    features = [
        near[0], best, near.mean(), float(article.middle @ comment), np.sort(near)[-3:].mean(),
        usual, best - usual, *parent,
        np.log1p(len(row.own.split())), len(row.own.split()) < 6, *sides,
        sides[0] and not sides[1],
    ]  # fmt: skip
    told = (
        best if row.passages else nothing,
        row.passages[int(near.argmax())] if row.passages else "",
        parent[0] if row.parent else nothing,
        thread,
    )
    return Compared(np.array(features, dtype=np.float32), comment, told)


def compare_foreign(row: Row, read: Reader, rarity: Floats) -> Compared:
    """Lay a comment of ``FOREIGN`` beside its context, by ``read`` and by shared pieces."""
    found = compare(row, read)
    features = np.concatenate([found.features, letters_of(row, rarity)])
    return Compared(features, found.vector, found.told)


def _beside(
    comment: Vector, usual: float, parent: Vector, article: Article, read: Reader
) -> list[float]:
    """Compare a comment with its parent, and both with the article: six of ``FEATURES``."""
    nearness, best = float(parent @ comment), float((article.vectors @ parent).max())
    beyond = best - read.usual(parent)
    joint = float((article.vectors @ unit(comment + parent)).max())
    return [nearness, best, beyond, min(nearness - usual, beyond), joint, 1.0]


def letters_of(row: Row, rarity: Floats) -> Floats:
    """Return ``overlap.FEATURES`` of a row, the sides in it masked."""
    own, parent = masked(row.own), masked(row.parent) if row.parent else ""
    passages, thread = (tuple(map(masked, parts)) for parts in (row.passages, row.thread))
    return overlap.compare(own, passages, parent, thread, rarity)


@lru_cache(maxsize=8192)
def masked(text: str) -> str:
    """Return a text as the encoder reads it: one that names sides loses which."""
    words = _words(text)
    if not names_side(words):
        return text
    return " ".join(SIDE_MEANS.get(word, word) for word in words.split())


def _names_side(text: str) -> bool:
    return names_side(_words(text))


@lru_cache(maxsize=8192)
def _words(text: str) -> str:
    return mask(normalise(text))


@lru_cache(maxsize=64)
def _passages(title: str, body: str) -> tuple[str, ...]:
    return (*([title] if title else ()), *cut_passages(body))


def size_of(text: str) -> float:
    """Return the number of words; of scripts that write few spaces, by their letters."""
    wide = sum(letter >= "\u2e80" for letter in text)
    return max(float(len(text.split())), wide / 2.5)


def _spoken(text: str) -> str:
    """Return a text in one line, or nothing where it holds no letter and no digit."""
    line = plain(text)
    return line if has_content(normalise(line)) else ""
