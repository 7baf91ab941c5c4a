"""What every built-in scorer promises, and how scorers are put together."""

import pickle  # noqa: TID251 - whether a scorer can be shipped is what is tested
import sys

import numpy as np
import pandas as pd
import pytest

from moderation import plugins, scorers
from moderation.config import TOXICITY_PROFILES
from moderation.errors import ModelError, PluginError, ScoringError
from moderation.schema import ATTRIBUTES
from moderation.scorers import BUILTIN, score_all, score_frame

HOSTILE = [
    "",
    "   ",
    "😀🤬",
    "?!",
    "a" * 100_000,
    "ab" * 50_000,
    "word " * 20_000,
    "\x00",
    "\ud800",
    "nul\x00 and \udfff lone",
    "<script>alert(1)</script>",
    '=HYPERLINK("https://example.org")',
    "\u202eright to left\u202c",
    "여러분 안녕하세요, 오늘 날씨가 좋네요.",
    "The council ought to mend the bridge before winter comes.",
    "You are a fool and everybody here knows it.",
    "Vote them all out, the whole party is a gang of thieves!",
]
EVERY = (*scorers.TOXICITY.values(), *BUILTIN[1:])
every_scorer = pytest.mark.parametrize("scorer", EVERY, ids=lambda scorer: type(scorer).__name__)


@pytest.fixture
def batch():
    return context_frame(HOSTILE)


def context_frame(texts, **columns):
    """Comments under one article about a bridge, one of them repeated, half of them replies."""
    given = {
        "article_title": "Council closes the old bridge for repairs",
        "article_text": "The bridge over the river will be shut for eight months.\nDrivers "
        "must take the ring road, and buses will run every ten minutes.",
        "parent_text": ["", "The ring road is full already."] * (len(texts) // 2 + 1),
        "thread_text": "Eight months is too long for one bridge.",
        "copies": [1, 3] * (len(texts) // 2 + 1),
    } | columns
    rows = {
        name: value[: len(texts)] if isinstance(value, list) else value
        for name, value in given.items()
    }
    return pd.DataFrame({"text": pd.Series(texts, dtype=object), **rows})


@every_scorer
def test_a_score_is_the_same_bits_alone_and_in_any_company(scorer, batch):
    together = scorer.score(batch)
    for row in range(len(batch)):
        alone = scorer.score(batch.iloc[[row]])
        np.testing.assert_array_equal(alone[0], together[row])
    order = np.random.default_rng(1).permutation(len(batch))
    np.testing.assert_array_equal(scorer.score(batch.iloc[order]), together[order])


@every_scorer
def test_hostile_texts_score_between_0_and_1_or_not_at_all(scorer, batch):
    scores = score_frame(scorer, batch)
    assert list(scores.columns) == list(scorer.attributes)
    assert scores.dtypes.eq("float32").all()
    assert ((scores >= 0) & (scores <= 1) | scores.isna()).all(axis=None)


@every_scorer
@pytest.mark.parametrize("text", ["", " \n", "😀🤬", "?!", "\x00", "\ud800", "\u200b"])
def test_a_text_without_letters_or_digits_has_no_score(scorer, text):
    assert score_frame(scorer, context_frame([text])).isna().all(axis=None)


@every_scorer
def test_no_rows_give_no_scores(scorer, batch):
    assert score_frame(scorer, batch.iloc[:0]).shape == (0, len(scorer.attributes))


@every_scorer
def test_a_scorer_is_a_small_value_that_can_be_shipped(scorer, batch):
    scorer.score(batch.iloc[:1])
    shipped = pickle.dumps(scorer)
    assert len(shipped) < 1000
    assert pickle.loads(shipped) == scorer  # noqa: S301 - our own bytes


@every_scorer
def test_the_version_names_kind_layout_and_content(scorer):
    kinds = {
        "encoder-1",
        "fast-1",
        "multilingual-1",
        "ngrams-1",
        "sentences-1",
        "sentences-m-1",
        "drift-1",
        "political-3",
    }
    for version in scorer.version.split("+"):
        kind, _, content = version.rpartition("-")
        assert kind in kinds
        assert len(content) == 8


@every_scorer
def test_a_folder_without_a_model_is_one_clear_error(scorer, batch, tmp_path):
    lost = type(scorer)(folder=tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"nowhere.*cannot be read"):
        lost.score(batch)
    with pytest.raises(ModelError, match="nowhere"):
        _ = lost.version


def test_every_attribute_is_given_once_and_in_order(batch):
    assert tuple(name for scorer in BUILTIN for name in scorer.attributes) == ATTRIBUTES
    assert tuple(score_all(BUILTIN, batch).columns) == ATTRIBUTES


def test_all_scores_keep_the_index_of_the_batch(batch):
    moved = batch.set_index(pd.Index([f"row {number}" for number in range(len(batch))]))
    assert score_all(BUILTIN, moved).index.equals(moved.index)


def test_an_attribute_that_no_scorer_gives_is_missing_throughout(batch):
    scores = score_all(BUILTIN[:1], batch)
    assert scores["off_topic"].isna().all()
    assert scores["off_topic"].dtype == np.float32


def test_the_profiles_of_toxicity_give_the_same_attributes_and_are_chosen_by_name():
    assert set(scorers.TOXICITY) == set(TOXICITY_PROFILES)
    for name, scorer in scorers.TOXICITY.items():
        assert scorer.attributes == BUILTIN[0].attributes
        assert scorers.load(name)[0] is scorer


def test_each_attribute_has_a_version():
    assert set(scorers.versions(scorers.load())) == set(ATTRIBUTES)


def test_a_missing_column_is_named(batch):
    with pytest.raises(ScoringError, match=r"needs column.*copies"):
        score_frame(BUILTIN[2], batch.drop(columns="copies"))


class Shouting:
    """A plug-in: how loud a text is."""

    name = "shouting"
    version = "shouting-1"
    inputs = ("text",)
    attributes = ("shouting", "threat")

    def score(self, batch):
        loud = [float(text.isupper()) for text in batch["text"]]
        return np.array([loud, loud], dtype=np.float32).T


def test_a_plug_in_adds_attributes_and_replaces_built_in_ones(monkeypatch, batch):
    monkeypatch.setattr(plugins, "load", lambda _: (Shouting,))
    parts = scorers.load()
    assert scorers.versions(parts)["threat"] == "shouting-1"
    scores = score_all(parts, batch.assign(text="LOUD"))
    assert (scores[["threat", "shouting"]] == 1).all(axis=None)


def test_a_plug_in_that_is_no_scorer_is_named(monkeypatch):
    monkeypatch.setattr(plugins, "load", lambda _: (dict,))
    with pytest.raises(PluginError, match="is no scorer"):
        scorers.load()


def test_a_scorer_all_of_whose_attributes_another_gives_is_left_out(monkeypatch):
    monkeypatch.setattr(Shouting, "attributes", BUILTIN[0].attributes)
    monkeypatch.setattr(plugins, "load", lambda _: (Shouting,))
    assert [scorer.name for scorer in scorers.load()][-1] == "shouting"
    assert BUILTIN[0] not in scorers.load()


def test_a_detoxify_model_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(ModelError, match="neither a path nor one of original, unbiased"):
        scorers.load(f"detoxify:{tmp_path / 'gone'}")


def test_the_library_without_its_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "moderation.scorers.checkpoint", None)
    with pytest.raises(ModelError, match=r"pip install 'moderation\[detoxify\]'"):
        scorers.load("detoxify:original")
