"""Decisions told to another program: a real receiver on the loopback."""

import asyncio
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from samples import comment_ids, decide, make_thread

from moderation import webhooks
from moderation.store import open_store
from moderation.webhooks import follow, payload, signature

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(120)]
SECRET = "between us"  # noqa: S105 - the test's own


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.received.append((status, self.headers[webhooks.SIGNATURE_HEADER], body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.received, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(webhooks, "PAUSE_S", 0.05)
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    thread = make_thread("first", "second", "third")
    store.add_thread(thread, source="p")
    yield store, comment_ids(thread)
    store.close()


def run_until(store, receiver, done, act=lambda: None):
    """Follow the log until ``done()`` or 20 s; ``act`` happens once it has begun."""

    async def run():
        url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
        task = asyncio.create_task(follow(store, url, SECRET))
        await _until(lambda: store.fact(webhooks.CURSOR) is not None)
        act()
        await _until(done)
        task.cancel()

    asyncio.run(run())


async def _until(done):
    for _ in range(400):
        if done():
            return
        await asyncio.sleep(0.05)


def test_every_decision_from_now_on_is_told_signed_and_in_order(desk, receiver):
    store, (first, second, third) = desk
    decide(store, first)  # before anybody listened
    made = []

    def act():
        made.append(decide(store, second, decided_by="anna"))
        made.append(decide(store, third))

    run_until(store, receiver, lambda: len(receiver.received) == 2, act)
    told = [json.loads(body) for _, _, body in receiver.received]
    assert [one["id"] for one in told] == [one.id for one in made]
    assert [one["comment_id"] for one in told] == [second, third]
    assert "anna" not in json.dumps(told)
    for _, signed, body in receiver.received:
        at, digest = (part.partition("=")[2] for part in signed.split(","))
        mac = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256)
        assert digest == mac.hexdigest()


def test_what_the_receiver_refuses_is_sent_again_and_nothing_is_lost(desk, receiver):
    store, (first, second, _) = desk
    receiver.answers = [500, 302, 200]
    act = lambda: (decide(store, first), decide(store, second))  # noqa: E731
    run_until(store, receiver, lambda: len(receiver.received) == 4, act)
    statuses = [status for status, _, _ in receiver.received]
    assert statuses == [500, 302, 200, 200]
    told = [json.loads(body)["comment_id"] for _, _, body in receiver.received]
    assert told == [first, first, first, second]


def test_a_second_server_goes_on_where_the_first_ended(desk, receiver):
    store, (first, second, _) = desk
    run_until(
        store, receiver, lambda: store.fact(webhooks.CURSOR) == "1", lambda: decide(store, first)
    )
    decide(store, second)
    run_until(store, receiver, lambda: len(receiver.received) == 2)
    told = [json.loads(body)["comment_id"] for _, _, body in receiver.received]
    assert told == [first, second]


def test_the_signature_depends_on_time_body_and_secret(desk):
    store, (first, *_) = desk
    decision = decide(store, first)
    body = payload(1, decision)
    signatures = {
        signature(body, "a", at=1),
        signature(body, "b", at=1),
        signature(body, "a", at=2),
        signature(body + b" ", "a", at=1),
    }
    assert len(signatures) == 4
