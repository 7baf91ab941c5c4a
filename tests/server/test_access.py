"""Keys, limits, and pages of other origins."""

import asyncio
import json

import pytest
from asking import client_of, settings_in
from fastapi.testclient import TestClient

from moderation.keys import add_key, revoke_key, rotate_key
from moderation.server import create_app

ANALYZE = "/v1alpha1/comments:analyze"
BODY = {"comment": {"text": "You fool"}, "requestedAttributes": {"TOXICITY": {}}}


@pytest.fixture
def keyed(tmp_path):
    with client_of(settings_in(tmp_path, api_keys="first, second")) as running:
        yield running


def ask(client, key=None, **own):
    params = {} if key is None else {"key": key}
    return client.post(ANALYZE, params=params, json=BODY, **own)


def reason(response):
    return response.json()["error"]["details"][0]["reason"]


def test_a_key_is_taken_wherever_clients_put_it(keyed):
    assert ask(keyed, "second").status_code == 200
    assert ask(keyed, headers={"x-goog-api-key": "first"}).status_code == 200
    assert ask(keyed, headers={"authorization": "Bearer first"}).status_code == 200
    for name in ("access_token", "oauth_token"):
        assert keyed.post(ANALYZE, params={name: "first"}, json=BODY).status_code == 200


def test_no_key_is_403_and_a_wrong_one_400(keyed):
    assert (ask(keyed).status_code, reason(ask(keyed))) == (403, "CREDENTIALS_MISSING")
    wrong = ask(keyed, "third")
    assert (wrong.status_code, reason(wrong)) == (400, "API_KEY_INVALID")
    assert wrong.json()["error"]["message"] == "API key not valid. Please pass a valid API key."


@pytest.mark.parametrize("path", ["/metrics", "/v1alpha1/attributes"])
def test_everything_that_tells_something_needs_a_key(keyed, path):
    assert keyed.get(path).status_code == 403
    assert keyed.get(path, params={"key": "first"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/$discovery/rest?version=v1alpha1"])
def test_health_and_discovery_need_none(keyed, path):
    assert keyed.get(path).status_code == 200


def test_stored_keys_come_and_go_without_a_restart(client, keyed, monkeypatch):
    monkeypatch.setattr("moderation.keys.KEYS_AGE_S", 0.0)
    store = keyed.app.state.server.service.store
    key = add_key(store, "coral")
    assert ask(keyed, key).status_code == 200
    newer = rotate_key(store, "coral", grace_h=1)
    assert [ask(keyed, one).status_code for one in (key, newer)] == [200, 200]
    assert revoke_key(store, "coral") == 2
    assert [ask(keyed, one).status_code for one in (key, newer)] == [400, 400]


def test_a_server_whose_only_key_was_revoked_is_closed_not_open(tmp_path):
    with client_of(settings_in(tmp_path)) as client:
        store = client.app.state.server.service.store
        add_key(store, "coral")
        revoke_key(store, "coral")
        client.app.state.server.access._ring.refresh()
        assert ask(client).status_code == 403


def test_without_keys_this_machine_alone_is_answered(client, shared_folder):
    assert ask(client).status_code == 200
    assert ask(client, "anything").status_code == 200
    for headers in (
        {"host": "rebound.example"},
        {"x-forwarded-for": "192.0.2.1"},
        {"forwarded": "for=192.0.2.1"},
    ):
        response = ask(client, headers=headers)
        assert (response.status_code, reason(response)) == (403, "NO_KEYS_CONFIGURED")
    for host in ("localhost:8502", "[::1]:8502", "127.0.0.2", "commentanalyzer.googleapis.com"):
        assert ask(client, headers={"host": host}).status_code == 200
    stranger = TestClient(client.app, base_url="http://127.0.0.1", client=("192.0.2.1", 4000))
    assert ask(stranger).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", [ANALYZE, "/v1alpha1/comments:suggestscore", "/batch"])
def test_a_page_of_another_origin_cannot_make_a_browser_ask(client, path, headers):
    response = client.post(path, json=BODY, headers={"content-type": "text/plain"} | headers)
    assert (response.status_code, reason(response)) == (403, "FOREIGN_ORIGIN")
    assert "access-control-allow-origin" not in response.headers


def test_origins_that_are_named_may_and_are_told_so(tmp_path):
    settings = settings_in(tmp_path, api_origins="https://desk.example")
    with client_of(settings) as client:
        allowed = ask(client, headers={"origin": "https://desk.example"})
        other = ask(client, headers={"origin": "https://evil.example"})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
    assert other.status_code == 403


def test_a_body_that_is_too_large_is_refused_as_such(client):
    response = client.post(ANALYZE, content=b" " * (17 << 20))
    assert response.status_code == 413
    assert response.json()["error"]["details"]


def test_a_body_that_does_not_come_in_time_is_given_up(client, monkeypatch):
    monkeypatch.setattr("moderation.server.intake.BODY_TIMEOUT_S", 0.2)
    sent = []
    scope = {"type": "http", "path": ANALYZE, "method": "POST", "headers": [], "app": client.app}

    async def never():
        await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    client.portal.call(client.app.middleware_stack, scope, never, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["error"]["status"] == "DEADLINE_EXCEEDED"


def test_no_stored_key_can_be_read_from_the_database(tmp_path):
    settings = settings_in(tmp_path)
    with TestClient(create_app(settings)) as client:
        key = add_key(client.app.state.server.service.store, "coral")
    for path in tmp_path.iterdir():
        assert key.encode() not in path.read_bytes()
