"""What the encoder is trained on: how often each set is drawn, and small changes to its texts.

Sets differ in size by a factor of forty and in what they teach; each is drawn as often as
its share says, its rows in random order until all had their turn. Rows with a positive label
that is rare in their set have three turns.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

SHARES = {
    "jigsaw_wiki_six": 20.0,
    "jigsaw_wiki_binary": 1.5,
    "civil_comments_binary": 13.0,
    "wiki_crowd_four": 1.0,
    "context_toxicity": 3.0,
    "toxic_spans_civil": 5.0,
    "davidson_offensive": 3.0,
    "kaggle_insults": 7.0,
    "olid_offense": 4.0,
    "stormfront_hate": 4.0,
    "hate_multi": 14.0,
    "convabuse": 2.0,
    "edos_sexism": 4.0,
    "hatemoji_build": 4.0,
    "openai_moderation": 3.0,
    "ruddit_offense": 7.0,
    "paradetox_pairs": 6.0,
    "fox_news_hate": 2.0,
    "wiki_fuzzed": 2.0,
    "wiki_debias_nontoxic": 3.5,
    "youtube_spam": 2.0,
    "templates": 2.0,
    "functional": 9.0,
}
"""Of the English encoders."""
MULTILINGUAL_SHARES = {
    "korean_beep": 18.0,
    "korean_kmhas": 30.0,
    "germeval2018": 16.0,
    "jigsaw_wiki_six": 9.0,
    "civil_comments_binary": 7.0,
    "hate_multi": 6.0,
    "toxic_spans_civil": 2.0,
    "kaggle_insults": 2.0,
    "olid_offense": 2.0,
    "ruddit_offense": 2.0,
    "paradetox_pairs": 2.0,
    "openai_moderation": 1.5,
    "hatemoji_build": 1.0,
    "edos_sexism": 1.0,
    "wiki_debias_nontoxic": 1.0,
    "youtube_spam": 0.5,
    "functional": 1.0,
}
"""Of the encoder of other languages: English teaches what only English sets judge."""
RARE_SHARE, RARE_TURNS = 0.15, 3
CHANGED_SHARE = 0.12
"""Of the texts are drawn with a typing mistake, a starred letter or a missing space."""
_BLOCK = 32
"""Batches that are drawn together and sorted by length."""


class Mixture:
    """An endless, seeded stream of batches of row numbers.

    Args:
        frame: Rows with ``set``, ``text`` and the attributes.
        attributes: Names of the label columns.
        seed: Of every draw.
        shares: Of all draws, in any unit, by set; a set that is not named is not drawn.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        attributes: tuple[str, ...],
        seed: int,
        shares: Mapping[str, float] = MappingProxyType(SHARES),
    ) -> None:
        self._turns = {
            str(name): _turns(part, attributes)
            for name, part in frame.groupby("set", sort=True)
            if name in shares
        }
        weights = np.array([shares[name] for name in self._turns])
        self._chances = weights / weights.sum()
        self._lengths = frame["text"].str.len().to_numpy()
        self._seed = seed

    def batches(self, size: int, skip: int = 0) -> Iterator[NDArray[np.intp]]:
        """Yield batches of ``size`` rows of like length; ``skip`` leaves out the first ones."""
        generator = np.random.default_rng(self._seed)
        draws = {name: _endless(turns, generator) for name, turns in self._turns.items()}
        names = list(self._turns)
        number = 0
        while True:
            picked = generator.choice(len(names), size=_BLOCK * size, p=self._chances)
            rows = np.array([next(draws[names[place]]) for place in picked])
            rows = rows[np.argsort(self._lengths[rows], kind="stable")]
            for batch in generator.permutation(_BLOCK):
                number += 1
                if number > skip:
                    yield rows[batch * size : (batch + 1) * size]


def change(text: str, generator: Generator) -> str:
    """Write a text as one in a hurry, or one who evades a filter, might; most stay as they are."""
    if generator.random() >= CHANGED_SHARE:
        return text
    words = text.split(" ")
    for _ in range(1 + len(words) // 12):
        place = int(generator.integers(len(words)))
        words[place] = _distort(words[place], generator)
    if len(words) > 1 and generator.random() < 0.3:
        place = int(generator.integers(len(words) - 1))
        words[place : place + 2] = [words[place] + words[place + 1]]
    return " ".join(words)


def _distort(word: str, generator: Generator) -> str:
    if len(word) < 4:
        return word
    inside = int(generator.integers(1, len(word) - 2))
    head, left, right, tail = word[:inside], word[inside], word[inside + 1], word[inside + 2 :]
    kinds = (
        head + right + left + tail,
        head + right + tail,
        head + "*" + right + tail,
        head + left + left + right + tail,
        head + left + " " + right + tail,
        head + left + "." + right + tail,
    )
    return kinds[int(generator.integers(len(kinds)))]


def _turns(part: pd.DataFrame, attributes: tuple[str, ...]) -> NDArray[np.intp]:
    """Return a set's row numbers, those of rare positives repeated."""
    labels = part[list(attributes)].to_numpy(dtype=float)
    positive = labels >= 0.5
    shares = positive.sum(axis=0) / np.maximum(1, np.isfinite(labels).sum(axis=0))
    rare = (positive & (shares < RARE_SHARE)).any(axis=1)
    rows = part.index.to_numpy(dtype=np.intp)
    return np.concatenate([rows, np.repeat(rows[rare], RARE_TURNS - 1)])


def _endless(rows: NDArray[np.intp], generator: Generator) -> Iterator[np.intp]:
    while True:
        yield from generator.permutation(rows)
