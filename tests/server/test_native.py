"""Our own routes: threads, the queue, decisions, Coral's phase, their description."""

import hashlib
import hmac
import json

import pytest
from asking import client_of, settings_in
from samples import comment_ids, make_thread

from moderation import rules
from moderation.pipeline import score_waiting
from moderation.policy import Policy
from moderation.schema import ATTRIBUTES
from moderation.scorers import load

SIGNED_WITH = "between Coral and us"
DECIDED = "https://example.org/boat"
THREAD = {
    "article": {
        "url": "https://daily.example/ferry",
        "title": "The ferry sails every hour",
        "text": "From May the ferry to the island will sail every hour, the line said.",
    },
    "comments": [
        {"id": "1", "text": "You utter fool, that ferry is always late."},
        {
            "id": "2",
            "parent_id": "1",
            "text": "The ferry was on time all of last summer, I took it.",
        },
        {"id": "3", "text": "..."},
    ],
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A server over a store with a thread in it, scored."""
    folder = tmp_path_factory.mktemp("filled")
    with client_of(settings_in(folder, coral_secret=SIGNED_WITH)) as running:
        store = running.app.state.server.service.store
        thread = make_thread("You utter fool.", "A fine day for a sail.", "Half of \ud800 it")
        store.add_thread(thread, source="p")
        other = make_thread("Sell the boat.", "Keep the boat.", url=DECIDED)
        store.add_thread(other, source="p")
        score_waiting(store, load("bulk"))
        yield running, comment_ids(thread) + comment_ids(other)


def test_a_thread_is_scored_with_its_context_in_order(client):
    reply = client.post("/v1/score", json=THREAD).json()
    assert [one["id"] for one in reply["comments"]] == ["1", "2", "3"]
    first, second, third = (one["scores"] for one in reply["comments"])
    assert first["toxicity"] > second["toxicity"]
    assert second["off_topic"] is not None
    assert set(third.values()) == {None}
    assert set(reply["versions"]) == set(first)


def test_only_what_is_asked_for_is_scored(client):
    reply = client.post("/v1/score", json=THREAD | {"attributes": ["toxicity"]}).json()
    assert set(reply["comments"][0]["scores"]) == {"toxicity"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attributes": ["rude"]}, "Unknown attribute 'rude'"),
        ({"comments": []}, "Invalid value at 'comments'"),
        ({"comments": [{"id": "1"}]}, "Invalid value at 'comments.0.text'"),
        ({"comments": [{"id": "1", "text": "a"}] * 2}, "Two comments have the same id"),
        ({"comments": [{"id": "1", "text": "a"}] * 1001}, "Invalid value at 'comments'"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(client, change, message):
    response = client.post("/v1/score", json=THREAD | change)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["message"].startswith(message)
    assert error["details"]
    assert "fool" not in response.text


def test_waiting_comments_come_most_urgent_first_with_their_scores(filled):
    client, ids = filled
    asked = {"article_url": "https://example.org/ferry"}
    found = client.get("/v1/comments", params=asked).json()["comments"]
    assert found[0]["comment_id"] == ids[0]
    assert found[0]["scores"]["toxicity"] > 0.5
    assert {one["comment_id"] for one in found} == set(ids[:3])
    assert len(client.get("/v1/comments", params={"limit": 1}).json()["comments"]) == 1
    only = client.get("/v1/comments", params={"attribute": "toxicity", "low": 0.5})
    assert [one["comment_id"] for one in only.json()["comments"]] == [ids[0]]


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 1000}, {"low": 2}, {"attribute": "rude"}, {"offset": -1}]
)
def test_a_filter_that_is_none_is_refused(filled, params):
    assert filled[0].get("/v1/comments", params=params).status_code == 400


def test_a_decision_is_recorded_once_and_a_conflict_is_told(filled):
    client, ids = filled
    body = {"comment_id": ids[3], "action": "reject", "reason": "toxicity", "moderator": "api-mod"}
    made = client.post("/v1/decisions", json=body)
    assert made.status_code == 201
    again = client.post("/v1/decisions", json=body)
    assert again.status_code == 409
    assert again.json()["error"]["status"] == "ABORTED"
    seen = made.json()["id"]
    changed = body | {"action": "approve", "reason": "", "expected": seen}
    assert client.post("/v1/decisions", json=changed).status_code == 201
    history = client.get("/v1/decisions", params={"comment_id": ids[3]}).json()
    assert [one["action"] for one in history] == ["reject", "reject", "approve"]
    store = client.app.state.server.service.store
    assert store.standing(ids[3]).action == "approve"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"comment_id": "https://gone.example/#1"}, 404),
        ({"action": "burn"}, 400),
        ({"moderator": ""}, 400),
        ({"reason": "ugly"}, 400),
        ({"overrides": {"toxicity": 7}}, 400),
    ],
)
def test_a_decision_that_cannot_be_is_refused(filled, change, status):
    client, ids = filled
    body = {"comment_id": ids[4], "action": "reject", "moderator": "m"} | change
    assert client.post("/v1/decisions", json=body).status_code == status
    assert client.get("/v1/decisions", params={"comment_id": ids[4]}).json() == []


def test_a_page_of_another_origin_decides_nothing(filled):
    client, ids = filled
    body = json.dumps({"comment_id": ids[4], "action": "reject", "moderator": "m"})
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        response = client.post("/v1/decisions", content=body, headers=headers)
        assert response.status_code == 403
    assert client.get("/v1/decisions", params={"comment_id": ids[4]}).json() == []


def phase(client, text, *, secret=SIGNED_WITH, query="", url="https://example.org/ferry"):
    body = {"action": "NEW", "comment": {"body": f"<p>{text}</p>", "parentID": "c0"}}
    content = json.dumps(body | {"story": {"id": "s", "url": url}}).encode()
    signed = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    headers = {"x-coral-signature": f"sha256={signed}"}
    return client.post(f"/v1/coral/phase{query}", content=content, headers=headers)


def test_corals_phase_flags_and_withholds_only_when_told_to(filled):
    client, _ = filled
    flagged = phase(client, "You utter <b>fool</b>, you stupid idiot.")
    assert flagged.status_code == 200
    assert {"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"} in flagged.json()["actions"]
    assert "status" not in flagged.json()
    held = phase(client, "You utter fool, you stupid idiot.", query="?withhold=true")
    assert held.json()["status"] == "SYSTEM_WITHHELD"
    quiet = phase(client, "The ferry will sail every hour, how nice.", url="https://new.example/")
    assert (quiet.status_code, quiet.content) == (204, b"")


def test_corals_phase_and_labels_follow_the_policy_in_force(tmp_path):
    with client_of(settings_in(tmp_path, coral_secret=SIGNED_WITH)) as client:
        store = client.app.state.server.service.store
        thread = make_thread("You utter fool.")
        store.add_thread(thread, source="p")
        score_waiting(store, load("bulk"))
        assert phase(client, "You utter fool.").status_code == 200
        rules.save(store, Policy(thresholds=dict.fromkeys(ATTRIBUTES, 1.0)), "ana", "all is well")
        assert phase(client, "You utter fool.").status_code == 204
        body = {"comment_id": comment_ids(thread)[0], "action": "approve", "moderator": "ana"}
        assert client.post("/v1/decisions", json=body).status_code == 201
        assert store.labels().empty  # nothing was flagged, so nothing is denied


def test_corals_phase_needs_its_signature(filled, client):
    assert phase(filled[0], "hi", secret=SIGNED_WITH[1:]).status_code == 403
    assert phase(client, "hi").status_code == 404  # no secret is set there


def test_the_routes_are_described_for_programs_and_people(client):
    document = client.get("/v1/openapi.json").json()
    ours = {"/v1/score", "/v1/comments", "/v1/decisions", "/v1/cards/{version}"}
    assert ours == set(document["paths"])
    page = client.get("/v1/docs").text
    assert "<script" not in page
    assert "http" not in page.replace("https://spec", "")
    assert all(path in page for path in document["paths"])
