"""Pairs in which only the side changes score the same: a floor for the packaged model."""

import pytest

from moderation.scorers.even_handed import MEAN_GAP, WORST_GAP, gaps, read_pairs
from moderation.scorers.normalise import normalise
from moderation.scorers.political_spam import PoliticalSpamScorer
from moderation.scorers.sides import mask_all


@pytest.fixture(scope="module")
def found():
    return gaps(PoliticalSpamScorer(), read_pairs())


def test_there_are_two_hundred_pairs_from_six_countries():
    pairs = read_pairs()
    assert len(pairs) >= 200
    assert set(pairs["country"]) == {"us", "uk", "kr", "de", "fr", "in"}
    assert set(pairs["language"]) == {"en", "ko", "de", "fr"}
    assert (pairs["text"].str.count("{}") == 1).all()
    assert not pairs.duplicated(["text", "one", "other"]).any()
    assert (pairs["article_title"] != "").all()


def test_the_two_comments_of_a_pair_score_the_same(found):
    worst = found.nlargest(3, "gap")[["one", "other", "text", "gap"]].to_string()
    assert found["gap"].notna().all()
    assert found["gap"].mean() <= MEAN_GAP, worst
    assert found["gap"].max() <= WORST_GAP, worst


def test_no_country_is_favoured(found):
    assert (found.groupby("country")["gap"].mean() <= MEAN_GAP).all()


def test_the_scores_are_not_equal_for_being_all_the_same(found):
    assert found["score_one"].max() - found["score_one"].min() > 0.3


def test_both_sides_are_read_as_the_same_words():
    for _, pair in read_pairs().iterrows():
        one, other = (
            mask_all(normalise(pair["text"].replace("{}", pair[side]))) for side in ("one", "other")
        )
        assert one == other
