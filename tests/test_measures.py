"""Figures of merit agree with scikit-learn and say what cannot be measured."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from moderation.measures import calibration_error, figures, roc_auc


@pytest.fixture
def generator():
    return np.random.default_rng(3)


def test_the_area_agrees_with_scikit_learn_also_with_ties(generator):
    scores = generator.integers(0, 5, 300) / 4
    positive = generator.random(300) < 0.3
    assert roc_auc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def test_the_interval_holds_the_area_and_narrows_with_more_rows(generator):
    widths = []
    for count in (100, 1600):
        labels = (generator.random(count) < 0.3).astype(float)
        found = figures(np.clip(generator.normal(0.4 + 0.2 * labels, 0.2), 0, 1), labels)
        assert found.low <= found.roc_auc <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_rows_without_score_or_label_do_not_count():
    scores = np.array([0.1, np.nan, 0.9, 0.8])
    labels = np.array([0.0, 1.0, 1.0, np.nan])
    found = figures(scores, labels)
    assert (found.n, found.positives, found.roc_auc) == (2, 1, 1.0)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_with_one_kind_only_there_is_no_area(label):
    found = figures(np.array([0.2, 0.4]), np.full(2, label))
    assert np.isnan(found.roc_auc)
    assert np.isnan(found.pr_auc)


def test_scores_that_say_the_share_are_calibrated(generator):
    scores = generator.random(20_000)
    labels = (generator.random(20_000) < scores).astype(float)
    assert calibration_error(scores, labels) < 0.02
    assert calibration_error(np.ones(100), np.zeros(100)) == 1.0


def test_nothing_has_no_calibration():
    assert np.isnan(calibration_error(np.empty(0), np.empty(0)))
