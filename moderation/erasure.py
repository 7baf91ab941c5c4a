"""Erasing what a person wrote, as data protection asks, while the decision log stays whole.

Comments that wait are rejected first, so that nobody is asked to judge an empty text.
Backups, exports and pages on disk are outside the store: whoever keeps them must erase there.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from moderation.errors import ModerationError
from moderation.moderators import role_of
from moderation.schema import Action, Decision, Role, Sampling
from moderation.store import Entry, Store


def erase_author(store: Store, author: str, *, by: str) -> int:
    """Erase every comment under exactly this name; return how many there were.

    Raises:
        ModerationError: ``by`` is no admin, or the name is empty.
    """
    if not author.strip():
        raise ModerationError("no author named; comments without a name are erased one by one")
    return erase_comments(store, store.by_author(author), by=by)


def erase_comments(store: Store, comment_ids: Sequence[str], *, by: str) -> int:
    """Erase these comments; return how many of them were in the store.

    Raises:
        ModerationError: ``by`` is no admin.
    """
    if role_of(store, by) is not Role.ADMIN:
        msg = f"{by[:80]!r} is no admin; only admins erase comments"
        raise ModerationError(msg)
    store.add_decisions([entry for own in comment_ids for entry in _closing(store, own, by)])
    return store.erase(comment_ids)


def _closing(store: Store, comment_id: str, by: str) -> list[Entry]:
    standing = store.standing(comment_id)
    if standing is not None and standing.action is not Action.ESCALATE:
        return []
    decision = Decision(
        comment_id=comment_id,
        action=Action.REJECT,
        reason="other",
        decided_by=by,
        decided_at=datetime.now(UTC),
        sampling=Sampling.SEARCH,
        id=uuid.uuid4().hex,
    )
    return [Entry(decision, [], standing.id if standing else None)]
