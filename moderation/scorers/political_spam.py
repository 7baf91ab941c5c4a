"""Political spam: political matter that is not the article's, or that is pasted around.

Five parts are read, and come with the score (``PoliticalSpamScorer.parts``):

- ``political``: how political the comment's matter is, by a logistic regression over its vector
  (``moderation.scorers.meaning``) and whether it names a side. Sides and countries are read as
  one (``moderation.scorers.sides``): who is attacked makes no difference;
- ``article_political``: the same of title and article, at their middle;
- ``drift``: the chance that the comment does not belong there (``moderation.scorers.off_topic``);
  countries that its surroundings do not name are left out;
- ``brings_side``: whether it names a party, leader, creed or cause where they name none;
- ``copies``: how many comments say the same.

Three of them are added up (``evidence``) and read off a calibration curve: political matter
under an article on that subject is not spam, however rude, and what is not political is none
wherever it stands. Repetition then raises what is political:
``1 - (1 - chance) * (1 - political * (1 - 1 / copies))``.

Without article, parent and thread nothing is known of drift: a single comment is NaN, a
repeated one has the score of its repetition. In languages that no encoder reads, only the names of
sides tell politics.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.scorers.context import ENGLISH, FOREIGN, INPUTS, LETTERS, PLACES, Row, masked
from moderation.scorers.language import OTHERS
from moderation.scorers.meaning import Reader, reader
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.packaged import MODELS, Model, read_manifest, read_model
from moderation.scorers.sides import (
    mask,
    mask_all,
    names_country,
    names_side,
    without_countries,
)
from moderation.scorers.toxicity import read_curve

Chances = NDArray[np.float32]
PARTS = ("political", "article_political", "drift", "brings_side", "copies")
WEIGHTS = (1.0, 2.0, 1.0)
"""Of the logarithms of ``political`` and ``drift``, and of ``brings_side``: chosen among a few
round numbers on the development set (judged_news_comments)."""
_LEAST = np.float32(1e-3)
"""Chances are read as if at least so far from 0."""


@dataclass(frozen=True)
class PoliticalSpamScorer:
    """Political content, drift and repetition in one chance.

    Args:
        folder: The packaged model.
        drift: The drift scorer it was trained on, by whose encoders it reads.
    """

    name: ClassVar[str] = "political_spam"
    inputs: ClassVar[tuple[str, ...]] = (*INPUTS, "copies")
    attributes: ClassVar[tuple[str, ...]] = ("political_spam",)
    made_of: ClassVar[tuple[str, ...]] = PARTS

    folder: Path = MODELS / "political_spam"
    drift: OffTopicScorer = field(default_factory=OffTopicScorer)

    @property
    def version(self) -> str:
        """``political-3-<content hash>``, and that of the drift after a plus sign.

        Raises:
            ModelError: A folder has no manifest.
        """
        return f"{read_manifest(self.folder)['version']}+{self.drift.version}"

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Score each comment; NaN where there is nothing to score or to compare with.

        Raises:
            ModelError: The packaged weights are missing or changed.
        """
        return self.combine(self.parts(batch))

    def parts(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return what the score is made of.

        Returns:
            Float32 columns ``PARTS``, the index of ``batch``: three chances in [0, 1], NaN where
            there are no words or nothing to compare with; ``brings_side``, 0 or 1; and
            ``copies``, at least 1.
        """
        model = read_model(self.folder)
        rows = [Row(*row) for row in zip(*(batch[name] for name in INPUTS), strict=True)]
        drift = self.drift.score(_neutral(batch))[:, 0]  # reads most texts, on all cores
        own, around = ([way_of(row.languages[place]) for row in rows] for place in (0, 1))
        said = [
            content_of(row.own, reader_of(way, self.drift))
            for row, way in zip(rows, own, strict=True)
        ]
        about = [
            article_of(row.passages, reader_of(way, self.drift))
            for row, way in zip(rows, around, strict=True)
        ]
        copies = np.maximum(batch["copies"].fillna(1).to_numpy(dtype=np.float32), np.float32(1))
        values = {
            "political": political(said, own, model),
            "article_political": political(about, around, model),
            "drift": drift,
            "brings_side": brings_side(batch),
            "copies": copies,
        }
        return pd.DataFrame(values, index=batch.index, columns=list(PARTS))

    def combine(self, parts: pd.DataFrame) -> NDArray[np.float32]:
        """Return (rows, 1) scores of rows of ``parts``."""
        model = read_model(self.folder)
        content, _, drift, brought, copies = parts.to_numpy(dtype=np.float32).T
        chance = join(content, drift, brought, model)
        repeated = 1 - 1 / copies
        single = np.where(np.isnan(drift), np.float32(0), chance)
        scores = 1 - (1 - single) * (1 - content * repeated)
        unknown = np.isnan(content) | (np.isnan(drift) & (repeated == 0))
        return np.where(unknown, np.nan, scores).astype(np.float32)[:, None]

    def explain(self, batch: pd.DataFrame) -> list[str]:
        """Say of every comment what made its score, as ``why``."""
        return self.why(self.parts(batch))

    def why(self, parts: pd.DataFrame) -> list[str]:
        """Say of every row of ``parts`` what made its score; empty where there is none."""
        scores = self.combine(parts)[:, 0]
        rows = zip(scores.tolist(), *(parts[name].tolist() for name in PARTS), strict=True)
        return [_sentence(*row) for row in rows]


def _sentence(
    score: float, content: float, article: float, drift: float, brought: float, copies: float
) -> str:
    if np.isnan(score):
        return ""
    if content < 0.5:
        return f"Not political in what it says ({content:.0%})."
    said = f"Political in what it says ({content:.0%})"
    if np.isnan(drift):
        said += ", no article to compare with"
    elif drift < 0.5:
        subject = "a political article" if article >= 0.5 else "the article"
        said += f", and it keeps to the subject of {subject} ({drift:.0%} off topic)"
    else:
        subject = "politics of another kind" if article >= 0.5 else "no politics"
        said += f"; the article is about {subject}, and the comment is off its topic ({drift:.0%})"
    if brought:
        said += "; it names a party or leader that nobody named before"
    return said + (f"; {copies:.0f} comments say the same." if copies > 1 else ".")


def way_of(language: str) -> str:
    """Return how the matter of a text in a language is read, of ``ENGLISH, FOREIGN, LETTERS``."""
    if language == "en":
        return ENGLISH
    return FOREIGN if language in OTHERS else LETTERS


def reader_of(way: str, drift: OffTopicScorer) -> Reader | None:
    """Return the encoder that reads so, loaded when it is first asked for; None: there is none."""
    folder = {ENGLISH: drift.sentences, FOREIGN: drift.foreign}.get(way)
    return reader(folder) if folder else None


def political(content: Sequence[Chances | None], ways: Sequence[str], model: Model) -> Chances:
    """Return (rows,) chances that content, read in those ways, is political; NaN for None."""
    found = np.full(len(content), np.nan, dtype=np.float32)
    for place, (features, way) in enumerate(zip(content, ways, strict=True)):
        if features is not None:
            logit = (features * model[f"{way}content"]).sum() + model[f"{way}content_intercept"]
            knots, values = model[f"{way}content_x"], model[f"{way}content_y"]
            found[place] = read_curve(logit, knots, values)
    return found


@lru_cache(maxsize=8192)
def content_of(text: str, read: Reader | None) -> Chances | None:
    """Lay out what content is judged by: the vector of a text, and whether a side is named.

    Args:
        text: In one line, as ``Row.own``. One that names a side or a country loses which.
        read: The encoder; without one there is no vector.

    Returns:
        (features,) float32; None where the text has no words.
    """
    words = normalise(text)
    if not has_content(words):
        return None
    is_named = names_side(mask(words))
    named = np.array([is_named], dtype=np.float32)
    if read is None:
        return named
    said = mask_all(words) if names_country(words) else masked(text)
    return np.concatenate([read.read(said), named])


@lru_cache(maxsize=64)
def article_of(passages: tuple[str, ...], read: Reader | None) -> Chances | None:
    """Lay out the same of an article: the middle of its title and passages, as the drift reads it.

    Returns:
        (features,) float32; None without an article.
    """
    if not passages:
        return None
    named = np.array([any(map(_names_side, passages))], dtype=np.float32)
    if read is None:
        return named
    return np.concatenate([read.article(tuple(map(masked, passages))).middle, named])


def brings_side(batch: pd.DataFrame) -> Chances:
    """Return (rows,): whether a comment names a side that nothing around it names, 0 or 1."""
    columns = [batch[name].tolist() for name in INPUTS]
    rows = [
        _names_side(text) and not any(map(_names_side, contexts))
        for text, *contexts in zip(*columns, strict=True)
    ]
    return np.array(rows, dtype=np.float32)


@lru_cache(maxsize=4096)
def _names_side(text: str) -> bool:
    return names_side(mask(normalise(text)))


def _neutral(batch: pd.DataFrame) -> pd.DataFrame:
    """Leave out the countries that a comment brings in; other comments stay as they are."""
    contexts = [" ".join(row) for row in zip(*(batch[name] for name in PLACES), strict=True)]
    texts = [
        without_countries(normalise(text), normalise(context))
        if names_country(normalise(text))
        else text
        for text, context in zip(batch["text"], contexts, strict=True)
    ]
    return batch.assign(text=pd.Series(texts, index=batch.index, dtype=object))


def join(content: Chances, drift: Chances, brought: Chances, model: Model) -> Chances:
    """Return the calibrated chance of political spam of single comments, (rows,)."""
    return read_curve(evidence(content, drift, brought), model["curve_x"], model["curve_y"])


def evidence(content: Chances, drift: Chances, brought: Chances) -> Chances:
    """Add up the parts, as logarithms, so that no chance can stand for another.

    Args:
        content: (rows,) chances of ``political``; NaN counts as 0.
        drift: (rows,) chances of drift; NaN counts as 0.
        brought: (rows,) of ``brings_side``.
    """
    chances = [np.log(np.maximum(np.nan_to_num(one), _LEAST)) for one in (content, drift)]
    table = np.stack([*chances, brought], axis=1).astype(np.float32)
    weighed: Chances = table * np.array(WEIGHTS, dtype=np.float32)
    return np.asarray(weighed.sum(axis=1, dtype=np.float32))
