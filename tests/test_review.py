"""Decisions of moderators and the labels that follow from them, and nothing more."""

import math
from contextlib import closing

import pandas as pd
import pytest

from moderation import moderators, review
from moderation.errors import ConflictError, ModerationError
from moderation.policy import Policy
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Role, Sampling, Thread
from moderation.store import open_store

FIRST, SECOND = "https://example.org/ferry#1", "https://example.org/ferry#2"
SCORES = dict.fromkeys(ATTRIBUTES, 0.125) | {
    "toxicity": 0.75,
    "insult": 0.5,
    "threat": 0.375,
    "off_topic": math.nan,
}


@pytest.fixture
def store(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as opened:
        members = (Comment("1", None, "anna", "You rat."), Comment("2", "1", "bert", "Why?"))
        article = Article("https://example.org/ferry", "Ferry", "")
        opened.add_thread(Thread(article, members, "records"), source="page.html")
        table = pd.DataFrame([SCORES], index=[FIRST])
        opened.add_scores(table, dict.fromkeys(ATTRIBUTES, "test-1"), table["toxicity"])
        yield opened


def labels(store, **options):
    found = store.labels(**options)
    return dict(zip(found["attribute"], found["value"], strict=True))


def test_rejecting_for_an_attribute_says_it_applies(store):
    review.decide(store, FIRST, Action.REJECT, moderator="mod", reason="threat")
    assert labels(store) == {"threat": 1.0}


@pytest.mark.parametrize("reason", ["", "other", "other: sold a boat"])
def test_rejecting_for_another_reason_says_nothing(store, reason):
    decision = review.decide(store, FIRST, Action.REJECT, moderator="mod", reason=reason)
    assert labels(store) == {}
    assert store.standing(FIRST) == decision


def test_approving_denies_exactly_what_was_flagged(store):
    review.decide(store, FIRST, Action.APPROVE, moderator="mod")
    assert labels(store) == {"toxicity": 0.0, "insult": 0.0}


def test_approving_what_was_not_scored_says_nothing(store):
    review.decide(store, SECOND, Action.APPROVE, moderator="mod")
    assert labels(store) == {}


def test_approving_goes_by_the_thresholds_the_moderator_was_shown(store):
    policy = Policy(thresholds=dict.fromkeys(ATTRIBUTES, 0.9) | {"threat": 0.25})
    review.decide(store, FIRST, Action.APPROVE, moderator="mod", policy=policy)
    assert labels(store) == {"threat": 0.0}


def test_an_override_counts_as_stated(store):
    review.decide(
        store,
        FIRST,
        Action.APPROVE,
        moderator="mod",
        overrides={"insult": 1, "political_spam": 0.5},
    )
    assert labels(store) == {"toxicity": 0.0, "insult": 1.0, "political_spam": 0.5}


def test_escalating_says_nothing_but_what_is_stated(store):
    review.decide(store, FIRST, Action.ESCALATE, moderator="mod", overrides={"threat": 0.0})
    assert labels(store) == {"threat": 0.0}


def test_a_label_keeps_the_score_at_that_moment(store):
    stated = {"threat": 1.0, "off_topic": 1.0}
    review.decide(store, FIRST, Action.APPROVE, moderator="mod", overrides=stated)
    found = store.labels().set_index("attribute")
    assert found["score"].drop("off_topic").to_dict() == {
        "toxicity": 0.75,
        "insult": 0.5,
        "threat": 0.375,
    }
    assert math.isnan(found["score"]["off_topic"])
    assert set(found["scorer_version"]) == {"test-1"}
    review.decide(store, SECOND, Action.REJECT, moderator="mod", reason="insult")
    unscored = store.labels().iloc[-1]
    assert math.isnan(unscored["score"])
    assert unscored["scorer_version"] is None


def test_everything_about_the_decision_is_kept(store):
    decision = review.decide(
        store, FIRST, Action.REJECT, moderator="mod", reason="insult", note="again",
        sampling=Sampling.RANDOM,
    )  # fmt: skip
    row = store.labels(names=True).iloc[0]
    assert row["decision_id"] == decision.id
    assert (row["moderator"], row["note"], row["sampling"]) == ("mod", "again", "random")


def test_undo_takes_the_newest_decision_back_and_its_labels(store):
    first = review.decide(store, FIRST, Action.REJECT, moderator="mod", reason="insult")
    second = review.decide(store, SECOND, Action.REJECT, moderator="mod", reason="insult")
    assert review.undo(store, "mod").undoes == second.id
    assert store.labels()["decision_id"].tolist() == [first.id]
    assert review.undo(store, "mod").undoes == first.id
    assert review.undo(store, "mod") is None
    assert store.counts()["waiting"] == 2


def test_undo_touches_nobody_elses_decision(store):
    decision = review.decide(store, FIRST, Action.REJECT, moderator="anna", reason="insult")
    assert review.undo(store, "bert") is None
    assert store.standing(FIRST) == decision


def test_a_decision_on_what_somebody_else_decided_is_a_conflict_until_confirmed(store):
    first = review.decide(store, FIRST, Action.REJECT, moderator="anna", reason="insult")
    with pytest.raises(ConflictError):
        review.decide(store, FIRST, Action.APPROVE, moderator="bert")
    assert labels(store) == {"insult": 1.0}
    assert len(store.history(FIRST)) == 2
    review.decide(store, FIRST, Action.APPROVE, moderator="bert", expected=first.id)
    assert store.standing(FIRST).decided_by == "bert"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"reason": "rudeness"}, "reason 'rudeness' is no attribute; expected toxicity"),
        ({"overrides": {"rudeness": 1.0}}, "override 'rudeness' is no attribute"),
        ({"overrides": {"threat": 1.5}}, "override threat is 1.5; expected 0 to 1"),
        ({"overrides": {"threat": -0.1}}, "override threat is -0.1; expected 0 to 1"),
        ({"overrides": {"threat": math.nan}}, "override threat is nan; expected 0 to 1"),
        ({"moderator": "  "}, "needs a moderator's name"),
    ],
)
def test_what_cannot_be_meant_is_named_and_not_recorded(store, said, expected):
    with pytest.raises(ModerationError, match=expected):
        review.decide(store, FIRST, Action.REJECT, **({"moderator": "mod"} | said))
    assert store.history(FIRST) == []


def test_many_are_decided_at_once_marked_as_such_and_taken_back_together(store):
    batch = review.decide_all(store, [FIRST, SECOND], Action.REJECT, moderator="m", reason="threat")
    assert (batch.decided, batch.passed_over) == (2, 0)
    table = store.labels()
    assert set(table["sampling"]) == {"batch"}
    assert set(table["batch"]) == {batch.id}
    review.decide(store, SECOND, Action.APPROVE, moderator="n", expected=store.standing(SECOND).id)
    assert review.undo_batch(store, batch.id, "m") == 1
    assert store.standing(FIRST) is None
    assert store.standing(SECOND).action is Action.APPROVE
    assert review.undo_batch(store, batch.id, "m") == 0


def test_approving_many_denies_what_was_flagged_of_each(store):
    review.decide_all(store, [FIRST, SECOND], Action.APPROVE, moderator="mod")
    assert labels(store) == {"toxicity": 0.0, "insult": 0.0}


def test_what_was_decided_in_the_meantime_stays_as_it_is(store):
    first = review.decide(store, FIRST, Action.APPROVE, moderator="mod")
    batch = review.decide_all(store, [FIRST, SECOND], Action.REJECT, moderator="m", reason="spam")
    assert (batch.decided, batch.passed_over) == (1, 1)
    assert store.history(FIRST) == [first]


def test_a_batch_has_an_upper_limit(store):
    ids = [f"x#{number}" for number in range(review.BATCH_MOST + 1)]
    with pytest.raises(ModerationError, match="a batch of 501 comments; expected at most 500"):
        review.decide_all(store, ids, Action.APPROVE, moderator="m")


def test_large_batches_ask_for_a_sample():
    assert review.sample_size(review.LARGE - 1) == 0
    assert review.sample_size(review.LARGE) == review.SAMPLE


def test_expected_errors_follow_from_calibrated_scores():
    scores = pd.DataFrame({"threat": [0.9, 0.2, math.nan], "insult": [0.1, 0.7, 0.6]})
    assert review.expected_errors(scores, "threat", Action.REJECT) == pytest.approx(0.1 + 0.8 + 0.5)
    assert review.expected_errors(scores, "threat", Action.APPROVE) == pytest.approx(1.6)
    assert review.expected_errors(scores, "", Action.APPROVE) == pytest.approx(0.9 + 0.7 + 0.6)
    assert review.expected_errors(scores, "", Action.ESCALATE) == 0


def test_overruling_others_takes_a_senior_once_there_are_roles(store):
    first = review.decide(store, FIRST, Action.APPROVE, moderator="mod")
    second = review.decide(store, FIRST, Action.REJECT, moderator="other", expected=first.id)
    moderators.appoint(store, "boss", Role.SENIOR, by="admin")
    with pytest.raises(ModerationError, match="'mod' is no senior"):
        review.decide(store, FIRST, Action.APPROVE, moderator="mod", expected=second.id)
    third = review.decide(store, FIRST, Action.ESCALATE, moderator="mod", expected=second.id)
    review.decide(store, FIRST, Action.APPROVE, moderator="boss", expected=third.id)
    review.decide(store, SECOND, Action.APPROVE, moderator="mod")
    own = store.standing(SECOND)
    assert review.decide(store, SECOND, Action.REJECT, moderator="mod", expected=own.id)


def test_a_second_look_needs_no_rank_and_asks_for_no_third(store):
    moderators.appoint(store, "boss", Role.SENIOR, by="admin")
    first = review.decide(store, FIRST, Action.APPROVE, moderator="mod", second_looks=1.0)
    second = review.decide(
        store,
        FIRST,
        Action.REJECT,
        moderator="other",
        expected=first.id,
        sampling=Sampling.SECOND,
        second_looks=1.0,
    )
    assert (first.second_look, second.second_look) == (True, False)
    with pytest.raises(ModerationError, match="'mod' is no senior"):
        review.decide(
            store,
            FIRST,
            Action.APPROVE,
            moderator="mod",
            expected=second.id,
            sampling=Sampling.SECOND,
        )
