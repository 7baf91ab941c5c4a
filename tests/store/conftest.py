"""Stores to test on: SQLite in a file, PostgreSQL on a server the session starts."""

import multiprocessing
import shutil
from pathlib import Path

import pytest
from servers import BACKENDS, administer, postgres, postgres_binaries

from moderation.store.sql import SqlStore
from moderation.store.tables import metadata

EMPTIED = ["comment_words", *(table for table in metadata.tables if table != "facts")]


@pytest.fixture(scope="session")
def postgres_url():
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server installed (looked for initdb)")
    with postgres(binaries) as url:
        SqlStore.open(url.format("postgres")).close()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store.db"
    SqlStore.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def processes():
    """Processes forked from one that has everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["moderation.store.sql", "pandas"])
    return context


@pytest.fixture(params=BACKENDS)
def url(request, tmp_path):
    """An empty, migrated database."""
    if request.param == "sqlite":
        path = Path(tmp_path) / "store.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    yield server.format("postgres")
    # Emptied, not made anew: that is a checkpoint of the server per test.
    administer(server, f"TRUNCATE {', '.join(EMPTIED)} RESTART IDENTITY CASCADE", "postgres")


@pytest.fixture
def store(url):
    """An empty store; found in step with its own log when the test is over."""
    opened = SqlStore.open(url)
    yield opened
    assert opened.audit() == []
    opened.close()
