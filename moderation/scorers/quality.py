"""How good scorers are on labelled sets, measured on rows that training never sees."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moderation import datasets as sets
from moderation.measures import Figures, figures
from moderation.scorers import Scorer, score_frame


def held_out(info: sets.DatasetInfo, datasets: Path) -> pd.DataFrame:
    """Return the rows of a set that training never sees, with every context column.

    All rows of a set that is not trained on, the test part of the others.
    """
    frame = sets.read(info, datasets)
    if info.trainable:
        frame = frame[frame["split"] == "test"].reset_index(drop=True)
    return frame.assign(thread_text="", copies=1)


def measure(
    scorers: Iterable[Scorer], info: sets.DatasetInfo, datasets: Path
) -> Iterator[dict[str, Any]]:
    """Measure scorers on one set.

    Yields:
        One row for each attribute the set judges and a scorer gives: ``set``, ``attribute``,
        the fields of ``Figures`` rounded to four digits (None where not defined), and the
        ``sha256`` of the set's file.
    """
    asked = [scorer for scorer in scorers if set(scorer.attributes) & set(info.labels)]
    if not asked:
        return
    frame = held_out(info, datasets)
    digest = sets.data_sha256(info.name, datasets)
    for scorer in asked:
        scores = score_frame(scorer, frame)
        for name in set_order(scorer.attributes, info):
            found = figures(scores[name].to_numpy(dtype=float), frame[name].to_numpy(dtype=float))
            if found.n:
                yield {"set": info.name, "attribute": name, **rounded(found), "sha256": digest}


def set_order(attributes: Iterable[str], info: sets.DatasetInfo) -> list[str]:
    """Return those of ``attributes`` that a set judges, in their order."""
    return [name for name in attributes if name in info.labels]


def rounded(found: Figures) -> dict[str, Any]:
    """Return figures as plain values of four digits; None where a figure is not defined."""
    return {
        key: None if np.isnan(value) else round(value, 4) for key, value in asdict(found).items()
    }
