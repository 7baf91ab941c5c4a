"""Several moderators at one store: their roles, what each has open, who looks a second time."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select

from moderation.errors import StoreError
from moderation.frames import comment_key
from moderation.schema import Moderator, Role
from moderation.store.rows import lock_comment, upsert
from moderation.store.tables import articles, claims, comments, decisions, key_of, moderators

NAME_CHARS = 200
"""Of a moderator; a login's address is shorter."""


def read_moderators(connection: Connection) -> list[Moderator]:
    """See ``Store.moderators``."""
    rows = connection.execute(select(moderators).order_by(moderators.c.name))
    return [Moderator(row.name, Role(row.role), row.appointed_by, row.appointed_at) for row in rows]


def appoint(connection: Connection, moderator: Moderator) -> None:
    """See ``Store.appoint``; in a writing transaction."""
    if not 0 < len(moderator.name) <= NAME_CHARS:
        msg = f"a moderator's name has {len(moderator.name)} characters; expected 1 to {NAME_CHARS}"
        raise StoreError(msg)
    values = {
        "role": str(moderator.role),
        "appointed_by": moderator.appointed_by,
        "appointed_at": moderator.appointed_at,
    }
    statement = upsert(connection, moderators).values(name=moderator.name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def dismiss(connection: Connection, name: str) -> None:
    """See ``Store.dismiss``; in a writing transaction."""
    connection.execute(delete(moderators).where(moderators.c.name == name))


def claim(connection: Connection, comment_id: str, moderator: str, lease_s: int) -> bool:
    """See ``Store.claim``; in a writing transaction."""
    return claim_row(connection, lock_comment(connection, comment_id).id, moderator, lease_s)


def claim_row(connection: Connection, comment: int, moderator: str, lease_s: int) -> bool:
    """Do as ``claim`` for the comment with this row number."""
    now = datetime.now(UTC)
    lease = {"moderator": moderator, "expires_at": now + timedelta(seconds=lease_s)}
    statement = upsert(connection, claims).values(comment=comment, **lease)
    free = or_(claims.c.moderator == moderator, claims.c.expires_at <= now)
    statement = statement.on_conflict_do_update(index_elements=["comment"], set_=lease, where=free)
    return connection.scalar(statement.returning(claims.c.comment)) is not None


def release(connection: Connection, comment_ids: Collection[str], moderator: str) -> None:
    """See ``Store.release``; in a writing transaction."""
    keys = [key_of(comment_id) for comment_id in comment_ids]
    rows = select(comments.c.id).where(comments.c.key.in_(keys))
    connection.execute(
        delete(claims).where(claims.c.comment.in_(rows), claims.c.moderator == moderator)
    )


def open_elsewhere(comment: ColumnElement[int], moderator: str) -> ColumnElement[bool]:
    """True of a comment (its row number) that another moderator has open."""
    return exists().where(
        claims.c.comment == comment,
        claims.c.moderator != moderator,
        claims.c.expires_at > datetime.now(UTC),
    )


def second_looks(connection: Connection, moderator: str, limit: int) -> list[str]:
    """See ``Store.second_looks``."""
    query = (
        select(articles.c.url, comments.c.platform_id)
        .join(articles, articles.c.id == comments.c.article)
        .join(
            decisions,
            and_(decisions.c.number == comments.c.standing, decisions.c.decided_by != moderator),
        )
        .where(comments.c.second_look, ~open_elsewhere(comments.c.id, moderator))
        .order_by(comments.c.id)
        .limit(limit)
    )
    return [comment_key(row.url, row.platform_id) for row in connection.execute(query)]
