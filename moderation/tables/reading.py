"""Reading CSV, JSON Lines and Parquet in chunks, with every bad row named by its line.

CSV goes through the standard library's reader, not pandas': it alone gives each bad row its
line and leaves cells such as ``NA`` or ``007`` as they stand.
"""

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from moderation.errors import InputError
from moderation.tables.lines import MAX_LINE_CHARS, Line, detect_encoding, read_lines

DELIMITERS = (",", ";", "\t")
TEXT_COLUMNS = ("text", "parent_text", "article_title", "article_text", "article_url", "author")
"""Known columns that hold text or nothing."""
SCALAR_COLUMNS = ("comment_id", "parent_id", "published")
"""Known columns that hold text, a number, a time or nothing."""
_TOO_LONG = f"is longer than {MAX_LINE_CHARS:,} characters; what was read of it is kept"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not read.

    Args:
        line: Where it starts, counted from 1 (CSV, JSON Lines); its row (Parquet).
        problem: What was wrong; never quotes the row.
        raw: The row as it stood, undecodable bytes as lone surrogates; None in Parquet.
    """

    line: int
    problem: str
    raw: str | None = None


@dataclass(slots=True)
class Chunk:
    """Some rows of a table, in order.

    Args:
        lines: Where each record starts, counted from 1.
        records: One mapping a row, column -> value as the file has it.
        rejects: Rows among them that could not be read.
        table: The same rows with their Parquet types; None for text files.
    """

    lines: list[int] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    table: pa.Table | None = None


class Table(Protocol):
    """A file of rows that can be read more than once.

    Attributes:
        columns: Their names in order; empty for JSON Lines, where only reading tells.
        schema: Parquet's types, else None.
        note: What a user should know about how it is read; empty if nothing.
    """

    columns: tuple[str, ...]
    schema: pa.Schema | None
    note: str

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """Read from the start, up to ``rows`` rows at a time."""
        ...


def open_table(path: Path) -> Table:
    """Open a table by its suffix; ``.gz`` after it is read through gzip.

    Raises:
        InputError: The suffix is unknown, or the file is no such table.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    suffix = suffixes[-1] if suffixes else ""
    if suffix in (".csv", ".tsv"):
        return CsvTable(path)
    if suffix in (".jsonl", ".ndjson"):
        return JsonLinesTable(path)
    if suffix in (".parquet", ".pq"):
        return ParquetTable(path)
    raise InputError(str(path), f"ends in {suffix!r}; expected .csv, .jsonl or .parquet")


class CsvTable:
    """CSV with a header line, separated by commas, semicolons or tabs."""

    schema: pa.Schema | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = detect_encoding(path)
        utf8 = self._encoding in ("utf-8", "utf-8-sig")
        self.note = "" if utf8 else f"read as {self._encoding}, it is not UTF-8"
        first = next(read_lines(path, self._encoding))
        self._delimiter = _sniff(first.text)
        header = next(self._rows())
        if isinstance(header, Reject):
            raise InputError(str(path), f"line 1, the header, {header.problem}")
        self.columns = tuple(name.strip() for name in header.cells)
        repeated = {name for name in self.columns if self.columns.count(name) > 1}
        if repeated:
            raise InputError(str(path), f"has more than one column {min(repeated)!r}")
        _require_text(path, self.columns)

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """Read from the start; a row with too few or too many cells is a reject."""
        return _chunked(map(self._record, islice(self._rows(), 1, None)), rows)

    def _rows(self) -> "Iterator[_CsvRow | Reject]":
        return _csv_rows(read_lines(self._path, self._encoding), self._delimiter)

    def _record(self, row: "_CsvRow | Reject") -> "_Record | Reject":
        if isinstance(row, Reject):
            return row
        if len(row.cells) != len(self.columns):
            cells = "1 cell" if len(row.cells) == 1 else f"{len(row.cells)} cells"
            problem = f"has {cells}; expected {len(self.columns)}"
            return Reject(row.line, problem, row.raw)
        return row.line, dict(zip(self.columns, row.cells, strict=True))


class JsonLinesTable:
    """JSON Lines: one object a line."""

    columns: tuple[str, ...] = ()
    schema: pa.Schema | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = detect_encoding(path)
        utf8 = self._encoding in ("utf-8", "utf-8-sig")
        self.note = "" if utf8 else f"read as {self._encoding}, it is not UTF-8"

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """Read from the start; blank lines are passed over."""
        lines = read_lines(self._path, self._encoding)
        return _chunked((_json_record(line) for line in lines if line.text.strip()), rows)


class ParquetTable:
    """Parquet; rows are handed on with their types."""

    note = ""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as file:
            self.schema: pa.Schema | None = file.schema_arrow
        self.columns = tuple(file.schema_arrow.names)
        _require_text(path, self.columns)
        for name in TEXT_COLUMNS:
            if name in self.columns and not _holds_text(file.schema_arrow.field(name).type):
                kind = file.schema_arrow.field(name).type
                raise InputError(str(path), f"column {name!r} is {kind}; expected text")

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """Read from the start; a row whose text is not UTF-8 is a reject."""
        row = 1
        try:
            with self._open() as file:
                for batch in file.iter_batches(batch_size=rows):
                    yield _parquet_chunk(pa.Table.from_batches([batch]), row)
                    row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise InputError(str(self._path), f"is damaged after row {row - 1}") from error

    def _open(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self._path)
        except pa.ArrowException as error:
            raise InputError(str(self._path), "is no Parquet file, or damaged") from error
        except OSError as error:
            problem = f"cannot be read ({error.strerror or 'damaged'})"
            raise InputError(str(self._path), problem) from error


_Record = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _CsvRow:
    line: int
    cells: list[str]
    raw: str


def _require_text(path: Path, columns: Iterable[str]) -> None:
    if "text" not in columns:
        found = ", ".join(columns) or "none"
        raise InputError(str(path), f"has no column 'text'; its columns are: {found}")


def _sniff(header: str) -> str:
    """The delimiter that makes ``text`` a column; else the one that stands most often."""
    for delimiter in DELIMITERS:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        if "text" in (cell.strip() for cell in cells):
            return delimiter
    return max(DELIMITERS, key=header.count)


class _Feed:
    """Hands lines to the CSV reader and remembers those of the current record."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        if not line.whole:
            raise csv.Error(_TOO_LONG)
        return line.text

    def give_back(self) -> None:
        """Read all lines of the current record but its first once more."""
        self._again.extendleft(reversed(self.taken[1:]))


def _csv_rows(lines: Iterator[Line], delimiter: str) -> Iterator[_CsvRow | Reject]:
    """Parse records; a stray quote costs the line it stands in, not the rest of the file."""
    csv.field_size_limit(MAX_LINE_CHARS)
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first = feed.taken[0]
            problem = f"is no CSV ({error})" if first.whole else str(error)
            yield Reject(first.number, problem, first.text)
            feed.give_back()
            continue
        raw = "".join(line.text for line in feed.taken)
        if cells:
            yield _CsvRow(feed.taken[0].number, cells, raw)


def _json_record(line: Line) -> _Record | Reject:
    if not line.whole:
        return Reject(line.number, _TOO_LONG, line.text)
    try:
        value = json.loads(line.text, parse_constant=_not_a_number, parse_float=_finite)
    except RecursionError:
        return Reject(line.number, "is nested too deeply", line.text)
    except ValueError as error:
        problem = getattr(error, "msg", "a number is out of range")
        return Reject(line.number, f"is no JSON ({problem})", line.text)
    if not isinstance(value, dict):
        return Reject(line.number, "is no JSON object", line.text)
    if "\\u" in line.text and not _encodable(json.dumps(value, ensure_ascii=False)):
        return Reject(line.number, "holds half a surrogate pair, which is no text", line.text)
    return line.number, value


def _not_a_number(_name: str) -> None:
    """NaN and Infinity, which Python writes though JSON has none, read as nothing."""


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError
    return value


def _chunked(rows: Iterable[_Record | Reject], size: int) -> Iterator[Chunk]:
    chunk = Chunk()
    for row in rows:
        if isinstance(row, Reject):
            chunk.rejects.append(row)
        elif problem := _problem_of(row[1]):
            chunk.rejects.append(Reject(row[0], problem, json.dumps(row[1])))
        else:
            chunk.lines.append(row[0])
            chunk.records.append(row[1])
        if len(chunk.lines) + len(chunk.rejects) >= size:
            yield chunk
            chunk = Chunk()
    if chunk.lines or chunk.rejects:
        yield chunk


def _problem_of(record: dict[str, Any]) -> str:
    """Why a record cannot be scored; empty if it can."""
    for name in TEXT_COLUMNS:
        value = record.get(name)
        if value is not None and not isinstance(value, str):
            return f"{name} is {type(value).__name__}; expected text"
        if value and not _encodable(value):
            return f"{name} is not in the file's encoding"
    for name in SCALAR_COLUMNS:
        if isinstance(record.get(name), (list, dict, bytes)):
            return f"{name} is {type(record[name]).__name__}; expected text or a number"
    return ""


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return pa.types.is_null(kind) or any(test(kind) for test in text)


def _parquet_chunk(table: pa.Table, first_row: int) -> Chunk:
    chunk = Chunk(table=table)
    kept = []
    for offset in range(table.num_rows):
        try:
            record = {name: table.column(name)[offset].as_py() for name in table.column_names}
            problem = _problem_of(record)
        except (UnicodeDecodeError, ValueError, OverflowError):
            record, problem = {}, "holds a value that is no text or no time"
        if problem:
            chunk.rejects.append(Reject(first_row + offset, problem))
        else:
            kept.append(offset)
            chunk.lines.append(first_row + offset)
            chunk.records.append(record)
    if chunk.rejects:
        chunk.table = table.take(pa.array(kept, pa.int64()))
    return chunk
