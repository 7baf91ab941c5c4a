"""A dashboard server on a free port over a store of its own, and the browser to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, Route, expect

from moderation.store import Store, open_store

SCRIPT = Path(__file__).parents[2] / "moderation" / "dashboard" / "__main__.py"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000
START_TRIES = 150
WAIT_S = 0.2


@dataclass
class Desk:
    """A running dashboard, its store, and what its pages tried to reach outside."""

    url: str
    store: Store
    process: int
    database: Path
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, browser: Browser, path: str = "/", *, dark: bool = False) -> Page:
        """Open a page in a browser context of its own; nothing leaves the loopback."""
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.route(lambda address: not address.startswith(self.url), self._refuse)
        page.goto(self.url + path)
        return page

    def memory_bytes(self) -> int:
        """Return how much memory the server has resident now."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()


def idle(page: Page) -> None:
    """Wait until the server has nothing more to draw."""
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")


def find_browser() -> str | None:
    """Return the path of a Chromium; the variable CHROMIUM may name one."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [*([named] if named else []), *BROWSERS])), None)


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start the browser, patient enough for a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    return playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))


@contextmanager
def serve(folder: Path) -> Iterator[Desk]:
    """Serve a fresh store in ``folder``, from there: outside the repository."""
    port = free_port()
    command = ["streamlit", "run", str(SCRIPT), "--server.headless", "true"]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with run([*command, *options], port, folder, {"MODERATION_MODERATOR": "Ana"}) as running:
        yield running


@contextmanager
def run(module: list[str], port: int, folder: Path, settings: dict[str, str]) -> Iterator[Desk]:
    """Run a Python module that serves the desk on that port, over a fresh store in ``folder``."""
    url = f"sqlite:///{folder / 'desk.db'}"
    store = open_store(url)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own server
            [sys.executable, "-m", *module],
            cwd=folder,
            env=os.environ | {"MODERATION_DATABASE_URL": url} | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server)
            yield Desk(address, store, server.pid, folder / "desk.db")
        finally:
            server.terminate()
            server.wait(timeout=60)
            store.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(START_TRIES):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            pause.wait(WAIT_S)
    msg = f"the dashboard did not start (code {server.poll()})"
    raise RuntimeError(msg)
