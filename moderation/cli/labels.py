"""``moderation labels``: what moderators decided, for retraining."""

import json
from pathlib import Path

import rich_click as click

from moderation.cli.console import counted, examples, say
from moderation.config import Settings
from moderation.errors import ModerationError


@click.group()
def labels() -> None:
    """Export, count and erase labels."""


@labels.command(
    epilog=examples(
        "moderation labels export -o labels.csv",
        "moderation labels export -o labels.parquet --undone",
    )
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write; appears only when it is complete.",
)
@click.option(
    "--format",
    "format_name",
    metavar="NAME",
    help="csv, jsonl, parquet or a plug-in's; told by the file's suffix if left out.",
)
@click.option("--names", is_flag=True, help="Name moderators; pseudonyms if left out.")
@click.option("--undone", is_flag=True, help="Also labels whose decision was taken back.")
@click.option(
    "--api/--no-api", default=True, show_default=True, help="Also labels from the HTTP API."
)
def export(output: Path, format_name: str | None, *, names: bool, undone: bool, api: bool) -> None:
    """Write one row per label event.

    With text, article and thread ids, attribute, value, moderator, time, note, the score and
    its version at decision time, and how the comment came to be looked at (docs/label-format.md).
    CSV cells that a spreadsheet would run as a formula get a ' in front; JSON Lines and
    Parquet are exact.
    """
    from moderation.exporters import exporter_for
    from moderation.store import open_store

    exporter = exporter_for(output, format_name)
    store = open_store(Settings.load().store_url)
    try:
        table = store.labels(undone=undone, names=names, api=api)
    finally:
        store.close()
    exporter.write(table, output)
    say(f"{output}: {len(table):,} labels")


@labels.command(
    epilog=examples('moderation labels erase --community "Coral:daily" --client-token comment:7')
)
@click.option("--community", default="", help="communityId as the client sent it.")
@click.option("--client-token", required=True, help="clientToken as the client sent it.")
def erase(community: str, client_token: str) -> None:
    """Delete what came through comments:suggestscore about one comment, text and all.

    Exports that were written before keep it. Labels of decisions made here are not touched.
    """
    from moderation.store import open_store

    store = open_store(Settings.load().store_url)
    try:
        gone = store.erase_suggestions(community=community, client_token=client_token)
    finally:
        store.close()
    if not gone:
        msg = f"no label of community {community!r} and client token {client_token!r} is stored"
        raise ModerationError(msg)
    say(f"{counted(gone, 'label')} deleted")


@labels.command()
def count() -> None:
    """Print how many labels there are, by attribute and value, as JSON."""
    from moderation.store import open_store

    store = open_store(Settings.load().store_url)
    try:
        table = store.labels()
    finally:
        store.close()
    listed: dict[str, dict[str, int]] = {}
    for attribute, values in table.groupby("attribute")["value"]:
        counts = values.value_counts().sort_index()
        listed[str(attribute)] = {f"{value:g}": int(rows) for value, rows in counts.items()}
    click.echo(json.dumps({"labels": len(table), "by_attribute": listed}, indent=2))
