"""Perspective's routes: comments:analyze, comments:suggestscore, attributes, discovery."""

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources

from fastapi import Request, Response
from starlette.routing import Route
from starlette.types import Scope

from moderation.perspective.errors import ApiError, Json
from moderation.scoring_process import WorkerLost
from moderation.server.intake import JSON_TYPE, error_response
from moderation.server.masks import cut_down, parse_mask
from moderation.server.state import State, admitted, state_of
from moderation.workers import FULL, Busy

ANALYZE = "/v1alpha1/comments:analyze"
VERSIONS_HEADER = "moderation-versions"
"""Names what produced each score: ``TOXICITY@encoder-1-cf870a67, …``."""
SHED_AFTER_S = 0.2
"""A refused caller waits so long for the answer: who comes again at once, as often as he can, would
take the time that those who are served need."""
_SHED = error_response(Busy(FULL))
_ANALYZE_FIELDS = ("attributeScores", "languages", "detectedLanguages", "clientToken")
_SUGGEST_FIELDS = ("clientToken", "detectedLanguages", "requestedLanguages")

Query = Mapping[str, str]
Method = Callable[[State, bytes, Query, str, bool], Awaitable[Response]]


async def analyze(
    state: State,
    body: bytes,
    query: Query,
    _sender: str,
    patient: bool,
) -> Response:
    """Answer an AnalyzeComment request; raises ApiError, Busy and WorkerLost."""
    _check_alt(query)
    try:
        found = await state.service.analyze(_parsed(body), patient=patient)
    except (Busy, WorkerLost):
        state.metrics.shed()
        raise
    state.metrics.scored(found.scores)
    named = ", ".join(f"{name}@{version}" for name, version in found.versions.items())
    return _reply(found.reply, query, _ANALYZE_FIELDS, {VERSIONS_HEADER: named})


async def suggest(
    state: State,
    body: bytes,
    query: Query,
    sender: str,
    _patient: bool,
) -> Response:
    """Answer a SuggestCommentScore request; raises ApiError and StoreError."""
    _check_alt(query)
    reply = await state.service.suggest(_parsed(body), sender=sender)
    return _reply(reply, query, _SUGGEST_FIELDS)


METHODS: Mapping[str, Method] = {
    ANALYZE: analyze,
    "/v1alpha1/comments:suggestscore": suggest,
}
"""Path -> what answers a POST to it, alone or as a part of a batch."""


async def analyze_comment(request: Request) -> Response:
    """``POST /v1alpha1/comments:analyze``."""
    return await _call(analyze, request)


async def refuse_if_full(scope: Scope) -> Response | None:
    """Return the answer to a comment there is no room for, before its request costs anything."""
    if scope["path"] != ANALYZE:
        return None
    state: State = scope["app"].state.server
    if not state.service.pool.is_full:
        return None
    scope["endpoint"] = analyze_comment  # as the router would: for the log and the metrics
    state.metrics.shed()
    await asyncio.sleep(SHED_AFTER_S)
    return _SHED


async def suggest_score(request: Request) -> Response:
    """``POST /v1alpha1/comments:suggestscore``."""
    return await _call(suggest, request)


async def attributes(request: Request) -> Response:
    """``GET /v1alpha1/attributes``: what can be asked for."""
    await admitted(request)
    listed = state_of(request).service.attributes()
    return _reply({"attributes": listed}, request.query_params, ())


async def discovery(request: Request) -> Response:
    """``GET /$discovery/rest?version=v1alpha1``: needs no key, as at Google."""
    version = request.query_params.get("version", "v1alpha1")
    if version != "v1alpha1":
        raise ApiError(404, f"Discovery document not found for version: {version[:40]!r}")
    root = _root_url(request)
    document = copy.deepcopy(_DOCUMENT)
    document |= {"rootUrl": root, "baseUrl": root, "mtlsRootUrl": root}
    return _reply(document, request.query_params, ())


ROUTES = [
    Route(ANALYZE, analyze_comment, methods=["POST"]),
    Route("/v1alpha1/comments:suggestscore", suggest_score, methods=["POST"]),
    Route("/v1alpha1/attributes", attributes, methods=["GET"]),
    Route("/$discovery/rest", discovery, methods=["GET"]),
]

_DOCUMENT: Json = json.loads(
    resources.files("moderation.server").joinpath("discovery.json").read_text(encoding="utf-8")
)


async def _call(method: Method, request: Request) -> Response:
    sender = await admitted(request)
    body = await request.body()
    return await method(state_of(request), body, request.query_params, sender, False)


def _parsed(body: bytes) -> object:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "Invalid JSON payload received.") from None


def _check_alt(query: Query) -> None:
    alt = query.get("alt", "json")
    if alt.lower() != "json":
        raise ApiError(400, "Only alt=json is supported")


def _reply(
    reply: Json, query: Query, known: tuple[str, ...], headers: Mapping[str, str] | None = None
) -> Response:
    """Write a reply as Google does: indented unless ``prettyPrint=false``, cut to ``fields``."""
    mask = query.get("fields")
    if mask:
        reply = cut_down(reply, parse_mask(mask), known)
    is_plain = query.get("prettyPrint", query.get("$.prettyPrint", "true")).lower() in {
        "false",
        "0",
    }
    text = (
        json.dumps(reply, ensure_ascii=False)
        if is_plain
        else json.dumps(reply, ensure_ascii=False, indent=2)
    )
    content = f"{text}\n".encode("utf-8", "backslashreplace")  # a lone surrogate has no UTF-8
    return Response(content, media_type=JSON_TYPE, headers=dict(headers or {}))


def _root_url(request: Request) -> str:
    """Say where we are: as configured, as the proxy says, else where the request came in."""
    public_url = state_of(request).settings.public_url
    if public_url and public_url != "forwarded":
        return public_url.rstrip("/") + "/"
    if public_url == "forwarded":
        scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
        host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
        return f"{scheme}://{host}/"
    host, port = request.scope.get("server") or ("127.0.0.1", None)
    shown = f"[{host}]" if ":" in host else host
    return f"{request.url.scheme}://{shown}{f':{port}' if port else ''}/"
