"""Scores are kept with what produced them; the newest are shown."""

import math

import numpy as np
import pandas as pd
import pytest
from samples import URL, VERSIONS, comment_ids, make_scores, make_thread, score

from moderation.errors import StoreError
from moderation.schema import ATTRIBUTES
from moderation.store import Score

NEWER = dict.fromkeys(ATTRIBUTES, "test-2")
FIRST, SECOND = f"{URL}#c0", f"{URL}#c1"


@pytest.fixture
def filled(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    return store


def test_scores_come_back_bit_for_bit(filled):
    values = np.linspace(0, 1, len(ATTRIBUTES), dtype="float32")
    score(filled, {FIRST: dict(zip(ATTRIBUTES, values, strict=True))})
    stored = filled.scores([SECOND, FIRST, "nowhere#1"])
    assert stored.index.tolist() == [SECOND, FIRST, "nowhere#1"]
    assert stored.loc[FIRST].to_numpy().tobytes() == values.tobytes()
    assert stored.loc[[SECOND, "nowhere#1"]].isna().all(axis=None)


def test_a_comment_with_nothing_to_score_is_not_asked_for_again(filled):
    score(filled, {FIRST: math.nan, SECOND: math.nan}, worth={FIRST: 0.0, SECOND: 0.0})
    assert filled.unscored(VERSIONS, limit=9).empty
    assert filled.scores([FIRST]).isna().all(axis=None)
    assert math.isnan(filled.scores_of(FIRST)["toxicity"].value)


def test_a_new_scorer_version_asks_for_every_comment_again(filled):
    score(filled, {FIRST: 0.5, SECOND: 0.5})
    assert filled.unscored(VERSIONS, limit=9).empty
    assert len(filled.unscored(NEWER, limit=9)) == 2
    score(filled, {FIRST: 0.25}, versions=NEWER)
    assert filled.unscored(NEWER, limit=9)["comment_id"].tolist() == [SECOND]
    assert filled.scores_of(FIRST)["threat"] == Score(0.25, "test-2")
    assert filled.scores_of(SECOND)["threat"] == Score(0.5, "test-1")


def test_going_back_to_an_older_version_makes_its_scores_the_newest(filled):
    score(filled, {FIRST: 0.5})
    score(filled, {FIRST: 0.25}, versions=NEWER)
    score(filled, {FIRST: 0.75})
    assert filled.scores_of(FIRST)["insult"] == Score(0.75, "test-1")


def test_attributes_may_be_scored_one_by_one(filled):
    table = make_scores({FIRST: 0.5})
    for name in ATTRIBUTES:
        assert FIRST in filled.unscored(VERSIONS, limit=9)["comment_id"].tolist()
        filled.add_scores(table[[name]], VERSIONS, table[name])
    assert filled.unscored(VERSIONS, limit=9)["comment_id"].tolist() == [SECOND]
    assert set(filled.scores_of(FIRST)) == set(ATTRIBUTES)


def test_a_plugins_attribute_is_kept_beside_ours(filled):
    table = pd.DataFrame({"sarcasm": [0.5]}, index=[FIRST], dtype="float32")
    filled.add_scores(table, {"sarcasm": "plug-in 3"}, table["sarcasm"])
    assert list(filled.scores([FIRST]).columns) == [*ATTRIBUTES, "sarcasm"]
    assert filled.scores_of(FIRST) == {"sarcasm": Score(0.5, "plug-in 3")}


def test_scores_without_a_version_are_refused(filled):
    table = make_scores({FIRST: 0.5})
    versions = {name: "1" for name in ATTRIBUTES if name != "threat"}
    with pytest.raises(StoreError, match="scores of threat have no scorer version"):
        filled.add_scores(table, versions, table["threat"])
    assert len(filled.unscored(VERSIONS, limit=9)) == 2


def test_scores_of_a_text_that_was_edited_meanwhile_are_left_out(filled):
    batch = filled.unscored(VERSIONS, limit=9)
    filled.add_thread(make_thread("edited", "second"), source="page.html")
    table = make_scores({FIRST: 0.5, SECOND: 0.5})
    texts = batch.set_index("comment_id")["text"]
    filled.add_scores(table, VERSIONS, table["threat"], texts=texts)
    assert filled.unscored(VERSIONS, limit=9)["comment_id"].tolist() == [FIRST]


def test_scores_of_unknown_comments_are_left_out(filled):
    score(filled, {"nowhere#1": 0.5, FIRST: 0.5})
    assert filled.scores_of("nowhere#1") == {}
    assert filled.unscored(VERSIONS, limit=9)["comment_id"].tolist() == [SECOND]


def test_more_comments_than_fit_one_statement(store):
    thread = make_thread(*(f"text {number}" for number in range(1201)))
    store.add_thread(thread, source="page.html")
    score(store, dict.fromkeys(comment_ids(thread), 0.625))
    assert store.unscored(VERSIONS, limit=9).empty
    assert len(store.scores(comment_ids(thread)).dropna()) == 1201
    assert store.articles()["off_topic_share"].tolist() == [1.0]


def test_no_scores_are_no_problem(filled):
    score(filled, {})
    assert filled.scores([]).empty


def test_replies_to_an_edited_comment_are_scored_again(store):
    thread = make_thread(*(f"text {number}" for number in range(30)))
    store.add_thread(thread, source="page.html")
    score(store, dict.fromkeys(comment_ids(thread), 0.5))
    texts = [f"text {number}" for number in range(30)]
    texts[2] = "another text"
    store.add_thread(make_thread(*texts), source="page.html")
    again = store.unscored(VERSIONS, limit=99)["comment_id"].tolist()
    assert again == [f"{URL}#c{number}" for number in range(2, 23)]
    assert not store.scores([f"{URL}#c3"]).isna().any(axis=None)
