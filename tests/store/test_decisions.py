"""The decision log: nothing is lost, the newest that was not undone stands."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import (
    URL,
    decide,
    make_decision,
    make_label,
    make_thread,
    score,
    take_back,
)

from moderation.errors import ConflictError, StoreError
from moderation.schema import Action, Sampling
from moderation.store import LABEL_COLUMNS, open_store

FIRST, SECOND = f"{URL}#c0", f"{URL}#c1"


@pytest.fixture
def filled(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    return store


def test_a_decision_comes_back_as_it_was_written(filled):
    written = make_decision(
        FIRST,
        Action.REJECT,
        reason="other: \0 \ud800",
        note="=1+1 \udfff <script>",
        decided_by="Zoë \0",
        sampling=Sampling.RANDOM,
        overrides={"toxicity": 0.1, "threat": 1.0},
    )
    filled.add_decision(written, [], expected=None)
    assert filled.standing(FIRST) == written
    assert filled.history(FIRST) == [written]
    assert filled.last_decision("Zoë \0") == written


def test_nothing_stands_on_an_undecided_comment(filled):
    assert filled.standing(FIRST) is None
    assert filled.history(FIRST) == []
    assert filled.last_decision("mod") is None
    assert filled.standing("nowhere#1") is None


def test_writing_a_decision_again_changes_nothing(filled):
    decision = decide(filled, FIRST)
    for _ in range(2):
        filled.add_decision(decision, [make_label(decision)], expected=None)
    assert filled.history(FIRST) == [decision]
    assert len(filled.labels()) == 1


def test_the_second_decision_is_kept_but_the_first_stands(filled):
    first = decide(filled, FIRST, Action.APPROVE)
    second = make_decision(FIRST, Action.REJECT)
    for _ in range(2):  # a retry gets the same answer
        with pytest.raises(ConflictError, match="does not stand"):
            filled.add_decision(second, [make_label(second)], expected=None)
    assert filled.standing(FIRST) == first
    assert filled.history(FIRST) == [first, second]
    assert filled.labels()["decision_id"].tolist() == [first.id]
    assert filled.labels(undone=True)["undone"].tolist() == [False, True]
    assert filled.counts()["approved"] == 1


def test_a_decision_that_saw_the_first_overrules_it(filled):
    first = decide(filled, FIRST, Action.APPROVE)
    second = decide(filled, FIRST, Action.REJECT, expected=first.id, decided_by="senior")
    assert filled.standing(FIRST) == second
    assert filled.labels()["undone"].tolist() == [False, False]
    assert filled.counts()["rejected"] == 1
    assert filled.last_decision("mod") is None


def test_undo_restores_what_stood_before(filled):
    first = decide(filled, FIRST, Action.APPROVE)
    second = decide(filled, FIRST, Action.REJECT, expected=first.id)
    undo = take_back(filled, second)
    assert filled.standing(FIRST) == first
    assert filled.last_decision("mod") == first
    take_back(filled, first)
    assert filled.standing(FIRST) is None
    assert filled.history(FIRST)[:3] == [first, second, undo]
    assert filled.labels().empty
    assert filled.labels(undone=True)["undone"].tolist() == [True, True]


def test_a_decision_can_be_taken_back_once(filled):
    first = decide(filled, FIRST)
    take_back(filled, first)
    with pytest.raises(ConflictError):
        take_back(filled, first, expected=None)
    assert filled.counts()["waiting"] == 2


def test_an_undo_that_came_second_takes_nothing_back(filled):
    first = decide(filled, FIRST, Action.APPROVE)
    second = decide(filled, FIRST, Action.REJECT, expected=first.id)
    with pytest.raises(ConflictError):
        take_back(filled, second, expected=first.id)
    assert filled.standing(FIRST) == second
    assert len(filled.labels()) == 2


def test_an_overruled_decision_can_be_taken_back_beneath_the_one_that_stands(filled):
    first = decide(filled, FIRST, Action.APPROVE)
    second = decide(filled, FIRST, Action.REJECT, expected=first.id)
    take_back(filled, first, expected=second.id)
    assert filled.standing(FIRST) == second
    take_back(filled, second)
    assert filled.standing(FIRST) is None


def test_an_undo_names_a_decision_of_the_same_comment(filled):
    first = decide(filled, FIRST)
    elsewhere = make_decision(SECOND, undoes=first.id)
    with pytest.raises(StoreError, match=r"no decision .* that could be undone"):
        filled.add_decision(elsewhere, [], expected=None)
    undo = take_back(filled, first)
    with pytest.raises(StoreError, match=r"no decision .* that could be undone"):
        take_back(filled, undo, expected=None)
    assert filled.history(SECOND) == []


def test_an_unknown_comment_cannot_be_decided(filled):
    with pytest.raises(StoreError, match="'nowhere#1' is not in the store"):
        decide(filled, "nowhere#1")


def test_a_decision_without_an_id_is_refused(filled):
    with pytest.raises(StoreError, match="needs an id"):
        decide(filled, FIRST, id="")


def test_a_failing_label_takes_its_decision_with_it(filled):
    decision = make_decision(FIRST)
    twice = [make_label(decision), make_label(decision)]
    with pytest.raises(StoreError):
        filled.add_decision(decision, twice, expected=None)
    assert filled.history(FIRST) == []
    assert filled.standing(FIRST) is None


def test_last_decision_is_the_moderators_own(filled):
    decide(filled, FIRST, decided_by="anna")
    mine = decide(filled, SECOND, decided_by="bert")
    assert filled.last_decision("bert") == mine
    assert filled.last_decision("carl") is None


def test_a_label_event_has_everything_to_retrain_from(filled):
    score(filled, {FIRST: 0.5})
    decision = decide(filled, FIRST, note="see above", sampling=Sampling.SEARCH)
    events = filled.labels(names=True)
    assert list(events.columns) == list(LABEL_COLUMNS)
    row = events.iloc[0].to_dict()
    assert row.pop("text_sha256").startswith("a7937b64b8caa58f")
    assert row.pop("decided_at") == decision.decided_at
    assert row == {
        "label_id": f"{decision.id}:toxicity",
        "comment_id": FIRST,
        "article_url": URL,
        "article_title": "Ferry",
        "parent_id": None,
        "text": "first",
        "attribute": "toxicity",
        "value": 1.0,
        "action": "reject",
        "reason": "toxicity",
        "note": "see above",
        "moderator": "mod",
        "score": 0.75,
        "scorer_version": "test-1",
        "sampling": "search",
        "decision_id": decision.id,
        "undone": False,
        "source": "desk",
        "community": "",
        "client_token": "",
        "batch": "",
    }


def test_no_labels_are_a_table_of_the_same_columns_and_types(filled):
    empty = filled.labels()
    decide(filled, FIRST)
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, filled.labels().dtypes)


def test_moderators_are_pseudonymous_unless_names_are_asked_for(filled, tmp_path):
    decide(filled, FIRST, decided_by="anna")
    decide(filled, SECOND, decided_by="bert")
    first, second = filled.labels()["moderator"]
    assert first.startswith("moderator-")
    assert first != second
    assert filled.labels()["moderator"].tolist() == [first, second]
    assert filled.labels(names=True)["moderator"].tolist() == ["anna", "bert"]

    other = open_store(f"sqlite:///{tmp_path}/other.db")
    other.add_thread(make_thread("first"), source="page.html")
    decide(other, FIRST, decided_by="anna")
    assert other.labels()["moderator"].tolist() != [first]
    other.close()


def test_a_policy_keeps_its_name(filled):
    decide(filled, FIRST, decided_by="policy:review-1")
    assert filled.labels()["moderator"].tolist() == ["policy:review-1"]


def test_decisions_survive_closing_and_opening(filled, url):
    decision = decide(filled, FIRST)
    again = open_store(url)
    assert again.standing(FIRST) == decision
    assert again.labels()["moderator"].tolist() == filled.labels()["moderator"].tolist()
    again.close()


steps = st.lists(
    st.tuples(
        st.sampled_from(["decide", "stale", "undo", "undo any"]),
        st.integers(0, 1),
        st.sampled_from(list(Action)),
        st.sampled_from(["anna", "bert"]),
        st.integers(0, 20),
    ),
    max_size=12,
)


@given(steps=steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_history_agrees_with_a_list_in_memory(store, steps):
    url = f"{URL}/{store.counts()['articles']}"
    store.add_thread(make_thread("first", "second", url=url), source="page.html")
    model = [Log(f"{url}#c0"), Log(f"{url}#c1")]
    for step, which, action, moderator, pick in steps:
        model[which].do(store, step, action, moderator, pick)
    for log in model:
        assert store.standing(log.comment_id) == log.standing
        assert store.history(log.comment_id) == log.entries
    labels = store.labels()
    kept = labels[labels["article_url"] == url]["decision_id"].tolist()
    assert sorted(kept) == sorted(one.id for log in model for one in log.effective)


class Log:
    """What the log of one comment should be."""

    def __init__(self, comment_id):
        self.comment_id = comment_id
        self.entries, self.effective = [], []

    @property
    def standing(self):
        return self.effective[-1] if self.effective else None

    def do(self, store, step, action, moderator, pick):
        entry = make_decision(self.comment_id, action, decided_by=moderator)
        expected = self.standing.id if self.standing else None
        if step.startswith("undo"):
            if not self.effective:
                return
            place = pick % len(self.effective) if step == "undo any" else -1
            target = self.effective[place]
            entry = replace(entry, action=target.action, undoes=target.id)
            store.add_decision(entry, [], expected=expected)
            self.effective.remove(target)
        elif step == "stale":
            with pytest.raises(ConflictError):
                store.add_decision(entry, [make_label(entry)], expected="something else")
        else:
            store.add_decision(entry, [make_label(entry)], expected=expected)
            self.effective.append(entry)
        self.entries.append(entry)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE comments SET standing = NULL", "standing decision is not the log's"),
        ("UPDATE comments SET waiting = 1", "action or marks"),
        ("UPDATE comments SET second_look = 1", "action or marks"),
        ("UPDATE scores SET newest = 0", "no newest score"),
        ("UPDATE articles SET rejected = 2", "number of comments or decisions"),
        ("UPDATE articles SET labels = 2", "number of labels"),
        ("UPDATE articles SET off_topic = 2", "off-topic numbers"),
        ("DELETE FROM comment_words WHERE rowid = 1", "search index"),
    ],
)
def test_an_audit_finds_what_was_changed_behind_the_stores_back(tmp_path, statement, expected):
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    store.add_thread(make_thread("first", "second"), source="page.html")
    score(store, {FIRST: 0.5})
    decide(store, FIRST)
    assert store.audit() == []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    assert any(expected in line for line in store.audit())
    store.close()
