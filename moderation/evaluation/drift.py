"""Off topic where no reader judged whole threads: real comments under articles they are not about.

Comments of real pages are scored where they stand, and in the place of a comment on another page
in the same language: under its article, answering what it answers, after its thread. The one is on
topic, but for what drifted by itself, the other off. Beside that stands ``c3_constructive``,
whose readers marked comments that were not relevant; its articles are not in the file, so the
other comments of an article stand in for it.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moderation import datasets as sets
from moderation import extractors
from moderation.errors import ExtractionError
from moderation.evaluation.pages import gold_names, read_page
from moderation.frames import thread_frame, thread_text
from moderation.measures import figures
from moderation.scorers.context import FEWEST_WORDS, INPUTS, PLACES, Row, size_of
from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.quality import held_out, rounded

MOST_OF_A_PAGE = 40
"""Comments of one page that are measured, so that a few long threads are not all of it."""
JUDGED = "c3_constructive"
FEWER = 12
"""Negatives measured for every comment of ``JUDGED`` that its readers found not relevant."""
SEED = 1
WITHOUT = {
    "nothing": (),
    "no thread": ("thread_text",),
    "no parent": ("parent_text",),
    "no parent, no thread": ("parent_text", "thread_text"),
    "no article": ("article_title", "article_text"),
    "no article text": ("article_text",),
}

Found = dict[str, Any]


def measure_moved(pages: Path, scorer: OffTopicScorer) -> list[Found]:
    """Measure comments of real pages in their own place and in one on another page.

    Returns:
        Figures with ``what`` was taken away and ``which`` comments: all, those under ten words,
        each language with 100 rows and more. Empty without pages.
    """
    own = _comments(pages)
    if own.empty:
        return []
    rows = _moved(own)
    labels = rows["moved"].to_numpy(dtype=float)
    found = []
    for what, columns in WITHOUT.items():
        scores = scorer.score(rows.assign(**dict.fromkeys(columns, "")))[:, 0].astype(float)
        for which, chosen in _kinds(rows, all_kinds=not columns).items():
            measured = rounded(figures(scores[chosen], labels[chosen]))
            found.append({"what": what, "which": which, **measured})
    return found


def measure_irrelevant(datasets: Path, scorer: OffTopicScorer) -> list[Found]:
    """Measure ``JUDGED`` by the thread alone, and by shortness alone; empty without it."""
    info = sets.catalogue()[JUDGED]
    if not sets.data_path(JUDGED, datasets).is_file():
        return []
    frame = held_out(info, datasets)
    others = frame.groupby("group")["text"].apply(list).to_dict()
    irrelevant = frame["off_topic"] >= 0.5
    rest = frame[~irrelevant].sample(FEWER * int(irrelevant.sum()), random_state=SEED)
    rows = pd.concat([frame[irrelevant], rest], ignore_index=True)
    rows["thread_text"] = [
        thread_text([other for other in others[group] if other != text][:20])
        for group, text in zip(rows["group"], rows["text"], strict=True)
    ]
    labels = rows["off_topic"].to_numpy(dtype=float)
    by = {
        "thread alone": scorer.score(rows)[:, 0].astype(float),
        "shortness alone": np.array([1 / (1 + size_of(text)) for text in rows["text"]]),
    }
    return [{"what": name, **rounded(figures(scores, labels))} for name, scores in by.items()]


def _comments(pages: Path) -> pd.DataFrame:
    """Return comments of every page with an article's text and two comments and more.

    With ``page``, ``language`` (of what they stand under) and ``words``.
    """
    frames = []
    for name in gold_names(pages):
        page = read_page(pages, name)
        try:
            frame = thread_frame(extractors.extract(page)) if page else pd.DataFrame()
        except ExtractionError:
            continue
        if len(frame) > 1 and frame["article_text"].iloc[0]:
            some = frame.sample(min(len(frame), MOST_OF_A_PAGE), random_state=SEED)
            frames.append(some.assign(page=name))
    if not frames:
        return pd.DataFrame()
    rows = pd.concat(frames, ignore_index=True)
    read = [Row(*row) for row in zip(*(rows[name] for name in INPUTS), strict=True)]
    rows["language"] = [row.languages[1] for row in read]
    rows["words"] = [size_of(row.own) for row in read]
    return rows[[bool(row.own) for row in read]].reset_index(drop=True)


def _moved(own: pd.DataFrame) -> pd.DataFrame:
    """Append every comment once more, in the place of one on another page in its language."""
    generator = np.random.default_rng(SEED)
    away, kept = [], []
    for place, (page, language) in enumerate(zip(own["page"], own["language"], strict=True)):
        foreign = np.flatnonzero((own["page"] != page) & (own["language"] == language))
        if len(foreign):
            kept.append(place)
            away.append(int(generator.choice(foreign)))
    own_place = own.iloc[kept].reset_index(drop=True).assign(moved=0.0)
    there = own.iloc[away].reset_index(drop=True)
    moved = own_place.assign(moved=1.0, **{place: there[place] for place in PLACES})
    return pd.concat([own_place, moved], ignore_index=True)


def _kinds(rows: pd.DataFrame, *, all_kinds: bool) -> dict[str, np.ndarray]:
    everything = np.ones(len(rows), dtype=bool)
    if not all_kinds:
        return {"all": everything}
    short = (rows["words"] < FEWEST_WORDS).to_numpy()
    languages = rows["language"].value_counts()
    spoken = {
        str(name): (rows["language"] == name).to_numpy()
        for name, count in languages.items()
        if count >= 100
    }
    return {"all": everything, f"under {FEWEST_WORDS} words": short, **spoken}
