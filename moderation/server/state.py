"""What routes share: the service, who may call it, what is counted."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from moderation.config import Settings
from moderation.server.access import Access, Caller
from moderation.server.metrics import Metrics
from moderation.service import Service


@dataclass(slots=True)
class State:
    """One running server."""

    settings: Settings
    service: Service
    access: Access
    metrics: Metrics
    is_draining: bool = False


def state_of(request: Request) -> State:
    """Return the state of the server a request came to."""
    return cast("State", request.app.state.server)


def caller_of(request: Request) -> Caller:
    """Return what is known of a request before it is read."""
    peer = request.client.host if request.client else ""
    return Caller(request.query_params, request.headers, peer, request.method)


async def admitted(request: Request) -> str:
    """Let a request in, and note its key's name for the log; raises ApiError."""
    name = await state_of(request).access.admit(caller_of(request))
    request.state.key = name
    return name
