"""Which pieces of a vocabulary of a hundred languages a few of them need.

All Hangul pieces stay, and every single sign these languages could use, so that nothing they
write becomes unknown. Of the others, a piece is worth its mean share of the pieces of each
language, counted in the lists of words with frequencies of ``wordfreq`` (subtitles,
encyclopedias, news, the web), each word as it is and capitalised.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")
MOST = 36_000
"""Pieces that are kept."""
FREQUENT = 3e-7
"""Share of a language's words from which a word is counted."""
CAPITALS = 0.25
"""Share of a word's places in which it has a capital."""
_SPACE = "\u2581"


def choose(pieces: list[tuple[str, float]], tokenizer: Any) -> set[int]:
    """Return the numbers of ``MOST`` pieces of a vocabulary that ``tokenizer`` reads."""
    worth = np.zeros(len(pieces))
    for language in LANGUAGES:
        counts = np.zeros(len(pieces))
        for word, share in _words(language):
            for number in tokenizer.encode(word, add_special_tokens=False).ids:
                counts[number] += share
        worth += counts / counts.sum()
    kept = {number for number, (piece, _) in enumerate(pieces) if _is_needed(piece)}
    for number in map(int, np.argsort(-worth, kind="stable")):
        if len(kept) >= MOST:
            break
        kept.add(number)
    return kept


def _words(language: str) -> Iterator[tuple[str, float]]:
    from wordfreq import get_frequency_dict  # noqa: PLC0415 - extra train

    for word, share in get_frequency_dict(language, "large").items():
        if share >= FREQUENT:
            yield word, (1 - CAPITALS) * share
            yield word.capitalize(), CAPITALS * share


def _is_needed(piece: str) -> bool:
    """Whether a piece is Hangul, or one sign that is no letter of a script but Latin."""
    letters = piece.removeprefix(_SPACE)
    names = [unicodedata.name(letter, "") for letter in letters]
    if any(name.startswith("HANGUL") for name in names):
        return True
    if len(letters) != 1:
        return not letters
    return names[0].startswith("LATIN") or unicodedata.category(letters)[0] in "NPSZ"
