"""Thresholds flag, worth orders; neither decides."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.config import Settings
from moderation.errors import SettingsError
from moderation.policy import HARM, Policy, flagged, worth
from moderation.schema import ATTRIBUTES

score = st.floats(0, 1, width=32) | st.just(math.nan)
frames = st.lists(
    st.lists(score, min_size=len(ATTRIBUTES), max_size=len(ATTRIBUTES)), max_size=6
).map(lambda rows: pd.DataFrame(rows, columns=list(ATTRIBUTES), dtype="float32"))


def one(**scores: float) -> float:
    return float(worth(pd.DataFrame([scores], dtype="float32")).iloc[0])


@given(scores=frames, threshold=st.floats(0, 1))
def test_worth_is_a_number_from_0_to_1_whatever_the_scores(scores, threshold):
    policy = Policy.from_settings(Settings(review_threshold=threshold))
    merits = worth(scores, policy)
    assert merits.index.equals(scores.index)
    assert merits.between(0, 1).all()


@given(scores=frames)
def test_worth_of_a_row_does_not_depend_on_the_others(scores):
    merits = worth(scores)
    for place in range(len(scores)):
        assert worth(scores.iloc[[place]]).iloc[0] == merits.iloc[place]


def test_worth_follows_its_formula():
    assert one(threat=0.75) == pytest.approx(1.0 * (0.75 * 0.75 + 0.25 * 0.5))
    assert one(off_topic=0.25) == pytest.approx(0.4 * (0.75 * 0.25 + 0.25 * 0.5))
    assert one(threat=0.0) == 0
    assert one(threat=1.0) == 0.75


def test_worth_grows_with_every_score():
    steps = np.linspace(0, 1, 101)
    for name in ATTRIBUTES:
        merits = worth(pd.DataFrame({name: steps}))
        assert merits.is_monotonic_increasing


def test_a_threat_comes_before_bad_language_of_the_same_score():
    assert one(threat=0.6) > one(profanity=0.6)
    assert set(HARM) == set(ATTRIBUTES)


def test_what_was_not_scored_neither_adds_nor_hides():
    assert one(threat=0.6, insult=math.nan) == one(threat=0.6)
    assert one(**dict.fromkeys(ATTRIBUTES, math.nan)) == 0
    assert worth(pd.DataFrame(columns=list(ATTRIBUTES))).empty


def test_scores_of_a_plugin_count_too():
    assert one(sarcasm=0.9) > one(sarcasm=0.1) > 0


def test_an_attribute_is_flagged_from_its_threshold_on():
    policy = Policy(thresholds=dict.fromkeys(ATTRIBUTES, 0.5) | {"threat": 0.25})
    scores = {"off_topic": 0.5, "toxicity": 0.49, "threat": 0.25, "insult": math.nan, "x": 1.0}
    assert flagged(scores, policy) == ["threat", "off_topic"]
    assert flagged(pd.Series(scores), policy) == ["threat", "off_topic"]
    assert flagged({}, policy) == []


def test_the_settings_threshold_is_every_attributes():
    policy = Policy.from_settings(Settings(review_threshold=0.7))
    assert policy.thresholds == dict.fromkeys(ATTRIBUTES, 0.7)
    assert policy.version == "review-0.7"


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ({"insult": 0.5}, "has no threshold"),
        (dict.fromkeys(ATTRIBUTES, 0.5) | {"sarcasm": 0.5}, "'sarcasm' is no attribute"),
        (dict.fromkeys(ATTRIBUTES, 0.5) | {"threat": 1.5}, "threat is 1.5; expected 0 to 1"),
        (dict.fromkeys(ATTRIBUTES, 0.5) | {"threat": math.nan}, "threat is nan"),
    ],
)
def test_a_policy_with_wrong_thresholds_is_refused(thresholds, expected):
    with pytest.raises(SettingsError, match=expected):
        Policy(thresholds=thresholds)
