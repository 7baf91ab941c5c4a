"""Which language each comment is in, as somebody above has told; null until then."""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection, bindparam, select, update

from moderation.frames import comment_key
from moderation.store.rows import comment_rows, frame
from moderation.store.tables import articles, comments


def read_unnamed(connection: Connection, limit: int) -> pd.DataFrame:
    """See ``Store.without_language``."""
    query = (
        select(articles.c.url, *comments.c["platform_id", "text"])
        .join(articles, articles.c.id == comments.c.article)
        .where(comments.c.language.is_(None))
        .limit(limit)
    )
    rows = connection.execute(query)
    lines = [(comment_key(row.url, row.platform_id), row.text) for row in rows]
    return frame(lines, ("comment_id", "text"))


def set_languages(connection: Connection, languages: Mapping[str, str]) -> None:
    """See ``Store.set_languages``; in a writing transaction."""
    found = comment_rows(connection, list(languages))
    entries = [{"row": row.id, "its": languages[comment_id]} for comment_id, row in found.items()]
    if entries:
        statement = update(comments).where(comments.c.id == bindparam("row"))
        connection.execute(statement.values(language=bindparam("its")), entries)
