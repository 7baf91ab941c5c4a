"""What the encoder is trained on, and, where torch is installed, that the recipe works."""

import shutil
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.frames import text_key
from moderation.scorers.encoder import MULTILINGUAL, EncoderScorer
from moderation.scorers.packaged import MODELS, read_manifest
from moderation.scorers.toxicity import ToxicityScorer
from moderation.training import train
from moderation.training.functional import functional_rows
from moderation.training.mixture import SHARES, Mixture, change
from moderation.training.plan import Plan
from moderation.training.probes import GROUPS, probe_figures, probe_rows
from moderation.training.templates import GROUP_ADJECTIVES, GROUP_NOUNS, template_rows

ATTRIBUTES = ("toxicity", "threat")
KOREAN, RUDE_KOREAN = "좋은 기사", "쫍쇗"


@pytest.fixture
def frame():
    generator = np.random.default_rng(3)
    rows = [
        {"set": name, "text": "w " * int(generator.integers(1, 60)), "toxicity": number % 2,
         "threat": float(number == 0) if name == "jigsaw_wiki_six" else np.nan}
        for name, count in (("jigsaw_wiki_six", 400), ("ruddit_offense", 50), ("korean_beep", 50))
        for number in range(count)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def drawn(frame, seed, batches, skip=0):
    stream = Mixture(frame, ATTRIBUTES, seed).batches(8, skip=skip)
    return np.array(list(islice(stream, batches)))


def test_batches_are_the_same_for_a_seed_and_go_on_where_they_were_left(frame):
    first = drawn(frame, 1, 100)
    np.testing.assert_array_equal(first, drawn(frame, 1, 100))
    np.testing.assert_array_equal(first[70:], drawn(frame, 1, 30, skip=70))
    assert (first != drawn(frame, 2, 100)).any()


def test_sets_are_drawn_by_their_shares_and_unnamed_sets_never(frame):
    found = frame["set"].iloc[drawn(frame, 1, 800).ravel()].value_counts()
    assert set(found.index) == {"jigsaw_wiki_six", "ruddit_offense"}
    expected = SHARES["jigsaw_wiki_six"] / SHARES["ruddit_offense"]
    assert found["jigsaw_wiki_six"] / found["ruddit_offense"] == pytest.approx(expected, rel=0.15)


def test_rare_positives_have_more_turns(frame):
    rows, counts = np.unique(drawn(frame, 1, 800), return_counts=True)
    often = dict(zip(rows, counts, strict=True))
    usual = np.mean([often.get(row, 0) for row in range(2, 400, 2)])
    assert often[0] > 2 * usual


def test_texts_of_a_batch_are_of_like_length(frame):
    lengths = frame["text"].str.len().to_numpy()[drawn(frame, 1, 64)]
    assert np.ptp(lengths, axis=1).mean() < 0.2 * np.ptp(lengths)


def test_most_texts_stay_and_changed_ones_keep_most_of_their_letters():
    generator = np.random.default_rng(0)
    text = "nobody should read this sentence twice"
    changed = [change(text, generator) for _ in range(500)]
    others = [one for one in changed if one != text]
    assert 20 < len(others) < 150
    assert all(abs(len(one) - len(text)) <= 8 for one in others)


def test_every_group_stands_in_kind_and_in_hostile_sentences_of_ours():
    rows = pd.concat([functional_rows(), template_rows()])
    for name in (*GROUP_NOUNS.split(), *GROUP_ADJECTIVES.split()):
        found = rows[rows["text"].str.contains(rf"\b{name}\b")]
        assert set(found["identity_attack"].dropna()) == {0.0, 1.0}, name


def test_the_probes_are_no_training_sentences_and_a_third_of_their_groups_are_new():
    trained = {*functional_rows()["key"], *template_rows()["key"]}
    assert not trained & {text_key(text) for text in probe_rows()["text"]}
    known = {*GROUP_NOUNS.split(), *GROUP_ADJECTIVES.split()}
    new = [people for people, adjective in GROUPS.items() if not {people, adjective} & known]
    assert len(new) >= 6


def test_probe_figures_name_every_kind_and_group():
    figures = probe_figures(ToxicityScorer())
    assert set(figures["kinds"]) == set(probe_rows()["kind"])
    assert set(figures["groups"]) == set(GROUPS)
    assert 0 <= figures["identity_auc"] <= 1


def test_a_plan_for_a_recipe_that_takes_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="toxicity: takes no minutes"):
        train("toxicity", datasets=tmp_path, output=tmp_path, plan=Plan(minutes=1))


def test_without_the_extra_the_recipe_says_what_is_missing(tmp_path, monkeypatch):
    for name in ("encoder", "export", "tuning"):
        monkeypatch.delitem(sys.modules, f"moderation.training.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match="needs the extra 'train'"):
        train("toxicity_encoder", datasets=tmp_path, output=tmp_path)


@pytest.mark.detoxify  # runs where torch is
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")  # of torch's and transformers' own parts
@pytest.mark.parametrize(
    ("recipe", "text"),
    [("toxicity_encoder", "a kind word"), ("toxicity_multilingual", KOREAN)],
)
def test_the_recipe_trains_resumes_and_writes_a_scorer_that_runs_without_torch(
    tmp_path, recipe, text
):
    pytest.importorskip("torch")
    pytest.importorskip("wordfreq")
    _write_sets(tmp_path / "sets")
    shutil.copytree(MODELS / "toxicity", tmp_path / "toxicity")
    plan = Plan(minutes=0.01, seed=2)
    train(recipe, datasets=tmp_path / "sets", output=tmp_path, plan=plan)
    first = read_manifest(tmp_path / recipe)["settings"]["texts_seen"]
    again = Plan(minutes=0.2, seed=2, resume=True)
    version = train(recipe, datasets=tmp_path / "sets", output=tmp_path, plan=again)
    manifest = read_manifest(tmp_path / recipe)
    assert manifest["settings"]["texts_seen"] > first > 0
    assert manifest["requires"]["toxicity"] == ToxicityScorer(tmp_path / "toxicity").version
    assert abs(manifest["int8"]["largest_auc_change"]) < 0.1
    like = EncoderScorer() if recipe == "toxicity_encoder" else MULTILINGUAL
    scorer = replace(like, folder=tmp_path / recipe, ngrams=ToxicityScorer(tmp_path / "toxicity"))
    assert scorer.version == version
    assert np.isfinite(scorer.logits([text])).all()
    assert np.isfinite(scorer.score(pd.DataFrame({"text": [text, "you zonk"]}))).all()
    assert version in (tmp_path / recipe / "card.md").read_text(encoding="utf-8")
    if recipe == "toxicity_encoder":  # whose pupil is the fast one
        train("toxicity_fast", datasets=tmp_path / "sets", output=tmp_path, plan=plan)
        teacher = read_manifest(tmp_path / "toxicity_fast")["teacher"]
        assert teacher["settings"]["texts_seen"] == manifest["settings"]["texts_seen"]


def _write_sets(folder):
    kinds = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
    rows = [
        {"text": f"{'you zonk' if number % 3 == 0 else 'a kind word'} number {number}"}
        | dict.fromkeys(kinds, int(number % 3 == 0))
        for number in range(400)
    ]
    judged = ("abuse", "sex_harassment", "insult", "spam", "S", "S3", "H", "V")
    chats = [
        {"text": f"{'zonk' if number % 4 == 0 else 'hello'} {number}"}
        | dict.fromkeys(judged, int(number % 4 == 0))
        | {"severity": 1 - 4 * (number % 4 == 0)}
        for number in range(200)
    ]
    korean = [
        {"text": f"{RUDE_KOREAN if number % 4 == 0 else KOREAN} {number}", "article_title": number}
        | {"hate": "hate" if number % 4 == 0 else "none"}
        for number in range(200)
    ]
    sets_rows = {
        "jigsaw_wiki_six": rows,
        "convabuse": chats,
        "kaggle_insults": chats,
        "youtube_spam": chats,
        "openai_moderation": chats,
        "korean_beep": korean,
    }
    for name, values in sets_rows.items():
        path = sets.data_path(name, folder)
        path.parent.mkdir(parents=True)
        pd.DataFrame(values).astype({"text": str}).to_csv(path, index=False)
