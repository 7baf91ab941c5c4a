"""multilingual-e5-small's file, read and cut: on a tiny model written in the same format."""

import struct
from types import SimpleNamespace

import numpy as np
import pytest
from tokenizers import Tokenizer

from moderation.errors import InputError
from moderation.training import e5, pieces

HIDDEN, LAYERS, HEADS, INNER, PLACES = 32, 2, 4, 64, 16
PIECES = [(mark, 0.0) for mark in e5.MARKS] + [
    ("\u2581", -2.0), ("\u2581the", -3.0), ("\u2581strasse", -9.0), ("\u2581stra\u00dfe", -6.0),
    ("\u2581\uae30", -5.0), ("\uc0ac", -5.5), ("\uae30\uc0ac", -5.2), ("\u0436", -7.0),
    ("a", -4.0), ("!", -4.5), ("<mask>", 0.0), *((letter, -8.0) for letter in "</smk>"),
]  # fmt: skip


def in_blocks(generator, *shape):
    """Return numbers as 4 bits can hold them, and their bytes."""
    scale = generator.uniform(0.01, 0.1, (int(np.prod(shape)) // 32, 1)).astype(np.float16)
    numbers = generator.integers(0, 16, (len(scale), 32), dtype=np.uint8)
    pairs = numbers[:, :16] | numbers[:, 16:] << 4
    content = b"".join(s.tobytes() + p.tobytes() for s, p in zip(scale, pairs, strict=True))
    values = (numbers.astype(np.float32) - 8) * scale.astype(np.float32)
    return values.reshape(shape), content


def in_floats(generator, *shape):
    values = generator.normal(size=shape).astype(np.float32)
    return values, values.tobytes()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write a file; return its path and the values by the names in it."""
    generator = np.random.default_rng(1)
    shapes = {
        "emb.word": (in_blocks, len(PIECES) + 3, HIDDEN),
        "emb.pos": (in_floats, PLACES, HIDDEN),
        "emb.type": (in_floats, 2, HIDDEN),
        "emb.ln.w": (in_floats, HIDDEN),
        "emb.ln.b": (in_floats, HIDDEN),
    }
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            shapes[f"l{layer}.{part}.w"] = (in_blocks, HIDDEN, HIDDEN)
            shapes[f"l{layer}.{part}.b"] = (in_floats, HIDDEN)
        shapes[f"l{layer}.fi.w"] = (in_blocks, INNER, HIDDEN)
        shapes[f"l{layer}.fi.b"] = (in_floats, INNER)
        shapes[f"l{layer}.fo.w"] = (in_blocks, HIDDEN, INNER)
        for part in ("fo.b", "aln.w", "aln.b", "oln.w", "oln.b"):
            shapes[f"l{layer}.{part}"] = (in_floats, HIDDEN)
    made = {name: make(generator, *shape) for name, (make, *shape) in shapes.items()}
    path = tmp_path_factory.mktemp("e5") / e5.FILE
    path.write_bytes(_file({name: content for name, (_, content) in made.items()}, made))
    return path, {name: values for name, (values, _) in made.items()}


def _file(contents, made):
    spelt = [piece.encode() for piece, _ in PIECES]
    ends = np.cumsum([0, *map(len, spelt)], dtype="<u4")
    scores = np.array([score for _, score in PIECES], dtype="<f4")
    blob = b"".join(spelt)
    sizes = (HIDDEN, LAYERS, HEADS, INNER, len(PIECES) + 3, PLACES, 2)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *sizes, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    characters = struct.pack("<IBI", 0xAD, 1, 0x20)
    head += ends.tobytes() + scores.tobytes() + blob + struct.pack("<iI", 1, len(characters))
    head += characters + struct.pack("<i", len(contents))
    start = len(head) + sum(2 + len(name) + 21 for name in contents)
    table = b""
    for name, content in contents.items():
        is_packed = len(content) < made[name][0].nbytes
        entry = struct.pack("<BIQQ", is_packed, made[name][0].size, start, len(content))
        table += struct.pack("<H", len(name)) + name.encode() + entry
        start += len(content)
    return head + table + b"".join(contents.values())


def test_every_number_of_the_file_is_read(written):
    path, values = written
    packed = e5.read(path)
    assert packed.config["num_hidden_layers"] == LAYERS
    assert packed.config["layer_norm_eps"] == 1e-12
    assert [piece for piece, _ in packed.pieces] == [piece for piece, _ in PIECES]
    assert len(packed.tensors) == len(values)
    names = {
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.ln.w": "embeddings.LayerNorm.weight",
        "l1.fo.w": "encoder.layer.1.output.dense.weight",
        "l0.aln.b": "encoder.layer.0.attention.output.LayerNorm.bias",
    }
    for short, name in names.items():
        np.testing.assert_array_equal(packed.tensors[name], values[short])


@pytest.mark.detoxify
def test_the_vocabulary_is_cut_and_the_words_with_it(written, tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy", reason="needs the extra train")
    path, values = written
    kept = {5, 7, 8, 9, 12, 13}
    folder = e5.write_folder(e5.read(path), tmp_path / "cut", kept)
    words = safetensors.load_file(folder / "model.safetensors")[e5._TENSORS["emb.word"]]
    np.testing.assert_array_equal(words, values["emb.word"][[0, 1, 2, 3, *sorted(kept)]])
    read = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert read.encode("the  stra\u00dfe").tokens == [
        "<s>",
        "\u2581the",
        "\u2581stra\u00dfe",
        "</s>",
    ]
    assert read.encode("\uae30\uc0ac").tokens[1:-1] == ["\u2581\uae30", "\uc0ac"]


def test_no_text_is_read_as_a_mark():
    tokens = e5.tokenizer(PIECES).encode("</s><mask> a").tokens
    assert tokens.count("</s>") == 1
    assert "<mask>" not in tokens


@pytest.mark.detoxify
def test_transformers_reads_the_folder(written, tmp_path):
    transformers = pytest.importorskip("transformers", reason="needs the extra train")
    path, values = written
    folder = e5.write_folder(e5.read(path), tmp_path / "whole")
    model = transformers.AutoModel.from_pretrained(folder, add_pooling_layer=False)
    found = model.encoder.layer[1].intermediate.dense.weight.detach().numpy()
    np.testing.assert_array_equal(found, values["l1.fi.w"])


def test_another_file_than_the_known_one_is_refused(monkeypatch, tmp_path):
    other = tmp_path / e5.FILE
    other.write_bytes(b"E5S1")
    listed = SimpleNamespace(name=e5.FILE, locate=lambda: other)
    monkeypatch.setattr(e5.metadata, "files", lambda _: [listed])
    with pytest.raises(InputError, match="sha256"):
        e5.installed()


def test_signs_and_hangul_stay_whatever_the_languages_use(monkeypatch):
    monkeypatch.setattr(pieces, "_words", lambda _: [("stra\u00dfe", 0.5), ("the", 0.1)])
    monkeypatch.setattr(pieces, "MOST", 14)
    kept = {PIECES[number][0] for number in pieces.choose(PIECES, e5.tokenizer(PIECES))}
    assert kept >= {"a", "!", "\u2581", "\u2581\uae30", "\uc0ac", "\uae30\uc0ac"}
    assert "\u2581stra\u00dfe" in kept
    assert "\u0436" not in kept
    assert len(kept) == 14
