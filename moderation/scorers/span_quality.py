"""How good explanations are: span F1 against people's marks, and faithfulness to the score.

Two golds, none of them in the texts of training:

- ``paradetox_pairs``: a toxic sentence and what people made of it to make it civil. Gold are the
  words that more than half of its rewrites lack, compared after ``normalise``.
- ``judged_spans.csv``: posts of ``toxic_spans_civil`` that most annotators marked something in
  (``marked`` >= 0.5), marked anew for this project by a language model that followed the
  SemEval-2021 guideline; the set as it lies here does not hold its annotators' spans.

The metric is that of SemEval-2021 Task 5 (Pavlopoulos et al.): the F1 of the characters marked, a
post, averaged; 1 where neither marks any, 0 where one does. Faithfulness is as in ERASER (DeYoung
et al., 2020): what a score loses without the spans, and what it loses if nothing else is left.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moderation import datasets as sets
from moderation.scorers import Scorer, score_frame
from moderation.scorers.normalise import normalise
from moderation.scorers.places import read_words
from moderation.scorers.spans import LIKELY, Span, cut_out, explain, score_texts
from moderation.scorers.tagger import SPANS, mark

JUDGED = Path(__file__).parents[2] / "data" / "eval" / "judged_spans.csv"
"""Of a checkout; columns ``key`` (``frames.text_key``) and ``spans`` (``start-end …``)."""
REWRITTEN, POSTS = "paradetox_pairs", "toxic_spans_civil"
MOST_MEASURED = 400
"""Texts of a set that are explained; the first as they stand in it."""
FAITHFUL_ON = ("jigsaw_wiki_six", "civil_comments_binary", POSTS)
MOST_FAITHFUL, POOL = 60, 500
"""Texts an attribute whose explanations are tested, and texts of a set they are found among."""
HIGH = 0.5
"""A score from which a text is tested."""

Gold = list[tuple[str, set[int]]]


def rewritten_words(frame: pd.DataFrame) -> Iterator[tuple[str, str, list[float]]]:
    """Give group, text and, for each of its words, the share of rewrites that lack it.

    Args:
        frame: Rows of ``paradetox_pairs``, as ``datasets.read`` gives them.
    """
    for group, rows in frame.groupby("group", sort=False):
        civil = [set(normalise(text).split()) for text in rows.loc[rows["toxicity"] == 0, "text"]]
        for text in rows.loc[rows["toxicity"] == 1, "text"] if civil else ():
            words = [set(word.words.split()) for word in read_words(text)]
            lacking = [[not word <= kept for kept in civil] for word in words]
            yield str(group), text, [float(np.mean(flags)) for flags in lacking]


def marked_characters(text: str, marked: Sequence[bool]) -> set[int]:
    """Return the places of the marked words of a text, and of what is between neighbours."""
    found = set[int]()
    words = read_words(text)
    for place, (word, is_marked) in enumerate(zip(words, marked, strict=True)):
        if is_marked:
            joined = place > 0 and marked[place - 1]
            found.update(range(words[place - 1].end if joined else word.start, word.end))
    return found


def rewritten_gold(datasets: Path, split: str) -> Gold:
    """Return toxic sentences with the characters of the words that most rewrites lack."""
    frame = sets.read(sets.catalogue()[REWRITTEN], datasets)
    rows = rewritten_words(frame[frame["split"] == split])
    return [
        (text, marked_characters(text, [share > 0.5 for share in shares]))
        for _, text, shares in rows
    ]


def judged_gold(datasets: Path, split: str) -> Gold:
    """Return judged posts with their characters; empty without ``JUDGED``."""
    if not JUDGED.is_file():
        return []
    with JUDGED.open(encoding="utf-8", newline="") as file:
        judged = {row["key"]: row["spans"] for row in csv.DictReader(file)}
    frame = sets.read(sets.catalogue()[POSTS], datasets).drop_duplicates("key")
    frame = frame[(frame["split"] == split) & frame["key"].isin(judged)].sort_values("key")
    bounds = [
        [tuple(map(int, span.split("-"))) for span in judged[key].split()] for key in frame["key"]
    ]
    places = (set(chain.from_iterable(range(*span) for span in found)) for found in bounds)
    return list(zip(frame["text"], places, strict=True))


def character_f1(found: set[int], gold: set[int]) -> float:
    """F1 of the characters of one text, in [0, 1]; 1 where both are empty."""
    if not found and not gold:
        return 1.0
    return 2 * len(found & gold) / (len(found) + len(gold))


def tagged(text: str, folder: Path = SPANS, least: float = LIKELY) -> set[int]:
    """Return the characters of the words whose chance of being marked is at least ``least``."""
    chances = mark([word.words for word in read_words(text)], folder)
    return marked_characters(text, (chances >= least).tolist())


def explained(spans: Iterable[Span]) -> set[int]:
    """Return the characters of some spans."""
    return set(chain.from_iterable(range(span.start, span.end) for span in spans))


def measure_spans(profiles: dict[str, Scorer], datasets: Path) -> list[dict[str, Any]]:
    """Measure the tagger alone and the explanations of toxicity on texts kept out of training.

    Returns:
        One row a gold and method: ``set``, ``method``, ``n``, ``f1`` in [0, 1], ``low`` and
        ``high`` (95 %), ``sha256`` of the set's file. Sets that are not there give none.
    """
    rows = []
    for name, read in ((REWRITTEN, rewritten_gold), (POSTS, judged_gold)):
        if not sets.data_path(name, datasets).is_file():
            continue
        gold = read(datasets, "test")[:MOST_MEASURED]
        texts = [text for text, _ in gold]
        found = {"tagger": [tagged(text) for text in texts]}
        for profile, scorer in profiles.items():
            found[profile] = [explained(one) for one in explain(scorer, texts, "toxicity")]
        digest = sets.data_sha256(name, datasets)
        rows += [
            {"set": name, "method": method, **mean_f1(marks, gold), "sha256": digest}
            for method, marks in found.items()
            if gold
        ]
    return rows


def mean_f1(found: Sequence[set[int]], gold: Gold) -> dict[str, Any]:
    """Return ``n``, the mean ``f1`` and its 95 % interval, ``low`` to ``high``."""
    values = [character_f1(one, right) for one, (_, right) in zip(found, gold, strict=True)]
    mean, half = float(np.mean(values)), 1.96 * float(np.std(values)) / len(values) ** 0.5
    figures = {"f1": mean, "low": mean - half, "high": mean + half}
    return {"n": len(values)} | {name: round(value, 4) for name, value in figures.items()}


def measure_faithfulness(profiles: dict[str, Scorer], datasets: Path) -> list[dict[str, Any]]:
    """Measure what scores of at least ``HIGH`` lose without their spans and without all else.

    Returns:
        One row a profile and attribute: ``n`` texts, ``explained`` (share of them with spans),
        and of those the mean ``score``, ``comprehensiveness`` (loss without the spans),
        ``random`` (loss without as many characters anywhere) and ``sufficiency`` (loss if only the
        spans are left).
    """
    known = [
        sets.catalogue()[name] for name in FAITHFUL_ON if sets.data_path(name, datasets).is_file()
    ]
    if not known:
        return []
    frames = [sets.read(info, datasets) for info in known]
    tests = [frame[frame["split"] == "test"].sort_values("key")[:POOL] for frame in frames]
    pool = pd.concat(tests, ignore_index=True)[["text"]].drop_duplicates(ignore_index=True)
    rows = []
    for profile, scorer in profiles.items():
        scores = score_frame(scorer, pool)
        for attribute in scorer.attributes:
            high = pool["text"][scores[attribute] >= HIGH].tolist()
            chosen = [high[place] for place in _spread(len(high), MOST_FAITHFUL)]
            if chosen:
                found = _faithfulness(scorer, chosen, attribute)
                rows.append({"profile": profile, "attribute": attribute, **found})
    return rows


def _spread(count: int, most: int) -> list[int]:
    """Return up to ``most`` places evenly over ``count``."""
    places = np.linspace(0, count - 1, min(count, most)).round().astype(int)
    return sorted(set(map(int, places)))


def _faithfulness(scorer: Scorer, texts: list[str], attribute: str) -> dict[str, Any]:
    generator = np.random.default_rng(7)
    given = explain(scorer, texts, attribute)
    pairs = [(text, spans) for text, spans in zip(texts, given, strict=True) if spans]
    without = [cut_out(text, spans) for text, spans in pairs]
    alone = [" ".join(text[span.start : span.end] for span in spans) for text, spans in pairs]
    elsewhere = [_cut_anywhere(text, spans, generator) for text, spans in pairs]
    whole = [text for text, _ in pairs]
    variants = [*whole, *without, *alone, *elsewhere]
    scores = score_texts(scorer, variants, attribute).reshape(4, -1)
    losses = np.nanmean(scores[0] - scores, axis=1) if pairs else np.full(4, np.nan)
    figures = {
        "explained": len(pairs) / len(texts),
        "score": scores[0].mean() if pairs else np.nan,
        "comprehensiveness": losses[1],
        "sufficiency": losses[2],
        "random": losses[3],
    }
    plain = {
        name: None if np.isnan(value) else round(float(value), 4) for name, value in figures.items()
    }
    return {"n": len(texts), **plain}


def _cut_anywhere(text: str, spans: Sequence[Span], generator: np.random.Generator) -> str:
    """Cut as many pieces of the same lengths out of a text, anywhere."""
    for span in spans:
        length = span.end - span.start
        start = int(generator.integers(0, max(1, len(text) - length + 1)))
        text = text[:start] + text[start + length :]
    return text
