"""Decisions told to another program: one signed POST each, in their order, at least once.

The decision log is the outbox. Its entries are followed by number, whoever made them, and the
number that was delivered last is noted in the store, so that nothing is lost when either side
is down; what cannot be delivered is tried again, ever more slowly, and holds up what follows.
The same decision may come twice: its ``id`` tells. The first server that is told to begins at
the end of the log.

Comments' texts are not sent, moderators are pseudonymous. Signature: HMAC-SHA256 over
``<timestamp>.<body>``, as GitHub, Stripe and others do it.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import time

import httpx

from moderation.errors import StoreError
from moderation.schema import Decision
from moderation.store import Store

SIGNATURE_HEADER = "moderation-signature"
"""``t=<unix seconds>,v1=<hex>``."""
CURSOR = "webhook_cursor"
BATCH = 100
PAUSE_S = 1.0
"""Between looks at the log."""
LONGEST_PAUSE_S = 60.0
TIMEOUT_S = 10.0

logger = logging.getLogger("moderation.webhooks")


def payload(number: int, decision: Decision) -> bytes:
    """Return the body that tells of a decision."""
    told = {
        "event": "decision",
        "number": number,
        "id": decision.id,
        "comment_id": decision.comment_id,
        "action": str(decision.action),
        "reason": decision.reason,
        "moderator": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        "undoes": decision.undoes,
    }
    return json.dumps(told).encode()


def signature(body: bytes, secret: str, *, at: int) -> str:
    """Return what ``SIGNATURE_HEADER`` holds for a body sent at ``at`` (unix seconds)."""
    digest = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def follow(store: Store, url: str, secret: str) -> None:
    """Tell of every decision from now on, until cancelled; logs what fails, raises nothing."""
    failures = 0
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
        while True:
            try:
                await _deliver(store, client, url, secret)
                failures = 0
            except (httpx.HTTPError, StoreError) as error:
                failures += 1
                fields = {"error": type(error).__name__, "failures": failures}
                logger.warning("not delivered", extra={"fields": fields})
            await asyncio.sleep(min(PAUSE_S * 2**failures, LONGEST_PAUSE_S))


async def _deliver(store: Store, client: httpx.AsyncClient, url: str, secret: str) -> None:
    """Send what the log holds beyond the noted number, one by one."""
    noted = await asyncio.to_thread(store.fact, CURSOR)
    if noted is None:
        await asyncio.to_thread(_begin_at_the_end, store)
        return
    for number, decision in await asyncio.to_thread(
        lambda: store.decisions(after=int(noted), limit=BATCH)
    ):
        body, at = payload(number, decision), int(time.time())
        headers = {"content-type": "application/json"}
        headers[SIGNATURE_HEADER] = signature(body, secret, at=at)
        answer = await client.post(url, content=body, headers=headers)
        answer.raise_for_status()
        await asyncio.to_thread(store.set_fact, CURSOR, str(number))


def _begin_at_the_end(store: Store) -> None:
    last = 0
    while entries := store.decisions(after=last, limit=10_000):
        last = entries[-1][0]
    store.set_fact(CURSOR, str(last))
