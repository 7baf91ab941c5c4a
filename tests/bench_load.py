"""A server to measure, and the load on it from a process of its own, both on the loopback.

As much as there can be is asked for by wrk where it is installed, else by a generator here, which
takes more of the processor itself. Requests at a rate come from that generator: they are sent when
they are due, whether or not earlier ones were answered, and timed from then, so that a slow server
cannot slow the clock down. It writes HTTP/1.1 over kept-alive connections and knows the answer's
status and time, no more.
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
from dataclasses import astuple, dataclass
from pathlib import Path

ARTICLE = "The council wants the ferry to sail every hour in summer and has asked for bids."
RUNS = itertools.count(1)
"""Numbers of loads and batches: part of every text, so that no two of a measurement are alike."""
START_S = 120
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
Answer = tuple[float, float, int]
"""Seconds since the start when it was due, seconds it took, status."""


@dataclass(frozen=True)
class Work:
    """Comments that were scored, and what they took.

    Args:
        comments: How many.
        seconds: By the clock.
        server_s: Of a processor, in the server's own process; 0 where that is not known.
        scoring_s: In processes that it started.
    """

    comments: float = 0
    seconds: float = 0
    server_s: float = 0
    scoring_s: float = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def rate(self) -> float:
        """Comments a second."""
        return self.comments / self.seconds


@dataclass(frozen=True)
class Server:
    """A running server and what it is asked.

    Args:
        port: On the loopback.
        pid: Of its process.
        texts: Comments; a number is put behind each.
        names: Attributes; none for a server that is not ours.
    """

    port: int
    pid: int
    texts: Sequence[str]
    names: Sequence[str] = ()
    path: str = "/v1alpha1/comments:analyze?key=bench&prettyPrint=false"

    def body(self, text: str) -> str:
        asked: dict[str, object] = {"comment": {"text": text}}
        if self.names:
            asked["requestedAttributes"] = {name: {} for name in self.names}
            asked["languages"] = ["en"]
            asked["context"] = {"articleAndParentComment": {"article": {"text": ARTICLE}}}
        return json.dumps(asked)

    def get(self, path: str) -> str:
        address = f"http://127.0.0.1:{self.port}{path}?key=bench"
        with urllib.request.urlopen(address) as answer:
            return answer.read().decode()

    def metric(self, name: str) -> float:
        """Return the sum of a metric over its labels; 0 where it is not served."""
        found = re.findall(rf"^{name}(?:{{.*}})? (\S+)", self.get("/metrics"), re.MULTILINE)
        return sum(map(float, found))

    def taken_s(self) -> tuple[float, float]:
        """Return seconds of a processor: its own, its children's; 0 where there is no /proc."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        children = [int(pid) for started in tasks for pid in started.read_text().split()]
        return _taken_s(self.pid), sum(map(_taken_s, children))


@contextmanager
def served(
    command: Sequence[str], environ: dict[str, str], texts: Sequence[str]
) -> Iterator[Server]:
    """Run ``command`` with a port and a database of its own."""
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
            yield Server(port, running.pid, texts)
        finally:
            running.terminate()
            running.wait(timeout=60)


def load(server: Server, *, seconds: float, connections: int) -> Work:
    """Keep ``connections`` busy; return what was scored."""
    before = server.taken_s()
    if shutil.which("wrk"):
        scored, took = _by_wrk(server, seconds, connections)
    else:
        answers = _elsewhere(_busy, server, seconds, connections)
        ends = [due + took for due, took, status in answers if status == 200]
        scored, took = len(ends), max(ends)
    own, scoring = (now - then for now, then in zip(server.taken_s(), before, strict=True))
    return Work(scored, took, own, scoring)


def at_rate(server: Server, *, rate: float, seconds: float) -> list[Answer]:
    """Send ``rate`` requests a second."""
    return _elsewhere(_due, server, rate, seconds)


def _by_wrk(server: Server, seconds: float, connections: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        script, bodies = Path(folder, "ask.lua"), Path(folder, "bodies")
        script.write_text(WRK)
        run = next(RUNS)
        bodies.write_text("\n".join(server.body(f"{text} {run}-NUMBER") for text in server.texts))
        address = f"http://127.0.0.1:{server.port}{server.path}"
        done = subprocess.run(  # noqa: S603 - wrk, against our own server
            [str(shutil.which("wrk")), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s",
             "--timeout=30s", "-s", str(script), address],
            env=os.environ | {"BENCH_BODIES": str(bodies)},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    scored, took = re.search(r"scored\s+(\S+)\s+(\S+)", done.stdout).groups()
    return float(scored), float(took)


def _elsewhere(work, server: Server, *arguments) -> list[Answer]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_run, (work, server, next(RUNS), *arguments))


def _run(work, *arguments) -> list[Answer]:
    return asyncio.run(work(*arguments))


async def _busy(server: Server, run: int, seconds: float, connections: int) -> list[Answer]:
    requests = _requests(server, run)
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


async def _due(server: Server, run: int, rate: float, seconds: float) -> list[Answer]:
    requests = _requests(server, run)
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


def _requests(server: Server, run: int) -> Iterator[bytes]:
    for number, text in enumerate(itertools.cycle(server.texts)):
        content = server.body(f"{text} {run}-{number}").encode()
        head = f"POST {server.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += "Content-Type: application/json\r\n"
        yield f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    if b"connection: close" in head.lower():
        writer.close()
    return int(head.split(b" ", 2)[1])


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


def _taken_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
