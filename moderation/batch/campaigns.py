"""Campaigns in a table or in pages: all comments are read, grouped, and those in groups written.

Memory grows with the input: about 1.3 kB a comment, and the texts themselves.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from moderation.batch.threads import comment_records
from moderation.campaigns import INPUTS, Campaigns
from moderation.errors import InputError, SourceError
from moderation.extraction import Extracted
from moderation.tables import cell_made_inert, check_writable, open_table, replacing

_CHUNK_ROWS = 5000
_COLUMNS = ("comment_id", "parent_id", *INPUTS)
OUTPUT_COLUMNS = (
    "campaign", "score", "kind", "comments", "authors", "articles", "first", "last", "why",
    "comment_id", "article_url", "article_title", "author", "published", "shared", "text",
)  # fmt: skip
"""What ``write_members`` writes: of the campaign, then of the comment."""


def read_table(source: Path, *, tell: Callable[[str], None] = lambda _line: None) -> pd.DataFrame:
    """Read what campaigns are found by from a table of comments.

    Args:
        source: CSV, JSON Lines or Parquet with a column ``text``; also understood are
            ``comment_id``, ``parent_id`` and the other ``moderation.campaigns.INPUTS``.
        tell: Called with one line for the rows that could not be read.

    Raises:
        InputError: It is no such table, or has no column ``text``.
    """
    frames, rejected = [], 0
    for chunk in open_table(source).chunks(_CHUNK_ROWS):
        part = pd.DataFrame.from_records(list(chunk.records))
        frames.append(part.reindex(columns=[name for name in _COLUMNS if name in part]))
        rejected += len(chunk.rejects)
    comments = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if "text" not in comments:
        raise InputError(str(source), "has no column 'text'")
    if rejected:
        tell(f"{source}: {rejected:,} rows cannot be read and were left out")
    return with_parents(comments)


def read_pages(
    threads: Iterable[Extracted | SourceError], *, tell: Callable[[str], None]
) -> tuple[pd.DataFrame, int]:
    """Read what campaigns are found by from pages; also tells how many could not be read."""
    records, failed = [], 0
    for found in threads:
        if isinstance(found, SourceError):
            failed += 1
            tell(str(found))
        else:
            records += list(comment_records(found))
    return with_parents(pd.DataFrame.from_records(records, columns=[*_COLUMNS])), failed


def with_parents(comments: pd.DataFrame) -> pd.DataFrame:
    """Fill ``parent_text`` where the parent stands in the same table, under the same article."""
    if not {"comment_id", "parent_id"} <= set(comments):
        return comments
    url, own, parent, given = (
        _cells(comments, name) for name in ("article_url", "comment_id", "parent_id", "parent_text")
    )
    texts = dict(zip(zip(url, own, strict=True), _cells(comments, "text"), strict=True))
    found = [
        text or (texts.get((page, up), "") if up else "")
        for text, page, up in zip(given, url, parent, strict=True)
    ]
    return comments.assign(parent_text=pd.Series(found, index=comments.index, dtype=object))


def _cells(comments: pd.DataFrame, name: str) -> list[str]:
    if name not in comments:
        return [""] * len(comments)
    return ["" if value is None or value != value else str(value) for value in comments[name]]


def write_members(found: Campaigns, comments: pd.DataFrame, output: Path) -> None:
    """Write every comment of every campaign, a row each, by campaign and time.

    Args:
        found: What ``moderation.campaigns`` returned for ``comments``.
        comments: As above.
        output: ``.csv``, ``.tsv``, ``.jsonl`` or ``.parquet``; appears when it is complete.

    Raises:
        InputError: The file cannot be written.
    """
    check_writable(output)
    rows = member_rows(found, comments)
    suffix = output.suffix.lower()
    with replacing(output) as part:
        if suffix in (".parquet", ".pq"):
            rows.to_parquet(part, index=False)
        elif suffix in (".jsonl", ".ndjson"):
            with part.open("w", encoding="utf-8") as file:
                for row in _as_text(rows).to_dict("records"):
                    file.write(json.dumps(row) + "\n")
        else:
            inert = _as_text(rows).map(
                lambda cell: cell_made_inert(cell) if isinstance(cell, str) else cell
            )
            inert.to_csv(
                part, index=False, sep="\t" if suffix == ".tsv" else ",", lineterminator="\n"
            )


def member_rows(found: Campaigns, comments: pd.DataFrame) -> pd.DataFrame:
    """Join campaigns with their comments: ``OUTPUT_COLUMNS``."""
    members = found.members.reset_index(drop=True)
    theirs = comments.iloc[members["row"].astype(int)].reset_index(drop=True)
    of_comment = theirs.reindex(columns=["comment_id", *INPUTS]).assign(shared=members["shared"])
    of_campaign = found.table.set_index("campaign").drop(columns="text")
    joined = members[["campaign"]].join(of_campaign, on="campaign").join(of_comment)
    return joined[list(OUTPUT_COLUMNS)]


def _as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """Write times as ISO 8601, and gaps as empty."""
    times = {
        name: rows[name].map(lambda time: "" if pd.isna(time) else time.isoformat()).astype(object)
        for name in ("first", "last")
    }
    return rows.assign(**times).astype(object).where(rows.notna(), None)
