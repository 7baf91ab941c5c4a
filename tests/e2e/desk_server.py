"""A dashboard server on a free port over a store of its own, and the browser to look at it.

Playwright's ``expect`` looks again after 100 ms and later, which is long beside a decision;
``after`` waits for the very frame in which what a key does is done.
"""

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
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Playwright, Route, expect

from moderation.dashboard.verdict import widget_key
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
DATABASE = "desk.db"
PATIENCE_MS = 60_000
"""A guard against hanging, for busy machines too; nothing waits so long where all is well."""
IDLE = "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
START_TRIES = 600
WAIT_S = 0.2
"""Together a guard of two minutes: beside other work, imports alone may take half a minute."""


@dataclass
class Desk:
    """A running dashboard, its store, and what its pages tried to reach outside."""

    url: str
    store: Store
    folder: Path
    module: list[str]
    settings: dict[str, str]
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    server: subprocess.Popen[bytes] = field(init=False)

    @property
    def database(self) -> Path:
        """The file the store lies in."""
        return self.folder / DATABASE

    def start(self) -> None:
        """Start the server and wait until it answers; again at the same address."""
        database = {"MODERATION_DATABASE_URL": f"sqlite:///{self.database}"}
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(  # noqa: S603 - our own server
                [sys.executable, "-m", *self.module],
                cwd=self.folder,
                env=os.environ | database | self.settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        _wait(self.url, self.server)

    def kill(self) -> None:
        """End the server as a power cut would: it gets no chance to put anything in order."""
        self.server.kill()
        self.server.wait()

    def stop(self) -> None:
        """End the server if it runs."""
        self.server.terminate()
        self.server.wait(timeout=60)

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
        status = Path(f"/proc/{self.server.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()


def idle(page: Page) -> None:
    """Wait until the server has nothing more to draw and the page hears keys."""
    expect(page.locator("html")).to_have_attribute("data-listens", "")
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")


def open_comment(page: Page) -> str:
    """Return the id of the comment the address names; empty if it names none."""
    return parse_qs(urlsplit(page.url).query).get("comment", [""])[0]


def current(page: Page, text: str) -> None:
    """Wait until the comment with this text is the open one and its keys act."""
    expect(page.locator(".thread:not(.dense) .comment.current .text")).to_contain_text(text)
    idle(page)
    for name in ("approve", "reason"):  # the browser fetches what draws them when first needed
        drawn = page.locator(f".st-key-{widget_key(name, open_comment(page))} button")
        expect(drawn.first).to_be_enabled()


def after(page: Page, key: str, *, changed: str) -> None:
    """Press a key and wait until the server has drawn what it does.

    Args:
        page: The desk.
        key: As ``page.keyboard.press`` takes it.
        changed: JavaScript whose value is different once the key has done what it does.
    """
    before = page.evaluate(changed)
    page.keyboard.press(key)
    page.wait_for_function(
        f"before => ({changed}) !== before && ({IDLE})", arg=before, timeout=PATIENCE_MS
    )


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
    store = open_store(f"sqlite:///{folder / DATABASE}")
    desk = Desk(f"http://127.0.0.1:{port}", store, folder, module, settings)
    try:
        desk.start()
        yield desk
    finally:
        desk.stop()
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
