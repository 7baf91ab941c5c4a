"""Clients nobody here wrote, unmodified, against the real server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clients.conftest import INSTALLED, KEY, ask
from clients.matrix import CLIENTS

EXCLUDED = "positive_data_acceptance,ignored_auth,unsupported_method"
"""A valid decision may be of a comment that is not there; keys are tried in test_access.py."""
SCRIPTS = Path(__file__).parent / "scripts"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda one: f"{one.script}-{one.redirect}")
def test_client(client, request):
    if not (INSTALLED / client.folder).is_dir():
        pytest.skip(f"{client.name} is not installed (make test-clients)")
    node = shutil.which("node")
    is_python = client.script.endswith(".py")
    if not is_python and node is None:
        pytest.skip("node is not installed")
    hosts = client.redirect == "hosts"
    server = request.getfixturevalue("tls_server" if hosts else "plain_server")
    interpreter = sys.executable if is_python else node
    command = [interpreter, str(SCRIPTS / client.script)]
    told = ask(server, command, in_folder=client.folder, hosts=hosts)
    check(told, server)


def test_schemathesis_finds_nothing_our_openapi_document_does_not_say(plain_server):
    folder = INSTALLED / "schemathesis"
    if not folder.is_dir():
        pytest.skip("schemathesis is not installed (make test-clients)")
    address = f"{plain_server.address}/v1/openapi.json"
    options = ["--header", f"X-Goog-Api-Key: {KEY}", "--max-examples", "8", "--seed", "7"]
    options += ["--request-timeout", "60", "--exclude-checks", EXCLUDED, "--no-color"]
    done = subprocess.run(  # noqa: S603 - another's program against our own server
        [sys.executable, "-m", "schemathesis.cli", "run", address, *options],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=plain_server.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert int(re.search(r"(\d+) generated, \1 passed", done.stdout)[1]) > 100


def check(told, server):
    """Whatever a client tells must be what the server has."""
    scores = dict(told.get("score", {}))
    for reply in (told.get("analyze"), told.get("batch", {}).get("first")):
        for name, own in (reply or {}).get("attributeScores", {}).items():
            scores[name] = own["summaryScore"]["value"]
    assert scores
    assert all(0 < value < 1 for value in scores.values())
    assert scores["TOXICITY"] > 0.5  # "You fool"
    if "suggest" in told:
        token = told["suggest"]["clientToken"]
        store = server.store()
        labels = store.labels(api=True)
        store.close()
        (label,) = labels[labels["client_token"] == token].itertuples()
        assert (label.attribute, label.value, label.text) == ("toxicity", 1.0, "You fool")
    error = told.get("error", {})
    said = error.get("message") or error.get("reason") or "Comment must be non-empty."
    assert "Comment must be non-empty." in said or "Unknown requested attribute" in said
    if "details" in error:
        assert error["details"][0]["errorType"] == "COMMENT_EMPTY"
    assert told.get("wrong_key", True)
    assert told.get("span", "You fool") == "You fool"
    if "batch" in told:
        assert told["batch"]["empty"] == {"status": 400, "reason": "Comment must be non-empty."}
        last = told["batch"]["\U0001f600 last"]["attributeScores"]["TOXICITY"]
        assert last["spanScores"][0]["score"]["value"] < 0.5
