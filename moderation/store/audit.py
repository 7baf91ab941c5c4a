"""Whether a store is in step with itself: every projection computed anew and compared."""

from sqlalchemy import (
    Connection,
    Select,
    and_,
    case,
    false,
    func,
    not_,
    or_,
    select,
    text,
)

from moderation.schema import Action
from moderation.store.log import IN_EFFECT
from moderation.store.scoring import SHARE_THRESHOLD
from moderation.store.tables import (
    TALLY_OF,
    articles,
    comments,
    decisions,
    labels,
    scores,
    scorings,
)


def differences(connection: Connection) -> list[str]:
    """Return one line for each thing that is not as it should be; empty for a sound store.

    Reads everything: minutes on a million comments.
    """
    checks = {
        "comments whose standing decision is not the log's": _standing(),
        "comments whose action or marks are not their standing decision's": _marks(),
        "attributes of comments with no newest score, or several": _newest(),
        "articles whose number of comments or decisions is wrong": _tallies(),
        "articles whose number of labels is wrong": _label_tallies(),
        "articles whose off-topic numbers are wrong": _off_topic_tallies(),
    }
    counts = {
        problem: connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
        for problem, found in checks.items()
    }
    lines = [f"{count} {problem}" for problem, count in counts.items() if count]
    if connection.dialect.name == "sqlite":
        for check in ("integrity_check", "foreign_key_check"):
            said = connection.execute(text(f"PRAGMA {check}")).all()
            if said and tuple(said[0]) != ("ok",):
                lines.append(f"SQLite's {check} found {len(said)} problems")
    count = select(func.count()).select_from(comments)
    if connection.execute(count).scalar_one() != connection.execute(_FINDABLE).scalar_one():
        lines.append("the search index does not hold every comment once")
    return lines


_FINDABLE = text("SELECT count(*) FROM comment_words")


def _standing() -> Select[int]:
    newest = (
        select(func.max(decisions.c.number))
        .where(decisions.c.comment == comments.c.id, IN_EFFECT)
        .scalar_subquery()
    )
    return select(comments.c.id).where(comments.c.standing.is_distinct_from(newest))


def _marks() -> Select[int]:
    action = func.coalesce(decisions.c.action, "")
    return (
        select(comments.c.id)
        .outerjoin(decisions, decisions.c.number == comments.c.standing)
        .where(
            or_(
                comments.c.action != action,
                comments.c.waiting != action.in_(["", str(Action.ESCALATE)]),
                comments.c.second_look != func.coalesce(decisions.c.second_look, false()),
            )
        )
    )


def _newest() -> Select[int]:
    newest = func.sum(case((scores.c.newest, 1), else_=0))
    return (
        select(scores.c.comment)
        .join(scorings, scorings.c.id == scores.c.scoring)
        .group_by(scores.c.comment, scorings.c.attribute)
        .having(newest != 1)
    )


def _tallies() -> Select[int]:
    counted = {
        column: func.count(case((comments.c.action == str(action), 1)))
        for action, column in TALLY_OF.items()
    } | {"comments": func.count(comments.c.id)}
    wrong = [articles.c[column] != number for column, number in counted.items()]
    return (
        select(articles.c.id)
        .outerjoin(comments, comments.c.article == articles.c.id)
        .group_by(articles.c.id)
        .having(or_(*wrong))
    )


def _label_tallies() -> Select[int]:
    effective = select(*decisions.c["number", "comment"]).where(IN_EFFECT).subquery()
    counted = (
        select(comments.c.article, func.count().label("labels"))
        .join(effective, effective.c.comment == comments.c.id)
        .join(labels, labels.c.decision == effective.c.number)
        .group_by(comments.c.article)
        .subquery()
    )
    return (
        select(articles.c.id)
        .outerjoin(counted, counted.c.article == articles.c.id)
        .where(articles.c.labels != func.coalesce(counted.c.labels, 0))
    )


def _off_topic_tallies() -> Select[int]:
    reached = func.count(case((scores.c.value >= SHARE_THRESHOLD, 1)))
    counted = (
        select(
            comments.c.article,
            func.count(scores.c.value).label("scored"),
            reached.label("reached"),
        )
        .join(scores, and_(scores.c.comment == comments.c.id, scores.c.newest))
        .join(scorings, scorings.c.id == scores.c.scoring)
        .where(scorings.c.attribute == "off_topic")
        .group_by(comments.c.article)
        .subquery()
    )
    right = and_(
        articles.c.scored == func.coalesce(counted.c.scored, 0),
        articles.c.off_topic == func.coalesce(counted.c.reached, 0),
    )
    return (
        select(articles.c.id)
        .outerjoin(counted, counted.c.article == articles.c.id)
        .where(not_(right))
    )
