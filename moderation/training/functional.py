"""Sentences written for this project about what word lists get wrong.

Negation, counter-speech, quoted abuse, reclaimed words, homonyms of slurs, figures of speech
with violent words, abuse of things: each beside hostile sentences of the same build, so that
neither the frame's words nor the names in it give the answer away. They stand in
``functional.toml``, by kind, with what fills their ``{}``.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import cycle, islice
from typing import Any

import pandas as pd

from moderation.frames import text_key
from moderation.scorers.toxicity import ToxicityScorer

NAME = "functional"
"""What the manifest calls these rows."""
_HARMLESS = dict.fromkeys(ToxicityScorer.attributes, 0.0)


def functional_rows() -> pd.DataFrame:
    """Return the sentences as rows of a set: ``text``, ``key``, ``set``, ``family`` and so on.

    Attributes a kind of sentence says nothing of are NaN.
    """
    stated = tomllib.loads((files(__package__) / "functional.toml").read_text("utf-8"))
    rows = [
        {"text": text} | {name: float(value) for name, value in _labels(kind).items()}
        for kind in stated["kinds"]
        for text in _texts(kind, stated["slots"])
    ]
    frame = pd.DataFrame(rows).drop_duplicates("text", ignore_index=True)
    frame["key"] = [text_key(text) for text in frame["text"]]
    return frame.assign(set=NAME, family=NAME, weight=1.0, split="train")


def functional_facts() -> dict[str, object]:
    """Describe the sentences as a manifest describes a set."""
    texts = functional_rows()["text"]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    licence = "Apache-2.0, written for this project"
    return {"licence": licence, "terms": "clean", "sha256": digest, "rows": len(texts)}


def _labels(kind: dict[str, Any]) -> dict[str, float]:
    labels: dict[str, float] = kind.get("labels", _HARMLESS)
    return labels


def _texts(kind: dict[str, Any], slots: dict[str, list[str]]) -> Iterator[str]:
    """Put names into frames; each frame takes up in the list where the last one ended."""
    if "slot" not in kind:
        yield from kind["texts"]
        return
    names = slots[kind["slot"]]
    turns = cycle(names)
    for frame in kind["texts"]:
        chosen = islice(turns, kind.get("each", len(names)))
        yield from (_capital(frame.replace("{}", name)) for name in chosen)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
