"""Our own routes: threads scored, the queue read, decisions made, Coral's phase answered."""

import asyncio
import json
import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from moderation.coral import SIGNATURE_HEADER, is_signed, parse_phase, phase_reply
from moderation.perspective.errors import ApiError
from moderation.policy import flagged
from moderation.review import decide
from moderation.rules import in_force
from moderation.schema import Action, Article, Comment, Decision, Sampling, Thread
from moderation.server.intake import JSON_TYPE
from moderation.server.pages import docs_page
from moderation.server.state import admitted, state_of
from moderation.store import QueueFilter

MOST_COMMENTS = 1_000
Text = Annotated[str, Field(max_length=100_000)]
Name = Annotated[str, Field(max_length=2_000)]


class SentArticle(BaseModel):
    """The page under discussion; what is empty is not known."""

    url: Name = ""
    title: Text = ""
    text: Annotated[str, Field(max_length=1_000_000)] = ""


class SentComment(BaseModel):
    """One comment of a thread, in page order."""

    id: Name
    parent_id: Name | None = None
    author: Name = ""
    text: Text


class ScoreIn(BaseModel):
    """A thread to score."""

    article: SentArticle = SentArticle()
    comments: Annotated[list[SentComment], Field(min_length=1, max_length=MOST_COMMENTS)]
    attributes: Annotated[list[Name], Field(max_length=100)] = []


class CommentScores(BaseModel):
    """Attribute -> score in [0, 1]; null: nothing to score."""

    id: str
    scores: dict[str, float | None]


class ScoreOut(BaseModel):
    """Scores in the order of the comments, and what produced them."""

    comments: list[CommentScores]
    versions: dict[str, str]


class WaitingComment(BaseModel):
    """A comment that waits for a decision; ``worth``: how much a look is worth."""

    comment_id: str
    article_url: str
    article_title: str
    author: str
    text: str
    published: str | None
    worth: float | None
    escalated: bool
    scores: dict[str, float | None]


class CommentsOut(BaseModel):
    """Waiting comments, those most worth a look first."""

    comments: list[WaitingComment]


class DecisionIn(BaseModel):
    """A moderator's decision; ``expected``: id of the decision they saw standing."""

    comment_id: Annotated[str, Field(max_length=10_000)]
    action: Action
    moderator: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=500)] = ""
    note: Annotated[str, Field(max_length=10_000)] = ""
    overrides: Annotated[dict[str, float], Field(max_length=100)] = {}
    sampling: Sampling = Sampling.QUEUE
    expected: str | None = None


class DecisionOut(BaseModel):
    """An entry of the decision log."""

    id: str
    comment_id: str
    action: Action
    reason: str
    note: str
    moderator: str
    decided_at: str
    undoes: str | None


class Fault(BaseModel):
    """What every error looks like."""

    code: int
    message: str
    status: str
    details: list[dict[str, Any]]


class ErrorOut(BaseModel):
    """What every error looks like."""

    error: Fault


_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorOut, "description": meaning}
    for code, meaning in {
        400: "Not understood, or a wrong key",
        403: "No key",
        413: "Too large",
        429: "Too many requests",
        503: "Too busy; try again",
    }.items()
}
router = APIRouter(prefix="/v1", dependencies=[Depends(admitted)], responses=_ERRORS)
unkeyed = APIRouter(prefix="/v1", responses=_ERRORS)


@router.post("/score", response_model=ScoreOut)
async def score(request: Request, thread: ScoreIn) -> Response:
    """Score a thread: every comment with its article, its parent and what stands before it."""
    service = state_of(request).service
    for name in thread.attributes:
        if name not in service.versions:
            raise ApiError(400, f"Unknown attribute {name[:80]!r}; known: {[*service.versions]}")
    if len({one.id for one in thread.comments}) != len(thread.comments):
        raise ApiError(400, "Two comments have the same id")
    found = await service.score_thread(_thread(thread), thread.attributes)
    scored = [
        {"id": one.id, "scores": scores}
        for one, scores in zip(thread.comments, found.scores, strict=True)
    ]
    return _json({"comments": scored, "versions": found.versions})


@router.get("/comments", response_model=CommentsOut)
async def comments(  # noqa: PLR0913 - one argument a parameter
    request: Request,
    article_url: Annotated[str, Query(max_length=4_000)] = "",
    search: Annotated[str, Query(max_length=500)] = "",
    attribute: Annotated[str, Query(max_length=100)] = "",
    low: Annotated[float, Query(ge=0, le=1)] = 0.0,
    high: Annotated[float, Query(ge=0, le=1)] = 1.0,
    escalated: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Return comments that wait for a decision, those most worth a look first."""
    state = state_of(request)
    if attribute and attribute not in state.service.versions:
        raise ApiError(400, f"Unknown attribute {attribute!r}; known: {[*state.service.versions]}")
    which = "escalated" if escalated else "waiting"
    where = QueueFilter(article_url, attribute, low, high, search, which)
    waiting = await asyncio.to_thread(
        lambda: state.service.store.queue(where, limit=limit, offset=offset)
    )
    names = [name for name in state.service.versions if name in waiting.columns]
    plain = ("comment_id", "article_url", "article_title", "author", "text", "published")
    found = [
        {
            **{name: row[name] for name in plain},
            "worth": _number(row["worth"]),
            "escalated": bool(row["escalated"]),
            "scores": {name: _number(row[name]) for name in names},
        }
        for row in waiting.to_dict("records")
    ]
    return _json({"comments": found})


@router.post(
    "/decisions",
    status_code=201,
    response_model=DecisionOut,
    responses={
        404: {"model": ErrorOut, "description": "No such comment"},
        409: {"model": ErrorOut, "description": "Another decision stands; this one is logged"},
    },
)
async def make_decision(request: Request, asked: DecisionIn) -> Response:
    """Record a decision and the labels that follow from it."""
    state = state_of(request)
    store = state.service.store
    if (await asyncio.to_thread(store.context, [asked.comment_id])).empty:
        raise ApiError(404, "The comment is not in the store")
    decision = await asyncio.to_thread(
        lambda: decide(
            store,
            asked.comment_id,
            asked.action,
            moderator=asked.moderator,
            reason=asked.reason,
            note=asked.note,
            overrides=asked.overrides,
            sampling=asked.sampling,
            expected=asked.expected,
            policy=in_force(store, state.settings),
        )
    )
    return _json(_told(decision), 201)


@router.get("/decisions", response_model=list[DecisionOut])
async def decisions(
    request: Request, comment_id: Annotated[str, Query(max_length=4_000)]
) -> Response:
    """Return every decision on a comment, undone ones included, oldest first."""
    store = state_of(request).service.store
    history = await asyncio.to_thread(store.history, comment_id)
    return _json([_told(one) for one in history])


@router.get(
    "/cards/{version}",
    response_class=Response,
    responses={
        200: {"content": {"text/markdown": {"schema": {"type": "string"}}}},
        404: {"model": ErrorOut, "description": "No such version"},
    },
)
async def card(request: Request, version: Annotated[str, Path(max_length=200)]) -> Response:
    """Return a model's card, Markdown: what it learnt from, what it is worth, where it fails."""
    found = await asyncio.to_thread(state_of(request).service.card, version)
    if not found:
        raise ApiError(404, "No such version is served")
    return Response(found, media_type="text/markdown")


@unkeyed.post("/coral/phase", include_in_schema=False)
async def coral_phase(request: Request, withhold: bool = False) -> Response:
    """Answer Coral's external moderation phase; its signature stands for a key."""
    state = state_of(request)
    secret, body = state.settings.coral_secret, await request.body()
    if not secret:
        raise ApiError(404, "Not served: the setting coral_secret is empty")
    if not is_signed(body, request.headers.get(SIGNATURE_HEADER, ""), secret):
        raise ApiError(403, "The signature is missing or wrong")
    try:
        asked = parse_phase(json.loads(body))
    except (ValueError, RecursionError):
        raise ApiError(400, "Invalid JSON payload received.") from None
    scores = await state.service.score_beside(asked.text, asked.story_url, asked.parent_id)
    policy = await asyncio.to_thread(in_force, state.service.store, state.settings)
    found = flagged(scores, policy)
    reply = phase_reply(found, withhold=withhold)
    return Response(status_code=204) if reply is None else _json(reply)


@unkeyed.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """Describe the routes of this module."""
    return _json(request.app.openapi())


@unkeyed.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Show them to people."""
    return HTMLResponse(docs_page(request.app.openapi()))


def _thread(asked: ScoreIn) -> Thread:
    article = Article(asked.article.url, asked.article.title, asked.article.text)
    members = (Comment(one.id, one.parent_id, one.author, one.text) for one in asked.comments)
    return Thread(article, tuple(members), "api")


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "comment_id": decision.comment_id,
        "action": str(decision.action),
        "reason": decision.reason,
        "note": decision.note,
        "moderator": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        "undoes": decision.undoes,
    }


def _json(content: object, status: int = 200) -> Response:
    """Write JSON in ASCII: stored texts may hold lone surrogates, which UTF-8 cannot."""
    return Response(json.dumps(content, allow_nan=False), status, media_type=JSON_TYPE)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
