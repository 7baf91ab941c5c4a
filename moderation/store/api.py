"""What the HTTP API keeps: its keys, and suggestions, which are labels from outside the desk."""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from moderation.schema import ApiKey, Suggestion
from moderation.store.rows import upsert
from moderation.store.tables import api_keys, suggestions

SOURCE = "api"
"""``source`` of these labels."""


def add_suggestions(connection: Connection, sent: Sequence[Suggestion]) -> None:
    """See ``Store.add_suggestions``; in a writing transaction."""
    names = [column.name for column in suggestions.columns if column.name != "number"]
    rows = [{name: getattr(one, name) for name in names} for one in sent]
    if rows:
        connection.execute(upsert(connection, suggestions).on_conflict_do_nothing(), rows)


def erase_suggestions(connection: Connection, community: str, client_token: str) -> int:
    """See ``Store.erase_suggestions``; in a writing transaction."""
    where = (suggestions.c.community == community, suggestions.c.client_token == client_token)
    return connection.execute(delete(suggestions).where(*where)).rowcount


def suggested_labels(connection: Connection, *, undone: bool) -> list[tuple[object, ...]]:
    """Return suggestions as rows of ``LABEL_COLUMNS``, oldest first."""
    place = suggestions.c["community", "client_token", "attribute", "sender"]
    newest = func.max(suggestions.c.number).over(partition_by=place)
    anonymous = suggestions.c.client_token == ""
    stands = or_(anonymous, suggestions.c.number == newest).label("stands")
    query = select(suggestions, stands).order_by(suggestions.c.number)
    found = connection.execute(query)
    return [_event(row) for row in found if undone or row.stands]


def read_keys(connection: Connection) -> list[ApiKey]:
    """See ``Store.api_keys``."""
    rows = connection.execute(select(api_keys).order_by(api_keys.c.number))
    return [ApiKey(**row) for row in rows.mappings()]


def add_key(connection: Connection, key: ApiKey) -> None:
    """See ``Store.add_api_key``; in a writing transaction."""
    names = ("name", "digest", "per_minute", "created_at", "expires_at")
    connection.execute(insert(api_keys).values({name: getattr(key, name) for name in names}))


def expire_keys(connection: Connection, name: str, at: datetime) -> int:
    """See ``Store.expire_api_keys``; in a writing transaction."""
    good = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > at)
    statement = update(api_keys).where(api_keys.c.name == name, good).values(expires_at=at)
    return len(connection.execute(statement.returning(api_keys.c.number)).all())


def _event(row: Row[Any]) -> tuple[object, ...]:
    """One row of ``LABEL_COLUMNS``: what only a decision has is empty."""
    part = row.text if row.begin is None else row.text[row.begin : row.end]
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()
    return (
        *(f"{SOURCE}:{row.id}", "", "", "", None, part, digest, row.attribute, row.value),
        *("", "", "", row.sender, row.received_at, math.nan, None, "", ""),
        *(not row.stands, SOURCE, row.community, row.client_token, ""),
    )
