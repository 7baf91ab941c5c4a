"""A server to ask: the real application over a store of its own, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import client_of, settings_in
from fastapi.testclient import TestClient


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)  # the event loop's own pair
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="session")
def client(shared_folder) -> Iterator[TestClient]:
    """A server that nobody changes the settings of; its store is shared by the tests."""
    with client_of(settings_in(shared_folder)) as running:
        yield running


@pytest.fixture
def store(client):
    return client.app.state.server.service.store


@pytest.fixture
def analyze(client):
    """Ask for attributes of a text; further fields and parameters as given."""

    def call(text="You utter fool.", attributes=("TOXICITY",), *, params=None, **fields):
        requested = {name: {} for name in attributes}
        body = {"comment": {"text": text}, "requestedAttributes": requested} | fields
        return client.post("/v1alpha1/comments:analyze", params=params or {"key": "k"}, json=body)

    return call
