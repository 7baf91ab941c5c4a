"""Undecided comments by score, and many decisions at once; on both databases."""

import numpy as np
import pandas as pd
import pytest
from samples import (
    URL,
    comment_ids,
    decide,
    make_decision,
    make_label,
    make_thread,
    score,
    take_back,
)

from moderation.schema import ATTRIBUTES, Action, Sampling
from moderation.store import Entry, ScoreRange

THREAD = make_thread(*(f"text {number}" for number in range(6)))
IDS = comment_ids(THREAD)
TOXIC = (0.0, 0.29, 0.295, 0.3, 0.999, 1.0)


@pytest.fixture
def filled(store):
    store.add_thread(THREAD, source="page.html")
    values = {
        own: dict.fromkeys(ATTRIBUTES, 0.5) | {"toxicity": value}
        for own, value in zip(IDS, TOXIC, strict=True)
    }
    score(store, values, worth=dict(zip(IDS, reversed(TOXIC), strict=True)))
    return store


def found(store, low, high, order="lowest", **fields):
    where = ScoreRange(fields.pop("attribute", "toxicity"), low, high, **fields)
    return [IDS.index(own) for own in store.in_range(where, order=order, limit=9)["comment_id"]]


def test_undecided_comments_are_counted_by_hundredths(filled):
    counts = filled.score_counts(ScoreRange("toxicity"))
    assert counts.sum() == 6
    assert {int(n): int(counts[n]) for n in np.flatnonzero(counts)} == {0: 1, 29: 2, 30: 1, 99: 2}


def test_a_range_holds_what_its_bins_count(filled):
    assert found(filled, 0.29, 0.30) == [1, 2]
    assert found(filled, 0.30, 0.99) == [3]
    assert found(filled, 0.99, 1.0) == [4, 5]
    assert found(filled, 0.0, 1.0, "highest") == [5, 4, 3, 2, 1, 0]
    assert found(filled, 0.0, 1.0, "newest") == [5, 4, 3, 2, 1, 0]
    assert found(filled, 0.0, 1.0, "oldest") == [0, 1, 2, 3, 4, 5]


def test_the_summary_is_what_a_look_is_worth(filled):
    assert found(filled, 0.9, 1.0, attribute="") == [1, 0]
    assert filled.score_counts(ScoreRange()).sum() == 6


def test_ranges_can_be_of_one_article(filled):
    other = make_thread("elsewhere", url="https://example.org/other")
    filled.add_thread(other, source="p")
    score(filled, dict.fromkeys(comment_ids(other), 0.295))
    assert filled.score_counts(ScoreRange("toxicity", article_url=URL))[29] == 2
    assert found(filled, 0.29, 0.30, article_url=URL) == [1, 2]
    assert found(filled, 0.0, 1.0, article_url="https://nowhere.example/") == []


def test_decided_escalated_and_unscored_comments_are_in_no_range(filled):
    decide(filled, IDS[0], Action.APPROVE)
    decide(filled, IDS[1], Action.ESCALATE)
    empty = pd.DataFrame({"toxicity": [float("nan")]}, index=[IDS[2]])
    filled.add_scores(empty, {"toxicity": "test-2"}, pd.Series({IDS[2]: 0.0}))
    assert found(filled, 0.0, 0.5) == [3]
    assert filled.score_counts(ScoreRange("toxicity")).sum() == 3


def test_the_undecided_of_some_comments(filled):
    decide(filled, IDS[0], Action.APPROVE)
    decide(filled, IDS[1], Action.ESCALATE)
    wanted = [IDS[4], IDS[0], "nowhere#1", IDS[1], IDS[2]]
    assert list(filled.undecided(wanted)["comment_id"]) == [IDS[4], IDS[2]]
    assert list(filled.undecided([]).columns) == list(filled.undecided(wanted).columns)


def entries(ids, expected=None, **fields):
    decisions = [make_decision(own, sampling=Sampling.BATCH, batch="b1", **fields) for own in ids]
    return [Entry(decision, [make_label(decision)], expected) for decision in decisions]


def test_many_are_decided_at_once_and_those_decided_already_are_passed_over(filled):
    first = decide(filled, IDS[1], Action.APPROVE)
    wanted = entries([*IDS[:3], "nowhere#1"])
    assert filled.add_decisions(wanted) == [IDS[0], IDS[2]]
    assert filled.standing(IDS[0]) == wanted[0].decision
    assert filled.history(IDS[1]) == [first]
    assert filled.counts()["rejected"] == 2
    assert list(filled.labels()["batch"]) == ["", "b1", "b1"]
    assert list(filled.labels()["sampling"]) == ["queue", "batch", "batch"]


def test_many_decisions_written_again_change_nothing(filled):
    wanted = entries(IDS)
    assert filled.add_decisions(wanted) == filled.add_decisions(wanted) == IDS
    assert [len(filled.history(own)) for own in IDS] == [1] * 6


def test_a_batch_is_what_still_stands_of_it(filled):
    wanted = entries(IDS[:3])
    filled.add_decisions(wanted)
    take_back(filled, wanted[0].decision)
    overruled = wanted[1].decision
    decide(filled, IDS[1], Action.APPROVE, expected=overruled.id)
    assert filled.batch("b1") == [wanted[2].decision]
    assert filled.last_batch("mod") == "b1"
    assert filled.last_batch("ben") == ""
    assert filled.batch("") == []
    assert filled.batch("b2") == []
