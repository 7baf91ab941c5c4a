"""Detoxify beside a checkpoint of its that was imported: part of `make bench`, with the extra.

The checkpoint is as large as ``original`` and has random weights: the time does not depend on
them. The ways take turns, each on the same texts and number of threads; medians are compared.
"""

import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

import click
import pandas as pd

from moderation.scorers.detoxify import INT8, DetoxifyScorer

TEXTS = 32
"""Read one by one, and as one list."""
WORDS, SPREAD = 22, 0.9
"""Words of a text, median and deviation of the logarithm: real ones had 41 pieces, median 30."""
ROUNDS = 3


def compare(comments: list[str]) -> None:
    """Print comments a second of the library and of its import, and their ratios.

    Args:
        comments: Their words, cut anew into ``TEXTS`` texts of the lengths that comments under
            news have: a list is padded to its longest.
    """
    if find_spec("detoxify") is None:
        click.echo("detoxify: not measured, needs the extra: make test-detoxify installs it")
        return
    import torch  # noqa: PLC0415 - with the extra
    from detoxify_checkpoints import bert_base  # noqa: PLC0415 - likewise

    from moderation.conversion import import_detoxify  # noqa: PLC0415 - likewise
    from moderation.scorers.checkpoint import opened  # noqa: PLC0415 - likewise

    texts = _texts(" ".join(comments).split())
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, imported = bert_base(Path(folder, "made"), comments), Path(folder, "imported")
        import_detoxify(str(checkpoint), imported, texts)
        library, batch = opened(checkpoint).library, pd.DataFrame({"text": texts})
        pieces = [len(library.tokenizer(text)["input_ids"]) for text in texts]
        click.echo(f"detoxify: {TEXTS} texts of {statistics.mean(pieces):.0f} word pieces")
        for threads in sorted({1, os.cpu_count() or 1}):
            torch.set_num_threads(threads)
            scorer = DetoxifyScorer(str(imported / INT8), threads=threads)
            _print(
                threads,
                {
                    "one by one": lambda: [library.predict(text) for text in texts],
                    f"a list of {TEXTS}": lambda: library.predict(texts),
                    "imported, int8": lambda scorer=scorer: scorer.score(batch),
                },
            )


def _texts(words: list[str]) -> list[str]:
    normal = statistics.NormalDist(math.log(WORDS), SPREAD)
    lengths = [round(math.exp(normal.inv_cdf((n + 0.5) / TEXTS))) for n in range(TEXTS)]
    ends = list(accumulate(lengths))
    return [" ".join(words[end - length : end]) for end, length in zip(ends, lengths, strict=True)]


def _print(threads: int, ways: dict[str, Callable[[], object]]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    list(ways.values())[-1]()  # loads the graph
    for _ in range(ROUNDS):
        for name, work in ways.items():
            start = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - start)
    seconds = {name: statistics.median(values) for name, values in taken.items()}
    *_, imported = seconds
    for name, value in seconds.items():
        ratio = "" if name == imported else f"   imported: x {value / seconds[imported]:.1f}"
        label = f"detoxify {name}, {threads} thread{'s' * (threads > 1)}"
        click.echo(f"{label:<40}{TEXTS / value:>8,.1f} comments/s{ratio}")
