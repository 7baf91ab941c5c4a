"""The clients that are tried, unmodified, and how each is led here: docs/perspective.md shows it.

A script stands in ``scripts/`` and prints one JSON object: what its client was told. Python
clients lie in ``build/clients/<folder>``, node's in ``build/clients/node``: `make test-clients`
installs them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """One client and how it is tried.

    Args:
        name: As its registry has it; empty folder: it is installed beside the tests.
        version: The one that is tried.
        script: In ``scripts/``.
        folder: Of ``build/clients``.
        redirect: ``address``: told our address; ``hosts``: asks Google's name, hosts entry and CA.
        calls: What is tried.
    """

    name: str
    version: str
    script: str
    folder: str
    redirect: str
    calls: str


CLIENTS = (
    Client("google-api-python-client", "2.202.0", "google_client.py", "google", "address",
           "discovery, analyze, suggestscore, batch, errors"),
    Client("perspective (PyPI)", "1.0.3", "perspective_pypi.py", "perspective", "address",
           "analyze, suggestscore, errors"),
    Client("perspectiveapi (PyPI)", "1.1.0", "perspectiveapi_pypi.py", "perspectiveapi", "hosts",
           "analyze"),
    Client("PyPerspective (PyPI)", "1.0.4", "pyperspective.py", "PyPerspective", "address",
           "key check with an empty body, analyze"),
    Client("PyPerspective (PyPI)", "1.0.4", "pyperspective.py", "PyPerspective", "hosts",
           "the same"),
    Client("perspective-api-client (npm)", "3.1.0", "perspective_npm.cjs", "node", "hosts",
           "analyze, errors"),
    Client("googleapis (npm)", "39", "googleapis.cjs", "node", "address",
           "discoverAPI, analyze, suggestscore, errors"),
    Client("Coral's call, written after its source", "9.11", "coral.mjs", "node", "address",
           "analyze and suggestscore within 800 ms"),
)  # fmt: skip


def table() -> str:
    """Return the matrix as Markdown."""
    led = {"address": "our address", "hosts": "hosts entry and private CA"}
    rows = [
        f"| {one.name} | {one.version} | {led[one.redirect]} | {one.calls} |" for one in CLIENTS
    ]
    head = "| client | version | led here by | tried |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"
