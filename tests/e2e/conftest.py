"""The real browser and a running dashboard; skipped with a reason where no browser is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_server import BROWSERS, Desk, find_browser, launch, serve
from playwright.sync_api import Browser, sync_playwright

RAN_OUT_OF_PATIENCE = ["expected to", "Timeout .* exceeded"]
"""What Playwright says when it has waited in vain. On a busy machine it may be the machine's fault:
such a test is run once more, and both are printed. Whatever else fails, in the store, in a file,
in what a page tried to do, fails at once; so does whatever tests that no key is lost."""
NEVER_AGAIN = "test_choices.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.timeout(180))
            if item.path.name != NEVER_AGAIN:
                item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=RAN_OUT_OF_PATIENCE))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the session: while it runs, no other test of this process can run an event loop.
    executable = find_browser()
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the PATH")
    with sync_playwright() as playwright:
        opened = launch(playwright, executable)
        yield opened
        opened.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serve(tmp_path) as running:
        yield running
