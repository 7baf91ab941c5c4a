"""How fast this machine extracts and scores: `make bench`.

Prints the best of three rounds over the sample pages, repeated to a fair size. Every comment of
every round is another text, so that no cache answers.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click
import pandas as pd

from moderation import extractors, scorers
from moderation.frames import thread_frame
from moderation.schema import Page
from moderation.scorers import score_frame

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
ROUNDS = 3


@click.command()
@click.option("--comments", default=2_000, show_default=True, help="Comments to score.")
def main(comments: int) -> None:
    """Time extraction and every scorer on the sample pages."""
    pages = [Page(source=path.name, body=path.read_bytes()) for path in sorted(SAMPLE.iterdir())]
    threads = [extractors.extract(page) for page in pages]
    seconds = _best([partial(_extract, pages)] * ROUNDS)
    click.echo(f"{'extract':<24}{len(pages) / seconds:>12,.0f} pages/s")
    one = pd.concat([thread_frame(thread) for thread in threads], ignore_index=True)
    batch = pd.concat([one] * -(-comments // len(one)), ignore_index=True).iloc[:comments]
    for scorer in scorers.load():
        score_frame(scorer, batch.iloc[:10])  # loads the weights
        rounds = [
            partial(score_frame, scorer, batch.assign(text=batch["text"] + _marks(len(batch), n)))
            for n in range(ROUNDS)
        ]
        seconds = _best(rounds)
        click.echo(f"{'score ' + scorer.name:<24}{len(batch) / seconds:>12,.0f} comments/s")


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
