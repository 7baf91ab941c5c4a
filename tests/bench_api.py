"""How the HTTP API holds up: the lines of `make bench` about it.

A real server (`moderation api`) and the load from a process of its own, both on the loopback. As
much as there can be is asked for by wrk where it is installed, else by a generator here, which
takes more of the processor itself. Requests at a rate come from that generator: they are sent when
they are due, whether or not earlier ones were answered, and timed from then, so that a slow server
cannot slow the clock down. It writes HTTP/1.1 over kept-alive connections and knows the answer's
status and time, no more. Every comment is another text and is scored for every attribute, with an
article.
"""

import asyncio
import itertools
import json
import multiprocessing
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np
import pandas as pd

from moderation import scorers
from moderation.frames import CONTEXT_COLUMNS

ARTICLE = "The council wants the ferry to sail every hour in summer and has asked for bids."
WRK = """
local number, bodies = 0, {}
for line in io.lines(os.getenv("BENCH_BODIES")) do bodies[#bodies + 1] = line end
function request()
  number = number + 1
  local body = bodies[number % #bodies + 1]:gsub("NUMBER", tostring(number))
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
end
function done(summary)
  local lost = summary.errors.status + summary.errors.timeout
  print("scored", summary.requests - lost, summary.duration / 1e6)
end
"""
CONNECTIONS = 64
RATE = 20
START_S = 120
Answer = tuple[float, float, int]
"""Seconds since the start when it was due, seconds it took, status."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    path: str = "/v1alpha1/comments:analyze?key=bench&prettyPrint=false"


def measure(texts: Sequence[str], *, seconds: int, requests: int) -> None:
    """Print every line.

    Args:
        texts: Comments; a number is put behind each, so that no two are alike.
        seconds: Of each measurement.
        requests: Over which memory should stay flat.
    """
    with _served(["-m", "moderation", "api"], _environ()) as server:
        names = re.findall(r'"name": "(\w+)"', _get(server, "/v1alpha1/attributes"))
        _load(server, texts, names, seconds=5, connections=8)
        _line("load by", "wrk" if shutil.which("wrk") else "a generator in Python")
        steady = _at_rate(server, texts, names, rate=RATE, seconds=seconds)
        _times(f"API at {RATE} requests/s", steady)
        throughput = _load(server, texts, names, seconds=seconds, connections=CONNECTIONS)
        batch = _batch_rate(texts)
        _line(f"API, {CONNECTIONS} connections", f"{throughput:,.0f} comments/s")
        _line("batch scorer, same comments", f"{batch:,.0f} comments/s")
        _line("API of the batch scorer's", f"{throughput / batch:.0%} (asked: 60 %)")
        _memory(server, texts, names, requests, throughput)
        _overload(server, texts, names, rate=5 * throughput, seconds=seconds)
    _beside_detoxify(texts, throughput, seconds)


def _memory(
    server: Server, texts: Sequence[str], names: list[str], requests: int, throughput: float
) -> None:
    before, done = _resident(server), 0.0
    while done < requests:
        seconds = max(5.0, (requests - done) / throughput)
        done += seconds * _load(server, texts, names, seconds=seconds, connections=16)
    after = _resident(server)
    change = f"{after / before - 1:+.1%} over {done:,.0f} requests (asked: within 5 %)"
    _line("API, resident memory", f"{after / 1e6:,.0f} MB, {change}")


def _overload(
    server: Server, texts: Sequence[str], names: list[str], *, rate: float, seconds: int
) -> None:
    """Ask five times as much as it can, then as usual; tell how long until all is well."""
    answers = _at_rate(server, texts, names, rate=rate, seconds=min(seconds, 8))
    served = [took for _, took, status in answers if status == 200]
    shed = sum(status == 503 for _, _, status in answers)
    other = len(answers) - len(served) - shed
    _line("API at 5 times that", f"{shed / len(answers):.0%} answered 503, {other} otherwise")
    _line("  p99 of those served", f"{1000 * np.quantile(served, 0.99):,.0f} ms (asked: 1,000)")
    after = _at_rate(server, texts, names, rate=RATE, seconds=8)
    bad = [due for due, took, status in after if status != 200 or took > 0.12]
    well = max(bad, default=0.0)
    _line("  all well again after", f"{well:.1f} s (asked: 5)")


def _beside_detoxify(texts: Sequence[str], throughput: float, seconds: int) -> None:
    if find_spec("detoxify") is None:
        _line("API beside Detoxify's", "not measured: needs the extra detoxify")
        return
    script = str(Path(__file__).parent / "bench_detoxify_api.py")
    with _served([script], {}) as server:
        _load(server, texts, [], seconds=5, connections=8)
        found = max(_load(server, texts, [], seconds=seconds, connections=n) for n in (1, 2, 8))
    _line(
        "FastAPI around Detoxify original", f"{found:,.1f} comments/s, best of 1, 2, 8 connections"
    )
    _line("API, times as many", f"{throughput / found:.1f} (asked: 15)")


def _batch_rate(texts: Sequence[str]) -> float:
    rows = [
        dict.fromkeys(CONTEXT_COLUMNS, "")
        | {"text": f"{text} {n}", "article_text": ARTICLE, "copies": 1}
        for n, text in enumerate(itertools.islice(itertools.cycle(texts), 1_000))
    ]
    batch = pd.DataFrame(rows, columns=list(CONTEXT_COLUMNS))
    chosen = scorers.load()
    scorers.score_all(chosen, batch.iloc[:10])
    start = time.perf_counter()
    scorers.score_all(chosen, batch)
    return len(batch) / (time.perf_counter() - start)


# -- the load ----------------------------------------------------------------------------------


def _load(
    server: Server, texts: Sequence[str], names: list[str], *, seconds: float, connections: int
) -> float:
    """Keep ``connections`` busy; return the comments scored a second."""
    if shutil.which("wrk"):
        return _by_wrk(server, texts, names, seconds, connections)
    answers = _elsewhere(_busy, server, texts, names, seconds, connections)
    scored = [due + took for due, took, status in answers if status == 200]
    return len(scored) / max(scored)


def _by_wrk(
    server: Server, texts: Sequence[str], names: list[str], seconds: float, connections: int
) -> float:
    with tempfile.TemporaryDirectory() as folder:
        script, bodies = Path(folder, "ask.lua"), Path(folder, "bodies")
        script.write_text(WRK)
        mark = time.time_ns()
        bodies.write_text("\n".join(_body(f"{text} {mark}-NUMBER", names) for text in texts))
        address = f"http://127.0.0.1:{server.port}{server.path}"
        done = subprocess.run(  # noqa: S603 - wrk, against our own server
            [str(shutil.which("wrk")), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s",
             "--timeout=30s", "-s", str(script), address],
            env=os.environ | {"BENCH_BODIES": str(bodies)},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    scored, took = re.search(r"scored\s+(\S+)\s+(\S+)", done.stdout).groups()
    return float(scored) / float(took)


def _at_rate(
    server: Server, texts: Sequence[str], names: list[str], *, rate: float, seconds: float
) -> list[Answer]:
    """Send ``rate`` requests a second."""
    return _elsewhere(_due, server, texts, names, rate, seconds)


def _elsewhere(run, *arguments) -> list[Answer]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_run, (run, arguments))


def _run(run, arguments) -> list[Answer]:
    return asyncio.run(run(*arguments))


async def _busy(server, texts, names, seconds, connections) -> list[Answer]:
    requests = _requests(server, texts, names)
    answers: list[Answer] = []
    start = time.perf_counter()

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while (at := time.perf_counter()) - start < seconds:
            status = await _ask(reader, writer, next(requests))
            answers.append((at - start, time.perf_counter() - at, status))
        writer.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return answers


async def _due(server, texts, names, rate, seconds) -> list[Answer]:
    requests = _requests(server, texts, names)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    answers: list[Answer] = []
    start = time.perf_counter()

    async def one(due: float) -> None:
        try:
            streams = (
                idle.pop() if idle else await asyncio.open_connection("127.0.0.1", server.port)
            )
            status = await _ask(*streams, next(requests))
            if not streams[1].is_closing():
                idle.append(streams)
        except (OSError, EOFError):
            status = 0
        answers.append((due, time.perf_counter() - start - due, status))

    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = number / rate
            await asyncio.sleep(max(0.0, start + due - time.perf_counter()))
            group.create_task(one(due))
    return answers


def _requests(server: Server, texts: Sequence[str], names: list[str]) -> Iterator[bytes]:
    mark = time.time_ns()
    for number, text in enumerate(itertools.cycle(texts)):
        content = _body(f"{text} {mark + number}", names).encode()
        head = f"POST {server.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += "Content-Type: application/json\r\n"
        yield f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def _body(text: str, names: list[str]) -> str:
    body: dict[str, object] = {"comment": {"text": text}}
    if names:
        body["requestedAttributes"] = {name: {} for name in names}
        body["languages"] = ["en"]
        body["context"] = {"articleAndParentComment": {"article": {"text": ARTICLE}}}
    return json.dumps(body)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    if b"connection: close" in head.lower():
        writer.close()
    return int(head.split(b" ", 2)[1])


# -- the servers -------------------------------------------------------------------------------


def _environ() -> dict[str, str]:
    return {"MODERATION_API_KEYS": "bench", "MODERATION_API_TIMEOUT_S": "5"}


@contextmanager
def _served(command: list[str], environ: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        own = {"MODERATION_DATABASE_URL": f"sqlite:///{folder}/api.db"} | environ
        running = subprocess.Popen(  # noqa: S603 - our own servers
            [sys.executable, *command, "--port", str(port)],
            env=os.environ | own, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await(running, port)
            yield Server(port)
        finally:
            running.terminate()
            running.wait(timeout=60)


def _await(running: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    msg = f"the server did not start (code {running.poll()})"
    raise RuntimeError(msg)


def _get(server: Server, path: str) -> str:
    address = f"http://127.0.0.1:{server.port}{path}?key=bench"
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


def _resident(server: Server) -> float:
    found = re.findall(r"moderation_resident_bytes\{.*?\} (\S+)", _get(server, "/metrics"))
    return sum(map(float, found))


# -- the lines ---------------------------------------------------------------------------------


def _times(name: str, answers: Sequence[Answer]) -> None:
    took = [seconds for _, seconds, status in answers if status == 200]
    failed = len(answers) - len(took)
    middle, last = 1000 * np.quantile(took, 0.5), 1000 * np.quantile(took, 0.99)
    _line(f"{name}, p50", f"{middle:,.0f} ms (asked: 25)")
    _line(f"{name}, p99", f"{last:,.0f} ms (asked: 120), {failed} failed")


def _line(name: str, value: str) -> None:
    click.echo(f"{name:<36}{value}")
