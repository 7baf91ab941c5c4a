"""Detoxify, for those who have its weights: the library itself, or imported and without torch.

``DetoxifyScorer("original")`` runs the library (extra ``detoxify``) on a published checkpoint, a
path runs it on a checkpoint of your own (``moderation.scorers.checkpoint``), and a folder that
``moderation models import-detoxify`` wrote runs as an ONNX graph.

Each way gives what ``Detoxify.predict`` gives for a text alone. Its traps are hidden: lists,
which it pads to the longest and reads at once, are read text by text; and what it would cut
silently, all beyond its 512 word pieces, is read too, in overlapping slices, and every
attribute takes its worst slice. A text's score is thus never below ``Detoxify.predict``'s.
"""

import importlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.errors import ModelError
from moderation.schema import ATTRIBUTES
from moderation.scorers.graph import Graph
from moderation.scorers.normalise import has_content
from moderation.scorers.packaged import read_manifest
from moderation.scorers.toxicity import ToxicityScorer

PUBLISHED: Final = ("original", "unbiased", "multilingual")
"""Checkpoints the library downloads, once, where there is a network."""
KIND: Final = "detoxify"
"""What an imported folder's manifest says it is."""
FP32, INT8 = "model.onnx", "model.int8.onnx"
"""Graphs of an imported folder; the second is missing where it was not faithful."""
MOST_SLICES = 16
"""Of a longer text, those are read that the n-gram scorer finds worst: bounded time."""
_OURS = {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "obscene": "profanity",
    "identity_hate": "identity_attack",
    "sexual_explicit": "sexually_explicit",
}

Floats = NDArray[np.float32]


class Engine(Protocol):
    """Something that reads one text at a time."""

    @property
    def version(self) -> str:
        """Kind and content hash."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """What each score of ``predict`` measures, in Detoxify's words."""
        ...

    @property
    def limit(self) -> int:
        """Word pieces it reads at a time, two marks among them."""
        ...

    @property
    def threads(self) -> int:
        """Texts it can read side by side."""
        ...

    def places(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where in ``text`` each of its word pieces stands, however many."""
        ...

    def predict(self, text: str) -> Floats:
        """Return (classes,) scores in [0, 1] for the first ``limit`` pieces of ``text``."""
        ...


@dataclass(frozen=True)
class DetoxifyScorer:
    """The attributes of one Detoxify checkpoint, under our names.

    Args:
        where: A name in ``PUBLISHED``; or the path of a checkpoint, of a folder with one, of
            an imported folder, or of a graph in one. It loads when it is first asked anything.
        threads: Texts an imported graph reads at once; 0 means one a core. Changes no score.
    """

    name: ClassVar[str] = "detoxify"
    inputs: ClassVar[tuple[str, ...]] = ("text",)

    where: str
    threads: int = 0

    @property
    def attributes(self) -> tuple[str, ...]:
        """Those of ``ATTRIBUTES`` that the checkpoint scores; raises as ``score`` does."""
        return tuple(ours(_engine(self.where).classes))

    @property
    def version(self) -> str:
        """``detoxify-1-<hash>`` or ``detoxify-<graph>-1-<hash>``; raises as ``score`` does."""
        return _engine(self.where).version

    def score(self, batch: pd.DataFrame) -> Floats:
        """Score each text; NaN where it holds no letter and no digit, or is no text.

        Raises:
            ModelError: There is no usable model, or the extra it needs is not installed.
        """
        engine = _engine(self.where)
        columns = list(ours(engine.classes).values())
        scores = np.full((len(batch), len(columns)), np.nan, dtype=np.float32)
        texts = {
            row: text.encode("utf-8", "replace").decode()  # lone surrogates have no bytes
            for row, text in enumerate(batch["text"])
            if isinstance(text, str) and has_content(text)
        }
        threads = min(engine.threads, self.threads or engine.threads)
        with ThreadPoolExecutor(threads) as pool:
            found = pool.map(partial(_read, engine), texts.values())
            for row, values in zip(texts, found, strict=True):
                scores[row] = values[columns]
        return scores


def ours(classes: Sequence[str]) -> dict[str, int]:
    """Return our name and the column of each class that is one of our attributes."""
    named = {_OURS.get(name, name): column for column, name in enumerate(classes)}
    return {name: column for name, column in named.items() if name in ATTRIBUTES}


def slices(text: str, places: Sequence[tuple[int, int]], limit: int) -> Iterator[str]:
    """Yield overlapping slices of what ``limit`` leaves of a text; none if it leaves nothing.

    A slice read on its own may need more pieces than it had, as it can begin inside a word: it
    is a sixteenth shorter than ``limit``.

    Args:
        text: The text.
        places: Of all its pieces.
        limit: Pieces read at a time, two marks among them.
    """
    if len(places) <= limit - 2:
        return
    size, step = limit - max(4, limit // 16), 3 * limit // 4
    for start in range(step, len(places) - size + step, step):
        last = min(start + size, len(places)) - 1
        yield text[places[start][0] : places[last][1]]


def _read(engine: Engine, text: str) -> Floats:
    """Return the worst of every class over the first ``limit`` pieces and the rest's slices."""
    highest = engine.predict(text)
    if len(text.encode()) <= engine.limit - 2:  # a piece is a byte or more
        return highest
    rest = list(slices(text, engine.places(text), engine.limit))
    if len(rest) > MOST_SLICES:
        toxicity = ToxicityScorer().score(pd.DataFrame({"text": rest}))[:, 0]
        order = np.argsort(-np.nan_to_num(toxicity), kind="stable")
        rest = [rest[place] for place in order[:MOST_SLICES]]
    for part in filter(has_content, rest):
        highest = np.maximum(highest, engine.predict(part))
    return highest


@dataclass(frozen=True)
class Imported:
    """An ``Engine``: a checkpoint that has become a graph.

    Args:
        graph: It and its tokenizer.
        classes: As the checkpoint names its outputs.
        limit: Word pieces it reads at a time.
        version: Kind and content hash.
    """

    graph: Graph
    classes: tuple[str, ...]
    limit: int
    version: str

    @property
    def threads(self) -> int:
        """One a core."""
        return os.cpu_count() or 1

    def places(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where in ``text`` each of its word pieces stands."""
        return self.graph.encode(text, marks=False).offsets

    def predict(self, text: str) -> Floats:
        """Return (classes,) scores; what is over the limit is cut as the library cuts it."""
        pieces = self.graph.encode(text).ids
        if len(pieces) > self.limit:
            pieces = [*pieces[: self.limit - 1], pieces[-1]]
        logits = self.graph.logits(pieces)[: len(self.classes)]
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def _imported(folder: Path, graph: str | None) -> Imported:
    manifest = read_manifest(folder)
    kind = manifest.get("kind")
    if kind != KIND:
        msg = f"{folder}: a model of kind {kind!r}; expected one that import-detoxify wrote"
        raise ModelError(msg)
    graph = graph or (INT8 if INT8 in manifest["files"] else FP32)
    precision = "int8" if graph == INT8 else "fp32"
    version = f"{KIND}-{precision}-{manifest['version'].removeprefix(f'{KIND}-')}"
    classes = tuple(manifest["classes"])
    return Imported(Graph.read(folder, graph), classes, int(manifest["limit"]), version)


@lru_cache(maxsize=2)
def _engine(where: str) -> Engine:
    path = Path(where)
    folder = path.parent if path.suffix == ".onnx" else path
    if where in PUBLISHED:
        engine: Engine = library().published(where)
    elif (folder / "manifest.json").is_file():
        engine = _imported(folder, None if folder == path else path.name)
    elif path.exists():
        engine = library().opened(path)
    else:
        msg = f"detoxify:{where}: neither a path nor one of {', '.join(PUBLISHED)}"
        raise ModelError(msg)
    if not ours(engine.classes):
        msg = f"detoxify:{where}: none of its classes {list(engine.classes)} is an attribute"
        raise ModelError(msg)
    return engine


def library() -> Any:
    """Return ``moderation.scorers.checkpoint``, which needs the extra ``detoxify``.

    Raises:
        ModelError: The extra is not installed.
    """
    try:
        return importlib.import_module("moderation.scorers.checkpoint")
    except ImportError as error:
        msg = (
            f"Detoxify itself needs the extra: pip install 'moderation[detoxify]' ({error}); "
            "a folder written by 'moderation models import-detoxify' does not"
        )
        raise ModelError(msg) from error
