"""Scores in and out: long rows, which of them is newest, and who still has to be scored."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pandas as pd
from sqlalchemy import Connection, bindparam, case, func, select, update

from moderation.errors import StoreError
from moderation.schema import ATTRIBUTES
from moderation.store import Score
from moderation.store.rows import chunks, comment_rows, frame, lock_articles, upsert
from moderation.store.tables import articles, comments, scorer_sets, scores, scorings

SHARE_THRESHOLD = 0.5
"""From this score on a comment counts as off topic in an article's share."""
NOT_SCORED = -1.0
"""``comments.worth`` of what has not been scored: last in the queue."""
RANKED_AT_ONCE = 5_000
"""Comments that change their place in one transaction."""
_SET_WORTH = (
    update(comments).where(comments.c.id == bindparam("row")).values(worth=bindparam("merit"))
)


def add_scores(
    connection: Connection,
    table: pd.DataFrame,
    versions: Mapping[str, str],
    worth: pd.Series,
    texts: pd.Series | None,
) -> None:
    """See ``Store.add_scores``; in a writing transaction."""
    missing = [name for name in table.columns if name not in versions]
    if missing:
        msg = f"scores of {', '.join(missing)} have no scorer version; not stored"
        raise StoreError(msg)
    ids = [str(comment_id) for comment_id in table.index]
    lock_articles(connection, (row.article for row in comment_rows(connection, ids).values()))
    found = comment_rows(connection, ids)
    if texts is not None:
        found = {own: row for own, row in found.items() if row.text == texts.loc[own]}
    places = [place for place, own in enumerate(ids) if own in found]
    rows = [found[ids[place]].id for place in places]
    if not rows:
        return
    ours = {name: versions[name] for name in table.columns}
    with tallied(connection, rows):
        _write(connection, table.iloc[places], rows, ours)
    merits = worth.reindex(table.index[places]).tolist()
    connection.execute(
        _SET_WORTH,
        [
            {"row": row, "merit": 0.0 if math.isnan(merit) else float(merit)}
            for row, merit in zip(rows, merits, strict=True)
        ],
    )
    _mark_scored(connection, {row.id: row.scorer_set for row in found.values()}, ours)


def rank_some(
    connection: Connection, worth: Callable[[pd.DataFrame], pd.Series], after: int
) -> tuple[int, int]:
    """Do a step of ``Store.rank``, in a writing transaction.

    Returns:
        The number of the last row looked at (0: there was none) and how many were.
    """
    query = (
        select(*comments.c["id", "article", "worth"])
        .where(comments.c.id > after, comments.c.worth >= 0)
        .order_by(comments.c.id)
        .limit(RANKED_AT_ONCE)
    )
    lock_articles(connection, (row.article for row in connection.execute(query)))
    before = {row.id: row.worth for row in connection.execute(query)}
    if not before:
        return 0, 0
    last = max(before)
    own = (
        select(scores.c.comment, scorings.c.attribute, scores.c.value)
        .join(scorings, scorings.c.id == scores.c.scoring)
        .where(scores.c.comment > after, scores.c.comment <= last, scores.c.newest)
    )
    found = frame(connection.execute(own), ("comment", "attribute", "value"))
    merits = worth(
        found.astype({"value": float}).pivot_table(
            index="comment", columns="attribute", values="value", dropna=False
        )
    )
    changed = [
        {"row": row, "merit": merit}
        for row, merit in merits.to_dict().items()
        if row in before and not math.isclose(merit, before[row], abs_tol=1e-9)
    ]
    if changed:
        connection.execute(_SET_WORTH, changed)
    return last, len(before)


def read_scores(connection: Connection, comment_ids: Sequence[str]) -> pd.DataFrame:
    """See ``Store.scores``."""
    found = comment_rows(connection, comment_ids)
    by_row = newest_scores(connection, [row.id for row in found.values()])
    names = [
        *ATTRIBUTES,
        *sorted({name for own in by_row.values() for name in own} - {*ATTRIBUTES}),
    ]
    values = [
        [
            by_row[found[own].id][name].value if name in by_row[found[own].id] else math.nan
            for name in names
        ]
        if own in found and found[own].id in by_row
        else [math.nan] * len(names)
        for own in comment_ids
    ]
    index = pd.Index(list(comment_ids), dtype=object, name="comment_id")
    return pd.DataFrame(values, index=index, columns=names, dtype="float32")


def newest_scores(connection: Connection, rows: Sequence[int]) -> dict[int, dict[str, Score]]:
    """Return row number -> attribute -> newest score."""
    by_row: dict[int, dict[str, Score]] = defaultdict(dict)
    for some in chunks(rows):
        query = (
            select(scores.c.comment, scores.c.value, scorings.c.attribute, scorings.c.version)
            .join(scorings, scorings.c.id == scores.c.scoring)
            .where(scores.c.comment.in_(some), scores.c.newest)
        )
        for row in connection.execute(query):
            value = math.nan if row.value is None else row.value
            by_row[row.comment][row.attribute] = Score(value, row.version)
    return by_row


def unscored_rows(connection: Connection, versions: Mapping[str, str], limit: int) -> list[int]:
    """Return row numbers of comments that one of these versions has not scored as they are."""
    behind = [0]
    for row in connection.execute(select(scorer_sets)):
        had = json.loads(row.versions)
        if any(had.get(name) != version for name, version in versions.items()):
            behind.append(row.id)
    rows: list[int] = []
    for scorer_set in behind:
        if len(rows) == limit:
            break
        query = select(comments.c.id).where(comments.c.scorer_set == scorer_set)
        left = query.order_by(comments.c.id).limit(limit - len(rows))
        rows += connection.scalars(left)
    return rows


@contextmanager
def tallied(connection: Connection, rows: Sequence[int]) -> Iterator[None]:
    """Keep the articles' numbers of scored and off-topic comments right over a change."""
    before = _tally(connection, rows)
    yield
    after = _tally(connection, rows)
    changes = [
        {
            "row": article,
            "more_scored": after[article][0] - before[article][0],
            "more_off": after[article][1] - before[article][1],
        }
        for article in {*before, *after}
        if after[article] != before[article]
    ]
    if changes:
        statement = (
            update(articles)
            .where(articles.c.id == bindparam("row"))
            .values(
                scored=articles.c.scored + bindparam("more_scored"),
                off_topic=articles.c.off_topic + bindparam("more_off"),
            )
        )
        connection.execute(statement, changes)


def _tally(connection: Connection, rows: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Article -> comments among ``rows`` with an off-topic score, and at the threshold."""
    tally: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    reached = func.sum(case((scores.c.value >= SHARE_THRESHOLD, 1), else_=0))
    for some in chunks(rows):
        query = (
            select(comments.c.article, func.count(scores.c.value), reached)
            .join(scores, scores.c.comment == comments.c.id)
            .join(scorings, scorings.c.id == scores.c.scoring)
            .where(comments.c.id.in_(some), scores.c.newest, scorings.c.attribute == "off_topic")
            .group_by(comments.c.article)
        )
        for article, scored, off_topic in connection.execute(query):
            had = tally[article]
            tally[article] = (had[0] + scored, had[1] + int(off_topic))
    return tally


def _write(
    connection: Connection, table: pd.DataFrame, rows: Sequence[int], versions: Mapping[str, str]
) -> None:
    known = _scorings(connection, versions)
    query = select(scorings.c.id).where(scorings.c.attribute.in_(list(versions)))
    replaced = list(connection.scalars(query))
    for some in chunks(rows):
        connection.execute(
            update(scores)
            .where(scores.c.comment.in_(some), scores.c.scoring.in_(replaced), scores.c.newest)
            .values(newest=False)
        )
    statement = upsert(connection, scores)
    statement = statement.on_conflict_do_update(
        index_elements=["comment", "scoring"],
        set_={"value": statement.excluded.value, "newest": True},
    )
    entries = [
        {
            "comment": row,
            "scoring": known[name],
            "value": None if math.isnan(value) else value,
            "newest": True,
        }
        for name in table.columns
        for row, value in zip(rows, table[name].astype(float).tolist(), strict=True)
    ]
    if entries:
        connection.execute(statement, entries)


def _scorings(connection: Connection, versions: Mapping[str, str]) -> dict[str, int]:
    """Attribute -> number of (attribute, version), made where it is new."""
    if not versions:
        return {}
    statement = upsert(connection, scorings).on_conflict_do_nothing()
    entries = [{"attribute": name, "version": version} for name, version in versions.items()]
    connection.execute(statement, entries)
    known = connection.execute(select(scorings).where(scorings.c.attribute.in_(list(versions))))
    return {row.attribute: row.id for row in known if versions[row.attribute] == row.version}


def _mark_scored(
    connection: Connection, sets: Mapping[int, int], versions: Mapping[str, str]
) -> None:
    """Note what each comment has been scored with now; row number -> its set before."""
    before = {row.id: json.loads(row.versions) for row in connection.execute(select(scorer_sets))}
    members: dict[int, list[int]] = defaultdict(list)
    for row, scorer_set in sets.items():
        members[scorer_set].append(row)
    for scorer_set, rows in members.items():
        after = json.dumps(before.get(scorer_set, {}) | dict(versions), sort_keys=True)
        statement = upsert(connection, scorer_sets).on_conflict_do_nothing()
        connection.execute(statement.values(versions=after))
        query = select(scorer_sets.c.id).where(scorer_sets.c.versions == after)
        number = connection.execute(query).scalar_one()
        for some in chunks(rows):
            connection.execute(
                update(comments).where(comments.c.id.in_(some)).values(scorer_set=number)
            )
