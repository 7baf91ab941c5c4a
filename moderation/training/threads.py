"""Comments labelled in their threads: what the drift scores learn from.

Two sources, both labelled by a language model that followed the guide of ``judged_news_comments``:

- threads written for this project (``data/training/threads``): an invented article with comments
  as people write them, each with ``off_topic``, ``meta``, ``political`` and ``political_spam``;
- comments of ``fox_news_hate`` (``data/training/judged_fox_news.csv``: the hash of the text and
  the labels, no text). Whatever stands in ``judged_news_comments``, answers a comment of it or
  is answered there is left out, as that set is for development.

A thread is laid out three times, as sites give context: with text and thread, with the lead
alone, and with the title alone.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.frames import text_key, thread_text
from moderation.training.report import DEVELOPMENT, data_facts

FOLDER = Path(__file__).parents[2] / "data" / "training"
COMMENTS = "fox_news_hate"
LABELS = ("off_topic", "meta", "political", "political_spam")
VARIANTS = ("thread", "lead", "title")


def read_threads() -> pd.DataFrame:
    """Read the written threads, each comment once for every one of ``VARIANTS``.

    Returns:
        ``text``, the context columns, ``LABELS`` in [0, 1], ``set`` (written), ``group`` (the
        article), ``language``, ``kind`` and ``variant``.
    """
    rows = [row for path in sorted((FOLDER / "threads").glob("*.jsonl")) for row in _rows(path)]
    return pd.DataFrame(rows)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        texts = {comment["id"]: comment["text"] for comment in article["comments"]}
        before: list[str] = []
        bodies = {"thread": article["text"], "lead": article["lead"], "title": ""}
        for comment in article["comments"]:
            row = {name: float(comment[name]) for name in LABELS} | {
                "text": comment["text"],
                "kind": comment["kind"],
                "article_title": article["title"],
                "parent_text": texts.get(comment["parent"], ""),
                "language": article["language"],
                "set": "written",
                "group": article["id"],
            }
            for variant in VARIANTS:
                said = thread_text(before) if variant == "thread" else ""
                context = {"article_text": bodies[variant], "thread_text": said}
                yield row | context | {"variant": variant}
            before.append(comment["text"])


def read_judged(datasets: Path) -> pd.DataFrame:
    """Read the judged comments of ``COMMENTS``.

    Returns:
        Columns as ``read_threads``; ``political`` is NaN, as nobody judged it.

    Raises:
        InputError: The set does not lie there.
    """
    if not sets.data_path(COMMENTS, datasets).is_file():
        raise InputError(str(datasets), f"holds no {COMMENTS}")
    frame = sets.read(sets.catalogue()[COMMENTS], datasets).drop(
        columns=list(LABELS), errors="ignore"
    )
    judged = pd.read_csv(FOLDER / "judged_fox_news.csv", dtype={"key": str}).drop_duplicates("key")
    frame = frame.drop_duplicates("key").merge(judged, on="key")
    known = _development(datasets)
    linked = frame["key"].isin(known) | frame["parent_text"].map(text_key).isin(known)
    frame = frame[~linked].reset_index(drop=True)
    return frame.assign(
        political=np.nan, thread_text="", set=COMMENTS, group=frame["article_title"],
        language="en", kind="", variant="lead",
    )  # fmt: skip


def _development(datasets: Path) -> set[str]:
    """Hash every comment and parent of the development set."""
    if not sets.data_path(DEVELOPMENT, datasets).is_file():
        return set()
    frame = sets.read(sets.catalogue()[DEVELOPMENT], datasets)
    return {*frame["key"], *frame["parent_text"].map(text_key)} - {""}


def thread_facts(used: pd.DataFrame, datasets: Path) -> dict[str, Any]:
    """Describe what a model was trained on, the written threads (each once) among it."""
    written = used["set"] == "written"
    ours = {
        "written": {
            "licence": "Apache-2.0, written for this project, labelled by a language model",
            "terms": "clean",
            "rows": int((written & (used["variant"] == "thread")).sum()),
        }
    }
    return ours | data_facts(sorted(set(used.loc[~written, "set"])), used, datasets)
