"""A comment among its own: what it answers, up to the top, and what answers it.

Read through indexes, so that it takes as long in a thread of ten comments as in one of a
hundred thousand.
"""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from moderation.schema import Article, Comment, Thread
from moderation.store import Family
from moderation.store.tables import articles, comments, key_of

MOST_ABOVE = 1000
"""Parents that are followed; a longer chain begins there."""
_WANTED = comments.c[
    *("key", "platform_id", "parent", "author", "text", "published", "posted_at", "quoted")
]


def read_family(connection: Connection, comment_id: str, replies: int) -> Family | None:
    """See ``Store.family``."""
    query = select(comments.c.article, *_WANTED).where(comments.c.key == key_of(comment_id))
    own = connection.execute(query).one_or_none()
    if own is None:
        return None
    head = connection.execute(select(articles).where(articles.c.id == own.article)).one()
    chain = [own]
    while chain[-1].parent is not None and len(chain) <= MOST_ABOVE:
        above = select(*_WANTED).where(comments.c.key == chain[-1].parent)
        parent = connection.execute(above).one_or_none()
        if parent is None:
            break
        chain.append(parent)
    answers = select(*_WANTED).where(comments.c.parent == own.key)
    below = connection.execute(answers.order_by(comments.c.position).limit(replies)).all()
    counted = select(func.count()).where(comments.c.parent == own.key)
    shown = [*reversed(chain), *below]
    ids = {row.key: row.platform_id for row in shown}
    members = tuple(comment_of(row, ids) for row in shown)
    article = Article(head.url, head.title, head.text, head.author, head.published)
    return Family(
        thread=Thread(article, members, head.platform),
        comment=members[len(chain) - 1],
        replies=connection.execute(counted).scalar_one(),
        comments=head.comments,
    )


def comment_of(row: Row[Any], ids: dict[bytes, str]) -> Comment:
    """Make a record of a row; ``ids`` maps the keys of the thread's comments to their ids."""
    return Comment(
        id=row.platform_id,
        parent_id=ids.get(row.parent),
        author=row.author,
        text=row.text,
        published=row.published,
        posted_at=row.posted_at,
        quoted=row.quoted,
    )
