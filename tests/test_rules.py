"""Policies kept in versions, tried before they count, and doing nothing unless switched on."""

import math
from contextlib import closing

import pandas as pd
import pytest

from moderation import review, rules
from moderation.config import Settings
from moderation.errors import ModerationError, SettingsError
from moderation.policy import Policy, Rule, decide, section_of, worth
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Sampling, Thread
from moderation.store import QueueFilter, open_store

URL = "https://example.org/sport/final"
COUNT = 60
IDS = [f"{URL}#{number}" for number in range(COUNT)]
INSULTS = Rule("insult", 0.8, 1.0, Action.REJECT)
PRAISE = Rule("insult", 0.0, 0.1, Action.APPROVE)


def table(**columns):
    size = len(next(iter(columns.values())))
    empty = dict.fromkeys(ATTRIBUTES, [math.nan] * size)
    return pd.DataFrame(empty | {"section": [""] * size, "language": [""] * size} | columns)


@pytest.fixture
def store(tmp_path):
    """60 comments that score 0.00, 0.0167, … as insults."""
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as opened:
        members = tuple(Comment(str(n), None, "a", f"Text {n}.") for n in range(COUNT))
        opened.add_thread(Thread(Article(URL, "Final", ""), members, "records"), source="p")
        scores = pd.DataFrame(0.0, index=IDS, columns=list(ATTRIBUTES))
        scores["insult"] = [number / COUNT for number in range(COUNT)]
        opened.add_scores(scores, dict.fromkeys(ATTRIBUTES, "v"), scores["insult"])
        yield opened


def judge(store, places, action, **fields):
    for place in places:
        reason = "insult" if action is Action.REJECT else ""
        review.decide(store, IDS[place], action, moderator="ana", reason=reason, **fields)


def test_a_rule_holds_for_its_range_section_and_language():
    rows = table(
        insult=[0.8, 0.79, 1.0, 0.9, math.nan],
        section=["sport", "sport", "town", "sport", "sport"],
        language=["en", "en", "en", "de", "en"],
    )
    rule = Rule("insult", 0.8, 1.0, Action.REJECT, section="sport", language="en")
    assert list(decide(rows, Policy(rules=(rule,)))) == ["reject", "", "", "", ""]


def test_rules_that_disagree_leave_it_to_a_person():
    rows = table(insult=[0.9, 0.9, 0.1], spam=[0.9, 0.0, 0.9])
    both = (INSULTS, Rule("spam", 0.5, 1.0, Action.ESCALATE), Rule("spam", 0, 1, Action.ESCALATE))
    assert list(decide(rows, Policy(rules=both))) == ["", "", "escalate"]
    agreed = (INSULTS, Rule("spam", 0.5, 1.0, Action.REJECT))
    assert list(decide(rows, Policy(rules=agreed))) == ["reject", "reject", "reject"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (("nonsense", 0, 1), "a rule names 'nonsense'"),
        (("insult", 0.6, 0.5), "range is 0.6 to 0.5"),
        (("insult", 0, 1.1), "range is 0 to 1.1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(fields, problem):
    with pytest.raises(SettingsError, match=problem):
        Rule(*fields, Action.REJECT)


@pytest.mark.parametrize(
    ("url", "section"),
    [
        (URL, "sport"),
        ("https://example.org/final", ""),
        ("https://example.org/", ""),
        ("urn:moderation:abc", ""),
    ],
)
def test_the_section_is_the_first_part_of_the_path(url, section):
    assert section_of(url) == section


def test_a_policy_comes_back_as_it_was_saved(store):
    assert rules.in_force(store, Settings(review_threshold=0.3)).thresholds["spam"] == 0.3
    policy = Policy(
        thresholds=dict.fromkeys(ATTRIBUTES, 0.7),
        rules=(INSULTS, Rule("spam", 0, 0.1, Action.APPROVE, "town", "de")),
    )
    saved = rules.save(store, policy, "ana", "sharper")
    assert rules.in_force(store) == saved
    assert (saved.version, saved.rules, saved.thresholds) == ("1", policy.rules, policy.thresholds)
    again = rules.save(store, Policy(), "ben", "back")
    assert rules.in_force(store) == again
    assert [(one.number, one.saved_by, one.note) for one in store.policies()] == [
        (2, "ben", "back"),
        (1, "ana", "sharper"),
    ]


def test_a_policy_puts_what_is_scored_into_its_order(store):
    rules.rank(store, Policy())
    before = store.queue(QueueFilter(), limit=COUNT)
    tolerant = Policy(thresholds=dict.fromkeys(ATTRIBUTES, 0.5) | {"insult": 1.0})
    told = []
    rules.rank(store, tolerant, progress=told.append)
    assert told == [COUNT]
    assert rules.is_ranked(store, tolerant)
    after = store.queue(QueueFilter(), limit=COUNT)
    wanted = worth(after[list(ATTRIBUTES)], tolerant)
    assert after["worth"].tolist() == pytest.approx(wanted.tolist())
    assert after["worth"].tolist() != pytest.approx(before["worth"].tolist())
    assert after["worth"].is_monotonic_decreasing

    rules.rank(store, tolerant, progress=told.append)
    assert told == [COUNT]  # nothing to do
    rules.rank(store, Policy())
    pd.testing.assert_frame_equal(store.queue(QueueFilter(), limit=COUNT), before)
    assert store.audit() == []


def test_what_a_kill_left_out_of_order_is_put_right(store):
    def dies(_count):
        raise KeyboardInterrupt

    policy = Policy(thresholds=dict.fromkeys(ATTRIBUTES, 0.9))
    with pytest.raises(KeyboardInterrupt):
        rules.rank(store, policy, progress=dies)
    assert not rules.is_ranked(store, policy)
    rules.rank(store, policy)
    assert rules.is_ranked(store, policy)


def test_a_dry_run_says_what_would_change(store):
    judge(store, range(50, 60), Action.REJECT)
    judge(store, range(48, 50), Action.APPROVE)
    draft = Policy(rules=(INSULTS, PRAISE))
    undecided = store.survey(decided=False, limit=rules.SAMPLE)
    decided = store.survey(decided=True, limit=rules.SAMPLE)
    run = rules.dry_run(draft, Policy(), undecided, decided, len(undecided))
    assert run.undecided == run.tried == 48
    assert run.says == {Action.APPROVE: 7, Action.REJECT: 0, Action.ESCALATE: 0}
    assert run.changed == 7
    assert run.flagged == 18  # 0.5 to below 0.8
    assert run.precision[Action.REJECT] == rules.Share(10, 12)
    assert run.recall[Action.REJECT] == rules.Share(10, 10)
    assert not run.random
    assert run.hours_saved(18) == pytest.approx(7 * 18 / 3600)


def test_a_dry_run_of_a_sample_is_scaled(store):
    undecided = store.survey(decided=False, limit=30)
    none = store.survey(decided=True, limit=30)
    run = rules.dry_run(Policy(rules=(Rule("spam", 0, 1, Action.APPROVE),)), Policy(), undecided,
                        none, 60)  # fmt: skip
    assert (run.tried, run.says[Action.APPROVE]) == (30, 60)
    assert math.isnan(run.precision[Action.APPROVE].value)


def test_the_random_audit_is_compared_with_alone_where_it_is_large_enough(store):
    judge(store, range(50), Action.APPROVE, sampling=Sampling.RANDOM)
    judge(store, range(50, 60), Action.REJECT)
    decided = store.survey(decided=True, limit=100)
    run = rules.dry_run(Policy(rules=(INSULTS,)), Policy(), decided[:0], decided, 0)
    assert run.random
    assert run.precision[Action.REJECT] == rules.Share(0, 2)


def test_wilsons_interval():
    low, high = rules.Share(8, 10).interval
    assert (low, high) == pytest.approx((0.490, 0.943), abs=0.001)


def test_nothing_is_automatic_without_evidence(store):
    automatic = Policy(rules=(INSULTS,), automatic=True)
    with pytest.raises(ModerationError, match="match 0 comments that moderators have decided"):
        rules.save(store, automatic, "ana", "")
    assert store.policies() == []


def test_an_automatic_policy_signs_what_it_does_and_can_be_taken_back(store):
    judge(store, range(30), Action.APPROVE)
    wide = (Rule("insult", 0, 0.6, Action.APPROVE), INSULTS)
    saved = rules.save(store, Policy(rules=wide, automatic=True), "ana", "")
    labels = len(store.labels())
    assert rules.act_on_waiting(store, saved) == 19
    one = store.standing(IDS[59])
    assert (one.action, one.reason, one.decided_by) == ("reject", "insult", "policy:1")
    assert one.sampling is Sampling.RULE
    assert len(store.labels()) == labels
    assert store.standing(IDS[29]).decided_by == "ana"
    assert review.undo_batch(store, "policy:1", "ben") == 19
    assert store.standing(IDS[59]) is None


def test_a_policy_that_is_not_automatic_does_nothing(store):
    assert rules.act_on_waiting(store, Policy(rules=(Rule("spam", 0, 1, Action.REJECT),))) == 0
    assert store.counts()["rejected"] == 0
