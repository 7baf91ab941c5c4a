"""What the desk's own figures are computed from: who decided what, and scores by day."""

import pandas as pd
from sqlalchemy import Connection, Date, cast, func, not_, select

from moderation.frames import comment_key
from moderation.store.log import IN_EFFECT, pseudonym, pseudonym_key
from moderation.store.rows import frame
from moderation.store.tables import articles, comments, decisions, scores, scorings

JUDGEMENTS = (
    "comment_id", "moderator", "action", "reason", "sampling", "decided_at", "conflict",
    "in_effect", "stands", "decision_id",
)  # fmt: skip
DAYS = ("day", "version", "comments", "mean", "reached")


def read_judgements(connection: Connection, limit: int) -> pd.DataFrame:
    """See ``Store.judgements``."""
    query = (
        select(
            *decisions.c[
                "number", "id", "action", "reason", "sampling", "decided_by", "decided_at"
            ],
            decisions.c.conflict,
            IN_EFFECT.label("in_effect"),
            *comments.c["platform_id", "standing"],
            articles.c.url,
        )
        .join(comments, comments.c.id == decisions.c.comment)
        .join(articles, articles.c.id == comments.c.article)
        .where(decisions.c.undoes.is_(None), not_(decisions.c.decided_by.startswith("policy:")))
        .order_by(decisions.c.number.desc())
        .limit(limit)
    )
    key = pseudonym_key(connection)
    rows = [
        (
            comment_key(row.url, row.platform_id),
            pseudonym(row.decided_by, key),
            row.action,
            row.reason,
            row.sampling,
            row.decided_at,
            bool(row.conflict),
            bool(row.in_effect),
            row.standing == row.number,
            row.id,
        )
        for row in connection.execute(query)
    ]
    table = frame(rows[::-1], JUDGEMENTS)
    table["decided_at"] = pd.to_datetime(table["decided_at"], utc=True)
    return table.astype(dict.fromkeys(("conflict", "in_effect", "stands"), "bool"))


def read_days(connection: Connection, attribute: str, threshold: float) -> pd.DataFrame:
    """See ``Store.score_days``."""
    posted = func.coalesce(comments.c.posted_at, articles.c.ingested_at)
    day = func.date(posted) if connection.dialect.name == "sqlite" else cast(posted, Date)
    reached = func.avg(cast(scores.c.value >= threshold, comments.c.position.type))
    query = (
        select(
            day.label("day"), scorings.c.version, func.count(), func.avg(scores.c.value), reached
        )
        .select_from(scores)
        .join(scorings, scorings.c.id == scores.c.scoring)
        .join(comments, comments.c.id == scores.c.comment)
        .join(articles, articles.c.id == comments.c.article)
        .where(scorings.c.attribute == attribute, scores.c.newest, scores.c.value.is_not(None))
        .group_by(day, scorings.c.version)
        .order_by(day)
    )
    table = frame(connection.execute(query), DAYS)
    table["day"] = pd.to_datetime(table["day"])
    return table.astype({"comments": "int64", "mean": "float64", "reached": "float64"})
