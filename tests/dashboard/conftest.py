"""A fresh store for every test, and the dashboard's pages run by Streamlit's AppTest."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import moderation.dashboard.shell  # noqa: F401 - loads before the clock of the first run starts
from moderation.store import Store, open_store

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest puts the script it runs in the place of ``__main__``; other tests start processes."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def no_cache() -> Iterator[None]:
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.setenv("MODERATION_DATABASE_URL", url)
    monkeypatch.setenv("MODERATION_MODERATOR", "Ana")
    monkeypatch.chdir(tmp_path)
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def queue(store: Store) -> Callable[..., AppTest]:
    """Run the app on its default page, the queue."""

    def run(**query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run


@pytest.fixture
def threads(store: Store) -> Callable[..., AppTest]:
    """Run the threads page; AppTest cannot switch to function pages."""

    def run(**query: str) -> AppTest:
        return _page(_threads, query)

    return run


@pytest.fixture
def labels(store: Store) -> Callable[..., AppTest]:
    """Run the labels page."""

    def run(**query: str) -> AppTest:
        return _page(_labels, query)

    return run


@pytest.fixture
def page(store: Store) -> Callable[..., AppTest]:
    """Run the page of that name, such as ``batch``."""

    def run(name: str, **query: str) -> AppTest:
        app = AppTest.from_function(_named, default_timeout=30, args=(name,))
        for parameter, value in query.items():
            app.query_params[parameter] = value
        return app.run()

    return run


def _named(name: str) -> None:
    from importlib import import_module  # noqa: PLC0415 - runs as a script

    getattr(import_module(f"moderation.dashboard.{name}"), f"{name}_page")()


def _page(function: Callable[[], None], query: dict[str, str]) -> AppTest:
    app = AppTest.from_function(function, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _threads() -> None:
    from moderation.dashboard.threads import threads_page  # noqa: PLC0415 - runs as a script

    threads_page()


def _labels() -> None:
    from moderation.dashboard.labels import labels_page  # noqa: PLC0415 - runs as a script

    labels_page()
