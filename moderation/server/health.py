"""``/healthz``: the process runs. ``/readyz``: it can score and store. ``/metrics``."""

import asyncio

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse
from starlette.routing import Route

from moderation.errors import StoreError
from moderation.perspective.errors import ApiError
from moderation.server.metrics import CONTENT_TYPE
from moderation.server.state import admitted, state_of


async def healthz(_request: Request) -> Response:
    """Answer as long as anything runs."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Answer 200 if requests should come here, 503 with the reason if not."""
    state = state_of(request)
    if state.is_draining:
        raise ApiError(503, "The server is stopping", retry_after_s=5)
    if not state.service.pool.ready:
        raise ApiError(503, "No scoring process is alive", retry_after_s=1)
    try:
        await asyncio.to_thread(state.service.store.fact, "pseudonym_key")
    except StoreError as error:
        raise ApiError(503, f"The store could not be used: {error}", retry_after_s=5) from error
    return PlainTextResponse("ready\n")


async def metrics(request: Request) -> Response:
    """Answer in Prometheus' text format; needs a key where keys are set."""
    await admitted(request)
    return Response(state_of(request).metrics.text(), headers={"content-type": CONTENT_TYPE})


ROUTES = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
]
