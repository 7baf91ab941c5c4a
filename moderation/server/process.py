"""Runs the application in uvicorn: sockets, TLS, time-outs, an orderly end.

HTTP is read by httptools, which takes heads of any size at any pace: ``_Protocol`` does not. At
SIGTERM or Ctrl-C no more connections are taken, what is being answered is answered, then the
scoring processes and the store are closed.
"""

import asyncio
import logging
import sys
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from moderation.errors import ModerationError
from moderation.server.intake import JsonLines

MOST_CONNECTIONS = 1_000
"""More are answered 503 at once."""
MOST_HEAD_BYTES = 65_536
"""Of a request's first line and headers, of a chunk's, and of what may follow the last chunk."""
READ_S = 30.0
"""For a request's first line and headers, and from then on for each further piece of its body."""
KEEP_ALIVE_S = 75
DRAIN_S = 30


def run(
    app: FastAPI,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    private_key: Path | None = None,
) -> None:
    """Serve until a signal ends it.

    Args:
        app: As ``moderation.server.create_app`` makes it.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one, which the log names.
        certificate: PEM file for TLS; None: plain HTTP.
        private_key: PEM file of its key.

    Raises:
        ModerationError: It could not start.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_Protocol,
        ssl_certfile=certificate,
        ssl_keyfile=private_key,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
        ws="websockets-sansio",
    )
    server = _Server(config)
    server.run()
    if not server.started:
        msg = f"the server could not start on {host}:{port}; the log above says why"
        raise ModerationError(msg)


def log_to(level: int) -> None:
    """Write the log as JSON lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("moderation", "uvicorn", "uvicorn.error"):
        own = logging.getLogger(name)
        own.handlers.clear()
        own.propagate = True
        own.setLevel(level)


class _Protocol(HttpToolsProtocol):
    """Ends connections whose requests do not come, by size and by time."""

    _head_bytes = 0
    _too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_more()

    def data_received(self, data: bytes) -> None:
        """Read what has come; what brought nothing new counts as a head that grows."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("Request headers too large.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Count and wait anew."""
        self._head_bytes = 0
        self._await_more()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Count and wait anew."""
        self._head_bytes = 0
        self._await_more()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count and wait anew."""
        self._head_bytes = 0
        self._await_more()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count anew and wait for nothing: the request has come."""
        self._head_bytes = 0
        self._stop_waiting()
        super().on_message_complete()

    def _await_more(self) -> None:
        self._stop_waiting()
        self._too_late = self.loop.call_later(READ_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say in ``/readyz`` that this is the end, then begin it."""
        app = self.config.app
        state = getattr(app.state, "server", None) if isinstance(app, FastAPI) else None
        if state is not None:
            state.is_draining = True
        super().handle_exit(sig, frame)
