"""Graphs and their tokenizers, loaded."""

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from moderation.errors import ModelError
from moderation.scorers.graph import Graph, _tokenizer


@pytest.mark.parametrize("seed", [179, 194])
def test_pieces_of_the_same_worth_are_chosen_as_before_the_tokenizer_was_written(seed):
    scores = np.random.default_rng(seed).uniform(-9, -3, 2)
    pieces = [("<unk>", 0.0), *zip(("0", "00"), map(float, scores), strict=True)]
    made = Tokenizer(models.Unigram(pieces, 0, byte_fallback=False))
    text = "x 000 x00000"
    assert _tokenizer(made.to_str()).encode(text).ids == made.encode(text).ids


@pytest.mark.parametrize(
    "vocabulary", [b"", b"{}", b"[]", b"\xff", b'{"model": {"type": "Unigram"}}']
)
def test_files_that_are_no_graph_and_tokenizer_are_one_clear_error(vocabulary):
    with pytest.raises(ModelError, match=r"some/model\.onnx: no usable graph"):
        Graph(b"no graph", vocabulary, "some/model.onnx")


def test_a_graph_that_is_none_is_one_clear_error():
    vocabulary = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]")).to_str()  # noqa: S106
    with pytest.raises(ModelError, match="no usable graph"):
        Graph(b"no graph", vocabulary.encode(), "some/model.onnx")
