"""A real server for real clients: plain on an address, and with TLS under Google's name."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from moderation.store import Store, open_store

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / "build" / "clients"
KEY = "a-key-for-clients"
GOOGLE = "commentanalyzer.googleapis.com"
TLS_HOST = "127.0.53.7"
START_S = 90


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.clients)
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.timeout(240))


@dataclass(frozen=True)
class Server:
    """A running server: its address, and the authority that vouches for it if it has TLS."""

    address: str
    url: str
    folder: Path
    authority: Path | None = None

    def store(self) -> Store:
        return open_store(self.url)


@pytest.fixture(scope="session")
def plain_server(tmp_path_factory) -> Iterator[Server]:
    port = _free_port()
    folder = tmp_path_factory.mktemp("plain")
    with _running(folder, "127.0.0.1", port) as url:
        yield Server(f"http://127.0.0.1:{port}", url, folder)


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory) -> Iterator[Server]:
    """As docs/perspective.md says: its openssl commands make authority and certificate."""
    for needed in ("openssl", "unshare"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    folder = tmp_path_factory.mktemp("tls")
    page = (ROOT / "docs" / "perspective.md").read_text(encoding="utf-8")
    commands = re.search(r"# once: an authority.*?\n(.*?-out host\.pem)\n", page, re.DOTALL)[1]
    subprocess.run(["sh", "-ec", commands], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607
    port = 443
    try:
        socket.create_server((TLS_HOST, port)).close()
    except OSError as error:
        pytest.skip(f"port {port} cannot be had: {error.strerror}")
    options = ["--certificate", str(folder / "host.pem"), "--private-key", str(folder / "host.key")]
    with _running(folder, TLS_HOST, port, *options) as url:
        yield Server(f"https://{GOOGLE}", url, folder, folder / "ca.pem")


def ask(server: Server, command: list[str], *, in_folder: str, hosts: bool) -> dict:
    """Run a client's script and return what it was told.

    Args:
        server: Where it should go.
        command: Interpreter and script.
        in_folder: Where its packages lie, under ``build/clients``.
        hosts: Lead it here by a hosts entry and our authority, seen by it alone.
    """
    packages = INSTALLED / in_folder
    environ = os.environ | {
        "PYTHONPATH": str(packages),
        "NODE_PATH": str(packages / "node_modules"),
    }
    line = [*command, "" if hosts else server.address, KEY]
    if hosts:
        entry = server.authority.parent / "hosts"
        entry.write_text(f"127.0.0.1 localhost\n{TLS_HOST} {GOOGLE}\n")
        names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
        environ |= dict.fromkeys(names, str(server.authority))
        mount = 'mount --bind "$0" /etc/hosts && exec "$@"'
        line = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(entry), *line]
        _skip_unless_mountable(entry)
    done = subprocess.run(  # noqa: S603 - our own scripts
        line, check=False, env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _skip_unless_mountable(entry: Path) -> None:
    mount = 'mount --bind "$0" /etc/hosts'
    line = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(entry)]
    if subprocess.run(line, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("this system lets nobody have an /etc/hosts of their own (unshare --mount)")


@contextmanager
def _running(folder: Path, host: str, port: int, *options: str) -> Iterator[str]:
    url = f"sqlite:///{folder / 'api.db'}"
    own = {
        "MODERATION_DATABASE_URL": url,
        "MODERATION_API_KEYS": KEY,
        "MODERATION_TOXICITY": "bulk",
        "MODERATION_API_TIMEOUT_S": "60",
    }
    command = [sys.executable, "-m", "moderation", "api", "--workers", "1"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own server
            [*command, "--host", host, "--port", str(port), *options],
            env=os.environ | own,
            cwd=folder,
            stderr=log,
        )
        try:
            _await(server, host, port)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=40)


def _await(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection((host, port), timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    msg = f"the server did not start (code {server.poll()})"
    raise RuntimeError(msg)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
