"""``moderation serve`` and ``moderation demo``: the review dashboard and the HTTP API."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rich_click as click

from moderation.cli.console import Meter, examples, say
from moderation.config import Settings
from moderation.errors import ModerationError

DEFAULT_PORT = 8501
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 10
_POLL_S = 0.2

PORT = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on.",
)
HOST = click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Without a login let others in through a proxy only.",
)
BROWSER = click.option(
    "--browser/--no-browser", default=True, show_default=True, help="Open a browser on it."
)


@click.command(epilog=examples("moderation demo", "moderation demo --port 8600 --no-browser"))
@PORT
@BROWSER
def demo(port: int, *, browser: bool) -> None:
    """Show it all on made-up pages: ingest, score, review. Start here.

    Uses a store of its own (demo.db in the user's data folder) unless
    MODERATION_DATABASE_URL names another; decisions made in it are kept.
    """
    settings = Settings.load()
    with _dashboard(settings.demo_store_url, "127.0.0.1", port) as server:
        # Streamlit and the scoring processes load while the pages are read.
        _ingest_sample(settings)
        _attend(server, "127.0.0.1", port, browser=browser)


@click.command(epilog=examples("moderation serve", "moderation serve --port 8600 --no-browser"))
@PORT
@HOST
@BROWSER
def serve(port: int, host: str, *, browser: bool) -> None:
    """Serve the review dashboard and the HTTP API on this machine, on one port.

    Ctrl-C stops it; no decision is lost. Nothing is sent off the machine. For programs alone,
    moderation api serves more of them.
    """
    with _dashboard(Settings.load().store_url, host, port) as server:
        _attend(server, host, port, browser=browser)


def _ingest_sample(settings: Settings) -> None:
    from moderation.extraction import open_targets, sample_folder
    from moderation.pipeline import ingest
    from moderation.scorers import load
    from moderation.store import open_store

    say("reading the sample pages …")
    store = open_store(settings.demo_store_url)
    try:
        with Meter("scoring", "comments") as scored:
            pages = open_targets([str(sample_folder())], settings)
            scorers = load(settings.toxicity, settings.desk_model)
            reports = list(ingest(pages, store, scorers, settings=settings, progress=scored))
    finally:
        store.close()
    for report in reports:
        if report.problem:
            say(f"{report.source}: {report.problem}")
    comments = sum(report.comments for report in reports)
    say(f"{comments} comments under {len(reports)} articles are in the store and scored")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            reason = error.strerror or "no such address"
            msg = f"cannot listen on {host}:{port} ({reason}); choose another --port"
            raise ModerationError(msg) from error


@contextmanager
def _dashboard(store_url: str, host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Have both run until the block ends; Ctrl-C and SIGTERM are the way to end them."""
    _check_port(host, port)
    # Also where a script started us in the background, which ignores Ctrl-C by default.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    server = subprocess.Popen(  # noqa: S603 - our own module, checked options
        [sys.executable, "-m", "moderation.cli.host", host, str(port)],
        env=os.environ | {"MODERATION_DATABASE_URL": store_url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield server
    except KeyboardInterrupt:
        say("stopped")
    finally:
        _stop(server)


def _attend(server: subprocess.Popen[bytes], host: str, port: int, *, browser: bool) -> None:
    """Say where the dashboard is once it answers, then wait for its end."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared only
    address = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    _await(server, address)
    say(f"dashboard: {address}  (Ctrl-C stops it)")
    say(f"HTTP API:  {address}/v1alpha1/comments:analyze, {address}/v1/docs")
    if browser:
        click.launch(address)
    code = server.wait()
    if code not in (0, -signal.SIGINT, -signal.SIGTERM):
        msg = f"the dashboard ended with code {code}"
        raise ModerationError(msg)


def _interrupt(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _await(server: subprocess.Popen[bytes], address: str) -> None:
    """Wait until the dashboard answers."""
    # A proxy of the environment has no business between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            msg = f"the dashboard did not start (code {server.returncode})"
            raise ModerationError(msg)
        try:
            with opener.open(f"{address}/_stcore/health", timeout=_POLL_S * 10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_S)
    msg = f"the dashboard did not answer within {START_TIMEOUT_S} s"
    raise ModerationError(msg)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
