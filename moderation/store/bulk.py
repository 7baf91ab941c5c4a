"""Many decisions in one transaction: what a batch, a campaign or a rule decides."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from moderation.frames import comment_key
from moderation.schema import Decision
from moderation.store import Entry
from moderation.store.log import append, decision_of, read_standing
from moderation.store.rows import comment_rows, lock_articles
from moderation.store.tables import articles, comments, decisions


def append_all(connection: Connection, entries: Sequence[Entry]) -> list[str]:
    """See ``Store.add_decisions``; in a writing transaction."""
    known = comment_rows(connection, [entry.decision.comment_id for entry in entries])
    lock_articles(connection, (row.article for row in known.values()))
    made: list[str] = []
    for decision, implied, expected in entries:
        if decision.comment_id not in known:
            continue
        standing = read_standing(connection, decision.comment_id)
        if (standing.id if standing else None) == expected:
            append(connection, decision, implied, expected)
            made.append(decision.comment_id)
        elif standing and standing.id == decision.id:
            made.append(decision.comment_id)  # written before, asked again
    return made


def read_last_batch(connection: Connection, moderator: str) -> str:
    """See ``Store.last_batch``."""
    query = (
        select(decisions.c.batch)
        .join(comments, comments.c.standing == decisions.c.number)
        .where(decisions.c.decided_by == moderator, decisions.c.batch != "")
        .order_by(decisions.c.number.desc())
        .limit(1)
    )
    return connection.scalar(query) or ""


def read_batch(connection: Connection, batch: str) -> list[Decision]:
    """See ``Store.batch``."""
    query = (
        select(decisions, articles.c.url, comments.c.platform_id)
        .join(comments, comments.c.standing == decisions.c.number)
        .join(articles, articles.c.id == comments.c.article)
        .where(decisions.c.batch == batch, decisions.c.batch != "")
        .order_by(decisions.c.number)
    )
    rows = connection.execute(query)
    return [decision_of(row, comment_key(row.url, row.platform_id)) for row in rows]
