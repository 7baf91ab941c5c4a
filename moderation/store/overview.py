"""Articles with their numbers, and what a thread looks like from afar."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, select

from moderation.frames import comment_key
from moderation.store.records import ArticleOrder
from moderation.store.rows import article_row, chunks, frame
from moderation.store.tables import articles, comments, key_of, scores, scorings

_DECIDED = articles.c.approved + articles.c.rejected
_WAITING = articles.c.comments - _DECIDED
_NEWEST = (articles.c.ingested_at.desc(), articles.c.id.desc())
_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": _NEWEST,
    "waiting": (_WAITING.desc(), *_NEWEST),
    "off topic": (
        (articles.c.off_topic * 1.0 / func.nullif(articles.c.scored, 0)).desc().nulls_last(),
        *_NEWEST,
    ),
}


def read_articles(
    connection: Connection, search: str, order: ArticleOrder, *, limit: int, offset: int
) -> pd.DataFrame:
    """See ``Store.articles``."""
    query = select(
        articles.c.url.label("article_url"),
        *articles.c["title", "platform", "source", "ingested_at", "comments"],
        _WAITING.label("waiting"),
        _DECIDED.label("decided"),
        *articles.c["off_topic", "scored"],
    )
    query = query.where(*_titled(search)).order_by(*_ORDERS[order])
    if limit >= 0:
        query = query.limit(limit).offset(offset)
    result = connection.execute(query)
    table = frame(result, list(result.keys()))
    numbers = dict.fromkeys(("comments", "waiting", "decided"), "int64")
    floats = dict.fromkeys(("off_topic", "scored"), "float64")
    table = table.astype(numbers | floats)
    table["ingested_at"] = pd.to_datetime(table["ingested_at"], utc=True).astype(
        "datetime64[us, UTC]"
    )
    table["off_topic_share"] = table.pop("off_topic") / table.pop("scored")
    return table


def count_articles(connection: Connection, search: str) -> int:
    """See ``Store.count_articles``."""
    query = select(func.count()).select_from(articles).where(*_titled(search))
    return int(connection.execute(query).scalar_one())


def read_actions(connection: Connection, comment_ids: Sequence[str]) -> dict[str, str]:
    """See ``Store.actions``."""
    ids = {key_of(comment_id): comment_id for comment_id in comment_ids}
    found: dict[str, str] = {}
    for keys in chunks(list(ids)):
        query = select(*comments.c["key", "action"]).where(comments.c.key.in_(keys))
        found |= {ids[row.key]: row.action for row in connection.execute(query)}
    return found


def read_drift(connection: Connection, article_url: str) -> pd.DataFrame:
    """See ``Store.drift``."""
    kinds = select(scorings.c.id).where(scorings.c.attribute == "off_topic")
    query = (
        select(*comments.c["platform_id", "posted_at"], scores.c.value)
        .select_from(comments)
        .outerjoin(
            scores,
            and_(scores.c.comment == comments.c.id, scores.c.newest, scores.c.scoring.in_(kinds)),
        )
        .where(comments.c.article == (article_row(connection, article_url) or 0))
        .order_by(comments.c.position)
    )
    rows = [
        (comment_key(article_url, row.platform_id), row.posted_at, row.value)
        for row in connection.execute(query)
    ]
    table = frame(rows, ("comment_id", "posted_at", "off_topic"))
    table["posted_at"] = pd.to_datetime(table["posted_at"], utc=True).astype("datetime64[us, UTC]")
    return table.astype({"off_topic": "float64"})


def _titled(search: str) -> list[ColumnElement[bool]]:
    return [articles.c.title.icontains(search.strip(), autoescape=True)] if search.strip() else []
