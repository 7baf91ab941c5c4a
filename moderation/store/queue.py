"""The queue: what waits, in the order of what a look is worth, on a million comments.

Unfiltered it is a walk along an index. With a search or a score range there are two ways: look
up every comment that fits and sort those (good if few fit), or walk along the queue and pass
over what does not fit (good if many do). ``FEW`` decides, counted up to there.
"""

import math

import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select

from moderation.frames import comment_key
from moderation.schema import ATTRIBUTES, Action
from moderation.store import QueueFilter
from moderation.store.rows import article_row, frame
from moderation.store.scoring import newest_scores
from moderation.store.search import found
from moderation.store.tables import articles, comments, scores, scorings

FEW = 2000
COLUMNS = (
    "comment_id", "article_url", "article_title", "author", "text", "published", "worth",
    "escalated", *ATTRIBUTES,
)  # fmt: skip


def read_queue(
    connection: Connection, where: QueueFilter, *, limit: int, offset: int
) -> pd.DataFrame:
    """See ``Store.queue``."""
    return described(connection, _page(connection, where, limit, offset))


def described(connection: Connection, rows: list[int]) -> pd.DataFrame:
    """Return comments with ``COLUMNS``, in the order of their row numbers."""
    query = (
        select(
            *comments.c["id", "platform_id", "author", "text", "published", "worth", "action"],
            *articles.c["url", "title"],
        )
        .join(articles, articles.c.id == comments.c.article)
        .where(comments.c.id.in_(rows))
    )
    by_row = {row.id: row for row in connection.execute(query)}
    scored = newest_scores(connection, rows)
    shown = []
    for number in rows:
        row, ours = by_row[number], scored.get(number, {})
        shown.append(
            (
                comment_key(row.url, row.platform_id),
                row.url,
                row.title,
                row.author,
                row.text,
                row.published or "",
                row.worth if row.worth >= 0 else math.nan,
                row.action == Action.ESCALATE,
                *(ours[name].value if name in ours else math.nan for name in ATTRIBUTES),
            )
        )
    types = {"worth": "float64", "escalated": "bool"} | dict.fromkeys(ATTRIBUTES, "float32")
    return frame(shown, COLUMNS).astype(types)


def _page(connection: Connection, where: QueueFilter, limit: int, offset: int) -> list[int]:
    """Row numbers of the comments to show, in order."""
    columns = comments.c["id", "waiting", "worth", "article", "action"]
    few: list[Select[int]] = []
    passing: list[ColumnElement[bool]] = []
    if where.attribute:
        fit = _in_range(where)
        own = fit.selected_columns[0]
        probe = fit.where(own == comments.c.id).correlate(comments).exists()
        _sort_in(connection, fit, probe, few, passing)
    if where.search.strip():
        hits = found(where.search, connection.dialect.name)
        if hits is None:
            return []
        # Looked up once and kept: asking the search index about one comment is slow. Adding
        # 0 keeps SQLite from going through all that were found instead of along the queue.
        _sort_in(connection, hits, (comments.c.id + 0).in_(hits), few, passing)
    place: FromClause = comments
    if few:
        fitting = [comments.c.id.in_(fit) for fit in few]
        # The limit changes nothing, but makes databases look up these comments and no others.
        place = select(*columns).where(*fitting, *passing).limit(FEW).subquery()
        passing = []
    conditions = [place.c.waiting, *passing]
    if where.article_url:
        conditions.append(place.c.article == (article_row(connection, where.article_url) or 0))
    if where.escalated:
        conditions.append(place.c.action == str(Action.ESCALATE))
    query = select(place.c.id).where(*conditions).order_by(place.c.worth.desc(), place.c.id)
    return list(connection.scalars(query.limit(limit).offset(offset)))


def _sort_in(
    connection: Connection,
    fit: Select[int],
    probe: ColumnElement[bool],
    few: list[Select[int]],
    passing: list[ColumnElement[bool]],
) -> None:
    """Look up what fits if it is little, otherwise test what comes along with ``probe``."""
    counted = select(func.count()).select_from(fit.limit(FEW).subquery())
    if connection.execute(counted).scalar_one() < FEW:
        few.append(fit)
    else:
        passing.append(probe)


def _in_range(where: QueueFilter) -> Select[int]:
    """Comments with a newest score in the range asked for."""
    kinds = select(scorings.c.id).where(scorings.c.attribute == where.attribute)
    return select(scores.c.comment).where(
        scores.c.scoring.in_(kinds),
        scores.c.newest,
        scores.c.value.between(where.low, where.high),
    )
