"""Threads in and out: what a page adds, what of it is new, and what must be scored again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from moderation.errors import StoreError
from moderation.frames import THREAD_COMMENTS, comment_key, text_key
from moderation.schema import Article, Comment, Thread
from moderation.store import Added
from moderation.store.erasure import without_erased
from moderation.store.family import comment_of
from moderation.store.rows import article_row, chunks, lock_articles, upsert
from moderation.store.scoring import tallied
from moderation.store.search import index_words, words_of
from moderation.store.tables import (
    articles,
    comments,
    decisions,
    key_of,
    revisions,
    scores,
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store has of a comment that a page may change."""

    row: int
    id: str
    parent: str | None
    position: int
    text: str
    author: str
    quoted: str
    revision: int


def add_thread(connection: Connection, thread: Thread, source: str) -> Added:
    """See ``Store.add_thread``; in a writing transaction."""
    article, is_new, context_changed = _put_article(connection, thread, source)
    thread = thread if is_new else without_erased(connection, article, thread)
    known = {} if is_new else _known(connection, article)
    page = {comment.id: comment for comment in thread.comments}
    if len(page) != len(thread.comments):
        msg = f"article {thread.article.url[:200]!r}: two comments have the same id"
        raise StoreError(msg)
    order = {own: place for place, own in enumerate(_merged(list(page), list(known)))}
    parents = _parents(page, known)

    new = [comment for comment in thread.comments if comment.id not in known]
    edited = [known[own] for own in page if own in known and known[own].text != page[own].text]
    moved = {own for own, old in known.items() if old.parent != parents[own]}
    _insert(connection, thread, article, new, order=order, parents=parents)
    _edit(connection, edited, page)
    _fill_in(connection, [(known[own], page[own]) for own in page if own in known])
    _set(
        connection,
        "parent",
        {known[own].row: _key(thread, parents[own]) for own in moved},
    )
    _set(
        connection,
        "position",
        {old.row: order[own] for own, old in known.items() if old.position != order[own]},
    )

    fresh = {comment.id for comment in new} | {old.id for old in edited}
    stale = moved | _touched(order, parents, fresh)
    again = known.keys() if context_changed else stale & known.keys()
    _set(connection, "scorer_set", dict.fromkeys((known[own].row for own in again), 0))
    _index(connection, article, None if context_changed else fresh)
    if new:
        more = articles.c.comments + len(new)
        connection.execute(update(articles).where(articles.c.id == article).values(comments=more))
    return Added(articles=int(is_new), comments=len(new), changed=len(edited))


def read_thread(connection: Connection, article_url: str) -> Thread:
    """See ``Store.thread``."""
    row = article_row(connection, article_url)
    if row is None:
        msg = f"article {article_url[:200]!r} is not in the store"
        raise StoreError(msg)
    head = connection.execute(select(articles).where(articles.c.id == row)).one()
    wanted = comments.c[
        *("key", "platform_id", "parent", "author", "text", "published", "posted_at", "quoted")
    ]
    query = select(*wanted).where(comments.c.article == row).order_by(comments.c.position)
    found = connection.execute(query).all()
    ids = {one.key: one.platform_id for one in found}
    members = tuple(comment_of(one, ids) for one in found)
    article = Article(head.url, head.title, head.text, head.author, head.published)
    return Thread(article, members, head.platform)


def _put_article(connection: Connection, thread: Thread, source: str) -> tuple[int, bool, bool]:
    """Return the article's row, whether it is new, and whether title or text have changed."""
    article = thread.article
    shown = {
        "title": article.title,
        "text": article.text,
        "author": article.author,
        "published": article.published,
    }
    where_from = {"platform": thread.platform, "source": source}
    values = {
        "key": key_of(article.url),
        "url": article.url,
        "ingested_at": datetime.now(UTC),
    }
    statement = upsert(connection, articles).values(values | shown | where_from)
    statement = statement.on_conflict_do_nothing(index_elements=["key"])
    made: int | None = connection.scalar(statement.returning(articles.c.id))
    if made is not None:
        return made, True, False
    row = connection.scalars(
        select(articles.c.id).where(articles.c.key == key_of(article.url))
    ).one()
    lock_articles(connection, [row])
    old = connection.execute(select(articles).where(articles.c.id == row)).mappings().one()
    # A page that shows less than an earlier one takes nothing away.
    changes = {name: value for name, value in shown.items() if value and value != old[name]}
    moved = {name: value for name, value in where_from.items() if value != old[name]}
    if changes or moved:
        connection.execute(update(articles).where(articles.c.id == row).values(changes | moved))
    return row, False, bool(changes.keys() & {"title", "text"})


def _known(connection: Connection, article: int) -> dict[str, _Known]:
    """Read an article's comments, in page order."""
    wanted = comments.c[
        *("id", "key", "platform_id", "parent", "position", "text", "author", "quoted", "revision")
    ]
    query = select(*wanted).where(comments.c.article == article).order_by(comments.c.position)
    rows = connection.execute(query).all()
    ids = {row.key: row.platform_id for row in rows}
    return {
        row.platform_id: _Known(
            row=row.id,
            id=row.platform_id,
            parent=ids.get(row.parent),
            position=row.position,
            text=row.text,
            author=row.author,
            quoted=row.quoted,
            revision=row.revision,
        )
        for row in rows
    }


def _merged(page: Sequence[str], known: Iterable[str]) -> list[str]:
    """Page order; what has left the page stays behind what it stood behind."""
    on_page = set(page)
    behind: dict[str | None, list[str]] = defaultdict(list)
    anchor: str | None = None
    for own in known:
        if own in on_page:
            anchor = own
        else:
            behind[anchor].append(own)
    merged = list(behind[None])
    for own in page:
        merged.append(own)
        merged += behind.get(own, [])
    return merged


def _parents(page: Mapping[str, Comment], known: Mapping[str, _Known]) -> dict[str, str | None]:
    """What each comment answers: as the page says, unless that would close a circle.

    A page that does not show whom a comment answers does not make us forget it.
    """
    stored = {own: old.parent for own, old in known.items()}
    said = {own: comment.parent_id for own, comment in page.items()}
    told = {own: parent for own, parent in said.items() if parent is not None}
    merged = said | stored | told
    return said | stored if _has_circle(merged) else merged


def _has_circle(parents: Mapping[str, str | None]) -> bool:
    done: set[str | None] = {None}
    for start in parents:
        path: set[str | None] = set()
        at: str | None = start
        while at not in done:
            if at in path:
                return True
            path.add(at)
            at = parents.get(at or "")
        done |= path
    return False


def _insert(
    connection: Connection,
    thread: Thread,
    article: int,
    new: Sequence[Comment],
    *,
    order: Mapping[str, int],
    parents: Mapping[str, str | None],
) -> None:
    if not new:
        return
    rows = [
        {
            "key": _key(thread, comment.id),
            "article": article,
            "platform_id": comment.id,
            "parent": _key(thread, parents[comment.id]),
            "position": order[comment.id],
            "author": comment.author,
            "text": comment.text,
            "text_key": text_key(comment.text),
            "published": comment.published,
            "posted_at": comment.posted_at,
            "quoted": comment.quoted,
            "waiting": True,
        }
        for comment in new
    ]
    connection.execute(insert(comments), rows)


def _key(thread: Thread, comment_id: str | None) -> bytes | None:
    return None if comment_id is None else key_of(comment_key(thread.article.url, comment_id))


def _edit(connection: Connection, edited: Sequence[_Known], page: Mapping[str, Comment]) -> None:
    """Take over new texts; keep an old one if somebody decided on it, forget its scores."""
    rows = [old.row for old in edited]
    judged: set[tuple[int, int]] = set()
    for some in chunks(rows):
        query = select(decisions.c.comment, decisions.c.revision).distinct()
        found = connection.execute(query.where(decisions.c.comment.in_(some)))
        judged |= {(row.comment, row.revision) for row in found}
    now = datetime.now(UTC)
    kept = [
        {"comment": old.row, "revision": old.revision, "text": old.text, "replaced_at": now}
        for old in edited
        if (old.row, old.revision) in judged
    ]
    if kept:
        connection.execute(insert(revisions), kept)
    if not edited:
        return
    with tallied(connection, rows):
        for some in chunks(rows):
            connection.execute(delete(scores).where(scores.c.comment.in_(some)))
    connection.execute(
        update(comments)
        .where(comments.c.id == bindparam("row"))
        .values(
            text=bindparam("new_text"),
            text_key=bindparam("new_key"),
            revision=comments.c.revision + 1,
            worth=-1.0,
            scorer_set=0,
            language=None,
        ),
        [
            {
                "row": old.row,
                "new_text": page[old.id].text,
                "new_key": text_key(page[old.id].text),
            }
            for old in edited
        ],
    )


def _fill_in(connection: Connection, pairs: Iterable[tuple[_Known, Comment]]) -> None:
    """Learn an author's name that an earlier page did not show, and take over quotations."""
    pairs = list(pairs)
    names = {old.row: comment.author for old, comment in pairs if comment.author and not old.author}
    _set(connection, "author", names)
    quoted = {old.row: page.quoted for old, page in pairs if page.quoted != old.quoted}
    _set(connection, "quoted", quoted)


def _set(connection: Connection, column: str, values: Mapping[int, Any]) -> None:
    """Give one column of some comments new values; row number -> value."""
    if not values:
        return
    statement = (
        update(comments).where(comments.c.id == bindparam("row")).values({column: bindparam("new")})
    )
    connection.execute(statement, [{"row": row, "new": value} for row, value in values.items()])


def _touched(
    order: Mapping[str, int],
    parents: Mapping[str, str | None],
    fresh: Collection[str],
) -> set[str]:
    """Comments whose context has changed: replies to fresh ones, and those just behind."""
    touched = {own for own, parent in parents.items() if parent in fresh}
    since = THREAD_COMMENTS
    for own in order:
        if own in fresh:
            since = 0
        elif since < THREAD_COMMENTS:
            since += 1
            touched.add(own)
    return touched


def _index(connection: Connection, article: int, ids: Collection[str] | None) -> None:
    """Make comments of an article findable; None: all of them, its title has changed."""
    if ids is not None and not ids:
        return
    wanted = comments.c["id", "platform_id", "text", "author"]
    query = select(*wanted, articles.c.title).join(articles).where(comments.c.article == article)
    found = connection.execute(query).all()
    index_words(
        connection,
        {
            row.id: words_of(row.text, row.author, row.title)
            for row in found
            if ids is None or row.platform_id in ids
        },
    )
