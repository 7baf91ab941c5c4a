"""One process that scores: the end that hands it comments, and what it does with them.

Rows travel to it as JSON, scores come back as numbers; nothing touches a disk.
"""

import json
import multiprocessing
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd

from moderation.errors import ModerationError, ScoringError
from moderation.frames import CONTEXT_COLUMNS
from moderation.scorers import Scorer, score_frame
from moderation.scorers.language import detect
from moderation.scorers.spans import explain_each, explainable

START_TIMEOUT_S = 120.0
STUCK_S = 60.0
"""A process that takes longer over what it was handed is ended."""

Row = Mapping[str, Any]
Scores = dict[str, float]
Span = tuple[int, int, float]
"""Where it begins and ends, in code points, and its share of the score."""


class WorkerLost(ModerationError):  # noqa: N818 - a state, not a mistake
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
        language: As ``moderation.scorers.language.detect`` finds it.
    """

    scores: dict[str, Scores] = field(default_factory=dict)
    spans: dict[str, dict[str, list[Span]]] = field(default_factory=dict)
    language: str = ""


class Child:
    """One process; every method may block, none may be called by two threads at once.

    Args:
        scorers: What can be asked for.
        eager: Versions to load at the start.
    """

    def __init__(self, scorers: Sequence[Scorer], eager: Sequence[str]) -> None:
        self._scorers, self._eager = scorers, eager
        self._process: Any = None
        self._pipe: Connection | None = None
        self._is_loaded = False

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.is_alive()

    @property
    def ready(self) -> bool:
        """Whether its models are loaded."""
        return self._is_loaded and self.alive

    @property
    def pid(self) -> int:
        """Its number while it runs."""
        return int(self._process.pid)

    def start(self) -> None:
        """Run it and wait until its models are loaded; raises what stops them from loading."""
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
        """Score comments together.

        Raises:
            ScoringError: A scorer failed.
            WorkerLost: The process died or hung.
        """
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
        return [Found(*parts) for parts in found]

    def stop(self) -> None:
        """End it at once, whatever it does."""
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
) -> list[tuple[dict[str, Scores], dict[str, dict[str, list[Span]]], str]]:
    """Return the parts of a ``Found`` for each row; every scorer reads its rows at once."""
    scores: list[dict[str, Scores]] = [{} for _ in asked]
    for version in sorted({version for _, wanted, _ in asked for version in wanted}):
        places = [place for place, (_, wanted, _) in enumerate(asked) if version in wanted]
        scorer, rows = known[version], [asked[place][0] for place in places]
        columns = {name: [row[name] for row in rows] for name in scorer.inputs}
        batch = pd.DataFrame(columns, dtype=object)  # lone surrogates are no str of pandas'
        if "copies" in columns:
            batch["copies"] = columns["copies"]
        found = score_frame(scorer, batch)
        for place, values in zip(places, found.to_numpy().tolist(), strict=True):
            scores[place][version] = dict(zip(scorer.attributes, values, strict=True))
    spans = [
        {version: _spans(known[version], str(row["text"])) for version in explained}
        for row, _, explained in asked
    ]
    spoken = [detect(str(row["text"])) for row, _, _ in asked]
    return list(zip(scores, spans, spoken, strict=True))


def _spans(scorer: Scorer, text: str) -> dict[str, list[Span]]:
    """Say which words made each score; nothing for scorers that read more than the text."""
    names = list(explainable([scorer]))
    (found,) = explain_each(scorer, [text], names) if names else [{}]
    return {
        name: [(span.start, span.end, span.score) for span in spans]
        for name, spans in found.items()
    }
