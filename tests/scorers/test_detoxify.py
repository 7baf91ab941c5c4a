"""Detoxify's real classes on a small checkpoint: what it gives, without its traps."""

import os
import pickle  # noqa: TID251 - a hostile checkpoint, and whether a scorer can be shipped
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moderation import scorers
from moderation.errors import ModelError
from moderation.schema import ATTRIBUTES
from moderation.scorers import score_frame
from moderation.scorers.detoxify import DetoxifyScorer, _engine
from moderation.testing import check_scorer

torch = pytest.importorskip("torch", reason="needs the extra detoxify: make test-detoxify")
detoxify = pytest.importorskip("detoxify", reason="needs the extra detoxify: make test-detoxify")
detoxify_checkpoints = pytest.importorskip("detoxify_checkpoints")
constants = pytest.importorskip("huggingface_hub.constants")

pytestmark = pytest.mark.detoxify
TEXTS = (
    "The council meets on Tuesday to talk about the new bus lane.",
    "You are a stupid idiot, shut up.",
    "What a fine day for a walk by the river!",
    "I will find you.",
    "You",
    "lane",
)
LONG = " ".join(TEXTS) * 4


@pytest.fixture(autouse=True)
def nothing_loaded():
    yield
    _engine.cache_clear()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return detoxify_checkpoints.bert(tmp_path_factory.mktemp("detoxify") / "bert")


@pytest.fixture
def library(checkpoint):
    made = detoxify.Detoxify(checkpoint=str(checkpoint))
    made.tokenizer.model_max_length = detoxify_checkpoints.PLACES
    return made


def frame(*texts):
    return pd.DataFrame({"text": pd.Series(texts, dtype=object)})


def test_scores_are_the_librarys_under_our_names(checkpoint, library):
    scores = score_frame(DetoxifyScorer(str(checkpoint)), frame(*TEXTS))
    expected = pd.DataFrame([library.predict(text) for text in TEXTS]).rename(
        columns={"obscene": "profanity"}
    )
    assert set(scores) == set(expected) < set(ATTRIBUTES)
    np.testing.assert_array_equal(scores[list(expected)], expected.astype(np.float32))
    assert scores.std().min() > 0.01


def test_one_text_gives_a_row_like_any_other(checkpoint, library):
    assert isinstance(library.predict(TEXTS[0])["toxicity"], float)
    scores = score_frame(DetoxifyScorer(str(checkpoint)), frame(TEXTS[0]))
    assert scores.shape == (1, 6)


def test_an_empty_list_gives_no_scores(checkpoint, library):
    with pytest.raises((IndexError, ValueError)):
        library.predict([])
    assert DetoxifyScorer(str(checkpoint)).score(frame()).shape == (0, 6)


@pytest.mark.parametrize("text", [None, float("nan"), "", " \n", "?!", "\ud800"])
def test_what_holds_no_letter_and_no_digit_has_no_score(checkpoint, text):
    assert np.isnan(DetoxifyScorer(str(checkpoint)).score(frame(text, TEXTS[0]))[0]).all()


def test_a_score_is_the_same_bits_alone_and_in_any_company(checkpoint):
    scorer = DetoxifyScorer(str(checkpoint))
    together = scorer.score(frame(*TEXTS, LONG))
    for row, text in enumerate((*TEXTS, LONG)):
        np.testing.assert_array_equal(scorer.score(frame(text))[0], together[row])


def test_texts_are_read_one_by_one_not_in_one_pass(checkpoint, monkeypatch):
    shapes = []
    forward = torch.nn.Embedding.forward

    def watched(self, tokens):
        shapes.append(tuple(tokens.shape))
        return forward(self, tokens)

    monkeypatch.setattr(torch.nn.Embedding, "forward", watched)
    DetoxifyScorer(str(checkpoint)).score(frame(*[TEXTS[0]] * 50))
    assert shapes
    assert {rows for rows, _ in shapes} == {1}


@pytest.mark.parametrize("attribute", ["toxicity", "threat", "insult"])
def test_a_long_text_is_read_to_its_last_word(checkpoint, library, attribute):
    quiet, *_, loud = sorted(
        (" ".join([text] * detoxify_checkpoints.PLACES) for text in TEXTS),
        key=lambda text: library.predict(text)[attribute],
    )
    text = f"{quiet} {loud}"
    assert library.predict(text) == library.predict(quiet)  # which cuts
    found, before = score_frame(DetoxifyScorer(str(checkpoint)), frame(text, quiet))[attribute]
    assert found > before + 0.01


def test_no_slice_of_a_long_text_lowers_the_librarys_score(checkpoint, library):
    scores = score_frame(DetoxifyScorer(str(checkpoint)), frame(LONG)).iloc[0]
    cut = library.predict(LONG)
    assert all(scores[name] >= np.float32(cut[name]) for name in ("toxicity", "threat", "insult"))


def test_a_very_long_text_takes_bounded_time(checkpoint, monkeypatch):
    calls = []
    predict = detoxify.Detoxify.predict
    monkeypatch.setattr(
        detoxify.Detoxify, "predict", lambda self, text: calls.append(1) or predict(self, text)
    )
    DetoxifyScorer(str(checkpoint)).score(frame(LONG * 300))
    assert len(calls) == 17


def test_nothing_is_asked_of_the_network(tmp_path, monkeypatch):
    path = detoxify_checkpoints.bert(tmp_path / "bert", base="bert-base-uncased")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked up a host"))
    assert score_frame(DetoxifyScorer(str(path)), frame(*TEXTS)).notna().all(axis=None)


def test_a_checkpoint_whose_base_is_not_here_says_what_to_put_where(tmp_path, monkeypatch):
    path = detoxify_checkpoints.bert(tmp_path / "bert", base="nobody/nothing")
    (path.parent / "config.json").unlink()
    with pytest.raises(ModelError, match=r"'nobody/nothing' are missing; put its config\.json"):
        DetoxifyScorer(str(path)).score(frame(*TEXTS))


class Hostile:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    torch.save({"state_dict": {}, "config": Hostile(tmp_path / "ran")}, tmp_path / "bad.ckpt")
    with pytest.raises(ModelError, match="holds more than weights and plain values"):
        DetoxifyScorer(str(tmp_path / "bad.ckpt")).score(frame(*TEXTS))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04", pickle.dumps([])])
def test_a_file_that_is_no_checkpoint_is_one_clear_error(tmp_path, content):
    path = tmp_path / "bad.ckpt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.ckpt"):
        _ = DetoxifyScorer(str(path)).version


def test_a_checkpoint_that_lacks_weights_is_not_filled_up_at_random(tmp_path):
    path = detoxify_checkpoints.bert(tmp_path / "bert")
    content = torch.load(path, weights_only=True)
    del content["state_dict"]["classifier.weight"]
    torch.save(content, path)
    with pytest.raises(ModelError, match=r"lacks 1 weights, the first 'classifier\.weight'"):
        _ = DetoxifyScorer(str(path)).attributes


def test_a_base_of_another_size_is_one_clear_error(tmp_path):
    path = detoxify_checkpoints.bert(tmp_path / "bert")
    settings = path.parent / "config.json"
    settings.write_text(settings.read_text().replace('"hidden_size": 32', '"hidden_size": 64'))
    with pytest.raises(ModelError, match="does not fit the checkpoint"):
        _ = DetoxifyScorer(str(path)).version


def test_classes_that_are_no_attributes_of_ours_are_left_out(tmp_path):
    path = detoxify_checkpoints.bert(
        tmp_path / "bert", classes=("sexual_explicit", "male", "obscene")
    )
    scorer = DetoxifyScorer(str(path))
    assert scorer.attributes == ("sexually_explicit", "profanity")
    assert scorer.score(frame(*TEXTS)).shape == (len(TEXTS), 2)


def test_a_checkpoint_without_any_of_our_attributes_is_refused(tmp_path):
    path = detoxify_checkpoints.bert(tmp_path / "bert", classes=("male", "female"))
    with pytest.raises(ModelError, match="none of its classes"):
        DetoxifyScorer(str(path)).score(frame(*TEXTS))


def test_a_model_with_more_outputs_than_classes_gives_its_classes(tmp_path):
    path = detoxify_checkpoints.roberta(
        tmp_path / "roberta", ("toxicity", "sexual_explicit"), outputs=5
    )
    found = score_frame(DetoxifyScorer(str(path)), frame(*TEXTS, LONG))
    library = detoxify.Detoxify(checkpoint=str(path))
    library.tokenizer.model_max_length = detoxify_checkpoints.PLACES
    expected = [library.predict(text)["sexual_explicit"] for text in TEXTS]
    np.testing.assert_array_equal(
        found["sexually_explicit"].iloc[: len(TEXTS)], np.array(expected, dtype=np.float32)
    )


def test_it_keeps_the_contract_and_can_be_shipped(checkpoint):
    scorer = DetoxifyScorer(str(checkpoint))
    check_scorer(scorer, frame(*TEXTS, "", "😀", "\x00 a", LONG))
    assert len(pickle.dumps(scorer)) < 1000
    assert scorer.version.startswith("detoxify-1-")


def test_a_published_checkpoint_is_taken_from_where_the_libraries_keep_it(tmp_path, monkeypatch):
    path = detoxify_checkpoints.bert(tmp_path / "made", base="bert-base-uncased")
    expected = DetoxifyScorer(str(path)).score(frame(*TEXTS))
    kept = tmp_path / "checkpoints" / Path(detoxify.detoxify.MODEL_URLS["original"]).name
    kept.parent.mkdir()
    path.rename(kept)
    hub = tmp_path / "hub" / "models--bert-base-uncased"
    (hub / "snapshots").mkdir(parents=True)
    path.parent.rename(hub / "snapshots" / "0123")
    (hub / "refs").mkdir()
    (hub / "refs" / "main").write_text("0123")
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    np.testing.assert_array_equal(DetoxifyScorer("original").score(frame(*TEXTS)), expected)


def test_a_published_checkpoint_that_cannot_be_downloaded_is_one_clear_error(tmp_path, monkeypatch):
    def unreachable(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    with pytest.raises(ModelError, match="detoxify:unbiased: cannot be downloaded"):
        _ = DetoxifyScorer("unbiased").version


def test_detoxify_gives_its_attributes_and_the_packaged_scorer_the_rest(checkpoint):
    parts = scorers.load(f"detoxify:{checkpoint}")
    versions = scorers.versions(parts)
    assert set(versions) == set(ATTRIBUTES)
    assert versions["toxicity"] == DetoxifyScorer(str(checkpoint)).version
    assert versions["sexually_explicit"].startswith("ngrams-")


def test_the_ngram_model_gives_what_no_detoxify_model_does(tmp_path):
    classes = (*detoxify_checkpoints.CLASSES, "sexual_explicit")
    path = detoxify_checkpoints.bert(tmp_path / "bert", classes=classes)
    versions = scorers.versions(scorers.load(f"detoxify:{path}"))
    by_ngrams = {name for name, version in versions.items() if version.startswith("ngrams-")}
    assert by_ngrams == {"attack_on_commenter", "spam"}
