"""The encoder reads sentences: the same bits in any company, long texts, hostile texts."""

import json
import shutil
import time

import numpy as np
import pandas as pd
import pytest

from moderation.errors import ModelError
from moderation.scorers import encoder, score_frame
from moderation.scorers.encoder import (
    MOST_WINDOWS,
    WINDOW_TOKENS,
    EncoderScorer,
    is_latin,
)
from moderation.scorers.graph import VOCABULARY
from moderation.scorers.packaged import read_manifest
from moderation.scorers.toxicity import ToxicityScorer

PLAIN = "The council meets on Tuesday to talk about the new bus lane."
RUDE = "You are a stupid idiot, shut up."
TEXTS = [PLAIN, RUDE, "Thanks!", "I will find you and break your legs.", f"{PLAIN} " * 30, "ok"]


def scored(*texts, threads=0):
    return score_frame(
        EncoderScorer(threads=threads), pd.DataFrame({"text": pd.Series(texts, dtype=object)})
    )


def toxicity(text):
    return float(scored(text)["toxicity"].iloc[0])


def test_a_score_is_the_same_bits_alone_in_any_batch_and_on_any_number_of_threads():
    together = scored(*TEXTS).to_numpy()
    alone = np.concatenate([scored(text).to_numpy() for text in TEXTS])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(scored(*TEXTS, threads=1).to_numpy(), together)
    np.testing.assert_array_equal(scored(*TEXTS, threads=5).to_numpy(), together)
    np.testing.assert_array_equal(scored(*TEXTS[::-1]).to_numpy(), together[::-1])


@pytest.mark.parametrize(
    ("attribute", "text", "milder"),
    [
        ("toxicity", RUDE, PLAIN),
        ("threat", "I will find you and kill you tonight.", "I will find you a seat tonight."),
        ("profanity", "What the fuck is this shit.", "What on earth is this mess."),
        ("insult", "What a pathetic moron.", "What a splendid fellow."),
        ("identity_attack", "All Muslims are filth and vermin.", "All Muslims are welcome here."),
        ("sexually_explicit", "She sucks his cock and rides him.", "She takes his coat and hat."),
        ("attack_on_commenter", "You are a moron, Carol.", "The article is wrong, Carol."),
        ("spam", "Check out my channel and subscribe!", "I watched that channel for years."),
    ],
)
def test_each_attribute_measures_its_own_kind(attribute, text, milder):
    high, low = scored(text, milder)[attribute]
    assert high > low + 0.1


@pytest.mark.parametrize(
    ("hostile", "kind"),
    [
        ("Widows are a plague on this town.", "A plague killed many widows of this town."),
        ("I would rather die than live beside Jews.", "I live beside Jews and we get on."),
        ("Nobody needs {} here, they are all thieves.".format("Kurds"), "Kurds are not thieves."),
    ],
)
def test_the_same_names_and_words_are_told_apart_by_what_is_said(hostile, kind):
    attack, none = scored(hostile, kind)["identity_attack"]
    assert attack > none + 0.1


def test_one_toxic_sentence_in_three_thousand_words_is_found():
    padding = " ".join(f"{PLAIN} Section {number}." for number in range(110))
    assert len(padding.split()) > 1500
    assert toxicity(f"{padding} {RUDE} {padding}") > toxicity(f"{padding} {padding}") + 0.2


def test_a_text_longer_than_all_windows_is_read_where_it_is_worst():
    padding = f"{PLAIN} " * (MOST_WINDOWS * WINDOW_TOKENS // 8)
    assert toxicity(padding + RUDE * 4 + padding) > toxicity(padding + padding) + 0.2


def test_hostile_length_takes_bounded_time():
    toxicity(PLAIN)  # loads the model
    started = time.process_time()
    scored("a " * 200_000, "\u0430" * 100_000, "🤬" * 50_000, "x" * 300_000, "[SEP] " * 20_000)
    assert time.process_time() - started < 30


@pytest.mark.parametrize("text", ["", " ", "?!", "🤬🤬", "\ud800", "\x00"])
def test_without_a_letter_or_digit_there_is_nothing_to_score(text):
    assert scored(text).isna().all(axis=None)


@pytest.mark.parametrize(
    "text",
    [
        "안녕하세요 여러분",
        "Привет, мир",
        "идиот, shut up, кретин",
        "Die Gemeinderatssitzung beginnt am Dienstagabend, und der Bürgermeister spricht zuerst.",
        "A prefeitura começou a obra da ponte e os moradores esperam há meses.",
    ],
)
def test_texts_it_cannot_read_are_left_to_the_ngram_model(text):
    by_ngrams = score_frame(ToxicityScorer(), pd.DataFrame({"text": [text]}))
    pd.testing.assert_frame_equal(scored(text), by_ngrams)


@pytest.mark.parametrize("text", ["plain words", "the naïve café", "2026", "good 😀 day", "Ta!"])
def test_english_and_digits_are_read(text):
    assert is_latin(text)
    assert np.isfinite(EncoderScorer().logits([text])).all()


def test_no_texts_give_no_scores():
    assert scored().shape == (0, len(EncoderScorer.attributes))


def test_the_model_is_small_and_loads_quickly():
    folder = EncoderScorer().folder
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 25_000_000
    encoder._engine.cache_clear()
    started = time.process_time()
    scored(PLAIN)
    assert time.process_time() - started < 2  # 1 s where nothing else runs; imports are in it


@pytest.mark.parametrize("name", ["model.onnx", VOCABULARY, "weights.npz"])
def test_a_changed_file_is_refused(tmp_path, name):
    folder = copied(tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="does not match the manifest"):
        EncoderScorer(folder).score(pd.DataFrame({"text": [PLAIN]}))


def test_a_graph_that_is_none_is_refused_in_one_line(tmp_path):
    folder = copied(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    manifest["files"]["model.onnx"]["sha256"] = empty
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "model.onnx").write_bytes(b"")
    read_manifest.cache_clear()
    with pytest.raises(ModelError, match=r"model.onnx: no usable graph") as caught:
        EncoderScorer(folder).score(pd.DataFrame({"text": [PLAIN]}))
    assert "\n" not in str(caught.value)


def copied(tmp_path):
    folder = tmp_path / "toxicity_encoder"
    shutil.copytree(EncoderScorer().folder, folder)
    return folder
