"""The HTTP API: Perspective's routes and our own, over ``moderation.service``.

``create_app`` makes the ASGI application; ``moderation.server.process`` runs it.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from moderation import __version__
from moderation.config import Settings
from moderation.perspective.errors import invalid_field
from moderation.scorers import load, versions
from moderation.scorers.language import detect
from moderation.scorers.offered import archived, offered, one_thread
from moderation.scorers.packaged import MODELS
from moderation.scorers.scales import read_scales, with_desk
from moderation.server import batch, comments, health, native
from moderation.server.access import Access
from moderation.server.intake import Intake, error_response
from moderation.server.metrics import Metrics
from moderation.server.state import State
from moderation.service import Service
from moderation.store import open_store
from moderation.webhooks import follow
from moderation.workers import Pool

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def create_app(
    settings: Settings, *, desk: ASGIApp | None = None, desk_lifespan: Lifespan | None = None
) -> FastAPI:
    """Make the application.

    Args:
        settings: Of this machine.
        desk: Answers every path that is not the API's; None: there is no desk.
        desk_lifespan: Starts and stops the desk.
    """
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            is_awaited = desk is None
            app.state.server = await _start(settings, metrics, stack, is_awaited=is_awaited)
            if desk_lifespan is not None:
                await stack.enter_async_context(desk_lifespan(app))
            yield

    app = FastAPI(
        title="moderation",
        version=__version__,
        summary="Scores of comments and decisions on them.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        exception_handlers={HTTPException: _http_error, RequestValidationError: _wrong_field},
    )
    app.include_router(native.router)
    app.include_router(native.unkeyed)
    routes = [*comments.ROUTES, *batch.ROUTES, *health.ROUTES]
    app.add_middleware(Intake, metrics=metrics, refuse=comments.refuse_if_full, routes=routes)
    if settings.allowed_origins:
        origins = list(settings.allowed_origins)
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST"])
    if desk is not None:
        app.mount("/", desk)
    return app


async def _start(
    settings: Settings, metrics: Metrics, stack: contextlib.AsyncExitStack, *, is_awaited: bool
) -> State:
    """Open the store and start the scoring processes; ``stack`` ends them."""
    store = open_store(settings.store_url)
    stack.callback(store.close)
    standing = load(settings.toxicity, settings.desk_model)
    scorers = offered(settings.toxicity, settings.model_archive, settings.desk_model)
    pool = await stack.enter_async_context(
        Pool(
            one_thread(scorers),
            eager=set(versions(standing).values()),
            workers=settings.api_workers or os.cpu_count() or 1,
            queue_size=settings.api_queue,
            timeout_s=settings.api_timeout_s,
            on_batch=metrics.batch,
            is_awaited=is_awaited,
        )
    )
    metrics.watch(pool)
    await asyncio.to_thread(detect, "Noch ein Satz, der nicht auf Englisch ist.")  # loads its model
    if settings.webhook_url:
        telling = asyncio.create_task(follow(store, settings.webhook_url, settings.webhook_secret))
        stack.push_async_callback(_ended, telling)
    roots = (MODELS, *archived(settings.model_archive))
    scales = with_desk(read_scales(roots), standing)
    service = Service(store, pool, standing, scorers, scales)
    return State(settings, service, Access(settings, store), metrics)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _http_error(_request: Request, error: Exception) -> Response:
    """Answer what the framework refuses in the API's own form."""
    return error_response(error)


async def _wrong_field(_request: Request, error: Exception) -> Response:
    """Name the first field that is wrong; what stood in it stays unsaid."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    where = ".".join(str(part) for part in problems[0]["loc"][1:]) if problems else ""
    return error_response(
        invalid_field(where or "request", problems[0]["type"] if problems else "")
    )
