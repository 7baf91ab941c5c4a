"""The decision log and the labels that follow from it; appended to, never changed.

A decision stands if it did not come in conflict, was not taken back, and is the newest such
of its comment. An entry that takes one back never stands itself.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from moderation.errors import StoreError
from moderation.frames import comment_key
from moderation.schema import Action, Decision, Label, Sampling
from moderation.store import LABEL_COLUMNS
from moderation.store.api import suggested_labels
from moderation.store.rows import frame, lock_comment
from moderation.store.tables import (
    TALLY_OF,
    articles,
    claims,
    comments,
    decisions,
    facts,
    key_of,
    labels,
    revisions,
)

PSEUDONYM_CHARS = 10
_BY_POLICY = "policy:"
_SHOWN = ("id", "action", "reason", "note", "decided_by", "decided_at", "sampling", "batch")

_undo = decisions.alias("undo")
_TAKEN_BACK = exists().where(_undo.c.undoes == decisions.c.id, not_(_undo.c.conflict))
IN_EFFECT = and_(decisions.c.undoes.is_(None), not_(decisions.c.conflict), not_(_TAKEN_BACK))
"""True of the decisions that stand, and of those that would if a newer one were undone."""


def append(
    connection: Connection, decision: Decision, implied: Sequence[Label], expected: str | None
) -> bool:
    """Write a decision and its labels; in a writing transaction.

    Returns:
        Whether it stands now (or does what it undoes); False: it came in conflict.
    """
    if not decision.id:
        msg = "a decision needs an id of its own, such as uuid4().hex, so that a retry is safe"
        raise StoreError(msg)
    comment = lock_comment(connection, decision.comment_id)
    query = select(decisions.c.conflict).where(decisions.c.id == decision.id)
    written: bool | None = connection.scalar(query)
    if written is not None:
        return not written
    stands = expected == _id_of(connection, comment.standing)
    if decision.undoes is not None:
        stands = _can_be_undone(connection, decision.undoes, comment.id) and stands
    number = _insert(connection, decision, comment, conflict=not stands)
    if implied:
        connection.execute(
            insert(labels),
            [
                {
                    "decision": number,
                    "attribute": label.attribute,
                    "value": label.value,
                    "score": label.score,
                    "scorer_version": label.scorer_version,
                }
                for label in implied
            ],
        )
    connection.execute(
        delete(claims).where(
            claims.c.comment == comment.id, claims.c.moderator == decision.decided_by
        )
    )
    if stands:
        _restate(connection, comment, more_labels=_more_labels(connection, decision, implied))
    return stands


def read_standing(connection: Connection, comment_id: str) -> Decision | None:
    """See ``Store.standing``."""
    query = (
        select(decisions)
        .join(comments, comments.c.standing == decisions.c.number)
        .where(comments.c.key == key_of(comment_id))
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else decision_of(row, comment_id)


def read_history(connection: Connection, comment_id: str) -> list[Decision]:
    """See ``Store.history``."""
    query = (
        select(decisions)
        .join(comments, comments.c.id == decisions.c.comment)
        .where(comments.c.key == key_of(comment_id))
        .order_by(decisions.c.number)
    )
    return [decision_of(row, comment_id) for row in connection.execute(query)]


def read_last(connection: Connection, moderator: str) -> Decision | None:
    """See ``Store.last_decision``."""
    query = (
        select(decisions, articles.c.url, comments.c.platform_id)
        .join(
            comments,
            and_(comments.c.id == decisions.c.comment, comments.c.standing == decisions.c.number),
        )
        .join(articles, articles.c.id == comments.c.article)
        .where(decisions.c.decided_by == moderator)
        .order_by(decisions.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else decision_of(row, comment_key(row.url, row.platform_id))


def read_labels(connection: Connection, *, undone: bool, names: bool, api: bool) -> pd.DataFrame:
    """See ``Store.labels``."""
    parent = comments.alias("parent")
    gone: ColumnElement[bool] = or_(decisions.c.conflict, _TAKEN_BACK)
    query = (
        select(
            labels,
            *decisions.c[_SHOWN],
            *comments.c["platform_id", "text"],
            revisions.c.text.label("judged_text"),
            *articles.c["url", "title"],
            parent.c.platform_id.label("parent_platform_id"),
            gone.label("gone"),
        )
        .join(decisions, decisions.c.number == labels.c.decision)
        .join(comments, comments.c.id == decisions.c.comment)
        .join(articles, articles.c.id == comments.c.article)
        .outerjoin(parent, parent.c.key == comments.c.parent)
        .outerjoin(
            revisions,
            and_(
                revisions.c.comment == comments.c.id,
                revisions.c.revision == decisions.c.revision,
            ),
        )
        .order_by(labels.c.decision, labels.c.attribute)
    )
    query = query.where(not_(comments.c.erased))
    if not undone:
        query = query.where(not_(gone))
    key = None if names else pseudonym_key(connection)
    rows = [_label_event(row, key) for row in connection.execute(query)]
    if api:
        rows += suggested_labels(connection, undone=undone)
    events = frame(rows, LABEL_COLUMNS)
    events["decided_at"] = pd.to_datetime(events["decided_at"], utc=True).astype(
        "datetime64[us, UTC]"
    )
    return events.astype({"value": "float64", "score": "float64", "undone": "bool"})


def read_since(connection: Connection, *, after: int, limit: int) -> list[tuple[int, Decision]]:
    """See ``Store.decisions``."""
    key = pseudonym_key(connection)
    query = (
        select(decisions, articles.c.url, comments.c.platform_id)
        .join(comments, comments.c.id == decisions.c.comment)
        .join(articles, articles.c.id == comments.c.article)
        .where(decisions.c.number > after, not_(decisions.c.conflict))
        .order_by(decisions.c.number)
        .limit(limit)
    )
    return [
        (
            row.number,
            replace(
                decision_of(row, comment_key(row.url, row.platform_id)),
                decided_by=pseudonym(row.decided_by, key),
            ),
        )
        for row in connection.execute(query)
    ]


def decision_of(row: Row[Any], comment_id: str) -> Decision:
    """Make a record of a row of the log."""
    return Decision(
        comment_id=comment_id,
        action=Action(row.action),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
        sampling=Sampling(row.sampling),
        overrides=json.loads(row.overrides),
        id=row.id,
        undoes=row.undoes,
        second_look=row.second_look,
        batch=row.batch,
    )


def pseudonym(moderator: str, key: str) -> str:
    """Name a moderator without saying who; policies keep their names."""
    if moderator.startswith(_BY_POLICY):
        return moderator
    name = moderator.encode("utf-8", "surrogatepass")
    digest = hmac.new(key.encode(), name, hashlib.sha256).hexdigest()
    return f"moderator-{digest[:PSEUDONYM_CHARS]}"


def pseudonym_key(connection: Connection) -> str:
    """Return what this store's pseudonyms are made with."""
    query = select(facts.c.value).where(facts.c.name == "pseudonym_key")
    return str(connection.execute(query).scalar_one())


def _id_of(connection: Connection, number: int | None) -> str | None:
    if number is None:
        return None
    query = select(decisions.c.id).where(decisions.c.number == number)
    return str(connection.execute(query).scalar_one())


def _can_be_undone(connection: Connection, decision_id: str, comment: int) -> bool:
    """Tell whether a decision is in effect; raises StoreError if it is none of this comment."""
    query = select(*decisions.c["undoes", "conflict"], _TAKEN_BACK.label("gone")).where(
        decisions.c.id == decision_id, decisions.c.comment == comment
    )
    row = connection.execute(query).one_or_none()
    if row is None or row.undoes is not None:
        msg = f"there is no decision {decision_id!r} on this comment that could be undone"
        raise StoreError(msg)
    return not (row.conflict or row.gone)


def _insert(
    connection: Connection, decision: Decision, comment: Row[Any], *, conflict: bool
) -> int:
    values = {
        "id": decision.id,
        "comment": comment.id,
        "revision": comment.revision,
        "action": str(decision.action),
        "reason": decision.reason,
        "note": decision.note,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
        "sampling": str(decision.sampling),
        "overrides": json.dumps(decision.overrides, sort_keys=True),
        "undoes": decision.undoes,
        "conflict": conflict,
        "second_look": decision.second_look,
        "batch": decision.batch,
    }
    statement = insert(decisions).values(values).returning(decisions.c.number)
    return int(connection.execute(statement).scalar_one())


def _more_labels(connection: Connection, decision: Decision, implied: Sequence[Label]) -> int:
    """How many labels count that did not before; negative for an undo."""
    if decision.undoes is None:
        return len(implied)
    query = (
        select(func.count())
        .select_from(labels)
        .join(decisions, decisions.c.number == labels.c.decision)
        .where(decisions.c.id == decision.undoes)
    )
    return len(implied) - int(connection.execute(query).scalar_one())


def _restate(connection: Connection, comment: Row[Any], *, more_labels: int) -> None:
    """Bring a comment and its article's numbers in step with the log."""
    query = (
        select(*decisions.c["number", "action", "second_look"])
        .where(decisions.c.comment == comment.id, IN_EFFECT)
        .order_by(decisions.c.number.desc())
        .limit(1)
    )
    standing = connection.execute(query).one_or_none()
    action = standing.action if standing else ""
    connection.execute(
        update(comments)
        .where(comments.c.id == comment.id)
        .values(
            standing=standing.number if standing else None,
            action=action,
            waiting=action in {"", Action.ESCALATE},
            second_look=bool(standing and standing.second_look),
        )
    )
    changes: dict[str, Any] = {"labels": articles.c.labels + more_labels}
    if action != comment.action:
        if comment.action:
            changes[TALLY_OF[comment.action]] = articles.c[TALLY_OF[comment.action]] - 1
        if action:
            changes[TALLY_OF[action]] = articles.c[TALLY_OF[action]] + 1
    connection.execute(update(articles).where(articles.c.id == comment.article).values(changes))


def _label_event(row: Row[Any], key: str | None) -> tuple[object, ...]:
    """One row of ``LABEL_COLUMNS``."""
    text = row.text if row.judged_text is None else row.judged_text
    parent = row.parent_platform_id
    return (
        f"{row.id}:{row.attribute}",
        comment_key(row.url, row.platform_id),
        row.url,
        row.title,
        None if parent is None else comment_key(row.url, parent),
        text,
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        row.attribute,
        row.value,
        row.action,
        row.reason,
        row.note,
        row.decided_by if key is None else pseudonym(row.decided_by, key),
        row.decided_at,
        math.nan if row.score is None else row.score,
        row.scorer_version,
        row.sampling,
        row.id,
        bool(row.gone),
        "desk",
        "",
        "",
        row.batch,
    )
