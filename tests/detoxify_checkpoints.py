"""Detoxify checkpoints with random weights, made with the real classes; small ones for tests."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import transformers
from tokenizers import ByteLevelBPETokenizer

CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
PLACES = 40
"""Word pieces it reads: texts of a few sentences are long."""
_WORDS = (
    "the council meets on tuesday to talk about new bus lane you are a stupid idiot shut up what "
    "fine day for walk by river i will find and they all lie bridge is closed . , ! ?"
)
_SIZE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.15,  # scores that differ from text to text
}


def bert(folder: Path, *, base: str | None = None, classes: tuple[str, ...] = CLASSES) -> Path:
    """Write a checkpoint such as ``original`` is, its settings and vocabulary beside it.

    Args:
        folder: Made; must not be there.
        base: What the checkpoint names as its base; the folder itself if left out.
        classes: Names of its outputs.

    Returns:
        The checkpoint.
    """
    folder.mkdir()
    pieces = dict.fromkeys([*_WORDS.split(), *map(chr, range(97, 123))])
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces]
    words += [f"##{chr(code)}" for code in range(97, 123)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = transformers.BertConfig(
        vocab_size=len(words), num_labels=len(classes), max_position_embeddings=PLACES, **_SIZE
    )
    names = ("BertForSequenceClassification", "BertTokenizer")
    return _save(folder, config, names, base or str(folder), classes)


def bert_base(folder: Path, pieces: Sequence[str]) -> Path:
    """Write a checkpoint of the size of ``original`` with those word pieces, by number."""
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    config = transformers.BertConfig(vocab_size=len(pieces), num_labels=6)
    names = ("BertForSequenceClassification", "BertTokenizer")
    return _save(folder, config, names, str(folder), CLASSES)


def roberta(folder: Path, classes: tuple[str, ...], outputs: int) -> Path:
    """Write a checkpoint such as ``unbiased`` is, which has more outputs than named classes."""
    folder.mkdir()
    tokenizer = ByteLevelBPETokenizer()
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(
        [_WORDS], vocab_size=400, special_tokens=marks, show_progress=False
    )
    tokenizer.save_model(str(folder))
    # Places are counted from the padding's number on, which takes two more.
    config = transformers.RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(), num_labels=outputs, bos_token_id=0, pad_token_id=1,
        eos_token_id=2, max_position_embeddings=PLACES + 2, **_SIZE,
    )  # fmt: skip
    names = ("RobertaForSequenceClassification", "RobertaTokenizer")
    return _save(folder, config, names, str(folder), classes)


def xlm_roberta(folder: Path) -> Path:
    """Write a checkpoint such as ``multilingual`` is."""
    folder.mkdir()
    letters = [*map(chr, range(97, 123)), "\u2581", "\uc5ec", "\ub7ec", "\ubd84", "0", "00"]
    scores = np.random.default_rng(1).uniform(-9, -3, len(letters))
    pieces = zip(letters, map(float, scores), strict=True)
    marks = [(mark, 0.0) for mark in ("<s>", "<pad>", "</s>", "<unk>")]
    tokenizer = transformers.XLMRobertaTokenizer(vocab=[*marks, *pieces, ("<mask>", 0.0)])
    tokenizer.save_pretrained(folder)
    config = transformers.XLMRobertaConfig(
        vocab_size=len(tokenizer), num_labels=2, bos_token_id=0, pad_token_id=1,
        eos_token_id=2, max_position_embeddings=PLACES + 2, **_SIZE,
    )  # fmt: skip
    classes = ("XLMRobertaForSequenceClassification", "XLMRobertaTokenizer")
    return _save(folder, config, classes, "xlm-roberta-base", ("toxicity", "insult"))


def _save(
    folder: Path,
    config: transformers.PretrainedConfig,
    names: tuple[str, str],
    base: str,
    classes: tuple[str, ...],
) -> Path:
    config.save_pretrained(folder)
    settings = {"do_lower_case": True, "tokenizer_class": names[1]}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    torch.manual_seed(7)
    model = getattr(transformers, names[0])(config)
    arch = {
        "model_type": base,
        "model_name": names[0],
        "tokenizer_name": names[1],
        "num_classes": config.num_labels,
    }
    settings = {"arch": {"args": arch}, "dataset": {"args": {"classes": list(classes)}}}
    path = folder / "model.ckpt"
    torch.save({"state_dict": model.state_dict(), "config": settings}, path)
    return path
