"""How tests ask a server: settings, clients, batches."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from moderation.config import Settings
from moderation.server import create_app

LOOPBACK = ("127.0.0.1", 50_000)


def settings_in(folder: Path, **own: object) -> Settings:
    """A quick model and one scoring process, unless told otherwise."""
    quick = {"toxicity": "bulk", "api_workers": 1, "api_timeout_s": 60.0}
    return Settings(**{"database_url": f"sqlite:///{folder / 'api.db'}"} | quick | own)


def client_of(settings: Settings, *, desk=None, **own: object) -> TestClient:
    return TestClient(
        create_app(settings, desk=desk), base_url="http://127.0.0.1", client=LOOPBACK, **own
    )


def error_type(response) -> str:
    return response.json()["error"]["details"][0].get("errorType", "")


@dataclass
class Part:
    """One part of a batch's reply."""

    content_id: str
    status: int
    body: dict[str, Any]


def batch_body(bodies, path="/v1alpha1/comments:analyze?key=k&alt=json", newline="\n"):
    """Return content and type of a batch, written as google-api-python-client writes it."""
    lines = []
    for number, body in enumerate(bodies):
        lines += ["--===edge===", "Content-Type: application/http", "MIME-Version: 1.0"]
        lines += ["Content-Transfer-Encoding: binary", f"Content-ID: <id + {number}>", ""]
        lines += [f"POST {path} HTTP/1.1", "content-type: application/json", ""]
        lines += [json.dumps(body)]
    content = newline.join([*lines, "--===edge===--", ""]).encode()
    return content, 'multipart/mixed; boundary="===edge==="'


def parts_of(response) -> list[Part]:
    edge = re.search(r"boundary=(\S+)", response.headers["content-type"])[1]
    parts = []
    for part in response.text.split(f"--{edge}")[1:-1]:
        head, inner, body = part.strip().split("\r\n\r\n", 2)
        content_id = re.search(r"Content-ID: (.+)", head)[1]
        parts.append(Part(content_id, int(inner.split()[1]), json.loads(body)))
    return parts
