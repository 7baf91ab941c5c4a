"""Scoring a table: two passes over a file, every row once, nothing lost."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from moderation.batch.columns import Columns
from moderation.batch.index import Index, Row
from moderation.errors import InputError, ModerationError
from moderation.frames import CONTEXT_COLUMNS
from moderation.schema import ATTRIBUTES
from moderation.scorers import Explaining, Scorer, score_all, versions
from moderation.scorers.language import detect
from moderation.scorers.spans import HIGHEST, explain_frame, explainable
from moderation.scorers.tagger import version as tagger_version
from moderation.tables import (
    Chunk,
    Reject,
    Table,
    check_writable,
    open_table,
    open_writer,
    replacing,
)

VERSIONS_COLUMN = "scorer_versions"
"""Names what produced the scores of a row: the scorers' versions, separated by spaces."""
LANGUAGE_COLUMN = "detected_language"
"""The language of a row's text (``moderation.scorers.language``); why it may have no score."""
SPANS_COLUMN = "spans"
"""Which words made one score, as JSON."""
MESSAGES = 20
"""Lines told one by one of each kind of problem; the rest is counted."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a table is scored.

    Args:
        attributes: Which scores are written, in this order.
        prefix: Put before the name of every column that is added.
        safe_csv: Make CSV cells inert that a spreadsheet would run as a formula.
        chunk_rows: Rows in memory at a time; the scores do not depend on it.
        parts: Also write what ``off_topic`` and ``political_spam`` are made of, a column
            ``off_topic_…`` and ``political_spam_…`` each.
        explain: Attribute whose words are written to ``SPANS_COLUMN``, or
            ``moderation.scorers.spans.HIGHEST``; no such column if empty.
    """

    attributes: tuple[str, ...] = ATTRIBUTES
    prefix: str = ""
    safe_csv: bool = True
    chunk_rows: int = 1000
    parts: bool = False
    explain: str = ""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of the rows.

    Args:
        rows: Rows written to the output.
        rejected: Rows that could not be read; they stand in ``rejects``.
        rejects: Where they are; None if there are none.
    """

    rows: int
    rejected: int
    rejects: Path | None


def score_table(  # noqa: PLR0913 - three files and things, and how to speak of them
    source: Path,
    output: Path,
    scorers: Sequence[Scorer],
    options: BatchOptions | None = None,
    *,
    shown: str = "",
    tell: Callable[[str], None] = lambda _line: None,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> BatchReport:
    """Write the rows of ``source`` with their scores to ``output``.

    The output has every column of the input, unchanged, then one column per attribute in
    [0, 1] (empty or null: nothing to score, or a language that no model knows), then
    ``VERSIONS_COLUMN`` and ``LANGUAGE_COLUMN``. Rows that cannot be read go to
    ``OUTPUT.rejects.jsonl``, one object ``{"line", "problem", "raw"}`` each.

    Args:
        source: CSV, JSON Lines or Parquet with a column ``text``; also understood are the
            other ``moderation.frames.CONTEXT_COLUMNS``.
        output: ``.csv``, ``.jsonl`` or ``.parquet``; appears when the last row is written.
        scorers: As ``moderation.scorers.load`` gives them.
        options: How; the defaults if left out.
        shown: What messages call the input; its path if left out.
        tell: Called with one line for each thing a user should know.
        progress: Called with rows done and, once it is known, their total.

    Raises:
        InputError: The input is no such table, the output cannot be written, or no scorer of
            texts gives what is to be explained.
        ModelError: A scorer's model is missing or altered.
        ModerationError: There is no room for the index.
    """
    options = options or BatchOptions()
    shown = shown or str(source)
    if output.exists() and source.exists() and output.samefile(source):
        raise InputError(str(output), "is the input itself; choose another name")
    check_writable(output)
    if options.explain not in ("", HIGHEST, *explainable(scorers)):
        problem = f"cannot be explained; expected {HIGHEST} or {', '.join(explainable(scorers))}"
        raise InputError(options.explain, problem)
    wanted = {*options.attributes, options.explain}
    needed = [scorer for scorer in scorers if wanted.intersection(scorer.attributes)]
    kept = versions(needed)  # a broken model is told before the work, not after it
    used = [kept[name] for name in (*options.attributes, options.explain) if name in kept]
    if options.explain:
        used.append(tagger_version())
    named = " ".join(dict.fromkeys(used))
    table = open_table(source)
    if table.note:
        tell(f"{shown}: {table.note}")
    run = _Run(shown, table, output, needed, named, options, tell, progress)
    try:
        with Index() as index:
            schema, rejected = _read(run, index)
            _tell_oddities(run, index)
            _write(run, index, schema, rejected)
            return BatchReport(len(index), rejected, run.rejects if rejected else None)
    except sqlite3.Error as error:
        msg = f"the scratch index failed ({error}); TMPDIR says where it lies"
        raise ModerationError(msg) from error


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same from the first row to the last."""

    shown: str
    table: Table
    output: Path
    scorers: Sequence[Scorer]
    versions: str
    options: BatchOptions
    tell: Callable[[str], None]
    progress: Callable[[int, int | None], None]

    @property
    def score_columns(self) -> dict[str, str]:
        """Attribute -> the column it is written to."""
        return {name: self.options.prefix + name for name in self.options.attributes}

    @property
    def text_columns(self) -> list[str]:
        """Columns of text that are added, in their order."""
        names = [VERSIONS_COLUMN, LANGUAGE_COLUMN, *[SPANS_COLUMN] * bool(self.options.explain)]
        return [self.options.prefix + name for name in names]

    @property
    def made_of(self) -> dict[str, Explaining]:
        """Prefix of the columns of parts -> the scorer that gives them."""
        speaking = self.scorers if self.options.parts else ()
        return {
            f"{self.options.prefix}{scorer.name}_": scorer
            for scorer in speaking
            if isinstance(scorer, Explaining)
        }

    @property
    def rejects(self) -> Path:
        return self.output.with_name(self.output.name + ".rejects.jsonl")


def _read(run: _Run, index: Index) -> tuple[pa.Schema, int]:
    """The first pass: fill the index; tell the output's columns and how many rows are bad."""
    columns = Columns(run.shown, run.table, run.output)
    rejected = 0
    for chunk in run.table.chunks(run.options.chunk_rows):
        columns.learn(chunk.records)
        index.add(map(_index_row, chunk.lines, chunk.records))
        rejected += len(chunk.rejects)
        if not index and chunk.rejects and not run.table.columns:
            first = chunk.rejects[0]  # told now: if no line can be read, no second pass tells
            run.tell(f"{run.shown}:{first.line}: {first.problem}")
        run.progress(len(index), None)
    if not index and not run.table.columns:
        raise InputError(run.shown, "holds no row that can be read")
    index.finish()
    parts = [prefix + name for prefix, scorer in run.made_of.items() for name in scorer.made_of]
    added = [*run.score_columns.values(), *parts]
    return columns.with_scores(added, run.text_columns), rejected


def _write(run: _Run, index: Index, schema: pa.Schema, rejected: int) -> None:
    """The second pass: score and write."""
    done = bad = 0
    with (
        _rejects_file(run, rejected) as keep,
        open_writer(run.output, schema, safe_csv=run.options.safe_csv) as writer,
    ):
        for chunk in run.table.chunks(run.options.chunk_rows):
            done, bad, first = done + len(chunk.records), bad + len(chunk.rejects), done
            if done <= len(index):
                scores, texts = _scores(run, index, chunk, first)
                writer.write(chunk, scores, texts)
                keep(chunk.rejects)
                run.progress(done, len(index))
        if (done, bad) != (len(index), rejected):
            raise InputError(run.shown, "changed while it was read; nothing was written")


def _scores(
    run: _Run, index: Index, chunk: Chunk, first: int
) -> tuple[dict[str, NDArray[np.float32]], dict[str, list[str]]]:
    """Return the columns of scores and of texts that are added to a chunk."""
    frame = _context_frame(chunk.records, index, first)
    scores = score_all(run.scorers, frame)
    found = {column: scores[name] for name, column in run.score_columns.items()}
    for prefix, scorer in run.made_of.items():
        found |= {prefix + str(name): part for name, part in scorer.parts(frame).items()}
    texts = [[run.versions] * len(frame), list(map(detect, frame["text"]))]
    if run.options.explain:
        texts.append(_spans(run, frame["text"].tolist(), scores))
    columns = {column: values.to_numpy(dtype=np.float32) for column, values in found.items()}
    return columns, dict(zip(run.text_columns, texts, strict=True))


def _spans(run: _Run, texts: Sequence[str], scores: pd.DataFrame) -> list[str]:
    asked = {*run.options.attributes, run.options.explain}
    judged = scores[[name for name in scores if name in asked]]
    found = explain_frame(run.scorers, texts, judged, run.options.explain)
    return [json.dumps(asdict(one)) if one is not None else "" for one in found]


def _index_row(line: int, record: Mapping[str, Any]) -> Row:
    return Row(
        line=line,
        article=_article(record),
        comment_id=_word(record.get("comment_id")),
        parent_id=_word(record.get("parent_id")),
        text=_word(record.get("text")),
    )


def _context_frame(records: Sequence[Mapping[str, Any]], index: Index, first: int) -> pd.DataFrame:
    """Lay records out as ``CONTEXT_COLUMNS``; ``first`` is the place of the first in the input."""
    rows = []
    for n, record in enumerate(records, start=first):
        context = index.context(n)
        row: dict[str, object] = {name: _word(record.get(name)) for name in CONTEXT_COLUMNS}
        row["comment_id"] = row["comment_id"] or str(n)
        row["parent_text"] = row["parent_text"] or context.parent_text
        row["thread_text"] = context.thread_text
        row["copies"] = context.copies
        rows.append(row)
    return pd.DataFrame(rows, columns=list(CONTEXT_COLUMNS))


def _article(record: Mapping[str, Any]) -> str:
    """What tells one article from another: its address, else its words; empty if neither."""
    url = _word(record.get("article_url"))
    words = (_word(record.get("article_title")), _word(record.get("article_text")))
    return url or "\n".join(words).strip()


def _word(value: object) -> str:
    """A cell as text: ids may be numbers, and 7.0 is what a table makes of 7 beside a gap."""
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _tell_oddities(run: _Run, index: Index) -> None:
    """Name what is odd but does not keep a row from being scored."""
    repeated = (
        f"{run.shown}:{line}: repeats the comment_id of line {earlier}; scored all the same"
        for line, earlier in index.repeated_ids()
    )
    _tell_some(repeated, "more repeated comment_ids", run.tell)
    circles = (
        f"{run.shown}: {_circle(lines)}; scored all the same" for lines in index.parent_circles()
    )
    _tell_some(circles, "more circles of parents", run.tell)


def _circle(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]} is its own parent"
    return f"parents in a circle, lines {', '.join(map(str, lines))}"


def _tell_some(lines: Iterable[str], rest: str, tell: Callable[[str], None]) -> None:
    count = 0
    for count, line in enumerate(lines, start=1):
        if count <= MESSAGES:
            tell(line)
    if count > MESSAGES:
        tell(f"{count - MESSAGES:,} {rest}")


@contextmanager
def _rejects_file(run: _Run, rejected: int) -> Iterator[Callable[[list[Reject]], None]]:
    """Give a function that keeps and names rejects; without any, no file is left."""
    if not rejected:
        yield lambda _rejects: None
        run.rejects.unlink(missing_ok=True)  # of an earlier run
        return
    told = 0
    with replacing(run.rejects) as part, part.open("w", encoding="ascii") as file:

        def keep(rejects: list[Reject]) -> None:
            nonlocal told
            for reject in rejects:
                file.write(json.dumps(asdict(reject)) + "\n")
                told += 1
                if told <= MESSAGES:
                    run.tell(f"{run.shown}:{reject.line}: {reject.problem}; not scored")

        yield keep
    if rejected > MESSAGES:
        run.tell(f"{rejected - MESSAGES:,} more rows not scored")
    run.tell(f"rows that were not scored are in {run.rejects}")
