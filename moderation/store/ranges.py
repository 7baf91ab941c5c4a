"""Undecided comments by score: how many at which score, and those in a range.

Escalated comments are left out: somebody has asked for a person's look at them.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    UnaryExpression,
    and_,
    cast,
    func,
    select,
)

from moderation.store import ScoreRange
from moderation.store.queue import described
from moderation.store.rows import article_row, chunks
from moderation.store.tables import comments, key_of, scores, scorings

BINS = 100
_ROUNDING = 1e-6
"""As a float32, 0.29 is a little less, but belongs to the range that begins there."""
Order = Literal["highest", "lowest", "newest", "oldest"]


def count_by_score(connection: Connection, where: ScoreRange) -> NDArray[np.int64]:
    """See ``Store.score_counts``."""
    value, query = _undecided(connection, where)
    place = (value + _ROUNDING) * BINS
    truncated = place if connection.dialect.name == "sqlite" else func.floor(place)
    number = cast(truncated, Integer).label("number")
    counted = query.with_only_columns(number, func.count().label("comments")).group_by(number)
    counts = np.zeros(BINS, dtype=np.int64)
    for row in connection.execute(counted):
        counts[min(row.number, BINS - 1)] += row.comments
    return counts


def read_range(
    connection: Connection, where: ScoreRange, *, order: Order, limit: int
) -> pd.DataFrame:
    """See ``Store.in_range``."""
    value, query = _undecided(connection, where)
    low, high = where.low - _ROUNDING, where.high - _ROUNDING
    above = value >= low
    query = query.where(above if where.high >= 1 else and_(above, value < high))
    place: dict[Order, UnaryExpression[Any]] = {
        "highest": value.desc(),
        "lowest": value.asc(),
        "newest": comments.c.id.desc(),
        "oldest": comments.c.id.asc(),
    }
    query = query.with_only_columns(comments.c.id).order_by(place[order], comments.c.id)
    return described(connection, list(connection.scalars(query.limit(limit))))


def read_undecided(connection: Connection, comment_ids: Sequence[str]) -> pd.DataFrame:
    """See ``Store.undecided``."""
    rows: list[int] = []
    for some in chunks(comment_ids):
        numbers = {key_of(own): place for place, own in enumerate(some)}
        query = select(*comments.c["id", "key"]).where(
            comments.c.key.in_(list(numbers)), comments.c.waiting, comments.c.action == ""
        )
        found = sorted(connection.execute(query), key=lambda row: numbers[row.key])
        rows += [row.id for row in found]
    return described(connection, rows)


def _undecided(
    connection: Connection, where: ScoreRange
) -> tuple[ColumnElement[float], Select[tuple[int]]]:
    """The score that is meant, and the scored comments without a decision."""
    query = select(comments.c.id).where(comments.c.waiting, comments.c.action == "")
    if where.article_url:
        article = article_row(connection, where.article_url) or 0
        query = query.where(comments.c.article == article)
    if not where.attribute:
        return comments.c.worth, query.where(comments.c.worth >= 0)
    kinds = select(scorings.c.id).where(scorings.c.attribute == where.attribute)
    query = query.join(scores, scores.c.comment == comments.c.id)
    own = (scores.c.scoring.in_(kinds), scores.c.newest, scores.c.value.is_not(None))
    return scores.c.value, query.where(*own)
