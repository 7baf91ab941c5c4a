"""``moderation ingest`` and ``moderation extract``: pages in."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import rich_click as click

from moderation.cli.console import Meter, counted, examples, plain, say
from moderation.cli.scoring import TOXICITY
from moderation.config import Settings

if TYPE_CHECKING:
    from moderation.pipeline import PageReport

TARGETS = click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
RENDER = click.option(
    "--render",
    is_flag=True,
    help="Let the scripts of fetched pages run, in Chromium (extra render); follows load more.",
)


@click.command(
    epilog=examples(
        "moderation ingest saved-pages/",
        "moderation ingest https://example.org/news/harbour",
        "curl -s https://example.org/news/harbour | moderation ingest -",
        "moderation ingest",
    )
)
@click.argument("targets", nargs=-1, metavar="TARGET...")
@RENDER
@TOXICITY
def ingest(targets: tuple[str, ...], toxicity: str | None, *, render: bool) -> None:
    """Put article pages and their threads into the store, and score them.

    TARGET is an HTML file, a text dump of a page, a web archive (.warc, .wet), each also with
    .gz or .zst, a folder of such files, a file of addresses (.urls, or .txt with one a line),
    an address, a thread file that extract wrote (.jsonl), a table of comments with article_url
    and text (.csv, .tsv, .parquet, .jsonl), or - for standard input.

    One line a page says what was found, or why nothing was. Running it again changes nothing;
    a page whose thread grew adds only the new comments and keeps every decision. Without a
    TARGET it only scores what the scorers in use have not scored yet: every comment, after
    another model was chosen.
    """
    from moderation.extraction import open_targets
    from moderation.pipeline import ingest as run
    from moderation.pipeline import score_waiting
    from moderation.scorers import load
    from moderation.store import open_store

    _check_once(targets)
    settings = Settings.load(toxicity=toxicity)
    scorers = load(settings.toxicity, settings.desk_model)
    store = open_store(settings.store_url)
    read = failed = found = new = 0
    try:
        with Meter("scoring", "comments") as scored:
            if not targets:
                count = score_waiting(store, scorers, settings=settings, progress=scored)
                say(f"{counted(count, 'comment')} scored")
                return
            for report in run(
                open_targets(targets, settings, render=render, tell=say),
                store,
                scorers,
                settings=settings,
                progress=scored,
            ):
                _tell(report)
                failed += bool(report.problem)
                read += not report.problem
                found += report.comments
                new += report.new
    finally:
        store.close()
    pages, comments = (counted(n, noun) for n, noun in ((read, "page"), (found, "comment")))
    say(f"{pages} read, {failed} not; {comments}, {new} new")
    if failed:
        sys.exit(1)


@click.command(
    epilog=examples(
        "moderation extract saved-pages/ -o threads.jsonl",
        "moderation extract page.html | jq -r '.comments[].author'",
        "moderation extract page.html --explain > /dev/null",
    )
)
@TARGETS
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write, replaced as a whole; standard output if left out.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Tell on standard error how each page was read: which extractors tried, what was"
    " weighed, what was left out.",
)
@RENDER
def extract(targets: tuple[str, ...], output: Path | None, *, explain: bool, render: bool) -> None:
    """Read comment threads out of pages: one JSON line a page.

    TARGET is what ingest takes. Nothing is stored or scored. The format is described in
    docs/thread-format.md; ingest and score read it back.
    """
    from moderation.errors import SourceError
    from moderation.extraction import extract_pages, open_targets
    from moderation.interchange import thread_to_json

    _check_once(targets)
    settings = Settings.load()
    pages = open_targets(targets, settings, render=render, tell=say)
    failed = 0
    with _opened(output) as file, Meter("extracting", "pages") as meter:
        results = extract_pages(pages, timeout_s=settings.page_timeout_s, explain=explain)
        for done, found in enumerate(results, start=1):
            meter(done)
            if isinstance(found, SourceError):
                failed += 1
                say(str(found))
                continue
            _write_line(file, thread_to_json(found.thread, source=found.source))
            say(f"{found.source}: {_found(found.thread.platform, len(found.thread.comments))}")
            for note in found.notes:
                say(f"{found.source}: {note}")
            for line in found.explanation:
                say(f"  {line}")
    if failed:
        sys.exit(1)


def _check_once(targets: tuple[str, ...]) -> None:
    if targets.count("-") > 1:
        msg = "standard input (-) can be read once only."
        raise click.BadParameter(msg, param_hint="TARGET")


def _tell(report: "PageReport") -> None:
    if report.problem:
        say(f"{report.source}: {report.problem}")
        return
    changed = f", {report.changed} changed" if report.changed else ""
    counts = f" ({report.new} new{changed})" if report.comments else ""
    click.echo(plain(f"{report.source}: {_found(report.platform, report.comments)}{counts}"))
    for note in report.notes:
        say(f"{report.source}: {note}")


def _found(platform: str, comments: int) -> str:
    if not comments:
        return "no comments in the page (those a script would load are not in it)"
    return f"{platform}, {counted(comments, 'comment')}"


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    from moderation.tables import replacing

    with replacing(output) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def _write_line(file: TextIO, value: object) -> None:
    line = json.dumps(value, ensure_ascii=False)
    # A terminal obeys what a comment may hold, and half a surrogate pair has no bytes.
    if file.isatty() or not _encodable(line, file.encoding):
        line = json.dumps(value)
    file.write(line + "\n")


def _encodable(line: str, encoding: str) -> bool:
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
