"""Which words made a toxicity score: spans of the text as it was written, with their share.

Two steps, the same for every scorer that reads the text alone and for each of its attributes:

1. ``moderation.scorers.tagger`` proposes: words that readers would mark, neighbours together
   without the articles around them, at most ``MOST_CANDIDATES`` a passage; what is said again
   in the same words is one candidate, as the score seldom falls before the last of them is gone;
2. the scorer itself decides: the text is scored again without them. They are taken out one
   after the other, the likeliest first and then the likeliest last, and a candidate's share
   is the mean of what the score loses when its turn comes: two of the orders whose mean over all
   is the Shapley value (sampled, antithetic: Mitchell et al., JMLR 23, 2022). The shares of a
   passage's candidates add up to what the score loses without all of them; spans of the same
   words have equal parts of theirs. A text that is no longer scored without some words, as its
   language then looks like another, counts as if they had changed nothing.

Nothing is given for a score below ``NOTABLE``, and a candidate without a share is no span. A
text of more than ``PASSAGE_WORDS`` words is read in passages; those with the likeliest words are
explained, each by its own score, as the scorers too read such texts in windows.

An explanation misses what no word says: irony, allusion, what follows from the context.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.errors import ScoringError
from moderation.scorers import Scorer, score_frame
from moderation.scorers.language import detect
from moderation.scorers.places import Word, read_words, utf16_offsets
from moderation.scorers.tagger import mark

NOTABLE = 0.2
"""The lowest score that is explained."""
LIKELY = 0.4
"""Chance of being marked from which a word is a candidate; chosen as the recipe says."""
POSSIBLE, DECISIVE = 0.15, 0.25
"""From the first chance on a word may be one as well, if its share is at least the second."""
ARTICLES = frozenset({"a", "an", "the"})
"""Part of a candidate only between other words of it."""
LEAST_SHARE = 0.01
MOST_CANDIDATES = 8
PASSAGE_WORDS, PASSAGE_CHARACTERS = 150, 3000
"""Most of a passage; a longer word is one by itself."""
HIGHEST = "highest"
"""Stands for a text's highest attribute."""
MOST_PASSAGES = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a text that made a score.

    Args:
        start: Place of its first character, in code points.
        end: Place after its last one.
        start_utf16: The same as ``start`` in UTF-16 code units, as JavaScript and Java count.
        end_utf16: The same as ``end``.
        score: Its share of the score, in (0, 1]: what the score loses without it, or its part
            of that if the same words stand elsewhere as well.
    """

    start: int
    end: int
    start_utf16: int
    end_utf16: int
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which words made one score of a text.

    Args:
        attribute: What the score measures.
        spans: In their order; none where no word made it.
    """

    attribute: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    parts: tuple[Word, ...]
    chance: float


def explain(scorer: Scorer, texts: Iterable[str], attribute: str) -> list[list[Span]]:
    """Find the words that made the scores of some texts; see ``explain_each``."""
    return [found[attribute] for found in explain_each(scorer, texts, [attribute])]


def explain_each(
    scorer: Scorer, texts: Iterable[str], attributes: Sequence[str]
) -> list[dict[str, list[Span]]]:
    """Find the words that made several scores of some texts, scoring each variant once.

    Args:
        scorer: One that reads ``text`` alone.
        texts: As they were written.
        attributes: Some of the scorer's.

    Returns:
        For each text and attribute the spans in their order, without overlap; none where the
        score is below ``NOTABLE`` or no word made it. They do not depend on the other texts.

    Raises:
        ScoringError: The scorer does not give an attribute, or reads more than the text.
        ModelError: A packaged model is missing or changed.
    """
    for attribute in attributes:
        if attribute not in scorer.attributes or scorer.inputs != ("text",):
            able = ", ".join(explainable([scorer])) or "none of its attributes"
            msg = f"{scorer.name!r} cannot explain {attribute!r}; expected one of: {able}"
            raise ScoringError(msg)
    texts = list(texts)
    passages = [(row, *part) for row, text in enumerate(texts) for part in _passages(text)]
    parts = [texts[row][start:end] for row, start, end, _ in passages]
    whole = _scored(scorer, parts)
    notable = np.flatnonzero((whole[list(attributes)] >= NOTABLE).any(axis=1)).tolist()
    orders = [_variants(parts[place], passages[place][3]) for place in notable]
    scored = _scored(scorer, [one for order in orders for one in order])
    spans: list[dict[str, list[Span]]] = [{name: [] for name in attributes} for _ in texts]
    first = 0
    for place, order in zip(notable, orders, strict=True):
        row, start, _, found = passages[place]
        without = scored.iloc[first : first + len(order)]
        first += len(order)
        for name in attributes:
            if whole[name].iloc[place] >= NOTABLE:
                shares = _shares(float(whole[name].iloc[place]), without[name].tolist())
                spans[row][name] += _decide(texts[row], start, found, shares)
    return spans


def explain_frame(
    scorers: Iterable[Scorer], texts: Sequence[str], scores: pd.DataFrame, attribute: str = HIGHEST
) -> list[Explanation | None]:
    """Explain one score of each text.

    Args:
        scorers: As ``moderation.scorers.load`` gives them.
        texts: As they were written.
        scores: A row a text, a column an attribute.
        attribute: Which; ``HIGHEST`` is each text's highest of those that a scorer gives who
            reads the text alone.

    Returns:
        An explanation a text; None where it has no such score.

    Raises:
        ScoringError: No scorer of texts gives the attribute.
        ModelError: A packaged model is missing or changed.
    """
    giving = explainable(scorers)
    if attribute not in (HIGHEST, *giving):
        msg = f"no scorer of texts gives {attribute!r}; expected one of {', '.join(giving)}"
        raise ScoringError(msg)
    columns = [name for name in scores if name == attribute or attribute == HIGHEST]
    judged = scores[[name for name in columns if name in giving]].fillna(-1.0)
    found: list[Explanation | None] = [None] * len(texts)
    if judged.empty:
        return found
    values = judged.to_numpy(dtype=np.float64)
    highest = np.where(values.max(axis=1) >= 0, values.argmax(axis=1), -1)
    for column, name in enumerate(judged.columns):
        rows = np.flatnonzero(highest == column).tolist()
        spans = explain(giving[name], [texts[row] for row in rows], name)
        for row, one in zip(rows, spans, strict=True):
            found[row] = Explanation(name, tuple(one))
    return found


def explainable(scorers: Iterable[Scorer]) -> dict[str, Scorer]:
    """Return the attributes whose scorer reads the text alone, and who gives them."""
    giving = {name: scorer for scorer in scorers for name in scorer.attributes}
    return {name: scorer for name, scorer in giving.items() if scorer.inputs == ("text",)}


def score_texts(scorer: Scorer, texts: list[str], attribute: str) -> Floats:
    """Return (texts,) scores: 0 where nothing is left to score, NaN where one is refused."""
    return _scored(scorer, texts)[attribute].to_numpy()


def cut_out(text: str, spans: Iterable[Word | Span]) -> str:
    """Return ``text`` without some spans of it."""
    for span in sorted(spans, key=lambda one: one.start, reverse=True):
        text = text[: span.start] + text[span.end :]
    return text


def _scored(scorer: Scorer, texts: list[str]) -> pd.DataFrame:
    """Return every attribute's scores as ``score_texts`` gives one's."""
    frame = score_frame(scorer, pd.DataFrame({"text": pd.Series(texts, dtype=object)}))
    frame = frame.astype(np.float64)
    frame.loc[[not detect(text) for text in texts]] = 0
    return frame


def _passages(text: str) -> list[tuple[int, int, list[_Candidate]]]:
    """Return where the passages worth explaining begin and end, with their candidates.

    Places of candidates count from the passage's start, the likeliest candidates come first.
    """
    words = read_words(text)
    chances = mark([word.words for word in words])
    found = []
    for first, after in pairwise(_cuts(words)):
        start = words[first].start if first else 0
        end = words[after - 1].end if after < len(words) else len(text)
        candidates = _candidates(words[first:after], chances[first:after], start)
        if candidates:
            found.append((start, end, candidates))
    likeliest = sorted(found, key=lambda one: -one[2][0].chance)[:MOST_PASSAGES]
    return sorted(likeliest, key=lambda one: one[0])


def _cuts(words: Sequence[Word]) -> list[int]:
    """Return the first word of each passage, and the number of words."""
    cuts = [0]
    for place, word in enumerate(words):
        long = word.end - words[cuts[-1]].start > PASSAGE_CHARACTERS
        if place > cuts[-1] and (long or place - cuts[-1] == PASSAGE_WORDS):
            cuts.append(place)
    return [*cuts, len(words)] if words else []


def _candidates(words: Sequence[Word], chances: Floats, origin: int) -> list[_Candidate]:
    """Join neighbours that are alike likely or alike possible; the likeliest first."""
    rank = (chances >= POSSIBLE).astype(int) + (chances >= LIKELY)
    alike = defaultdict[str, list[tuple[float, Word]]](list)
    for level, members in groupby(range(len(words)), key=lambda place: rank[place]):
        places = [place for place in members if words[place].words not in ARTICLES]
        if level and places:
            first, last = words[places[0]], words[places[-1]]
            form = " ".join(word.words for word in words[places[0] : places[-1] + 1])
            part = Word(first.start - origin, last.end - origin, form)
            alike[form].append((float(chances[places].max()), part))
    found = [
        _Candidate(tuple(part for _, part in same), max(chance for chance, _ in same))
        for same in alike.values()
    ]
    return sorted(found, key=lambda one: (-one.chance, one.parts[0].start))[:MOST_CANDIDATES]


def _variants(passage: str, found: Sequence[_Candidate]) -> list[str]:
    """Return the passage without the first candidates, and without the last ones.

    In all 2 n - 1 for n candidates: without 1 to n from the front, 1 to n - 1 from the back.
    """
    front = [found[:count] for count in range(1, len(found) + 1)]
    back = [found[-count:] for count in range(1, len(found))]
    return [cut_out(passage, [part for one in gone for part in one.parts]) for gone in front + back]


def _shares(whole: float, without: Sequence[float]) -> list[float]:
    """Return each candidate's part of what is lost, from the scores of its ``_variants``."""
    count = (len(without) + 1) // 2
    front = pd.Series([whole, *without[:count]]).ffill()
    back = pd.Series([whole, *without[count:], front.iloc[-1]]).ffill()
    found: list[float] = (-(np.diff(front) + np.diff(back)[::-1]) / 2).tolist()
    return found


def _decide(
    text: str, origin: int, found: Sequence[_Candidate], shares: Sequence[float]
) -> list[Span]:
    """Return the candidates that have a share as spans, in the order of the text."""
    places = utf16_offsets(text)
    spans = []
    for one, share in zip(found, shares, strict=True):
        if share < (LEAST_SHARE if one.chance >= LIKELY else DECISIVE):
            continue
        score = round(min(share, 1.0) / len(one.parts), 5)
        for part in one.parts:
            start, end = origin + part.start, origin + part.end
            spans.append(Span(start, end, places[start], places[end], score))
    return sorted(spans, key=lambda span: span.start)
