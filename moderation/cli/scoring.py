"""``moderation score``: tables or pages in, the same rows with scores out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from moderation.cli.console import Meter, examples, say
from moderation.config import DETOXIFY, TOXICITY_PROFILES, Settings
from moderation.schema import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.errors import SourceError
    from moderation.extraction import Extracted

TOXICITY = click.option(
    "--toxicity",
    metavar="MODEL",
    help=f"What scores toxicity and its kinds: {', '.join(TOXICITY_PROFILES)}, or {DETOXIFY} and a "
    "name or path (docs/detoxify.md). By default as the setting toxicity says.",
)
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".pq", ".jsonl", ".ndjson")


def _attributes(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    if value is None:
        return ATTRIBUTES
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    unknown = [name for name in names if name not in ATTRIBUTES]
    if unknown or not names:
        msg = f"unknown {', '.join(unknown) or repr(value)}; known are {', '.join(ATTRIBUTES)}."
        raise click.BadParameter(msg)
    return names


@click.command(
    epilog=examples(
        "moderation score comments.csv -o scored.parquet",
        "moderation score comments.csv -o scored.jsonl --explain highest",
        "moderation score saved-pages/ -o scored.csv --attributes toxicity,off_topic",
    )
)
@click.argument("source", metavar="INPUT")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write: .parquet, .csv or .jsonl; appears only when it is complete.",
)
@click.option(
    "--attributes",
    callback=_attributes,
    metavar="A,B,…",
    help="Only these scores, in this order; all if left out.",
)
@click.option("--prefix", default="", help="Put before the name of every added column.")
@click.option(
    "--safe-csv/--raw-csv",
    default=True,
    show_default=True,
    help="Whether CSV cells that a spreadsheet would run as a formula get a ' in front.",
)
@click.option(
    "--chunk-rows",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Rows in memory at a time; does not change the scores.",
)
@click.option(
    "--parts",
    is_flag=True,
    help="Also write what off_topic and political_spam are made of, a column each.",
)
@click.option(
    "--explain",
    default="",
    metavar="A",
    help="Add a column spans: which words made the score A, or each comment's highest score if A "
    "is highest. Takes several times as long.",
)
@TOXICITY
def score(  # noqa: PLR0913 - one argument an option
    source: str,
    output: Path,
    attributes: tuple[str, ...],
    prefix: str,
    toxicity: str | None,
    explain: str,
    *,
    safe_csv: bool,
    chunk_rows: int,
    parts: bool,
) -> None:
    """Score a file of comments, or the comments of pages, of any size.

    INPUT is CSV, JSON Lines or Parquet with a column text; better scores come with any of
    comment_id, parent_id, parent_text, article_url, article_title, article_text, author,
    published. Or it is pages, as ingest takes them, or a thread file that extract wrote.

    The output has the input's columns, unchanged, then toxicity, severe_toxicity,
    identity_attack, insult, profanity, threat, sexually_explicit, attack_on_commenter, spam,
    off_topic and political_spam from 0 to 1 (empty: nothing to score, or a language that the
    model has not learnt), then scorer_versions, which names what produced them, and
    detected_language. Rows that cannot be read are named by their line and kept in
    OUTPUT.rejects.jsonl; the exit code is then 1.
    """
    from moderation.batch import BatchOptions
    from moderation.scorers import load

    settings = Settings.load(toxicity=toxicity)
    scorers = load(settings.toxicity, settings.desk_model)
    options = BatchOptions(attributes, prefix, safe_csv, chunk_rows, parts, explain)
    with Meter("scoring", "rows") as meter:
        if is_table(source):
            from moderation.batch import score_table

            report = score_table(Path(source), output, scorers, options, tell=say, progress=meter)
            failed = 0
        else:
            from moderation.batch import score_pages

            report, failed = score_pages(
                extracted(source, settings), output, scorers, options, tell=say, progress=meter
            )
    unread = f", {failed} pages not read" if failed else ""
    say(f"{output}: {report.rows:,} rows scored, {report.rejected:,} not{unread}")
    if report.rejected or failed:
        sys.exit(1)


def extracted(source: str, settings: Settings) -> "Iterator[Extracted | SourceError]":
    """Read the threads of pages, as ``ingest`` takes them."""
    from moderation.extraction import extract_pages, open_targets

    pages = open_targets([source], settings, tell=say)
    return extract_pages(pages, timeout_s=settings.page_timeout_s)


def is_table(source: str) -> bool:
    """Whether it is a file of rows; a ``.jsonl`` file may hold threads instead."""
    name = source.lower().removesuffix(".gz")
    if not name.endswith(TABLE_SUFFIXES):
        return False
    from moderation.interchange import holds_threads

    return not (name.endswith((".jsonl", ".ndjson")) and holds_threads(Path(source)))
