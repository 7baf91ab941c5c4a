"""Scoring for many callers at once: child processes that fill the cores, behind a bounded queue.

Each child holds its own copy of the models and scores what it is handed in one go, several
callers' comments together; a score is the same bits alone and in company, so nobody can tell.
What waits is bounded, in number and in the time it would take: a caller that finds the queue
too long is told so at once (``Busy``), one whose turn does not come in time is told then. A
child that dies or hangs is ended and started again; its callers are told, the others notice
nothing.

Rows travel as JSON, scores as numbers; nothing touches a disk.
"""

import asyncio
import contextlib
import json
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd

from moderation.errors import ModerationError, ScoringError
from moderation.frames import CONTEXT_COLUMNS
from moderation.scorers import Scorer, score_frame
from moderation.scorers.spans import explain_each, explainable

MAX_ROWS = 16
"""Comments a child is handed at once: a tenth cheaper each than eight at once; more gain little and
make everybody wait for the last."""
MOST_WAIT_S = 0.3
"""A caller who would wait longer than this, at the rate of late, is refused at once: an answer
that comes when its caller has given up helps nobody, and costs those behind it."""
_RATE_MEMORY = 0.8
"""How much of the rate known so far stays when another batch is done."""
MAX_CHARS = 20_000
"""Of their texts together, unless one alone is longer: others should not wait for long ones."""
START_TIMEOUT_S = 120.0
STUCK_S = 60.0
"""A child that takes longer over what it was handed is ended."""

Row = Mapping[str, Any]
Scores = dict[str, float]
Span = tuple[int, int, float]
"""Where it begins and ends, in code points, and its share of the score."""


class Busy(ModerationError):  # noqa: N818 - a state of the server, not a mistake
    """Too much waits already, or the turn did not come in time."""


class WorkerLost(ModerationError):  # noqa: N818 - see Busy
    """The process that scored the comment died or hung; another takes its place."""


@dataclass(frozen=True, slots=True)
class Task:
    """One comment to score.

    Args:
        row: ``moderation.frames.CONTEXT_COLUMNS``.
        scorers: Versions of the scorers that should read it.
        explained: Those of them that should also say which words made each score.
    """

    row: Row
    scorers: frozenset[str]
    explained: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one comment.

    Args:
        scores: Scorer version -> attribute -> score in [0, 1]; NaN: nothing to score.
        spans: Scorer version -> attribute -> its spans; of scorers that read the text alone.
    """

    scores: dict[str, Scores] = field(default_factory=dict)
    spans: dict[str, dict[str, list[Span]]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class _Waiting:
    task: Task
    result: "asyncio.Future[Found]"
    since: float = field(default_factory=time.monotonic)


class Pool:
    """Children that score; use as an async context manager.

    Args:
        scorers: What can be asked for, by version; each loads when it is first asked for, but
            the ``eager`` ones at the start.
        eager: Versions to load at the start.
        workers: Processes.
        queue_size: Comments that may wait; more are refused.
        timeout_s: Seconds until a waiting caller is told to try later.
        on_batch: Told how many comments a child is handed.
        is_awaited: Whether entering the context waits until the models are loaded, and fails
            where they cannot be; otherwise they load while the first callers wait.
    """

    def __init__(  # noqa: PLR0913 - each is set on its own
        self,
        scorers: Sequence[Scorer],
        *,
        eager: Iterable[str],
        workers: int,
        queue_size: int,
        timeout_s: float,
        on_batch: Callable[[int], None] = lambda _size: None,
        is_awaited: bool = True,
    ) -> None:
        self._scorers = tuple(scorers)
        self._eager = sorted(eager)
        self._timeout_s = timeout_s
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(queue_size)
        self._children = [_Child(self._scorers, self._eager) for _ in range(workers)]
        self._threads = ThreadPoolExecutor(workers, "scoring")
        self._loops: list[asyncio.Task[None]] = []
        self._rows_per_s = 0.0
        self._on_batch = on_batch
        self._is_awaited = is_awaited
        self._has_started = is_awaited

    async def __aenter__(self) -> "Pool":
        """Start the children; raises what stops them from loading their models."""
        if self._is_awaited:
            loop = asyncio.get_running_loop()
            starts = [loop.run_in_executor(self._threads, child.start) for child in self._children]
            try:
                await asyncio.gather(*starts)
            except BaseException:
                self._close()
                raise
        self._loops = [asyncio.create_task(self._feed(child)) for child in self._children]
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the children; whoever still waits is told."""
        for feeder in self._loops:
            feeder.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        while not self._queue.empty():
            _fail(self._queue.get_nowait(), Busy("the server is stopping"))
        self._close()

    @property
    def depth(self) -> int:
        """How many comments wait."""
        return self._queue.qsize()

    @property
    def ready(self) -> bool:
        """Whether at least one child has loaded its models."""
        return any(child.ready for child in self._children)

    @property
    def pids(self) -> list[int]:
        """Process ids of the children that live."""
        return [child.pid for child in self._children if child.alive]

    def refuse_if_full(self) -> None:
        """Raise Busy where ``score`` would: cheaper before a request is even read."""
        if self._queue.full() or self._is_long():
            msg = f"{self.depth} comments wait to be scored already"
            raise Busy(msg)

    async def score(self, task: Task, *, patient: bool = False) -> Found:
        """Score one comment.

        Args:
            task: What to score, by which scorers.
            patient: Wait up to ``timeout_s`` for room in the queue instead of being refused.

        Raises:
            Busy: The queue is full, or the turn did not come within ``timeout_s``.
            WorkerLost: The process died.
        """
        waiting = _Waiting(task, asyncio.get_running_loop().create_future())
        if patient:
            try:
                await asyncio.wait_for(self._queue.put(waiting), self._timeout_s)
            except TimeoutError:
                raise Busy("the queue stayed full") from None
        else:
            self.refuse_if_full()
            self._queue.put_nowait(waiting)
        return await self._answer(waiting)

    async def score_many(self, tasks: Sequence[Task]) -> list[Found]:
        """Score one caller's many comments, ``MAX_ROWS`` at a time: others get their turns.

        Waits patiently; raises what ``score`` raises.
        """
        found: list[Found] = []
        for start in range(0, len(tasks), MAX_ROWS):
            some = tasks[start : start + MAX_ROWS]
            found += await asyncio.gather(*(self.score(task, patient=True) for task in some))
        return found

    async def _answer(self, waiting: _Waiting) -> Found:
        # Whoever comes while the models load for the first time is answered when they have.
        timeout_s = self._timeout_s if self._has_started else START_TIMEOUT_S
        try:
            return await asyncio.wait_for(waiting.result, timeout_s)
        except TimeoutError:
            msg = f"not scored within {timeout_s:g} s"
            raise Busy(msg) from None

    async def _feed(self, child: "_Child") -> None:
        """Hand a child its fair share of what waits, again and again."""
        loop = asyncio.get_running_loop()
        if not child.alive:
            with contextlib.suppress(ModerationError):  # told to the first caller, who tries again
                await loop.run_in_executor(self._threads, child.start)
        self._has_started = True
        while True:
            batch = self._take([await self._queue.get()])
            if not batch:
                continue
            self._on_batch(len(batch))
            tasks = [one.task for one in batch]
            began = time.monotonic()
            try:
                found = await loop.run_in_executor(self._threads, child.score, tasks)
            except asyncio.CancelledError:
                for one in batch:
                    _fail(one, Busy("the server is stopping"))
                raise
            except ModerationError as error:
                for one in batch:
                    _fail(one, error)
                continue
            self._note_rate(len(batch), time.monotonic() - began)
            for one, scores in zip(batch, found, strict=True):
                if not one.result.done():
                    one.result.set_result(scores)

    def _is_long(self) -> bool:
        """Whether what waits would take too long; one comment a child may always wait."""
        children = len(self._children)
        bound = max(1.0, self._rows_per_s * MOST_WAIT_S) * children
        return self._rows_per_s > 0 and self.depth >= bound

    def _note_rate(self, rows: int, seconds: float) -> None:
        """Remember how fast a child is."""
        rate = rows / max(seconds, 1e-3)
        known = self._rows_per_s or rate
        self._rows_per_s = _RATE_MEMORY * known + (1 - _RATE_MEMORY) * rate

    def _take(self, batch: list[_Waiting]) -> list[_Waiting]:
        share = min(MAX_ROWS, -(-(self._queue.qsize() + 1) // len(self._children)))
        chars = len(batch[0].task.row["text"])
        while len(batch) < share and chars < MAX_CHARS and not self._queue.empty():
            batch.append(self._queue.get_nowait())
            chars += len(batch[-1].task.row["text"])
        return [one for one in batch if not one.result.done()]  # given up: nobody listens

    def _close(self) -> None:
        for child in self._children:
            child.stop()
        self._threads.shutdown(wait=True)


class _Child:
    """One process; every method may block, none may be called by two threads at once."""

    def __init__(self, scorers: Sequence[Scorer], eager: Sequence[str]) -> None:
        self._scorers, self._eager = scorers, eager
        self._process: Any = None
        self._pipe: Connection | None = None
        self._is_loaded = False

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def ready(self) -> bool:
        """Whether its models are loaded."""
        return self._is_loaded and self.alive

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._scorers, self._eager), daemon=True, name="scoring"
        )
        process.start()
        theirs.close()
        self._process, self._pipe, self._is_loaded = process, ours, False
        said = self._receive(START_TIMEOUT_S)
        if said != "ready":
            self.stop()
            raise ModerationError(said)
        self._is_loaded = True

    def score(self, tasks: Sequence[Task]) -> list[Found]:
        if not self.alive:
            self.stop()
            self.start()
        asked = [(dict(task.row), sorted(task.scorers), sorted(task.explained)) for task in tasks]
        try:
            self._send(asked)
            found = self._receive(STUCK_S)
        except WorkerLost:
            self.stop()
            raise
        if isinstance(found, str):
            raise ScoringError(found)
        return [Found(scores, spans) for scores, spans in found]

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def _send(self, message: object) -> None:
        try:
            if self._pipe is not None:
                self._pipe.send_bytes(json.dumps(message).encode())
        except OSError as error:
            raise WorkerLost("a scoring process died") from error

    def _receive(self, timeout_s: float) -> Any:
        try:
            if self._pipe is not None and self._pipe.poll(timeout_s):
                return json.loads(self._pipe.recv_bytes())
        except (OSError, EOFError) as error:
            raise WorkerLost("a scoring process died") from error
        msg = f"a scoring process did not answer within {timeout_s:g} s"
        raise WorkerLost(msg)


def _serve(pipe: Connection, scorers: Sequence[Scorer], eager: Sequence[str]) -> None:
    """Be the child: load, then score what comes until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        known = {scorer.version: scorer for scorer in scorers}
        # Loads the weights; texts with words and a context, so that nothing is left for later.
        row = dict.fromkeys(CONTEXT_COLUMNS, "Some words to read.") | {"copies": 1}
        texts = ("Some words to read.", "Noch ein Satz, der nicht auf Englisch geschrieben ist.")
        _score([(row | {"text": text}, list(eager), []) for text in texts], known)
    except ModerationError as error:
        pipe.send_bytes(json.dumps(str(error)).encode())
        return
    pipe.send_bytes(b'"ready"')
    while True:
        try:
            asked = json.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            answer: object = _score(asked, known)
        except ModerationError as error:
            answer = str(error)
        except Exception as error:
            answer = f"scoring failed ({type(error).__name__})"
        pipe.send_bytes(json.dumps(answer).encode())


def _score(
    asked: Sequence[tuple[dict[str, Any], list[str], list[str]]], known: Mapping[str, Scorer]
) -> list[tuple[dict[str, Scores], dict[str, dict[str, list[Span]]]]]:
    """Return the parts of a ``Found`` for each row; every scorer reads its rows at once."""
    scores: list[dict[str, Scores]] = [{} for _ in asked]
    rows = pd.DataFrame([row for row, _, _ in asked], columns=list(CONTEXT_COLUMNS), dtype=object)
    rows["copies"] = rows["copies"].astype("int64")
    for version in sorted({version for _, wanted, _ in asked for version in wanted}):
        places = [place for place, (_, wanted, _) in enumerate(asked) if version in wanted]
        found = score_frame(known[version], rows.iloc[places].reset_index(drop=True))
        for place, values in zip(places, found.to_numpy().tolist(), strict=True):
            scores[place][version] = dict(zip(found.columns, values, strict=True))
    spans = [
        {version: _spans(known[version], str(row["text"])) for version in explained}
        for row, _, explained in asked
    ]
    return list(zip(scores, spans, strict=True))


def _spans(scorer: Scorer, text: str) -> dict[str, list[Span]]:
    """Say which words made each score; nothing for scorers that read more than the text."""
    names = list(explainable([scorer]))
    (found,) = explain_each(scorer, [text], names) if names else [{}]
    return {
        name: [(span.start, span.end, span.score) for span in spans]
        for name, spans in found.items()
    }


def _fail(waiting: _Waiting, error: ModerationError) -> None:
    if not waiting.result.done():
        waiting.result.set_exception(error)
