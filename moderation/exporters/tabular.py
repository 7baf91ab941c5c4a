r"""Labels as CSV, JSON Lines and Parquet.

JSON Lines and Parquet hold every text as it is, with one exception: Parquet strings are UTF-8,
so a lone surrogate (a broken emoji, half of one) stands there as ``\udXXX``.

CSV is for spreadsheets: a cell they would run as a formula gets an apostrophe in front, and so
does text after a semicolon or tab that would be one if the file were opened with that
separator. It begins with a byte order mark, without which Excel takes it for Latin-1. To
retrain or to archive, take JSON Lines or Parquet.
"""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from moderation.errors import InputError
from moderation.tables import cell_made_inert, replacing

_AFTER_SEPARATOR = re.compile(r"""([;\t])(?=[ \xa0\u3000"']*[=+\-@\uff1d\uff0b\uff0d\uff20])""")
"""Where a cell would begin with a formula, if semicolon or tab were taken as the separator."""

Value = str | int | float | bool | None


class Csv:
    """For people with a spreadsheet: nothing in it runs."""

    name = "csv"
    suffix = ".csv"

    def write(self, labels: pd.DataFrame, path: Path) -> None:
        """See ``Exporter.write``."""
        # A lone surrogate, which UTF-8 has no bytes for, is written as \udXXX.
        with _text_file(path, encoding="utf-8-sig", errors="backslashreplace") as file:
            writer = csv.writer(file)
            writer.writerow(labels.columns)
            writer.writerows([_cell(value) for value in row] for row in _rows(labels))


class JsonLines:
    """One object a line; every text exactly as it is."""

    name = "jsonl"
    suffix = ".jsonl"

    def write(self, labels: pd.DataFrame, path: Path) -> None:
        """See ``Exporter.write``."""
        names = [str(name) for name in labels.columns]
        with _text_file(path, encoding="utf-8", errors="strict") as file:
            for row in _rows(labels):
                file.write(_json(dict(zip(names, row, strict=True))) + "\n")


class Parquet:
    """Typed columns; times in UTC."""

    name = "parquet"
    suffix = ".parquet"

    def write(self, labels: pd.DataFrame, path: Path) -> None:
        """See ``Exporter.write``."""
        columns = {str(name): _column(labels[name]) for name in labels.columns}
        with _written(path) as part:
            pq.write_table(pa.table(columns), part, compression="zstd")


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """Give a neighbour to write to; a full disk becomes an error of one line."""
    try:
        with replacing(path) as part:
            yield part
    except OSError as error:
        raise InputError(str(path), f"cannot be written ({error.strerror})") from error


@contextmanager
def _text_file(path: Path, *, encoding: str, errors: str) -> Iterator[IO[str]]:
    with (
        _written(path) as part,
        part.open("w", encoding=encoding, errors=errors, newline="") as file,
    ):
        yield file


def _rows(labels: pd.DataFrame) -> Iterator[list[Value]]:
    for row in labels.itertuples(index=False, name=None):
        yield [_plain(value) for value in row]


def _plain(value: object) -> Value:
    """What a cell holds, in types every format has; times in ISO 8601."""
    if isinstance(value, (str, bool, int)):
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return None if np.isnan(value) else value
    return str(value)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return cell_made_inert(_AFTER_SEPARATOR.sub(r"\1'", value))
    return json.dumps(value)


def _json(record: dict[str, Value]) -> str:
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate: JSON can say it, UTF-8 cannot
        return json.dumps(record)
    return line


def _column(values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return pa.array(values, from_pandas=True)
    texts = [_plain(value) for value in values]
    return pa.array([None if text is None else _utf8(str(text)) for text in texts], pa.string())


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
