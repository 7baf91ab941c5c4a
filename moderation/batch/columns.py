"""Which columns the output has, and of which type: learnt in the first pass.

CSV columns are text and Parquet's keep their types. JSON Lines has a type a value, so a
column takes the narrowest Parquet type that holds all of them; mixed and nested values
become JSON text there (and stay what they are in JSON Lines).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from moderation.errors import InputError
from moderation.tables import Table

MAX_COLUMNS = 1000
_WHOLE_IN_FLOAT64 = 2**53


class Columns:
    """The columns of one input and what is added to them.

    Args:
        shown: What messages call the input.
        table: The input opened.
        output: Where the rows go; JSON Lines needs no common columns.
    """

    def __init__(self, shown: str, table: Table, output: Path) -> None:
        self._shown = shown
        self._schema = table.schema
        self._kinds: dict[str, set[str]] = {name: {"text"} for name in table.columns}
        self._learning = not table.columns
        self._ragged = output.suffix.lower() in (".jsonl", ".ndjson")

    def learn(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the fields of some rows; does nothing where the header told them all.

        Raises:
            InputError: There are more fields than a table can have as columns.
        """
        if not self._learning:
            return
        for record in records:
            for name, value in record.items():
                if name in self._kinds or len(self._kinds) < MAX_COLUMNS:
                    self._kinds.setdefault(name, set()).add(_kind(value))
                elif not self._ragged:
                    problem = f"has more than {MAX_COLUMNS} different fields; write to .jsonl"
                    raise InputError(self._shown, problem)

    def with_scores(self, scores: Sequence[str], text: Sequence[str]) -> pa.Schema:
        """Return every column of the output, the input's first.

        Args:
            scores: Columns of scores that are added.
            text: Columns of text that are added.

        Raises:
            InputError: There is no column ``text``, or an added column is there already.
        """
        if "text" not in self._kinds:
            found = ", ".join(list(self._kinds)[:20]) or "none"
            problem = f"has no column 'text'; its columns are: {found}"
            raise InputError(self._shown, problem)
        taken = [name for name in (*scores, *text) if name in self._kinds]
        if taken:
            problem = (
                f"has column(s) {', '.join(taken)} already; choose a --prefix for the new ones"
            )
            raise InputError(self._shown, problem)
        if self._schema is None:
            theirs = [pa.field(name, _arrow_type(kinds)) for name, kinds in self._kinds.items()]
        else:
            theirs = list(self._schema)
        ours = [pa.field(name, pa.float32()) for name in scores]
        ours += [pa.field(name, pa.string()) for name in text]
        return pa.schema(theirs + ours, metadata=self._schema and self._schema.metadata)


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if abs(value) <= _WHOLE_IN_FLOAT64 else "large"
    if isinstance(value, float):
        return "float"
    return "text" if isinstance(value, str) else "nested"


def _arrow_type(kinds: set[str]) -> pa.DataType:
    held = kinds - {"nothing"}
    if held == {"bool"}:
        return pa.bool_()
    if held == {"int"}:
        return pa.int64()
    if held and held <= {"int", "float"}:
        return pa.float64()
    return pa.string()
