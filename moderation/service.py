"""What the HTTP API does, without HTTP: checked requests in, replies and labels out.

Comments are scored by ``moderation.workers``. What is analysed is kept nowhere; only
suggestions are stored. Values under Perspective's names are on Perspective's scale where a
scale was fitted for the scorer that gives them (``moderation.scale``).
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
from moderation.languages import detect
from moderation.perspective import (
    AnalyzeRequest,
    Context,
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
from moderation.scorers.offered import languages
from moderation.store import Store
from moderation.workers import Pool, Task


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
    """

    def __init__(
        self, store: Store, pool: Pool, standing: Sequence[Scorer], offered: Sequence[Scorer]
    ) -> None:
        self.store = store
        self.pool = pool
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
        detected = detect(request.text)
        spoken = effective_languages(request, self.served, detected)
        wanted = frozenset(one.version for one in request.requested)
        found = await self.pool.score(Task(_row(request), wanted), patient=patient)
        scores = {one.key: found[one.version][one.attribute] for one in request.requested}
        return Analysis(
            analyze_reply(request, scores, languages=spoken, detected=detected),
            {one.key.partition("@")[0]: one.version for one in request.requested},
            {one.attribute: scores[one.key] for one in request.requested},
        )

    async def suggest(self, body: object, *, sender: str) -> Json:
        """Keep what a SuggestCommentScore request says; raises ApiError and StoreError."""
        request = parse_suggestion(body, self.served)
        await asyncio.to_thread(self.store.add_suggestions, _suggestions(request, sender))
        return suggestion_reply(request, detect(request.text))

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
            {name: _number(own[version][name]) for name, version in wanted.items()} for own in found
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
        return {name: found[version][name] for name, version in self.versions.items()}


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
