"""Figures of merit agree with scikit-learn and say what cannot be measured."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from moderation.measures import calibration_error, change, figures, log_losses, roc_auc


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


def test_a_change_is_that_of_log_loss_and_area_with_an_interval_that_holds_it(generator):
    labels = (generator.random(600) < 0.4).astype(float)
    first = np.clip(generator.normal(0.5 + 0.1 * labels, 0.2), 0.01, 0.99)
    other = np.clip(generator.normal(0.4 + 0.3 * labels, 0.2), 0.01, 0.99)
    assert log_losses(other, labels).mean() == pytest.approx(log_loss(labels, other))
    found = change(first, other, labels, np.arange(600))
    expected = log_loss(labels, other) - log_loss(labels, first)
    assert found.log_loss == pytest.approx(expected)
    assert found.log_loss_low < found.log_loss < found.log_loss_high < 0
    assert found.roc_auc == pytest.approx(roc_auc(other, labels > 0) - roc_auc(first, labels > 0))
    assert 0 < found.roc_auc_low < found.roc_auc < found.roc_auc_high


def test_a_change_is_less_sure_where_rows_are_drawn_together(generator):
    groups = np.repeat(np.arange(20), 30)
    labels = (generator.random(600) < 0.4).astype(float)
    first, by_group = np.full(600, 0.4), generator.normal(0, 0.2, 20)[groups]
    other = np.clip(first + by_group * (labels - 0.4), 0.01, 0.99)
    alone, together = (change(first, other, labels, one) for one in (np.arange(600), groups))
    width = together.log_loss_high - together.log_loss_low
    assert width > 1.5 * (alone.log_loss_high - alone.log_loss_low)
