"""What the HTTP API does, without HTTP: checked requests in, replies and labels out.

Comments are scored by ``moderation.workers``. What is analysed is kept nowhere; only
suggestions are stored. Values under Perspective's names are on Perspective's scale where there is
one for the scorer that gives them (``moderation.scorers.scales``); everywhere else scores are on
the scorer's own.
"""

import asyncio
import contextlib
import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from moderation.errors import StoreError
from moderation.frames import CONTEXT_COLUMNS, thread_frame, thread_text
from moderation.perspective import (
    AnalyzeRequest,
    Context,
    Requested,
    Served,
    SuggestRequest,
    analyze_reply,
    attribute_key,
    effective_languages,
    parse_analyze,
    parse_suggestion,
    suggestion_reply,
)
from moderation.perspective.errors import Json
from moderation.schema import Suggestion, Thread
from moderation.scorers import Scorer, versions
from moderation.scorers.language import UNKNOWN, detect
from moderation.scorers.offered import calibration, card, languages
from moderation.scorers.scales import Scale
from moderation.scoring_process import Found, Task
from moderation.store import Store
from moderation.workers import Pool


@dataclass(frozen=True, slots=True)
class Analysis:
    """A reply and what produced it.

    Args:
        reply: The body.
        versions: Perspective's name -> scorer version.
        scores: Our attribute -> score in [0, 1], for metrics.
    """

    reply: Json
    versions: dict[str, str]
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class ThreadScores:
    """Scores of a thread's comments.

    Args:
        scores: One a comment, in order: attribute -> score in [0, 1], None: nothing to score.
        versions: Attribute -> scorer version.
    """

    scores: list[dict[str, float | None]]
    versions: dict[str, str]


class Service:
    """What is behind every route.

    Args:
        store: Where suggestions go, and comments come from.
        pool: Scores.
        standing: The scorers in use, as ``moderation.scorers.load`` gives them.
        offered: Those and the other versions that can be asked for.
        scales: (Scorer version, attribute) -> its scale.
    """

    def __init__(
        self,
        store: Store,
        pool: Pool,
        standing: Sequence[Scorer],
        offered: Sequence[Scorer],
        scales: Mapping[tuple[str, str], Scale],
    ) -> None:
        self.store = store
        self.pool = pool
        self.scales = scales
        self._offered = {scorer.version: scorer for scorer in offered}
        self.versions = versions(standing)
        self.served = served_attributes(self.versions, offered)

    async def analyze(self, body: object, *, patient: bool = False) -> Analysis:
        """Answer an AnalyzeComment request.

        Args:
            body: Parsed JSON.
            patient: Wait for room in the queue instead of being refused.

        Raises:
            ApiError: The request cannot be answered.
            Busy: Too much waits to be scored.
        """
        request = parse_analyze(body, self.served)
        wanted = frozenset(one.version for one in request.requested)
        explained = wanted if request.wants_spans else frozenset()
        task = Task(_row(request), wanted, explained)
        found = await self.pool.score(task, patient=patient)
        detected = _known(found.language)
        spoken = effective_languages(request, detected)
        scores = {one.key: self._score(one, found) for one in request.requested}
        spans = {one.key: self._spans(one, found) for one in request.requested if explained}
        return Analysis(
            analyze_reply(request, scores, languages=spoken, detected=detected, spans=spans),
            {one.name: one.version for one in request.requested},
            {one.attribute: scores[one.key] for one in request.requested},
        )

    def attributes(self) -> list[Json]:
        """Describe what can be asked for: languages, versions, calibration, where the card is."""
        return [
            {
                "name": name,
                "languages": list(one.languages),
                "versions": [f"{name}@{version}" for version in one.versions],
                "calibration": self._calibration(one),
                "card": f"/v1/cards/{one.versions[0]}",
            }
            for name, one in self.served.items()
        ]

    def card(self, version: str) -> str:
        """Return the card of an offered scorer, Markdown; empty if there is none."""
        scorer = self._offered.get(version)
        return "" if scorer is None else card(scorer)

    async def suggest(self, body: object, *, sender: str) -> Json:
        """Keep what a SuggestCommentScore request says; raises ApiError and StoreError."""
        request = parse_suggestion(body, self.served)
        if request.is_kept:
            await asyncio.to_thread(self.store.add_suggestions, _suggestions(request, sender))
        return suggestion_reply(request, _known(detect(request.text)))

    async def score_thread(self, thread: Thread, attributes: Iterable[str]) -> ThreadScores:
        """Score every comment of a thread, each with what stands around it.

        Args:
            thread: Parents named where they are known.
            attributes: Our names; all in use if empty.
        """
        wanted = {name: self.versions[name] for name in attributes} or self.versions
        needed = frozenset(wanted.values())
        rows = _rows(thread_frame(thread))
        found = await self.pool.score_many([Task(row, needed) for row in rows])
        scores = [
            {name: _number(own.scores[version][name]) for name, version in wanted.items()}
            for own in found
        ]
        return ThreadScores(scores, dict(wanted))

    async def score_beside(self, text: str, article_url: str, parent_id: str) -> dict[str, float]:
        """Score a comment that is not stored, with what the store knows of its surroundings.

        Args:
            text: The comment.
            article_url: Of its article; may be unknown to the store.
            parent_id: The platform's id of the comment it answers; empty if none.

        Returns:
            Attribute -> score in [0, 1]; NaN: nothing to score.
        """
        row = context_row(text, Context())
        with contextlib.suppress(StoreError):  # an article that was never ingested
            thread = await asyncio.to_thread(self.store.thread, article_url)
            texts = {one.id: one.text for one in thread.comments}
            row["article_title"] = thread.article.title
            row["article_text"] = thread.article.text
            row["parent_text"] = texts.get(parent_id, "")
            row["thread_text"] = thread_text(list(texts.values()))
        found = await self.pool.score(Task(row, frozenset(self.versions.values())))
        return {name: found.scores[version][name] for name, version in self.versions.items()}

    def _calibration(self, one: Served) -> Json:
        """Say on which scale the standing version's scores are, and how good its own one is."""
        version = one.versions[0]
        scale = self.scales.get((version, one.attribute))
        measured = calibration(self._offered[version]).get(one.attribute, [])
        if scale is None:
            return {"scale": "own", "version": version, "own_scale": measured}
        return {"scale": "perspective", "version": scale.version, "own_scale": measured}

    def _score(self, asked: Requested, found: Found) -> float:
        """Return a score as it is shown under Perspective's name; NaN: nothing to score."""
        score = found.scores[asked.version][asked.attribute]
        scale = self.scales.get((asked.version, asked.attribute))
        return score if scale is None else scale.to_perspective(score)

    def _spans(self, asked: Requested, found: Found) -> list[tuple[int, int, float]]:
        """Return the words that made a score, each with its part of the score as it is shown."""
        shown, own = self._score(asked, found), found.scores[asked.version][asked.attribute]
        spans = found.spans.get(asked.version, {}).get(asked.attribute, [])
        return [(begin, end, min(1.0, share * shown / own)) for begin, end, share in spans]


def served_attributes(standing: Mapping[str, str], offered: Iterable[Scorer]) -> dict[str, Served]:
    """Return what can be asked for, by Perspective's names.

    Args:
        standing: Attribute -> version in use.
        offered: Every scorer; those in use among them.
    """
    by_attribute: dict[str, list[Scorer]] = {}
    for scorer in offered:
        for name in scorer.attributes:
            by_attribute.setdefault(name, []).append(scorer)
    served = {}
    for name, version in standing.items():
        own = next(scorer for scorer in by_attribute[name] if scorer.version == version)
        others = (scorer.version for scorer in by_attribute[name] if scorer.version != version)
        read = languages(own).get(name, ())
        served[attribute_key(name)] = Served(name, (version, *others), read)
    return served


def context_row(text: str, context: Context) -> dict[str, object]:
    """Return one comment as ``CONTEXT_COLUMNS``."""
    row: dict[str, object] = dict.fromkeys(CONTEXT_COLUMNS, "")
    row |= {"text": text, "article_text": context.article, "parent_text": context.parent}
    row |= {"thread_text": thread_text(list(context.thread)), "copies": 1, "parent_id": None}
    return row


def _known(language: str) -> list[str]:
    """Return a language that ``detect`` found as a list of one; empty where it could not tell."""
    return [] if language in ("", UNKNOWN) else [language]


def _row(request: AnalyzeRequest) -> dict[str, object]:
    return context_row(request.text, request.context)


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _suggestions(request: SuggestRequest, sender: str) -> list[Suggestion]:
    now = datetime.now(UTC)
    return [
        Suggestion(
            id=uuid.uuid4().hex,
            text=request.text,
            attribute=one.attribute,
            value=one.value,
            received_at=now,
            sender=sender,
            begin=one.begin,
            end=one.end,
            community=request.community,
            client_token=request.client_token,
            article=request.context.article,
            parent=request.context.parent,
        )
        for one in request.suggested
    ]


def _number(score: float) -> float | None:
    return None if math.isnan(score) else score
