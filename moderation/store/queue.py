"""The queue: what waits, in the order of what a look is worth, on a million comments.

Unfiltered it is a walk along an index. With a search, a score range and the like there are two
ways: look up every comment that fits and sort those (good if few fit), or walk along the queue
and pass over what does not fit (good if many do). ``FEW`` decides, counted up to there.
"""

import math

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    exists,
    func,
    not_,
    select,
)

from moderation.frames import comment_key
from moderation.schema import ATTRIBUTES, Action
from moderation.store import QueueFilter
from moderation.store.moderators import open_elsewhere
from moderation.store.rows import article_row, frame, same_author
from moderation.store.scoring import newest_scores
from moderation.store.search import found
from moderation.store.tables import (
    articles,
    comments,
    decisions,
    scores,
    scorings,
)

FEW = 2000
COLUMNS = (
    "comment_id", "article_url", "article_title", "author", "text", "published", "worth",
    "escalated", "action", "decided_by", "second_look", *ATTRIBUTES,
)  # fmt: skip
_ACTIONS = {
    "undecided": "",
    "escalated": str(Action.ESCALATE),
    "approved": str(Action.APPROVE),
    "rejected": str(Action.REJECT),
}
"""State -> what stands on such comments."""


def read_queue(
    connection: Connection, where: QueueFilter, *, limit: int, offset: int
) -> pd.DataFrame:
    """See ``Store.queue``."""
    return described(connection, find(connection, where, limit=limit, offset=offset))


def count(connection: Connection, where: QueueFilter, most: int) -> int:
    """See ``Store.count``."""
    query = _view(connection, where)
    if query is None:
        return 0
    counted = select(func.count()).select_from(query.limit(most).subquery())
    return int(connection.execute(counted).scalar_one())


def described(connection: Connection, rows: list[int]) -> pd.DataFrame:
    """Return comments with ``COLUMNS``, in the order of their row numbers."""
    query = (
        select(
            *comments.c["id", "platform_id", "author", "text", "published", "worth", "action"],
            comments.c.second_look,
            decisions.c.decided_by,
            *articles.c["url", "title"],
        )
        .join(articles, articles.c.id == comments.c.article)
        .outerjoin(decisions, decisions.c.number == comments.c.standing)
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
                row.action,
                row.decided_by or "",
                row.second_look,
                *(ours[name].value if name in ours else math.nan for name in ATTRIBUTES),
            )
        )
    types: dict[str, str] = {"worth": "float64", "escalated": "bool", "second_look": "bool"}
    return frame(shown, COLUMNS).astype(types | dict.fromkeys(ATTRIBUTES, "float32"))


def find(connection: Connection, where: QueueFilter, *, limit: int, offset: int = 0) -> list[int]:
    """Return row numbers of the comments of a view, in order."""
    query = _view(connection, where)
    return [] if query is None else list(connection.scalars(query.limit(limit).offset(offset)))


def _view(connection: Connection, where: QueueFilter) -> Select[int] | None:
    """Select the row numbers of a view's comments, in order; None: nothing can fit."""
    columns = comments.c["id", "waiting", "worth", "article", "action"]
    few: list[Select[int]] = []
    passing: list[ColumnElement[bool]] = []
    for fit, condition in _plain(where):
        _sort_in(connection, fit, condition, few, passing)
    if where.attribute:
        fit = _in_range(where)
        own = fit.selected_columns[0]
        probe = fit.where(own == comments.c.id).correlate(comments).exists()
        _sort_in(connection, fit, probe, few, passing)
    if where.search.strip():
        hits = found(where.search, connection.dialect.name)
        if hits is None:
            return None
        # Looked up once and kept: asking the search index about one comment is slow. Adding
        # 0 keeps SQLite from going through all that were found instead of along the queue.
        _sort_in(connection, hits, (comments.c.id + 0).in_(hits), few, passing)
    place: FromClause = comments
    if few:
        fitting = [comments.c.id.in_(fit) for fit in few]
        # The limit changes nothing, but makes databases look up these comments and no others.
        place = select(*columns).where(*fitting, *passing).limit(FEW).subquery()
        passing = []
    conditions = [*_in_state(where.state, place), *passing]
    if where.article_url:
        conditions.append(place.c.article == (article_row(connection, where.article_url) or 0))
    if where.free_for:
        conditions.append(not_(open_elsewhere(place.c.id, where.free_for)))
    query = select(place.c.id).where(*conditions)
    if where.newest:
        return query.order_by(place.c.id.desc())
    return query.order_by(place.c.worth.desc(), place.c.id)


def _in_state(state: str, place: FromClause) -> list[ColumnElement[bool]]:
    if state == "all":
        return []
    waits: ColumnElement[bool] = place.c.waiting
    if state == "decided":
        return [not_(waits)]
    own = [place.c.action == _ACTIONS[state]] if state in _ACTIONS else []
    return [waits, *own] if state in {"waiting", "undecided"} else own


def _plain(where: QueueFilter) -> list[tuple[Select[int], ColumnElement[bool]]]:
    """What has to fit of a comment's own columns: how to look it up, and what it means."""
    conditions: list[ColumnElement[bool]] = []
    if where.author:
        conditions.append(same_author(where.author))
    if where.language:
        conditions.append(comments.c.language == where.language)
    if where.since is not None:
        conditions.append(comments.c.posted_at >= where.since)
    if where.until is not None:
        conditions.append(comments.c.posted_at < where.until)
    plain = [(select(comments.c.id).where(one), one) for one in conditions]
    if where.decided_by:
        own = decisions.c.decided_by == where.decided_by
        standing = select(decisions.c.comment).join(
            comments, comments.c.standing == decisions.c.number
        )
        probe = exists().where(decisions.c.number == comments.c.standing, own)
        plain.append((standing.where(own), probe))
    return plain


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
