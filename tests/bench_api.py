"""How the HTTP API holds up: what `make bench` prints of it, the table of docs/perspective.md.

A real server (`moderation api`), asked as ``bench_load`` says. Every comment is another text and is
scored for every attribute, with an article. The batch scorer reads texts of the same kind, by turns
with the API, and as the API's clients do not, in hundreds at once.

A machine that does other work makes everything slower, but the processor time of a comment stays
nearly the same. It is told for the server, its scoring processes and the batch scorer (Linux): the
batch scorer's as a share of the API's is the share of its comments a second that the API can reach
where it has every core to itself. Beside other work, run it with a negative nice value: under
`chrt -r` a process that scores keeps the server from running for up to 100 ms at a time.
"""

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np
import pandas as pd
from bench_load import ARTICLE, RUNS, Answer, Server, Work, at_rate, load, served

from moderation import scorers
from moderation.frames import CONTEXT_COLUMNS

CONNECTIONS = 64
RATE = 20
ROUNDS = 3
WELL_S = 0.12
ENVIRON = {"MODERATION_API_KEYS": "bench", "MODERATION_API_TIMEOUT_S": "5"}


def measure(texts: Sequence[str], *, seconds: int, requests: int) -> None:
    """Print every row of the table, Markdown.

    Args:
        texts: Comments; a number is put behind each, so that no two are alike.
        seconds: Of each measurement.
        requests: Over which memory should stay flat.
    """
    click.echo("| | asked | measured |\n|---|---|---|")
    with served(["-m", "moderation", "api"], ENVIRON, texts) as bare:
        names = re.findall(r'"name": "(\w+)"', bare.get("/v1alpha1/attributes"))
        server = replace(bare, names=names)
        load(server, seconds=5, connections=8)
        _batch(texts, 100)
        _times(at_rate(server, rate=RATE, seconds=seconds))
        rate = _throughput(server, seconds)
        _memory(server, requests, rate)
        _overload(server, rate=5 * rate, seconds=min(seconds, 8))
    _beside_detoxify(texts, rate, seconds)


def _times(answers: Sequence[Answer]) -> None:
    took = [seconds for _, seconds, status in answers if status == 200]
    middle, last = 1000 * np.quantile(took, 0.5), 1000 * np.quantile(took, 0.99)
    failed = len(answers) - len(took)
    shown = f"{middle:,.0f} / {last:,.0f} ms" + (f", {failed} failed" if failed else "")
    _row(f"p50 / p99 at {RATE} requests/s", "25 / 120 ms", shown)


def _throughput(server: Server, seconds: float) -> float:
    """Print comments/s and processor time beside the batch scorer's; return the comments/s."""
    api, batch = Work(), Work()
    before = server.metric("moderation_batch_rows_sum")
    for _ in range(ROUNDS):
        api += load(server, seconds=seconds, connections=CONNECTIONS)
        batch += _batch(server.texts, 500)
    share = f"{api.rate / batch.rate:.0%} ({api.rate:,.0f} of {batch.rate:,.0f})"
    shown = f"comments/s, {CONNECTIONS} connections, of the batch scorer's"
    _row(shown, "60 %", share)
    if api.server_s:
        scored = server.metric("moderation_batch_rows_sum") - before  # those wrk gave up on, too
        own, scoring = 1000 * api.server_s / scored, 1000 * api.scoring_s / scored
        beside = 1000 * batch.server_s / batch.comments
        each = f"{beside / (own + scoring):.0%} ({beside:.2f} of {own:.2f} + {scoring:.2f} ms)"
        _row("processor time of a comment: batch scorer's of server's + scoring's", "", each)
    return api.rate


def _memory(server: Server, requests: int, rate: float) -> None:
    before, done = server.metric("moderation_resident_bytes"), 0.0
    while done < requests:
        done += load(server, seconds=max(5.0, (requests - done) / rate), connections=16).comments
    after = server.metric("moderation_resident_bytes")
    change = f"{after / before - 1:+.1%} over {done:,.0f} requests, to {after / 1e6:,.0f} MB"
    _row("resident memory (server and scoring processes)", "± 5 %", change)


def _overload(server: Server, *, rate: float, seconds: float) -> None:
    """Ask five times as much as it can, then as usual; tell how long until all is well."""
    before, _ = server.taken_s()
    answers = at_rate(server, rate=rate, seconds=seconds)
    used = server.taken_s()[0] - before
    served_s = [took for _, took, status in answers if status == 200]
    shed = sum(status == 503 for _, _, status in answers)
    other = len(answers) - len(served_s) - shed
    told = f"{shed / len(answers):.0%} answered 503, {other} neither that nor 200"
    _row(f"five times as much as it can do: {rate:,.0f} requests/s", "sheds with 503", told)
    _row("p99 of those served then", "1 s", f"{np.quantile(served_s, 0.99):,.2f} s")
    after = at_rate(server, rate=RATE, seconds=8)
    bad = [due for due, took, status in after if status != 200 or took > WELL_S]
    told = f"{max(bad, default=0.0):.1f} s"
    told += (
        f" ({len(bad)} of {len(after)} answers later than {WELL_S * 1000:.0f} ms)" if bad else ""
    )
    _row("well again after", "5 s", told)
    if used:
        each = f"{1000 * used / len(answers):.2f} ms"
        _row("processor time of the server for a request then", "", each)


def _beside_detoxify(texts: Sequence[str], rate: float, seconds: float) -> None:
    shown = "times the comments/s of a FastAPI wrapper around Detoxify `original`, random weights"
    if find_spec("detoxify") is None:
        _row(shown, "15", "not measured: needs the extra detoxify")
        return
    script = str(Path(__file__).parent / "bench_detoxify_api.py")
    with served([script], {}, texts) as server:
        load(server, seconds=5, connections=8)
        found = {n: load(server, seconds=seconds, connections=n).rate for n in (1, 2, 8)}
    best = max(found, key=found.get)
    told = f"{rate / found[best]:.0f} ({rate:,.0f} of {found[best]:,.1f}, {best} connections)"
    _row(shown, "15", told)


def _batch(texts: Sequence[str], comments: int) -> Work:
    """Score new comments with every scorer at once."""
    run = next(RUNS)
    rows = [
        dict.fromkeys(CONTEXT_COLUMNS, "")
        | {"text": f"{text} {run}-{n}", "article_text": ARTICLE, "copies": 1}
        for n, text in enumerate(itertools.islice(itertools.cycle(texts), comments))
    ]
    batch = pd.DataFrame(rows, columns=list(CONTEXT_COLUMNS))
    chosen = scorers.load()
    start, used = time.perf_counter(), time.process_time()
    scorers.score_all(chosen, batch)
    return Work(comments, time.perf_counter() - start, time.process_time() - used)


def _row(name: str, asked: str, measured: str) -> None:
    click.echo(f"| {name} | {asked} | {measured} |")
