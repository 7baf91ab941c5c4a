"""The recipe of the scales, on made-up comments whose Perspective scores follow a known rule."""

import shutil

import numpy as np
import pandas as pd
import pytest

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers import ToxicityScorer, score_frame
from moderation.scorers.packaged import MODELS, read_manifest
from moderation.scorers.scales import read_scales
from moderation.training import scales, train

PLAIN = "the harbour ferry sails every hour and carries bread rope lentils soup".split()  # noqa: SIM905
RUDE = "you are such a stupid pathetic idiot shut up fool".split()  # noqa: SIM905


@pytest.fixture
def output(tmp_path, monkeypatch):
    """A folder with the n-gram model, the only profile that is fitted."""
    shutil.copytree(MODELS / "toxicity", tmp_path / "models" / "toxicity")
    monkeypatch.setattr(scales, "TOXICITY", {"bulk": ToxicityScorer()})
    return tmp_path / "models"


@pytest.fixture
def folder(tmp_path):
    """Comments from plain to rude; Perspective's score is the root of ours."""
    generator = np.random.default_rng(3)
    texts = []
    for number in range(1500):
        rude = int(generator.integers(0, 7))
        words = [*generator.choice(PLAIN, 12 - rude), *generator.choice(RUDE, rude)]
        texts.append(f"{' '.join(generator.permutation(words))} {number}")
    own = score_frame(ToxicityScorer(), pd.DataFrame({"text": texts}))["toxicity"]
    rows = pd.DataFrame({"text": texts, "parent": texts, "perspective": np.sqrt(own)})
    rows["toxic"] = (own > 0.5).astype(int)
    for name in (scales.SCORED, scales.READERS):
        path = sets.data_path(name, tmp_path / "sets")
        path.parent.mkdir(parents=True)
        rows.to_csv(path, index=False)
    return tmp_path / "sets"


def test_a_scale_finds_the_rule_again_and_is_the_same_twice(folder, output):
    version = train("scales", datasets=folder, output=output)
    assert train("scales", datasets=folder, output=output) == version
    scale = read_scales([output])[ToxicityScorer().version, "toxicity"]
    assert scale.version == version
    assert len(scale.own) == len(scales.SHARES) + 2
    assert scale.perspective == pytest.approx(np.sqrt(scale.own), abs=0.01)
    found = read_manifest(output / "scales")["profiles"]["bulk"]
    assert found["rank"]["spearman"]["value"] == pytest.approx(1)
    assert found["rank"]["n"] + found["fitted_on"] == 1500
    assert found["accuracy"]["own"] == found["accuracy"]["perspective"] | {
        "ece": found["accuracy"]["own"]["ece"]
    }
    for row in found["thresholds"]:
        assert row["low"] <= row["own"] <= row["high"]
        assert row["flagged_by_both"] <= min(row["flagged"], row["flagged_by_perspective"])
    assert "context_toxicity" in (output / "scales" / "card.md").read_text(encoding="utf-8")


def test_without_the_set_there_is_one_clear_error(output, tmp_path):
    with pytest.raises(InputError, match="no set context_toxicity"):
        train("scales", datasets=tmp_path, output=output)
