"""The scoring processes: their queue, their deaths, their end."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass

import numpy as np
import pytest

from moderation.errors import ModerationError, ScoringError
from moderation.frames import CONTEXT_COLUMNS
from moderation.scorers import ToxicityScorer
from moderation.scoring_process import Task, WorkerLost
from moderation.workers import Busy, Pool

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
SCORER = ToxicityScorer()
ROW = dict.fromkeys(CONTEXT_COLUMNS, "") | {"copies": 1}


def task(text="You fool"):
    return Task(ROW | {"text": text}, frozenset({SCORER.version}))


def pool(**own):
    usual = {"eager": [SCORER.version], "workers": 1, "queue_size": 4, "timeout_s": 60.0}
    return Pool([SCORER], **usual | own)


def value(scores):
    return scores.scores[SCORER.version]["toxicity"]


def test_scores_are_the_scorers_own_bits_in_any_company():
    texts = [f"You fool number {n}" for n in range(40)]

    async def run():
        async with pool(workers=2, queue_size=64) as running:
            alone = [await running.score(task(text)) for text in texts[:3]]
            return alone, await running.score_many([task(text) for text in texts])

    alone, together = asyncio.run(run())
    assert [value(one) for one in together[:3]] == [value(one) for one in alone]
    assert len(together) == len(texts)


def test_more_than_fits_the_queue_is_refused_at_once_and_the_rest_is_scored():
    async def run():
        async with pool() as running:
            calls = [running.score(task(f"number {n}")) for n in range(30)]
            return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(run())
    refused = [one for one in results if isinstance(one, Busy)]
    assert refused
    assert all(0 <= value(one) <= 1 for one in results if one not in refused)


def test_a_process_that_is_killed_is_replaced_and_its_callers_are_told():
    async def run():
        async with pool() as running:
            before = value(await running.score(task()))
            (old,) = running.pids
            os.kill(old, signal.SIGSTOP)
            call = asyncio.create_task(running.score(task()))
            await asyncio.sleep(0.1)
            os.kill(old, signal.SIGKILL)
            with pytest.raises(WorkerLost):
                await call
            after = value(await running.score(task()))
            return before, after, old, running.pids

    before, after, old, pids = asyncio.run(run())
    assert before == after
    assert pids != [old]


def test_a_slow_process_costs_its_callers_no_more_than_their_time_limit():
    async def run():
        async with pool(timeout_s=0.3) as running:
            (pid,) = running.pids
            os.kill(pid, signal.SIGSTOP)
            start = time.monotonic()
            with pytest.raises(Busy, match=r"not scored within 0\.3 s"):
                await running.score(task())
            taken = time.monotonic() - start
            os.kill(pid, signal.SIGCONT)
            return taken

    assert asyncio.run(run()) < 30


def test_who_waits_when_it_ends_is_told():
    async def run():
        async with pool() as running:
            os.kill(running.pids[0], signal.SIGSTOP)
            calls = [asyncio.create_task(running.score(task())) for _ in range(3)]
            await asyncio.sleep(0.1)
        return await asyncio.gather(*calls, return_exceptions=True)

    assert all(isinstance(one, ModerationError) for one in asyncio.run(run()))


def test_models_that_cannot_be_loaded_are_told_at_the_start(tmp_path):
    gone = ToxicityScorer(tmp_path)

    async def run():
        async with Pool([gone], eager=["x"], workers=1, queue_size=1, timeout_s=1):
            pass

    with pytest.raises(ModerationError, match=r"manifest\.json: cannot be read"):
        asyncio.run(run())


def test_who_comes_while_the_models_load_waits_for_them_and_it_is_not_ready_before():
    async def run():
        async with pool(is_awaited=False, timeout_s=0.01) as running:
            before = running.ready
            found = await running.score(task())
            return before, found, running.ready

    before, found, after = asyncio.run(run())
    assert (before, after) == (False, True)
    assert 0 <= value(found) <= 1


@dataclass(frozen=True)
class Failing:
    """A scorer with a bug, as a plug-in may have one."""

    name = "failing"
    inputs = ("text",)
    attributes = ("toxicity",)
    version = "failing-1"

    def score(self, batch):
        if "bug" in batch["text"].iloc[0]:
            raise KeyError(batch["text"].iloc[0])
        return np.zeros((len(batch), 1), dtype=np.float32)


def test_a_scorer_with_a_bug_costs_one_batch_and_quotes_nobody():
    async def run():
        own = {"eager": [], "workers": 1, "queue_size": 4, "timeout_s": 60.0}
        async with Pool([Failing()], **own) as running:
            with pytest.raises(ScoringError, match=r"scoring failed \(KeyError\)$"):
                await running.score(Task(ROW | {"text": "a bug"}, frozenset({"failing-1"})))
            return await running.score(Task(ROW | {"text": "fine"}, frozenset({"failing-1"})))

    assert asyncio.run(run()).scores == {"failing-1": {"toxicity": 0.0}}
