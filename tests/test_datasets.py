"""Sets are read as datasets.toml describes them, and split so that training never sees tests."""

import gzip

import numpy as np
import pandas as pd
import pytest

from moderation import datasets
from moderation.errors import InputError
from moderation.schema import ATTRIBUTES

KNOWN = datasets.catalogue()


def write_set(folder, name, frame):
    path = datasets.data_path(name, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False)


def test_every_known_set_says_where_it_comes_from_and_on_what_terms():
    for info in KNOWN.values():
        assert info.origin
        assert info.licence
        assert info.terms in {"clean", "unstated", "restricted"}
        assert len(info.sha256) == 64
        assert set(info.labels) <= set(ATTRIBUTES)
        assert set(info.pair) <= set(datasets.CONTEXT)


@pytest.mark.parametrize(
    "name",
    ["ucc_unhealthy", "c3_constructive", "sfu_constructive", "omp_german", "hatebr",
     "korean_unsmile", "judged_news_comments"],
)  # fmt: skip
def test_non_commercial_and_judged_sets_are_never_trained_on(name):
    assert not KNOWN[name].trainable


def test_what_a_set_does_not_judge_is_missing_and_never_0(tmp_path):
    texts = ["one thing", "another", "a third"]
    rows = {"text": texts, "hate": ["1", "0", ""], "label": ["hate", "noHate", "relation"]}
    write_set(tmp_path, "stormfront_hate", pd.DataFrame(rows))
    frame = datasets.read(KNOWN["stormfront_hate"], tmp_path)
    assert frame["identity_attack"].iloc[:2].tolist() == [1, 0]
    assert np.isnan(frame["identity_attack"].iloc[2])
    assert "toxicity" not in frame
    assert "threat" not in frame


def test_graded_labels_stay_graded(tmp_path):
    columns = ["identity_hate", "obscene", "threat", "insult"]
    frame = pd.DataFrame([["words", *["0.25"] * 4]], columns=["text", *columns])
    write_set(tmp_path, "wiki_crowd_four", frame)
    assert datasets.read(KNOWN["wiki_crowd_four"], tmp_path)["profanity"].tolist() == [0.25]


def test_context_columns_are_filled_from_the_sets_own(tmp_path):
    rows = {"text": ["a reply"], "article_title": ["a title"], "hate": ["none"]}
    write_set(tmp_path, "korean_beep", pd.DataFrame(rows))
    frame = datasets.read(KNOWN["korean_beep"], tmp_path)
    assert frame[["article_title", "parent_text"]].to_numpy().tolist() == [["a title", ""]]


def test_a_text_keeps_its_part_whatever_its_case_and_company(tmp_path):
    texts = [f"comment number {number}" for number in range(400)]
    write_set(tmp_path, "jigsaw_wiki_binary", pd.DataFrame({"text": texts, "toxic": "0"}))
    first = datasets.read(KNOWN["jigsaw_wiki_binary"], tmp_path)
    shouted = pd.DataFrame({"text": [text.upper() for text in texts[::-1]], "toxic": "0"})
    write_set(tmp_path, "jigsaw_wiki_binary", shouted)
    second = datasets.read(KNOWN["jigsaw_wiki_binary"], tmp_path)
    assert first["split"].tolist() == second["split"].tolist()[::-1]
    shares = first["split"].value_counts(normalize=True)
    assert 0.10 < shares["test"] < 0.20
    assert 0.05 < shares["dev"] < 0.15


def test_comments_of_one_article_fall_into_one_part(tmp_path):
    rows = {
        "text": [f"comment {number}" for number in range(200)],
        "article_title": [f"story {number % 10}" for number in range(200)],
        "hate": "none",
    }
    write_set(tmp_path, "korean_beep", pd.DataFrame(rows))
    frame = datasets.read(KNOWN["korean_beep"], tmp_path)
    assert len(frame[["article_title", "split"]].drop_duplicates()) == 10
    assert len(set(frame["split"])) > 1


def test_rows_without_words_are_left_out(tmp_path):
    rows = {"text": ["words", "", "?!"], "toxic": ["0", "1", "1"]}
    write_set(tmp_path, "jigsaw_wiki_binary", pd.DataFrame(rows))
    assert len(datasets.read(KNOWN["jigsaw_wiki_binary"], tmp_path)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not gzip",
        gzip.compress(b""),
        gzip.compress(b"text\nwords\n"),
        gzip.compress(b"\xff\n"),
    ],
    ids=["empty", "not gzip", "empty gzip", "no label", "no UTF-8"],
)
def test_a_file_that_does_not_fit_its_entry_is_named(tmp_path, content):
    path = datasets.data_path("jigsaw_wiki_binary", tmp_path)
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"jigsaw_wiki_binary.*datasets\.toml"):
        datasets.read(KNOWN["jigsaw_wiki_binary"], tmp_path)


def test_only_sets_that_lie_in_the_folder_are_present(tmp_path):
    assert list(datasets.present(tmp_path)) == []
    write_set(tmp_path, "jigsaw_wiki_binary", pd.DataFrame({"text": ["x"], "toxic": ["0"]}))
    assert [info.name for info in datasets.present(tmp_path)] == ["jigsaw_wiki_binary"]
