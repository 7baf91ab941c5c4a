"""The toxicity profiles beside Detoxify: part of `make bench`; the comparison needs the extra.

Detoxify's checkpoint is made here, as large as ``original`` and with its word pieces, but with
random weights: the time does not depend on them. The ways take turns on the same texts and
number of threads; medians are compared. On one thread the processor's time counts, so that
other work on the machine disturbs less; on more, the clock on the wall.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np
import pandas as pd

from moderation import datasets as sets
from moderation.scorers import TOXICITY, Scorer
from moderation.scorers.detoxify import FP32, INT8, DetoxifyScorer
from moderation.scorers.encoder import EncoderScorer
from moderation.scorers.normalise import normalise

REAL = ("toxic_spans_civil", "ucc_unhealthy")
"""Sets of comments under news; together 41 word pieces a comment on average."""
LIST, LISTS, SEED = 32, 3, 1
ROUNDS = 3
ASKED = {
    "accurate": (22, 70),
    "fast": (40, 130),
    "bulk": (450, 1500),
    "Detoxify imported, int8": (1.6, 5.5),
}
"""How many times as fast as Detoxify one by one, and as Detoxify in lists: issue 4."""
LOAD_S, PEAK_MIB = 1.0, 400
_PROCESS = """
import resource, time
import pandas as pd
from moderation.scorers import TOXICITY
long = "so many words about the bus lane " * 15_000 + "El alcalde prometió abrir la biblioteca."
start = time.process_time()
TOXICITY["accurate"].score(pd.DataFrame({"text": ["A plain text."]}))
print(time.process_time() - start)
TOXICITY["accurate"].score(pd.DataFrame({"text": [long, long[-40:]]}))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def compare(comments: list[str]) -> bool:
    """Print comments a second of every way, and the ratios beside those asked.

    Args:
        comments: What is read where ``MODERATION_DATASETS`` has no comments.

    Returns:
        Whether a text's score was another one alone than among others, or another way round.
    """
    texts = _texts(comments)
    _own_process()
    with tempfile.TemporaryDirectory() as folder:
        library = _library(Path(folder), texts)
        for threads in sorted({1, os.cpu_count() or 1}):
            _print(threads, _medians(threads, dict(_ways(threads, texts, library, Path(folder)))))
    differs = [name for name, scorer in _profiles(1) if _depends_on_company(scorer, texts)]
    click.echo(f"scores that depend on company or threads: {', '.join(differs) or 'none'}")
    return bool(differs)


def _texts(comments: list[str]) -> list[str]:
    folder = sets.default_folder()
    known = [sets.catalogue()[name] for name in REAL]
    found = [sets.read(info, folder)["text"] for info in known if info in [*sets.present(folder)]]
    pool = pd.concat(found) if found else pd.Series(comments)
    texts = pool.sample(LIST * LISTS, random_state=SEED, replace=len(pool) < LIST * LISTS)
    click.echo(f"toxicity: {len(texts)} comments of {', '.join(REAL) if found else 'the samples'}")
    return list(texts)


def _own_process() -> None:
    command = [sys.executable, "-c", _PROCESS]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    load, peak = map(float, answer.stdout.split())
    click.echo(f"{'accurate: first score after':<44}{load:>9.2f} s    asked {LOAD_S:.0f}")
    click.echo(f"{'accurate: peak of its process':<44}{peak:>9.0f} MiB  asked {PEAK_MIB}")


def _library(folder: Path, texts: list[str]) -> object | None:
    if find_spec("detoxify") is None:
        click.echo("Detoxify: not measured, needs the extra: make test-detoxify installs it")
        return None
    from detoxify_checkpoints import bert_base  # noqa: PLC0415 - with the extra

    from moderation.conversion import import_detoxify  # noqa: PLC0415 - likewise
    from moderation.scorers.checkpoint import opened  # noqa: PLC0415 - likewise

    vocabulary = (EncoderScorer().folder / "tokenizer.json").read_text(encoding="utf-8")
    numbers = json.loads(vocabulary)["model"]["vocab"]
    checkpoint = bert_base(folder / "made", sorted(numbers, key=numbers.__getitem__))
    import_detoxify(str(checkpoint), folder / "imported", texts, tell=click.echo)
    library = opened(checkpoint).library
    pieces = [len(library.tokenizer(text)["input_ids"]) for text in texts]
    told = f"mean {statistics.mean(pieces):.0f}, median {statistics.median(pieces):.0f}"
    click.echo(f"word pieces a comment: {told}, most {max(pieces)}")
    return library


def _profiles(threads: int) -> Iterator[tuple[str, Scorer]]:
    for name in ("accurate", "fast"):
        yield name, replace(TOXICITY[name], threads=threads)
    yield "bulk", TOXICITY["bulk"]


def _ways(
    threads: int, texts: list[str], library: object | None, folder: Path
) -> Iterator[tuple[str, Callable[[], object]]]:
    batch = pd.DataFrame({"text": texts})
    if library is not None:
        import torch  # noqa: PLC0415 - with the extra

        torch.set_num_threads(threads)
        yield "Detoxify one by one", lambda: [library.predict(text) for text in texts]
        yield (
            f"Detoxify in lists of {LIST}",
            lambda: [library.predict(texts[at : at + LIST]) for at in range(0, len(texts), LIST)],
        )
        for name, graph in (("int8", INT8), ("fp32", FP32)):
            if (folder / "imported" / graph).is_file():
                imported = DetoxifyScorer(str(folder / "imported" / graph), threads=threads)
                yield f"Detoxify imported, {name}", lambda scorer=imported: scorer.score(batch)
    for name, scorer in _profiles(threads):
        yield name, lambda scorer=scorer: scorer.score(batch)


def _medians(threads: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return seconds a comment."""
    clock = time.process_time if threads == 1 else time.perf_counter
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name, work in ways.items():
            normalise.cache_clear()
            start = clock()
            work()
            if number:  # the first loads
                taken[name].append((clock() - start) / (LIST * LISTS))
    return {name: statistics.median(values) for name, values in taken.items()}


def _print(threads: int, seconds: dict[str, float]) -> None:
    one, lists = (
        seconds.get(name) for name in ("Detoxify one by one", f"Detoxify in lists of {LIST}")
    )
    for name, value in seconds.items():
        line = (
            f"{f'{name}, {threads} thread' + 's' * (threads > 1):<44}{1 / value:>9,.1f} comments/s"
        )
        if one and lists:
            line += f"   x {one / value:,.1f} one by one, x {lists / value:,.1f} lists"
            line += "   asked {:,g}, {:,g}".format(*ASKED[name]) if name in ASKED else ""
        click.echo(line)


def _depends_on_company(scorer: Scorer, texts: list[str]) -> bool:
    def scored(some: list[str], **changes: int) -> np.ndarray:
        changed = replace(scorer, **changes) if changes else scorer
        return changed.score(pd.DataFrame({"text": some}))

    together = scored(texts)
    others = [np.concatenate([scored([text]) for text in texts]), scored(texts[::-1])[::-1]]
    if hasattr(scorer, "threads"):
        others += [scored(texts, threads=threads) for threads in (2, 5)]
    return not all(np.array_equal(together, other, equal_nan=True) for other in others)
