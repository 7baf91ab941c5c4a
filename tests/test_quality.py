"""The desk's own figures, on decisions whose outcome is known."""

import math
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from moderation import quality, review
from moderation.errors import ConflictError
from moderation.policy import Policy
from moderation.rules import Share
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Sampling, Thread
from moderation.store import open_store

URL = "https://example.org/a/b"
IDS = [f"{URL}#{number}" for number in range(10)]
START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def judgements(*rows):
    """(comment, moderator, action, fields …) in the order of the log, 10 s apart."""
    columns = {"sampling": "queue", "conflict": False, "in_effect": True, "reason": ""}
    made = [
        columns
        | {"comment_id": own, "moderator": who, "action": action}
        | {"decided_at": START + timedelta(seconds=10 * place)}
        | (fields[0] if fields else {})
        for place, (own, who, action, *fields) in enumerate(rows)
    ]
    table = pd.DataFrame(made)
    return table.assign(decided_at=pd.to_datetime(table["decided_at"], utc=True))


SECOND = {"sampling": "second"}


def test_alpha_is_krippendorffs_textbook_value():
    # Two people, ten units, seven of them the same: alpha = 1 - (n - 1) * o / (n0 * n1).
    a = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    b = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    words = ("approve", "reject")
    rows = [(f"c{n}", "a", words[value]) for n, value in enumerate(a)]
    rows += [(f"c{n}", "b", words[value], SECOND) for n, value in enumerate(b)]
    found = quality.agreement(judgements(*rows))
    assert found.alpha == pytest.approx(0.095, abs=0.001)  # Krippendorff 2011, section B
    assert found.low < found.alpha < found.high
    assert (found.comments, found.moderators) == (10, 2)


def test_who_has_seen_the_first_decision_does_not_count_as_agreement():
    found = quality.agreement(judgements(("c", "a", "reject"), ("c", "b", "approve")))
    assert math.isnan(found.alpha)
    assert found.comments == 0
    met = judgements(("c", "a", "reject"), ("c", "b", "approve", {"conflict": True}))
    assert quality.agreement(met).comments == 1


def test_alpha_is_unknown_where_everybody_always_said_the_same():
    same = judgements(("c", "a", "reject"), ("c", "b", "reject", SECOND))
    assert math.isnan(quality.agreement(same).alpha)


def test_overturned_is_by_somebody_else_and_otherwise():
    found = quality.overturned(
        judgements(
            ("c1", "a", "reject"), ("c1", "b", "approve"),
            ("c2", "a", "reject"), ("c2", "a", "approve"),
            ("c3", "a", "reject"), ("c3", "b", "reject"),
            ("c4", "a", "reject"), ("c4", "b", "approve", {"in_effect": False}),
        )
    )  # fmt: skip
    assert found == Share(1, 4)


def test_calibration_is_counted_by_tenths():
    labels = pd.DataFrame(
        {"score": [0.91, 0.99, 1.0, 0.55, math.nan], "value": [1.0, 0.0, 1.0, 0.0, 1.0]}
    )
    bins = quality.calibration(labels)
    assert list(bins["labels"]) == [1, 3]
    assert list(bins["share"]) == pytest.approx([0, 2 / 3])
    assert quality.calibration(labels[:0]).empty


def test_pace_leaves_breaks_and_batches_out():
    late = {"decided_at": START + timedelta(hours=2)}
    people = quality.pace(
        judgements(
            ("c1", "a", "reject"), ("c2", "b", "reject"), ("c3", "a", "reject"),
            ("c4", "a", "reject", late), ("c5", "a", "reject", {"sampling": "batch"}),
        )
    )  # fmt: skip
    assert people.loc[people["moderator"] == "a", "seconds"].item() == 20
    assert people.loc[people["moderator"] == "a", "decisions"].item() == 3
    assert math.isnan(people.loc[people["moderator"] == "b", "seconds"].item())


@pytest.fixture
def store(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as opened:
        members = tuple(
            Comment(str(n), None, "a", f"Text {n}.", posted_at=START + timedelta(days=n // 5))
            for n in range(10)
        )
        opened.add_thread(Thread(Article(URL, "Final", ""), members, "records"), source="p")
        scores = pd.DataFrame(0.0, index=IDS, columns=list(ATTRIBUTES))
        scores["insult"] = [number / 10 for number in range(10)]
        opened.add_scores(scores, dict.fromkeys(ATTRIBUTES, "v"), scores["insult"])
        yield opened


def test_errors_come_from_the_random_audit_alone(store):
    for place, action in enumerate([Action.REJECT, *[Action.APPROVE] * 6]):
        review.decide(store, IDS[place], action, moderator="ana", sampling=Sampling.RANDOM)
    review.decide(store, IDS[9], Action.APPROVE, moderator="ana")
    found = quality.audit_errors(store.survey(decided=True, limit=99), Policy())
    assert found.missed == Share(1, 5)
    assert found.in_vain == Share(2, 2)


def test_the_log_is_read_with_pseudonyms_conflicts_and_what_stands(store):
    review.decide(store, IDS[0], Action.REJECT, moderator="ana")
    with pytest.raises(ConflictError):
        review.decide(store, IDS[0], Action.APPROVE, moderator="ben")
    review.decide(store, IDS[1], Action.APPROVE, moderator="ana")
    review.undo(store, "ana")
    table = store.judgements(limit=9)
    assert list(table["action"]) == ["reject", "approve", "approve"]
    assert list(table["conflict"]) == [False, True, False]
    assert list(table["in_effect"]) == [True, False, False]
    assert list(table["stands"]) == [True, False, False]
    assert not table["moderator"].isin(["ana", "ben"]).any()
    assert quality.daily(table)["decisions"].sum() == 1


def test_scores_are_counted_by_day(store):
    days = store.score_days("insult", threshold=0.3)
    assert list(days["comments"]) == [5, 5]
    assert list(days["reached"]) == pytest.approx([0.4, 1.0])
    assert list(days["mean"]) == pytest.approx([0.2, 0.7])
