"""Writing CSV, JSON Lines and Parquet so that a file with its final name is always whole.

Everything goes to a neighbour, ``NAME.part``, which takes the name when the last row is on
disk; what is interrupted leaves at most that neighbour behind.
"""

import base64
import csv
import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from moderation.errors import InputError
from moderation.tables.reading import Chunk

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".pq")
GROUP_ROWS = 50_000
GROUP_BYTES = 64 * 2**20
_FORMULA = re.compile(r"""[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]""")
"""What spreadsheets take for a formula, full-width forms and leading quotes included."""
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*([eE][+-]?\d+)?")


class Writer(Protocol):
    """Takes chunks of rows and the scores that belong to them."""

    def write(
        self,
        chunk: Chunk,
        scores: Mapping[str, NDArray[np.float32]],
        added: Mapping[str, Sequence[str]],
    ) -> None:
        """Append rows.

        Args:
            chunk: Its records, in order.
            scores: Column -> one value a record in [0, 1]; NaN: nothing to score, written as
                an empty cell or null.
            added: Column -> one text a record.
        """
        ...


def check_writable(path: Path) -> None:
    """Find out before the work that the result could not be written.

    Raises:
        InputError: The suffix is unknown, or the folder does not exist or takes no new file.
    """
    if path.suffix.lower() not in SUFFIXES:
        problem = f"ends in {path.suffix!r}; expected .csv, .tsv, .jsonl or .parquet"
        raise InputError(str(path), problem)
    if path.is_dir():
        raise InputError(str(path), "is a folder; expected a file to write")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(str(path), "cannot be written; its folder is missing or read-only")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a neighbour to write to; it takes the name ``path`` when the block ends well.

    Raises:
        InputError: The folder does not exist or refuses new files.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.touch()
    except OSError as error:
        raise InputError(str(path), f"cannot be written ({error.strerror})") from error
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def open_writer(path: Path, schema: pa.Schema, *, safe_csv: bool = True) -> Iterator[Writer]:
    """Open a table for writing, by its suffix; it appears whole when the block ends well.

    Args:
        path: Ends in one of ``SUFFIXES``, as ``check_writable`` makes sure.
        schema: Every column, those of the records first, with the type each has in Parquet;
            JSON Lines keeps each record's own fields.
        safe_csv: Make cells inert that a spreadsheet would run as a formula.

    Raises:
        InputError: The file cannot be written.
    """
    suffix = path.suffix.lower()
    with replacing(path) as part:
        if suffix in (".parquet", ".pq"):
            with pq.ParquetWriter(part, schema, compression="zstd") as parquet:
                rows = _ParquetRows(parquet, schema)
                yield rows
                rows.flush()
        elif suffix in (".jsonl", ".ndjson"):
            with part.open("w", encoding="utf-8", newline="\n") as file:
                yield _JsonLines(file)
        else:
            with part.open("w", encoding="utf-8", newline="") as file:
                delimiter = "\t" if suffix == ".tsv" else ","
                yield _CsvRows(file, schema.names, delimiter, safe=safe_csv)


def cell_made_inert(cell: str) -> str:
    """Prefix a cell that a spreadsheet would run; plain numbers stay numbers."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


class _CsvRows:
    def __init__(
        self, file: IO[str], columns: Sequence[str], delimiter: str, *, safe: bool
    ) -> None:
        self._columns = columns
        self._finish = cell_made_inert if safe else str
        self._csv = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        # The writer quotes the line end it writes, and readers end lines at any.
        self._quoting = csv.writer(
            file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL
        )
        self._write_row(columns)

    def write(
        self,
        chunk: Chunk,
        scores: Mapping[str, NDArray[np.float32]],
        added: Mapping[str, Sequence[str]],
    ) -> None:
        columns = {name: _digits(values) for name, values in scores.items()}
        for row, record in enumerate(chunk.records):
            ours = {name: values[row] for name, values in columns.items()}
            whole = record | ours | {name: texts[row] for name, texts in added.items()}
            self._write_row([_cell(whole.get(name)) for name in self._columns])

    def _write_row(self, cells: Sequence[str]) -> None:
        finished = [self._finish(cell) for cell in cells]
        writer = self._quoting if any("\r" in cell for cell in finished) else self._csv
        writer.writerow(finished)


class _JsonLines:
    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(
        self,
        chunk: Chunk,
        scores: Mapping[str, NDArray[np.float32]],
        added: Mapping[str, Sequence[str]],
    ) -> None:
        columns = {name: _digits(values) for name, values in scores.items()}
        for row, record in enumerate(chunk.records):
            ours = {
                name: float(values[row]) if values[row] else None
                for name, values in columns.items()
            }
            whole = record | ours | {name: texts[row] for name, texts in added.items()}
            line = json.dumps(whole, ensure_ascii=False, default=_plain)
            self._file.write(line + "\n")


class _ParquetRows:
    """Gathers rows into groups of a size readers like, whatever the chunks were."""

    def __init__(self, parquet: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._parquet = parquet
        self._schema = schema
        self._waiting: list[pa.Table] = []

    def write(
        self,
        chunk: Chunk,
        scores: Mapping[str, NDArray[np.float32]],
        added: Mapping[str, Sequence[str]],
    ) -> None:
        if not chunk.records:
            return
        columns = []
        for column in self._schema:
            if column.name in scores:
                values = scores[column.name]
                columns.append(pa.array(values, column.type, mask=np.isnan(values)))
            elif column.name in added:
                columns.append(pa.array(added[column.name], column.type))
            elif chunk.table is not None:
                columns.append(chunk.table.column(column.name))
            else:
                columns.append(_column(chunk, column))
        self._waiting.append(pa.Table.from_arrays(columns, schema=self._schema))
        rows = sum(table.num_rows for table in self._waiting)
        if rows >= GROUP_ROWS or sum(table.nbytes for table in self._waiting) >= GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits as one row group."""
        if self._waiting:
            self._parquet.write_table(pa.concat_tables(self._waiting))
            self._waiting = []


def _column(chunk: Chunk, column: pa.Field) -> pa.Array:
    values = [record.get(column.name) for record in chunk.records]
    if pa.types.is_string(column.type):
        values = [None if value is None else _cell(value) for value in values]
    return pa.array(values, column.type)


def _digits(scores: NDArray[np.float32]) -> list[str]:
    """The fewest digits that give each float32 back; empty for NaN."""
    return ["" if digits == "nan" else digits for digits in scores.astype("U16").tolist()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, (int, float)):
        return repr(value)
    return str(_plain(value))


def _plain(value: object) -> str:
    """What JSON and CSV have no form for: times in ISO 8601, bytes in base64."""
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
