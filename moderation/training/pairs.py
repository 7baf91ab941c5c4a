"""Comments in their own context and in another's: what ``political_spam`` is measured on.

Nothing learns from them any more (decisions 0012 and 0014 say why). Few sets were judged for
drift, but many hold comments with the article, question, subject or parent they stand under. A
row in its own context is on topic; the same row in the context of another group of its set is
off topic. Half of the foreign contexts are the nearest of ``CANDIDATES`` drawn ones, so that
telling politics from cooking is not enough.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers.context import PLACES
from moderation.scorers.words import word_vectors

SETS = (
    "arc_relatedness",
    "newsgroups",
    "ruddit_offense",
    "context_toxicity",
    "fnc_relatedness",
)
"""English sets whose rows stand in a context; judged_news_comments and its sources are not
among them."""
MOST_ROWS = 4000
"""Rows taken from one set."""
CANDIDATES = 40
THREAD_ROWS = 8
"""Other comments of the same group that make up a thread."""
THREAD_SHARE = 0.5
"""Share of rows that are given a thread; the others stand under their article alone."""


def read_pairs(datasets: Path, words: Path, *, split: tuple[str, ...]) -> pd.DataFrame:
    """Build comments in own and foreign contexts.

    Args:
        datasets: Folder of the labelled sets.
        words: Folder of the packaged word vectors, for finding near contexts.
        split: Parts to read: train, dev or test.

    Returns:
        ``text``, the context columns, ``set``, ``key``, ``group``, ``political`` and
        ``off_topic`` (0 own context, 1 foreign).

    Raises:
        InputError: None of ``SETS`` lies there.
    """
    generator = np.random.default_rng(7)
    frames = [
        _swap(_own_context(info, datasets, split, generator), words, generator)
        for info in sets.present(datasets)
        if info.name in SETS
    ]
    if not frames:
        raise InputError(str(datasets), f"holds none of {', '.join(SETS)}")
    return pd.concat(frames, ignore_index=True)


def _own_context(
    info: sets.DatasetInfo, datasets: Path, split: tuple[str, ...], generator: np.random.Generator
) -> pd.DataFrame:
    """Take rows that stand where they were written, and give them a thread and a text."""
    frame = sets.read(info, datasets)
    frame = frame[frame["split"].isin(split)]
    if "off_topic" in frame:
        frame = frame[frame["off_topic"] == 0]
    frame = frame[(frame[list(sets.CONTEXT)] != "").any(axis=1)].drop_duplicates("key")
    others = frame.groupby("group")["text"].apply(list).to_dict()
    if len(frame) > MOST_ROWS:
        frame = frame.iloc[np.sort(generator.choice(len(frame), MOST_ROWS, replace=False))]
    threads = []
    for text, parent, group in zip(
        frame["text"], frame["parent_text"], frame["group"], strict=True
    ):
        around = [other[:500] for other in others[group] if other != text and not parent]
        size = min(THREAD_ROWS, len(around)) if generator.random() < THREAD_SHARE else 0
        drawn = generator.permutation(len(around))[:size]
        threads.append("\n\n".join(around[number] for number in drawn))
    return frame.assign(set=info.name, thread_text=threads).reset_index(drop=True)


def _swap(frame: pd.DataFrame, words: Path, generator: np.random.Generator) -> pd.DataFrame:
    """Append every row once more under the context of another group."""
    groups, codes = np.unique(frame["group"].to_numpy(dtype=object), return_inverse=True)
    vectors = word_vectors(words)
    first = frame.drop_duplicates("group").set_index("group").loc[groups]
    joined = first[list(PLACES)].agg(" ".join, axis=1)
    meaning = np.array([vectors.read(text[:2000]) for text in joined])[codes]
    away = np.array([_foreign(meaning, codes, row, generator) for row in range(len(frame))])
    swapped = frame.copy()
    for place in PLACES:
        swapped[place] = frame[place].to_numpy()[away]
    return pd.concat(
        [frame.assign(off_topic=0.0), swapped.assign(off_topic=1.0)], ignore_index=True
    )


def _foreign(
    meaning: NDArray[np.float32],
    codes: NDArray[np.intp],
    row: int,
    generator: np.random.Generator,
) -> int:
    """Draw a row of another group: any, or of some the one whose context is nearest."""
    drawn = generator.integers(0, len(meaning), CANDIDATES)
    drawn = drawn[codes[drawn] != codes[row]]
    if generator.random() < 0.5:
        return int(drawn[0])
    return int(drawn[np.argmax(meaning[drawn] @ meaning[row])])
