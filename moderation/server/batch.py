"""``POST /batch``: many requests as the parts of one, as Google's client libraries send them.

``multipart/mixed``, each part ``application/http`` with a whole request in it. Every part is
let in, counted and answered by itself; one that is wrong leaves the others alone.
"""

import asyncio
import uuid
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from fastapi import Request, Response
from starlette.routing import Route

from moderation.perspective.errors import ApiError
from moderation.server.access import Caller
from moderation.server.comments import METHODS
from moderation.server.intake import error_response
from moderation.server.state import State, caller_of, state_of

MAX_PARTS = 1_000
"""As at Google."""
AT_ONCE = 16
"""Parts of one batch that wait at once, so that other callers get their turns."""


async def batch(request: Request) -> Response:
    """Answer every part, in their order."""
    state, caller = state_of(request), caller_of(request)
    state.access.refuse_foreign_page(caller)
    parts = _parts(request.headers.get("content-type", ""), await request.body())
    turns = asyncio.Semaphore(AT_ONCE)

    async def answer(part: Message) -> bytes:
        async with turns:
            return await _answer(state, part, caller)

    answers = await asyncio.gather(*(answer(part) for part in parts))
    boundary = f"batch_{uuid.uuid4().hex}"
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), one) for one in answers)
    body += b"--%s--\r\n" % boundary.encode()
    return Response(body, headers={"content-type": f"multipart/mixed; boundary={boundary}"})


ROUTES = [Route("/batch", batch, methods=["POST"])]


def _parts(content_type: str, body: bytes) -> list[Message]:
    head = b"Content-Type: %s\r\n\r\n" % content_type.encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise ApiError(400, "Failed to parse batch request, error: expected multipart/mixed")
    parts: list[Message] = [
        part for part in message.iter_parts() if part.get_content_type() == "application/http"
    ]
    if not parts or len(parts) > MAX_PARTS:
        raise ApiError(400, f"The batch request could not be processed: 1 to {MAX_PARTS} calls")
    return parts


async def _answer(state: State, part: Message, outer: Caller) -> bytes:
    """Return one part of the reply: its head, and a whole response."""
    try:
        response = await _call(state, part, outer)
    except Exception as error:  # each part fails for itself
        response = error_response(error)
    # The client takes it apart at its " + "; only a fold over lines may go.
    name = " ".join(str(part.get("Content-ID", "")).split()).strip("<>")
    head = [b"Content-Type: application/http"]
    if name:
        head.append(b"Content-ID: <response-%s>" % name.encode("latin-1", "replace"))
    status = f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}"
    lines = [b"%s: %s" % pair for pair in response.raw_headers]
    content = bytes(response.body)
    return b"\r\n".join([*head, b"", status.encode(), *lines, b"", content])


async def _call(state: State, part: Message, outer: Caller) -> Response:
    raw = part.get_payload(decode=True)
    head, _, body = (
        bytes(raw if isinstance(raw, bytes) else b"").replace(b"\r\n", b"\n").partition(b"\n\n")
    )
    line, _, fields = head.decode("utf-8", "replace").partition("\n")
    method, _, rest = line.partition(" ")
    target = urlsplit(rest.rpartition(" ")[0] or rest)
    path = unquote(target.path)
    if path not in METHODS:
        raise ApiError(404, "Method not found.")
    if method != "POST":
        raise ApiError(405, "Method not allowed.")
    query = dict(parse_qsl(target.query, keep_blank_values=True))
    inner = {
        name.strip().lower(): value.strip()
        for name, _, value in (field.partition(":") for field in fields.split("\n"))
        if name.lower() in {"authorization", "x-goog-api-key"}
    }
    caller = Caller({**outer.query, **query}, {**outer.headers, **inner}, outer.peer, method)
    sender = await state.access.admit(caller)
    return await METHODS[path](state, body, query, sender, True)
