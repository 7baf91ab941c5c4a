"""Tables of comments, one row each, made into one page per article.

Columns are those that ``moderation score`` writes (docs/score-format.md); needed are ``text``
and ``article_url``. Rows of one address are one thread, in the order of the file, wherever
they stand in it. Each page is a thread in the package's own JSON form, which the extractor
``thread-file`` reads; its source is the file's with ``#`` and the article's number.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moderation import interchange
from moderation.errors import InputError, SourceError
from moderation.schema import Page
from moderation.tables import cell_made_inert, open_table

_SUFFIXES = (".csv", ".tsv", ".parquet", ".pq")
_TEXT_FILES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_CHUNK_ROWS = 1000
_MAX_PROBLEMS = 20
"""Bad rows told one by one; the rest is counted."""

Row = dict[str, Any]


def is_table(target: str) -> bool:
    """Tell whether a file is a table of comments: by its name, JSON Lines by the first line."""
    name = target.lower().removesuffix(".gz")
    if name.endswith(_SUFFIXES):
        return True
    return target.lower().endswith(interchange.SUFFIXES) and _holds_comments(Path(target))


def read_table(path: Path, max_bytes: int) -> Iterator[Page | SourceError]:
    """Read a table; what is wrong with single rows comes first.

    Args:
        path: CSV, JSON Lines or Parquet, as ``moderation.tables`` reads them.
        max_bytes: The most that the file may hold, as it stands and in words.

    Yields:
        A page per article, in the order in which the articles first occur.
    """
    try:
        reader = _Articles(path)
        yield from reader.read(max_bytes)
    except InputError as error:
        yield error
        return
    for number, rows in enumerate(reader.rows.values(), start=1):
        body = json.dumps(_thread(rows)).encode()
        yield Page(f"{path}#{number}", body, charset="utf-8")


def _holds_comments(path: Path) -> bool:
    try:
        with path.open("rb") as lines:
            value = json.loads(lines.readline(_MAX_FIRST_LINE))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(value, dict) and {"text", "article_url"} <= value.keys()


_MAX_FIRST_LINE = 10_000_000


class _Articles:
    """The rows of a table by the address of their article.

    Attributes:
        rows: Only what a thread needs of each.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[Row]] = {}
        self._table = open_table(path)
        self._is_csv = path.name.lower().endswith(_TEXT_FILES)
        self._problems = 0
        if self._table.columns and "article_url" not in self._table.columns:
            problem = "has no column 'article_url', which tells the threads apart"
            raise InputError(str(path), problem)

    def read(self, max_bytes: int) -> Iterator[SourceError]:
        """Take the rows in; yields a line for each that is of no use."""
        if self.path.stat().st_size > max_bytes:
            raise InputError(str(self.path), _too_large(max_bytes))
        held = 0
        for chunk in self._table.chunks(_CHUNK_ROWS):
            for reject in chunk.rejects:
                yield from self._problem(reject.line, reject.problem)
            for line, record in zip(chunk.lines, chunk.records, strict=True):
                url = record.get("article_url")
                if not url:
                    yield from self._problem(line, "has no article_url")
                    continue
                row = {name: self._value(record.get(name)) for name in _COLUMNS}
                held += sum(len(value) for value in row.values())
                if held > max_bytes:
                    raise InputError(str(self.path), _too_large(max_bytes))
                self.rows.setdefault(str(url), []).append(row)
        if self._problems > _MAX_PROBLEMS:
            more = self._problems - _MAX_PROBLEMS
            yield InputError(str(self.path), f"{more:,} more rows that cannot be read")

    def _problem(self, line: int, problem: str) -> Iterator[SourceError]:
        self._problems += 1
        if self._problems <= _MAX_PROBLEMS:
            yield InputError(f"{self.path}:{line}", problem)

    def _value(self, value: Any) -> str:
        """Return a cell as it stood before ``--safe-csv`` made it inert."""
        text = "" if value is None else str(value)
        if self._is_csv and text[:1] == "'" and cell_made_inert(text[1:]) == text:
            return text[1:]
        return text


def _too_large(max_bytes: int) -> str:
    limit = f"{max_bytes:,} bytes, set by max_page_bytes"
    return f"is too large to sort by article; expected at most {limit}"


_COLUMNS = (
    *("comment_id", "parent_id", "article_url", "article_title", "article_text"),
    *("author", "published", "text", "quoted", "platform"),
)


def _thread(rows: list[Row]) -> Row:
    """Return the rows of one article in the form of docs/thread-format.md."""
    url = rows[0]["article_url"]
    place: dict[str, int] = {}
    for at, row in enumerate(rows):
        place.setdefault(row["comment_id"], at)
    place.pop("", None)
    titles = (row["article_title"] for row in rows)
    texts = (row["article_text"] for row in rows)
    return {
        "version": interchange.VERSION,
        "url": url,
        "platform": rows[0]["platform"],
        "article": {
            "title": next(filter(None, titles), ""),
            "text": next(filter(None, texts), ""),
        },
        "comments": [
            {
                "id": row["comment_id"].removeprefix(f"{url}#"),
                "author": row["author"],
                "published": row["published"] or None,
                "text": row["text"],
                "quoted": row["quoted"],
                "parent": place.get(row["parent_id"]),
            }
            for row in rows
        ],
    }
