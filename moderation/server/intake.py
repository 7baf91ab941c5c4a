"""What every request to the API passes on its way in and out, whatever its route.

In: what cannot be answered now is refused unread; of the rest the whole body is read, within a
limit and a time, before anything else happens. Out: one line of JSON a request in the log, which
holds neither text nor query nor key, and a count. What goes wrong anywhere becomes Google's
envelope here. Requests to the desk pass untouched.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from moderation.errors import (
    ConflictError,
    ModelError,
    ModerationError,
    ScoringError,
    StoreError,
)
from moderation.perspective.errors import ApiError, error_info
from moderation.scoring_process import WorkerLost
from moderation.server.metrics import Metrics
from moderation.workers import Busy

MAX_BODY_BYTES = 16 << 20
"""Of one request: eight comments with a context of the largest size, or a large batch."""
BODY_TIMEOUT_S = 15.0
JSON_TYPE = "application/json; charset=UTF-8"
PREFIXES = ("/v1", "/batch", "/$discovery/", "/healthz", "/readyz", "/metrics")
"""How the API's paths begin; what begins otherwise is the desk's."""

_HTTP_ERRORS = {404: "Method not found.", 405: "Method not allowed."}

Refuse = Callable[[Scope], Awaitable[Response | None]]

logger = logging.getLogger("moderation.server")


class Intake:
    """ASGI middleware around the whole application.

    Args:
        app: What comes next for the desk's requests and those that no route here takes.
        metrics: Told of every answer.
        refuse: Gives the answer to a request that cannot be served now, before it is read.
        routes: Those that do without what FastAPI wraps around its own.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, refuse: Refuse, routes: Sequence[BaseRoute]
    ) -> None:
        self._app = app
        self._api = Router(routes, redirect_slashes=False, default=app)
        self._metrics = metrics
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        body = b""
        try:
            refused = await self._refuse(scope)
            if refused is None:
                async with asyncio.timeout(BODY_TIMEOUT_S):
                    body = await _read(receive)
                await self._api(scope, _Replay(body, receive), watched)
            else:
                await refused(scope, receive, watched)
        except Exception as error:  # the server must outlive whatever one request does to it
            if status == 0:
                await error_response(error)(scope, receive, watched)
            if not isinstance(error, (ModerationError, ApiError, HTTPException, TimeoutError)):
                where = {"error": _place(error)}  # no traceback: it may quote what was sent
                logger.error("failed", extra={"fields": where})  # noqa: TRY400
        finally:
            seconds = time.perf_counter() - started
            endpoint = scope.get("endpoint")
            route = getattr(endpoint, "__name__", "none")
            self._metrics.answered(route, status, seconds)
            fields = {
                "route": route,
                "method": scope["method"],
                "status": status,
                "ms": round(seconds * 1000, 1),
                "bytes": len(body),
                "key": scope.get("state", {}).get("key", ""),
            }
            logger.info("request", extra={"fields": fields})


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, what happened, and the fields that were given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; tracebacks are left out, they may quote what was sent."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields: dict[str, Any] = getattr(record, "fields", {})
        line = {"time": f"{at}Z", "level": record.levelname.lower(), "logger": record.name}
        return json.dumps(line | {"message": record.getMessage()} | fields)


def error_response(error: BaseException) -> Response:
    """Return the answer to whatever went wrong."""
    told = _as_api_error(error)
    headers = {} if told.retry_after_s is None else {"retry-after": str(told.retry_after_s)}
    content = json.dumps(told.body(), indent=2) + "\n"
    return Response(content, told.code, headers, media_type=JSON_TYPE)


def _as_api_error(error: BaseException) -> ApiError:
    match error:
        case ApiError():
            told = error
        case Busy() | WorkerLost():
            told = ApiError(503, f"Try again later: {error}", retry_after_s=1)
        case ConflictError():
            told = ApiError(409, str(error), error_info("ANOTHER_DECISION_STANDS"))
        case StoreError():
            told = ApiError(503, f"The store could not be used: {error}", retry_after_s=1)
        case ScoringError() | ModelError():  # ours, not the caller's
            told = ApiError(500, "Internal error encountered.")
        case ModerationError():
            told = ApiError(400, str(error))
        case HTTPException():  # the framework's: nothing there, or not for this method
            told = ApiError(error.status_code, _HTTP_ERRORS.get(error.status_code, "Bad request."))
        case TimeoutError():
            told = ApiError(408, f"The request was not read within {BODY_TIMEOUT_S:g} s")
        case _:
            told = ApiError(500, "Internal error encountered.")
    return told


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError(400, "The request ended early")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise ApiError(413, f"Request too large: at most {MAX_BODY_BYTES} bytes are read")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


class _Replay:
    """Gives a body that was read already, then whatever else the connection says."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _place(error: BaseException) -> str:
    """Name an error and where it was raised: its words may quote what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
