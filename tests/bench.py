"""How fast this machine extracts and scores: `make bench`.

Extraction is timed beside trafilatura's (extra `peers`) on the same pages, by turns, in one
process: the pages that `MODERATION_PAGES` names, else the samples. It ends with exit code 1 if
it is slower. The memory is that of the process that extracts, and of reading a web archive.
Scorers: the best of three rounds over the sample pages, repeated to a fair size. Every comment
of every round is another text, so that no cache answers.
"""

import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
import pandas as pd
from bench_api import measure
from bench_desk import DECISIONS, measure_desk
from bench_toxicity import compare
from fastwarc import warc

from moderation import extractors, scorers
from moderation.config import Settings
from moderation.datasets import default_folder
from moderation.errors import ExtractionError
from moderation.evaluation.campaigns import make_campaigns
from moderation.evaluation.pages import gold_names, read_page
from moderation.evaluation.peers import measure_speed
from moderation.extraction import Worker
from moderation.frames import thread_frame
from moderation.schema import Page, Thread
from moderation.scorers import score_frame
from moderation.scorers.language import detect
from moderation.scorers.spans import explain
from moderation.sources import open_source

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
ROUNDS = 3
LONG, MOST_THREADS = 10, 6
"""Comments of a thread that drift is timed on, at least; so many such threads."""
ARCHIVE_BYTES = 200_000_000


@click.command()
@click.option("--comments", default=2_000, show_default=True, help="Comments to score.")
@click.option("--campaigns", default=0, show_default=True, help="Comments to search, alone.")
@click.option("--api", is_flag=True, help="Measure the HTTP API alone.")
@click.option("--desk", type=int, multiple=True, help="Comments of a desk to measure, alone.")
@click.option("--seconds", default=15, show_default=True, help="Of each line about the API.")
@click.option(
    "--requests", default=5_000, show_default=True, help="Over which its memory should stay flat."
)
def main(
    comments: int,
    campaigns: int,
    desk: tuple[int, ...],
    seconds: int,
    requests: int,
    *,
    api: bool,
) -> None:
    """Time extraction, every scorer and the HTTP API, or one of them alone."""
    if api:
        measure(_sample_texts(), seconds=seconds, requests=requests)
        return
    if desk:
        slow = [measure_desk(count, DECISIONS) for count in desk]
        sys.exit(any(slow))
    if campaigns:
        sys.exit(_campaigns(campaigns))
    samples = [Page(source=path.name, body=path.read_bytes()) for path in sorted(SAMPLE.iterdir())]
    pages = _real_pages() or samples
    is_slower = _extraction(pages)
    _memory(pages)
    threads = [extractors.extract(page) for page in samples]
    one = pd.concat([thread_frame(thread) for thread in threads], ignore_index=True)
    batch = pd.concat([one] * -(-comments // len(one)), ignore_index=True).iloc[:comments]
    for name, scorer in [(one.name, one) for one in scorers.load() if one.name != "toxicity"]:
        score_frame(scorer, batch.iloc[:10])  # loads the weights
        rounds = [
            partial(score_frame, scorer, batch.assign(text=batch["text"] + _marks(len(batch), n)))
            for n in range(ROUNDS)
        ]
        seconds = _best(rounds)
        click.echo(f"{'score ' + name:<34}{len(batch) / seconds:>12,.0f} comments/s")
    for name, scorer in scorers.TOXICITY.items():
        texts = (batch["text"] + _marks(len(batch), ROUNDS)).tolist()[: comments // 4]
        seconds = _best([partial(explain, scorer, texts, "toxicity")])
        click.echo(f"{'explain ' + name:<34}{len(texts) / seconds:>12,.0f} comments/s")
    _drift_cost(threads if pages is samples else [_thread(page) for page in pages])
    depends_on_company = compare(one["text"].tolist())
    measure(_sample_texts(), seconds=seconds, requests=requests)
    sys.exit(is_slower or depends_on_company)


def _drift_cost(threads: list[Thread | None]) -> None:
    """Print comments/s of toxicity alone, and with the two scores that read the article.

    Article and comments are read anew each round, as every text is another one; the processor's
    time counts, so that other work on the machine disturbs less.
    """
    long = [one for one in threads if one and one.article.text and len(one.comments) >= LONG]
    english = [one for one in long if detect(one.article.text) == "en"]
    others = [one for one in long if one not in english]
    for name, known in (("English", english), ("other languages", others)):
        if known:
            click.echo(f"{name}: {len(known[:MOST_THREADS])} threads")
            _drift_cost_of(known[:MOST_THREADS])


def _drift_cost_of(known: list[Thread]) -> None:
    everything = scorers.load()
    toxicity = [scorer for scorer in everything if scorer.name == "toxicity"]
    taken: dict[str, list[float]] = {"toxicity alone": [], "toxicity, off topic, political": []}
    for scorer in everything:
        score_frame(scorer, thread_frame(known[0]))  # loads the weights
    for number in range(ROUNDS):
        for name, used in zip(taken, (toxicity, everything), strict=True):
            frame = pd.concat([thread_frame(_another(one, f"{number}{name}")) for one in known])
            start = time.process_time()
            for scorer in used:
                score_frame(scorer, frame.reset_index(drop=True))
            taken[name].append((time.process_time() - start) / len(frame))
    alone, all_three = map(statistics.median, taken.values())
    for name, seconds in zip(taken, (alone, all_three), strict=True):
        click.echo(f"{name:<34}{1 / seconds:>12,.0f} comments/s of one core")
    click.echo(f"{'of the speed of toxicity alone':<34}{alone / all_three:>12.2f} (asked: 0.6)")


def _another(thread: Thread, mark: str) -> Thread:
    """The same thread in other words, each paragraph and comment with a mark after it."""
    text = "\n".join(f"{line} {mark}" for line in thread.article.text.split("\n"))
    comments = [replace(one, text=f"{one.text} {mark}") for one in thread.comments]
    return replace(thread, article=replace(thread.article, text=text), comments=tuple(comments))


def _thread(page: Page) -> Thread | None:
    try:
        return extractors.extract(page)
    except ExtractionError:
        return None


def _campaigns(comments: int) -> bool:
    """Print time and memory of a search over the texts that MODERATION_DATASETS names.

    Returns:
        Whether it takes more than 5 minutes or 2 GiB per million comments.
    """
    made = make_campaigns(default_folder(), 0.2, background=comments)
    if made is None:
        click.echo("MODERATION_DATASETS lacks a set: campaigns not measured")
        return False
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        made.drop(columns=["truth", "one_author"]).to_parquet(file.name)
        command = [sys.executable, "-m", "moderation", "campaigns", file.name, "--limit", "1"]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
        seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s, gib = used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20
    click.echo(
        f"{'campaigns':<34}{len(made):>12,} comments in {seconds:,.0f} s"
        f" ({processor_s:,.0f} s of one processor), {gib:.2f} GiB"
    )
    share = len(made) / 1e6
    return processor_s > 300 * share or gib > max(1.0, 2 * share)


def _sample_texts() -> list[str]:
    pages = [Page(source=path.name, body=path.read_bytes()) for path in sorted(SAMPLE.iterdir())]
    return [one.text for page in pages for one in extractors.extract(page).comments if one.text]


def _real_pages() -> list[Page]:
    folder = Path(os.environ.get("MODERATION_PAGES", "../shared/pages"))
    return [page for name in gold_names(folder) if (page := read_page(folder, name))]


def _extraction(pages: list[Page]) -> bool:
    """Print pages/s beside trafilatura's; tell whether it is slower."""
    speed = measure_speed(pages)
    if speed is None:
        seconds = _best([partial(_extract, pages)] * ROUNDS)
        click.echo(f"{'extract':<24}{len(pages) / seconds:>12,.0f} pages/s")
        click.echo("trafilatura is not installed (extra peers): not compared")
        return False
    click.echo(f"{'extract':<24}{speed['ours']:>12,.0f} pages/s of {len(pages)}")
    click.echo(f"{'trafilatura':<24}{speed['trafilatura']:>12,.0f} pages/s")
    click.echo(f"{'times as fast':<24}{speed['ratio']:>12.2f}")
    return bool(speed["ratio"] < 1)


def _memory(pages: list[Page]) -> None:
    """Print the most memory that extracting took, and reading an archive of 200 MB."""
    with Worker(timeout_s=60) as worker:
        for page in pages:
            worker.read(page)
        click.echo(f"{'worker, at most':<24}{worker.peak_bytes() / 1e6:>12,.0f} MB")
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        _write_archive(Path(file.name), pages)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        count = sum(1 for _ in open_source(file.name, Settings()))
        seconds = time.perf_counter() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    click.echo(
        f"{'read an archive':<24}{count / seconds:>12,.0f} pages/s of {count}, {grown:+.0f} MB"
    )


def _write_archive(path: Path, pages: list[Page]) -> None:
    with path.open("wb") as out:
        while out.tell() < ARCHIVE_BYTES:
            for page in pages:
                body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.body
                record = warc.WarcRecord()
                record.init_headers(warc.response, content_length=len(body))
                record.headers["WARC-Target-URI"] = f"https://news.example/{page.source}"
                record.headers["Content-Type"] = "application/http; msgtype=response"
                record.set_bytes_content(body)
                written = io.BytesIO()
                record.write(written)
                out.write(written.getvalue())


def _extract(pages: list[Page]) -> None:
    for page in pages:
        extractors.extract(page)


def _marks(rows: int, number: int) -> pd.Series:
    """Something else to append to each text."""
    return pd.Series([f" {number}x{row}" for row in range(rows)])


def _best(rounds: Sequence[Callable[[], object]]) -> float:
    """Shortest of some rounds, in seconds."""
    taken = []
    for work in rounds:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    main()
