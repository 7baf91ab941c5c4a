"""`moderation api` as a process of its own: how it begins and how it ends."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import uvicorn

from moderation.server import process

BODY = json.dumps(
    {"comment": {"text": "You utter fool."}, "requestedAttributes": {"TOXICITY": {}}}
).encode()
START_S = 120


@pytest.fixture
def server(tmp_path):
    """The process and its port; it has just begun to take connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"MODERATION_DATABASE_URL": f"sqlite:///{tmp_path / 'api.db'}"}
    own |= {"MODERATION_TOXICITY": "bulk", "MODERATION_API_TIMEOUT_S": "60"}
    command = [sys.executable, "-m", "moderation", "api", "--workers", "1", "--port", str(port)]
    running = subprocess.Popen(  # noqa: S603 - our own server
        command, env=os.environ | own, cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            break
    yield running, port
    running.kill()
    running.wait()


def test_it_takes_connections_when_it_can_score_and_answers_what_was_asked_before_it_ends(server):
    running, port = server
    ready = http.client.HTTPConnection("127.0.0.1", port)
    ready.request("GET", "/readyz")
    assert ready.getresponse().read() == b"ready\n"
    ready.request("POST", "/v1alpha1/comments:analyze", BODY)
    assert ready.getresponse().status == 200
    ready.close()

    asked = socket.create_connection(("127.0.0.1", port))
    head = f"POST /v1alpha1/comments:analyze HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    asked.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:10])
    time.sleep(0.5)  # the head has arrived
    running.send_signal(signal.SIGTERM)
    _await_refusal(port)
    asked.sendall(BODY[10:])
    answer = asked.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    asked.close()
    assert running.wait(timeout=60) in (0, -signal.SIGTERM)


def _await_refusal(port):
    """Wait until no new connections are taken."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("new connections are still taken")


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /healthz",
        b"GET /healthz HTTP/1.1\r\nX-Long: ",
        b"POST /v1/score HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        b"POST /v1/score HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Long: ",
    ],
    ids=["line", "headers", "chunk", "trailers"],
)
def test_a_head_that_never_ends_is_cut_off(server, begun):
    _, port = server
    with socket.create_connection(("127.0.0.1", port), timeout=60) as asked:
        asked.sendall(begun)
        time.sleep(0.1)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            _go_on(asked)


@pytest.mark.parametrize("begun", [b"", b"GET /", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"])
def test_a_request_that_does_not_come_is_not_waited_for(monkeypatch, begun):
    monkeypatch.setattr(process, "READ_S", 0.3)

    async def answer(scope, receive, send):
        head = {"type": "http.response.start", "status": 200}
        await send(head | {"headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    async def run():
        config = uvicorn.Config(answer, http=process._Protocol, log_config=None)
        state = uvicorn.server.ServerState()
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(
            lambda: process._Protocol(config, state, {}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        writer.write(b"GET / HTTP/1.1\r\n\r\n" if begun else b"")
        first = await reader.readuntil(b"\r\n\r\n") if begun else b""
        writer.write(begun)
        await asyncio.wait_for(reader.read(), 60)  # until it is closed
        writer.close()
        listening.close()
        return first

    assert asyncio.run(run()).startswith(b"HTTP/1.1 200 OK" if begun else b"")


def _go_on(asked):
    for _ in range(200):
        asked.sendall(b"a" * 4096)
        time.sleep(0.005)


def test_a_long_body_in_small_pieces_is_read(server):
    _, port = server
    article = {"articleAndParentComment": {"article": {"text": "The ferry sails. " * 10_000}}}
    body = json.dumps(json.loads(BODY) | {"context": article}).encode()
    head = f"POST /v1alpha1/comments:analyze HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as asked:
        asked.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        for start in range(0, len(body), 4096):
            asked.sendall(body[start : start + 4096])
            time.sleep(0.002)
        assert asked.recv(1 << 16).startswith(b"HTTP/1.1 200 OK")
