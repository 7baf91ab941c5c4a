"""The way from a scorer's own scale to the Perspective API's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import ModelError
from moderation.scorers import TOXICITY
from moderation.scorers.packaged import MODELS, write_model
from moderation.scorers.scales import NAME, Scale, read_scales

PACKAGED = read_scales()
LINE = Scale("v", (0.0, 0.3, 1.0), (0.0, 0.5, 1.0))


@pytest.mark.parametrize("profile", TOXICITY)
def test_every_packaged_profile_has_a_scale(profile):
    """If this fails, a toxicity model was trained again: `make scales`."""
    assert (TOXICITY[profile].version, "toxicity") in PACKAGED


@given(low=st.floats(0, 1), high=st.floats(0, 1), scale=st.sampled_from([*PACKAGED.values()]))
def test_a_scale_changes_no_order_and_stays_within_0_and_1(low, high, scale):
    low, high = sorted((low, high))
    assert 0 <= scale.to_perspective(low) <= scale.to_perspective(high) <= 1
    assert (scale.to_perspective(0), scale.to_perspective(1)) == (0, 1)


@given(st.floats(0, 1))
def test_a_threshold_goes_there_and_back(threshold):
    assert LINE.to_perspective(LINE.to_own(threshold)) == pytest.approx(threshold)


def test_nothing_to_score_stays_nothing():
    assert math.isnan(LINE.to_perspective(math.nan))


def test_an_earlier_release_brings_the_scales_of_its_own_versions(tmp_path):
    _write(tmp_path / "0.0.9", [[0, 0.2, 1], [0, 0.9, 1]])
    found = read_scales([MODELS, tmp_path / "0.0.9", tmp_path / "nothing here"])
    assert found["old-1", "toxicity"].to_perspective(0.2) == pytest.approx(0.9)
    assert PACKAGED.items() < found.items()


def test_a_line_that_does_not_rise_is_refused(tmp_path):
    _write(tmp_path, [[0, 0.5, 0.5, 1], [0, 0.1, 0.2, 1]])
    with pytest.raises(ModelError, match="no rising line"):
        read_scales([tmp_path])


def _write(root, points):
    arrays = {"toxicity@old-1": np.array(points, dtype=np.float32)}
    write_model(root / NAME, prefix="scales-1", arrays=arrays, facts={}, card="")
