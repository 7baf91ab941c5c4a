"""Policies in versions, and samples of comments to try one on."""

import math

import pandas as pd
from sqlalchemy import Connection, func, insert, not_, select

from moderation.frames import comment_key
from moderation.schema import ATTRIBUTES, Action, PolicyVersion
from moderation.store.rows import frame
from moderation.store.scoring import newest_scores
from moderation.store.tables import articles, comments, decisions, policies

COLUMNS = ("comment_id", "article_url", "language", "action", "sampling", *ATTRIBUTES)


def read_policies(connection: Connection) -> list[PolicyVersion]:
    """See ``Store.policies``."""
    rows = connection.execute(select(policies).order_by(policies.c.number.desc()))
    return [PolicyVersion(**row) for row in rows.mappings()]


def add_policy(connection: Connection, version: PolicyVersion) -> int:
    """See ``Store.add_policy``; in a writing transaction."""
    names = ("body", "note", "saved_by", "saved_at")
    values = {name: getattr(version, name) for name in names}
    statement = insert(policies).values(values).returning(policies.c.number)
    return int(connection.execute(statement).scalar_one())


def read_survey(connection: Connection, *, decided: bool, limit: int) -> pd.DataFrame:
    """See ``Store.survey``."""
    scored = select(comments.c.id).where(comments.c.worth >= 0)
    if decided:
        made = scored.join(decisions, decisions.c.number == comments.c.standing).where(
            comments.c.action.in_([str(Action.APPROVE), str(Action.REJECT)]),
            not_(decisions.c.decided_by.startswith("policy:")),
        )
        drawn = made.order_by(decisions.c.number.desc())
    else:
        drawn = scored.where(comments.c.waiting, comments.c.action == "").order_by(func.random())
    return _described(connection, list(connection.scalars(drawn.limit(limit))))


def _described(connection: Connection, rows: list[int]) -> pd.DataFrame:
    found = newest_scores(connection, rows)
    shown: list[tuple[object, ...]] = []
    for start in range(0, len(rows), 500):
        query = (
            select(
                *comments.c["id", "platform_id", "language", "action"],
                articles.c.url,
                decisions.c.sampling,
            )
            .join(articles, articles.c.id == comments.c.article)
            .outerjoin(decisions, decisions.c.number == comments.c.standing)
            .where(comments.c.id.in_(rows[start : start + 500]))
        )
        shown += [
            (
                comment_key(row.url, row.platform_id),
                row.url,
                row.language or "",
                row.action,
                row.sampling or "",
                *(
                    found[row.id][name].value if name in found[row.id] else math.nan
                    for name in ATTRIBUTES
                ),
            )
            for row in connection.execute(query)
        ]
    return frame(shown, COLUMNS).astype(dict.fromkeys(ATTRIBUTES, "float32"))
