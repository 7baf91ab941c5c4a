"""Off-topic drift: the chance that a comment does not belong under its article.

English is read by a sentence encoder (``moderation.scorers.meaning``). How near the comment is
to the article (title, best passage, middle), to what it answers and to what the thread said
before, and how near those are to the article themselves, is read by a calibrated logistic
regression that learnt from comments labelled in their threads. A reply that carries an on-topic
parent on is near to both; banter that dropped the subject is near to neither. Parties, leaders
and creeds are read as one (``moderation.scorers.sides``), so that swapping one for its rival
changes nothing.

Other languages, which the encoder does not read, are compared by the pieces of words that
comment and context share (``moderation.scorers.overlap``), by a regression of their own; it is
much less sure. Where comment and article are in different languages the score is ``BASE_RATE``.
Under ten words without a parent or a thread it stays below 0.5: too little to tell. Where
article, parent and thread are all empty there is nothing to drift from: NaN.
"""

import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from moderation.frames import THREAD_SEPARATOR
from moderation.scorers import overlap
from moderation.scorers.language import FEWEST_WORDS as LANGUAGE_WORDS
from moderation.scorers.language import detect
from moderation.scorers.meaning import (
    SENTENCES,
    Article,
    Reader,
    Vector,
    cut_passages,
    plain,
    reader,
    unit,
)
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.packaged import MODELS, Model, read_manifest, read_model
from moderation.scorers.sides import SIDE_MEANS, mask, names_side
from moderation.scorers.toxicity import read_curve

INPUTS = ("text", "article_title", "article_text", "parent_text", "thread_text")
BASE_RATE = 0.2
"""Share of off-topic comments the score is calibrated for; what it says when it cannot tell."""
FEWEST_WORDS = 10
"""Shorter comments that answer nobody are never flagged."""
UNSURE, MOST_UNSURE = 0.4, 0.49
"""From the one on, their scores are squeezed below the other."""
FEATURES = (
    "title", "best", "mean", "middle", "top3", "usual", "beyond",
    "parent", "parent_best", "parent_beyond", "carried", "joint", "has_parent",
    "thread", "thread_carried", "has_thread",
    "length", "short", "side", "side_article", "side_parent", "brings_side",
)  # fmt: skip
"""What the head reads, in order: cosines of the comment to title, best passage, all of them on
average, their middle and the best three; to the titles of other articles (``Reader.usual``), and
how far the best lies beyond; the same of the parent, the lesser of both, and of the two together;
of the thread before; the logarithm of the number of words; who names a political side."""
PARTS = ("article", "parent", "thread", "meta", "low", "high")
"""Cosines to the nearest passage, the parent and the middle of the thread before (NaN: not
there); the chance that it is about the site, its comments or its moderators; and the interval
around the score."""
LIMITS: Mapping[str, str] = {
    "no article": "there is no article, it was compared with parent and thread alone",
    "title only": "there is no article text, it was compared with the title",
    "other language": "comment and article are in different languages, so this says nothing",
    "by letters": "only shared pieces of words were compared, as the encoder reads English alone",
    "short": "too few words to tell",
}
"""What a score had to do without, and what is said of it."""
_QUOTED = re.compile(r"\s*\(in reply to:(.*?)--[^)\n]{1,80}\)", re.IGNORECASE | re.DOTALL)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a score rests on.

    Args:
        score: In [0, 1].
        low: Lower end of the interval in which the heads of resampled threads lie, nine of ten.
        high: Its upper end; far above the score where a comment is too short to be flagged.
        article: Cosine to the nearest passage; NaN without an article.
        passage: That passage; empty without one.
        parent: Cosine to the parent; NaN without one.
        thread: Cosine to the middle of the comments before; NaN without any.
        meta: Chance that it is about the site, its comments or its moderators.
        limits: Of ``LIMITS``.
    """

    score: float
    low: float
    high: float
    article: float
    passage: str
    parent: float
    thread: float
    meta: float
    limits: tuple[str, ...]


@dataclass(frozen=True)
class OffTopicScorer:
    """Drift from article, parent and thread.

    Args:
        folder: The packaged heads.
        sentences: The packaged encoder they were trained on.
        threads: Texts read at once; 0 means one a core. Does not change the scores.
    """

    name: ClassVar[str] = "off_topic"
    inputs: ClassVar[tuple[str, ...]] = INPUTS
    attributes: ClassVar[tuple[str, ...]] = ("off_topic",)
    made_of: ClassVar[tuple[str, ...]] = PARTS

    folder: Path = MODELS / "off_topic"
    sentences: Path = SENTENCES
    threads: int = 0

    @property
    def version(self) -> str:
        """``drift-1-<content hash>``, and that of the encoder after a plus sign.

        Raises:
            ModelError: A folder has no manifest.
        """
        return "+".join(str(read_manifest(one)["version"]) for one in (self.folder, self.sentences))

    def score(self, batch: pd.DataFrame) -> Floats:
        """Score each comment; NaN where the comment or all of its context is empty.

        Raises:
            ModelError: A packaged file is missing or changed.
        """
        scores = [found.score if found else np.nan for found in self.evidence(batch)]
        return np.array(scores, dtype=np.float32).reshape(-1, 1)

    def parts(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return ``PARTS`` as float32 columns, NaN where nothing is scored."""
        rows = [
            [getattr(found, name) if found else np.nan for name in PARTS]
            for found in self.evidence(batch)
        ]
        return pd.DataFrame(rows, index=batch.index, columns=list(PARTS), dtype=np.float32)

    def explain(self, batch: pd.DataFrame) -> list[str]:
        """Say of every comment what made its score; empty where there is none."""
        return [_sentence(found) if found else "" for found in self.evidence(batch)]

    def evidence(self, batch: pd.DataFrame) -> list[Evidence | None]:
        """Return what the scores rest on; None where there is nothing to score."""
        rows = [Row(*row) for row in zip(*(batch[name] for name in INPUTS), strict=True)]
        english = [row for row in rows if row.is_english]
        if english and self.threads != 1:
            read = reader(self.sentences).read  # what is read once is known when it is asked for
            with ThreadPoolExecutor(self.threads or os.cpu_count()) as pool:
                list(pool.map(read, dict.fromkeys(text for row in english for text in row.texts)))
        model = read_model(self.folder)
        return [self._judge(row, model) for row in rows]

    def _judge(self, row: "Row", model: Model) -> Evidence | None:
        if not row.own or not row.has_context:
            return None
        if not row.is_english:
            return _by_letters(row, model)
        found = compare(row, reader(self.sentences))
        chances = heads(found.features, model, "")
        score, low, high = _settle(chances, unsure=row.is_short and not row.is_answer)
        limits = [*row.limits, *["short"] * (row.is_short and not row.is_answer)]
        meta = float(expit(float(found.vector @ model["meta"]) + float(model["meta_intercept"])))
        return Evidence(score, low, high, *found.told, meta, tuple(limits))


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
        own = detect(self.own)
        if own == "en" and len(self.own.split()) < LANGUAGE_WORDS:
            own = about  # what is that short passes as English
        return own, about

    @property
    def is_english(self) -> bool:
        """Whether the encoder reads it."""
        return set(self.languages) == {"en"}

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
        features: (FEATURES,).
        vector: Of the comment.
        told: ``article``, ``passage``, ``parent`` and ``thread`` of ``Evidence``.
    """

    features: Floats
    vector: Vector
    told: tuple[float, str, float, float]


def compare(row: Row, read: Reader) -> Compared:
    """Lay an English comment beside its context; parent and thread stand in for no article."""
    comment = read.read(masked(row.own))
    usual = read.usual(comment)
    article = read.article(tuple(map(masked, row.passages or row.answered)))
    near = article.vectors @ comment
    best, nothing = float(near.max()), float("nan")
    parent, thread = [0.0, 0.0, 0.0, 0.0, best, 0.0], [0.0, 0.0, 0.0]
    if row.parent:
        parent = _beside(comment, usual, read.read(masked(row.parent)), article, read)
    if row.thread:
        said = unit(np.mean([read.read(masked(one)) for one in row.thread], axis=0))
        nearness = float(said @ comment)
        thread = [nearness, min(nearness, float((article.vectors @ said).max())), 1.0]
    sides = [_names_side(text) for text in (row.own, " ".join(row.passages), row.parent)]
    features = [
        near[0], best, near.mean(), float(article.middle @ comment), np.sort(near)[-3:].mean(),
        usual, best - usual, *parent, *thread,
        np.log1p(len(row.own.split())), len(row.own.split()) < 6, *sides,
        sides[0] and not sides[1],
    ]  # fmt: skip
    told = (
        best if row.passages else nothing,
        row.passages[int(near.argmax())] if row.passages else "",
        parent[0] if row.parent else nothing,
        thread[0] if row.thread else nothing,
    )
    return Compared(np.array(features, dtype=np.float32), comment, told)


def _beside(
    comment: Vector, usual: float, parent: Vector, article: Article, read: Reader
) -> list[float]:
    """Compare a comment with its parent, and both with the article: six of ``FEATURES``."""
    nearness, best = float(parent @ comment), float((article.vectors @ parent).max())
    beyond = best - read.usual(parent)
    joint = float((article.vectors @ unit(comment + parent)).max())
    return [nearness, best, beyond, min(nearness - usual, beyond), joint, 1.0]


def heads(features: Floats, model: Model, kind: str) -> Floats:
    """Return the calibrated chances that the head and its resampled sisters give, (heads,)."""
    laid = standard(features, model[f"{kind}mean"], model[f"{kind}spread"])
    logits = (model[f"{kind}heads"] * laid).sum(axis=1, dtype=np.float32)
    logits += model[f"{kind}intercepts"]
    return read_curve(logits, model[f"{kind}curve_x"], model[f"{kind}curve_y"])


def standard(features: NDArray[Any], mean: NDArray[Any], spread: NDArray[Any]) -> NDArray[Any]:
    """Return features as the heads read them, in training and at work: in spreads, at most 4."""
    return np.asarray(np.clip((features - mean) / spread, -4, 4))


def _settle(chances: Floats, *, unsure: bool) -> tuple[float, float, float]:
    """Return the score and its interval."""
    score = float(chances[0])
    low, high = (float(end) for end in np.quantile(chances, (0.05, 0.95)))
    if unsure and score > UNSURE:
        score = UNSURE + (score - UNSURE) * (MOST_UNSURE - UNSURE) / (1 - UNSURE)
    return score, min(low, score), max(high, score)


def _by_letters(row: Row, model: Model) -> Evidence:
    """Judge a comment that the encoder does not read."""
    nothing, (own, around) = float("nan"), row.languages
    if own != around and own and around:
        limits = (*row.limits, "other language")
        return Evidence(BASE_RATE, 0.0, 1.0, nothing, "", nothing, nothing, nothing, limits)
    features = letters_of(row, model["rarity"])
    unsure = row.is_short and not row.is_answer
    score, low, high = _settle(heads(features, model, "letters_"), unsure=unsure)
    limits = (*row.limits, "by letters", *["short"] * unsure)
    return Evidence(score, low, high, nothing, "", nothing, nothing, nothing, limits)


def letters_of(row: Row, rarity: Floats) -> Floats:
    """Return ``overlap.FEATURES`` of a row, the sides in it masked."""
    own, parent = masked(row.own), masked(row.parent) if row.parent else ""
    passages, thread = (tuple(map(masked, parts)) for parts in (row.passages, row.thread))
    return overlap.compare(own, passages, parent, thread, rarity)


def _sentence(found: Evidence) -> str:
    limits = [LIMITS[limit] for limit in found.limits]
    if found.meta >= 0.5:
        said = "About the site, its comments or its moderators"
    elif found.score >= 0.5:
        said = "Off the article's subject"
    elif "short" in found.limits and found.high >= 0.5:
        said = "Unsure whether it belongs here"
    else:
        said = "Keeps to the article's subject, or nothing tells otherwise"
    said += f" ({found.low:.0%} to {found.high:.0%})"
    near = [("what it answers", found.parent), ("the thread before it", found.thread)]
    told = [f"{name} {nearness:.2f}" for name, nearness in near if not np.isnan(nearness)]
    if not np.isnan(found.article):
        told = [f"nearness to the article {found.article:.2f}", *told]
    return "; ".join([said, *told, *limits]) + "."


def nearest_passage(
    text: str, article_text: str, sentences: Path = SENTENCES
) -> tuple[str, float] | None:
    """Return the passage of an article that is nearest to a text, and the cosine.

    None where there is none, or one of them is not in English.

    Raises:
        ModelError: The packaged encoder is missing or changed.
    """
    row = Row(text, "", article_text, "", "")
    if not row.own or not row.passages or not row.is_english:
        return None
    told = compare(row, reader(sentences)).told
    return told[1], told[0]


@lru_cache(maxsize=8192)
def masked(text: str) -> str:
    """Return a text as the encoder reads it: one that names sides loses which."""
    words = mask(normalise(text))
    if not names_side(words):
        return text
    return " ".join(SIDE_MEANS.get(word, word) for word in words.split())


@lru_cache(maxsize=8192)
def _names_side(text: str) -> bool:
    return names_side(mask(normalise(text)))


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
