"""What else there is around a comment: its author's record, and comments that say the same."""

import pandas as pd
from rapidfuzz.fuzz import ratio
from rapidfuzz.utils import default_process
from sqlalchemy import Connection, func, select

from moderation.frames import comment_key
from moderation.store import Record
from moderation.store.queue import described
from moderation.store.rows import comment_rows, same_author
from moderation.store.search import found, words_of
from moderation.store.tables import articles, comments, decisions

MOST = 1000
"""Comments of an author that are counted."""
LATEST = 5
"""Of an author's decisions, so many are told."""
TELLING_WORDS, HITS = 4, 50
"""Words by which copies are looked for, twice over; hits of each that are compared."""
ALIKE = 80
"""Similarity in percent (rapidfuzz' ratio: what insertions and deletions leave in common)."""
COMPARED_CHARS = 2000


def read_record(connection: Connection, author: str) -> Record:
    """See ``Store.record``."""
    if not author.strip():
        return Record({}, [])
    theirs = select(*comments.c["id", "action", "standing"]).where(same_author(author))
    some = theirs.limit(MOST).subquery()
    counted = select(some.c.action, func.count()).group_by(some.c.action)
    counts = {action: int(count) for action, count in connection.execute(counted)}
    latest = (
        select(comments.c.platform_id, articles.c.url, *decisions.c["action", "reason"])
        .select_from(some)
        .join(decisions, decisions.c.number == some.c.standing)
        .join(comments, comments.c.id == some.c.id)
        .join(articles, articles.c.id == comments.c.article)
        .order_by(decisions.c.number.desc())
        .limit(LATEST)
    )
    told = [
        (comment_key(row.url, row.platform_id), row.action, row.reason)
        for row in connection.execute(latest)
    ]
    return Record(counts, told)


def read_alike(connection: Connection, comment_id: str, limit: int) -> pd.DataFrame:
    """See ``Store.alike``."""
    known = comment_rows(connection, [comment_id]).get(comment_id)
    if known is None:
        return described(connection, []).assign(likeness=[])
    query = select(comments.c.text_key).where(comments.c.id == known.id)
    key = connection.execute(query).scalar_one()
    rows: set[int] = set()
    if key:
        copies = select(comments.c.id).where(comments.c.text_key == key).limit(limit + 1)
        rows.update(connection.scalars(copies))
    telling = sorted(words_of(known.text), key=len, reverse=True)
    for start in (0, TELLING_WORDS):
        words = telling[start : start + TELLING_WORDS]
        hits = found(" ".join(words), connection.dialect.name, whole=True)
        if len(words) == TELLING_WORDS and hits is not None:
            rows.update(connection.scalars(hits.limit(HITS)))
    rows.discard(known.id)
    texts = select(*comments.c["id", "text"]).where(comments.c.id.in_(rows)).order_by(comments.c.id)
    mine = default_process(known.text[:COMPARED_CHARS])
    likeness = {
        row.id: ratio(mine, default_process(row.text[:COMPARED_CHARS])) / 100
        for row in connection.execute(texts)
    }
    near = [row for row, like in likeness.items() if like >= ALIKE / 100]
    best = sorted(near, key=likeness.__getitem__, reverse=True)[:limit]
    return described(connection, best).assign(likeness=[likeness[row] for row in best])
