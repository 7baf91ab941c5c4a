"""Scoring for many callers at once: child processes that fill the cores, behind a bounded queue.

Each child holds its own copy of the models and scores what it is handed in one go, several
callers' comments together; a score is the same bits alone and in company, so nobody can tell.
What waits is bounded, in number and in the time it would take: a caller that finds the queue
too long is told so at once (``Busy``), one whose turn does not come in time is told then. A
child that dies or hangs is ended and started again; its callers are told, the others notice
nothing.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from moderation.errors import ModerationError
from moderation.scorers import Scorer
from moderation.scoring_process import START_TIMEOUT_S, Child, Found, Task

MAX_ROWS = 16
"""Comments a child is handed at once: a tenth cheaper each than eight at once; more gain little and
make everybody wait for the last."""
MOST_WAIT_S = 0.25
"""A caller who would wait longer than this, at the rate of late, is refused at once: an answer
that comes when its caller has given up helps nobody, and costs those behind it."""
_RATE_MEMORY = 0.8
"""How much of the rate known so far stays when another batch is done."""
MAX_CHARS = 20_000
"""Of their texts together, unless one alone is longer: others should not wait for long ones."""
FULL = "too many comments wait to be scored"


class Busy(ModerationError):  # noqa: N818 - a state of the server, not a mistake
    """Too much waits already, or the turn did not come in time."""


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
        self._children = [Child(self._scorers, self._eager) for _ in range(workers)]
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

    @property
    def is_full(self) -> bool:
        """Whether another comment would be refused: too many wait, or for too long a time."""
        children = len(self._children)
        most = max(1.0, self._rows_per_s * MOST_WAIT_S) * children  # one a child may always wait
        return self._queue.full() or (self._rows_per_s > 0 and self.depth >= most)

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
        elif self.is_full:
            raise Busy(FULL)
        else:
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
            async with asyncio.timeout(timeout_s):
                return await waiting.result
        except TimeoutError:
            msg = f"not scored within {timeout_s:g} s"
            raise Busy(msg) from None

    async def _feed(self, child: "Child") -> None:
        """Hand a child its fair share of what waits, again and again."""
        loop = asyncio.get_running_loop()
        if not child.alive:
            with contextlib.suppress(ModerationError):  # told to the first caller, who tries again
                await loop.run_in_executor(self._threads, child.start)
        self._has_started = True
        free_at = time.monotonic()
        while True:
            batch = self._take([await self._queue.get()])
            if not batch:
                continue
            self._on_batch(len(batch))
            tasks = [one.task for one in batch]
            began = max(free_at, batch[0].since)  # waiting for comments is not being slow
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
            free_at = time.monotonic()
            self._note_rate(len(batch), free_at - began)
            for one, scores in zip(batch, found, strict=True):
                if not one.result.done():
                    one.result.set_result(scores)

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


def _fail(waiting: _Waiting, error: ModerationError) -> None:
    if not waiting.result.done():
        waiting.result.set_exception(error)
