"""Public labelled sets: where they came from, what they judge, and a split that never moves.

``data/datasets.toml`` describes every set; the sets themselves lie outside the repository, in
the folder that ``MODERATION_DATASETS`` names. A set judges only some attributes: what it does
not judge is NaN, never 0.

The split is a function of the text (or of the set's ``group``, so that rewrites of one text
and comments of one article stay together): of its hash, 15 in 100 are ``test``, 10 ``dev``,
75 ``train``. Sets overlap, so training also leaves out any text that stands in some set's
test part.
"""

import hashlib
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from moderation.errors import InputError
from moderation.frames import text_key

TEST_SHARE, DEV_SHARE = 15, 10
"""Of a hundred texts."""
CONTEXT = ("article_title", "article_text", "parent_text")
"""Columns a set's ``pair`` table may fill."""


@dataclass(frozen=True)
class DatasetInfo:
    """What ``data/datasets.toml`` says of one set; the fields are described there."""

    name: str
    origin: str
    licence: str
    terms: Literal["clean", "unstated", "restricted"]
    language: str
    sha256: str
    group: str = "text"
    family: str = ""
    folder: str = ""
    where: str = ""
    weight: float = 1.0
    note: str = ""
    political: str = ""
    perspective: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    pair: dict[str, str] = field(default_factory=dict)

    @property
    def trainable(self) -> bool:
        """Whether training may read it."""
        return self.terms != "restricted" and self.weight > 0


def default_folder() -> Path:
    """Return the folder named by ``MODERATION_DATASETS``, else ``../shared/datasets``."""
    return Path(os.environ.get("MODERATION_DATASETS", "../shared/datasets"))


@lru_cache(maxsize=1)
def catalogue() -> dict[str, DatasetInfo]:
    """Return every known set by name, in the order of the file."""
    here = Path(__file__).parent
    packaged = here / "datasets.toml"
    path = packaged if packaged.is_file() else here.parent / "data" / "datasets.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: DatasetInfo(name=name, **table) for name, table in tables.items()}


def present(folder: Path) -> Iterator[DatasetInfo]:
    """Yield the known sets whose data lie in ``folder``."""
    for info in catalogue().values():
        if data_path(info.name, folder).is_file():
            yield info


def data_path(name: str, folder: Path) -> Path:
    """Return where the data of a set lie."""
    info = catalogue().get(name)
    return folder / (info.folder if info and info.folder else name) / "data.csv.gz"


def data_sha256(name: str, folder: Path) -> str:
    """Return the sha256 of a set's file as it is on this disk."""
    return hashlib.sha256(data_path(name, folder).read_bytes()).hexdigest()


def read(info: DatasetInfo, folder: Path) -> pd.DataFrame:
    """Read one set.

    Returns:
        One row per usable row of the set: ``text``, the columns of ``CONTEXT`` (empty where
        the set has none), ``key`` (hash of the normalised text), ``group``, ``split`` (train,
        dev or test), ``political``, ``perspective`` and one float column per judged attribute;
        NaN = not judged.

    Raises:
        InputError: The file is missing, unreadable or lacks a column.
    """
    path = data_path(info.name, folder)
    try:
        raw = pd.read_csv(path, keep_default_na=False, na_values={}, dtype=str)
        return _arrange(info, _typed(raw))
    except (OSError, ValueError, KeyError, EOFError, pd.errors.UndefinedVariableError) as error:
        msg = f"does not fit its entry in datasets.toml ({type(error).__name__}: {error})"
        raise InputError(str(path), msg) from error


def _typed(raw: pd.DataFrame) -> pd.DataFrame:
    """Read columns of numbers (and gaps) as numbers, all others as text."""
    typed = {}
    for column in raw.columns:
        numbers = pd.to_numeric(raw[column].replace("", np.nan), errors="coerce")
        is_number = column != "text" and bool((numbers.notna() | raw[column].eq("")).all())
        typed[column] = numbers.astype(float) if is_number else raw[column].astype(object)
    return pd.DataFrame(typed)


def _arrange(info: DatasetInfo, raw: pd.DataFrame) -> pd.DataFrame:
    if info.where:
        raw = raw.query(info.where, engine="python").reset_index(drop=True)
    frame = pd.DataFrame({"text": raw["text"].astype(str)})
    for column in CONTEXT:
        named = info.pair.get(column)
        frame[column] = raw[named].astype(str) if named else ""
    frame["key"] = [text_key(text) for text in frame["text"]]
    groups = raw[info.group] if info.group != "text" else frame["key"]
    frame["group"] = [
        f"{info.name}:{value}" if value != "" and info.group != "text" else key
        for value, key in zip(groups, frame["key"], strict=True)
    ]
    frame["split"] = [_split(value) for value in frame["group"]]
    own = {"political": info.political, "perspective": info.perspective}
    for name, expression in (own | info.labels).items():
        frame[name] = _evaluate(raw, expression) if expression else np.nan
    return frame[frame["key"] != ""].reset_index(drop=True)


def _evaluate(raw: pd.DataFrame, expression: str) -> Any:
    """Work out a label; the expressions are our own, from datasets.toml."""
    value = raw.eval(expression, engine="python")
    return pd.Series(value, index=raw.index).astype(float)


def _split(value: str) -> str:
    digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    place = int.from_bytes(digest, "big") % 100
    if place < TEST_SHARE:
        return "test"
    return "dev" if place < TEST_SHARE + DEV_SHARE else "train"
