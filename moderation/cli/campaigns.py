"""``moderation campaigns``: comments that are pasted around, grouped."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from moderation.cli.console import counted, examples, plain, say
from moderation.cli.scoring import extracted, is_table
from moderation.config import Settings

if TYPE_CHECKING:
    import pandas as pd

    from moderation.campaigns import Campaigns

SHOWN_TEXT = 60
"""Characters of a text that the table shows."""
_NUMBERS = ("score", "comments", "authors", "articles")


@click.command(
    epilog=examples(
        "moderation campaigns",
        "moderation campaigns comments.csv -o campaigns.csv",
        "moderation campaigns saved-pages/ --least-comments 2",
    )
)
@click.argument("source", metavar="[INPUT]", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the members, a row each: .csv, .tsv, .jsonl or .parquet.",
)
@click.option(
    "--least-comments",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    help="Smaller groups are left out.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True,
    help="Campaigns that the table shows; the file has all.",
)  # fmt: skip
def campaigns(source: str | None, output: Path | None, least_comments: int, limit: int) -> None:
    """Find comments that say nearly the same, under one article or many.

    INPUT is what score takes: a table of comments, or pages; without it, the store is searched.
    Small edits, look-alike letters, emoji, mentions and links make no difference; what a
    comment quotes of its article or its parent does not count. The table shows the campaigns,
    those with most comments, authors and articles in the shortest time first, and tells
    one author who repeats himself from many authors with one text.

    docs/campaigns.md says how they are found, and how well.
    """
    from moderation.batch.campaigns import write_members
    from moderation.campaigns import find_campaigns
    from moderation.tables import check_writable

    if output is not None:
        check_writable(output)
    comments, failed = _read(source)
    found = find_campaigns(comments, least_comments=least_comments)
    if output is not None:
        write_members(found, comments, output)
    _show(found, limit)
    groups, members = counted(len(found.table), "campaign"), counted(len(found.members), "comment")
    say(f"{groups} of {members} among {len(comments):,}" + (f"; {output}" if output else ""))
    if failed:
        sys.exit(1)


def _read(source: str | None) -> "tuple[pd.DataFrame, int]":
    from moderation.batch.campaigns import read_pages, read_table
    from moderation.store import open_store

    settings = Settings.load()
    if source is None:
        store = open_store(settings.store_url)
        try:
            return store.comments(), 0
        finally:
            store.close()
    if is_table(source):
        return read_table(Path(source), tell=say), 0
    return read_pages(extracted(source, settings), tell=say)


def _show(found: "Campaigns", limit: int) -> None:
    """Print the campaigns as a table of plain text."""
    import pandas as pd

    if not len(found.table):
        return
    shown = found.table.head(limit)
    columns: dict[str, list[str]] = {
        "": [str(number) for number in shown["campaign"]],
        "score": [f"{score:.2f}" for score in shown["score"]],
        **{name: [f"{n:,}" for n in shown[name]] for name in _NUMBERS[1:]},
        "since": ["" if pd.isna(time) else f"{time:%Y-%m-%d}" for time in shown["first"]],
        "kind": list(shown["kind"]),
        "text": [plain(" ".join(text.split()))[:SHOWN_TEXT] for text in shown["text"]],
    }
    widths = [max(map(len, [name, *cells])) for name, cells in columns.items()]
    sides = [">" if name in ("", *_NUMBERS) else "<" for name in columns]
    for row in [tuple(columns), *zip(*columns.values(), strict=True)]:
        cells = [
            f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())
