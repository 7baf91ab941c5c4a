"""The words of a comment that are its own: normalised, without what it quotes.

Texts are normalised as for scoring, so that look-alike letters, digits for letters, links,
mentions and case make no difference; emoji are dropped too. What stands in quoted lines, or
in runs of ``QUOTE_WORDS`` words that the article or the parent holds as well, is not the
comment's own. Scripts that write words without spaces, and Hangul, are cut into pairs of letters.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from moderation.scorers.normalise import normalise

QUOTE_WORDS = 6
"""So many words in a row that article or parent hold too are a quotation."""
MOST_WORDS = 2000
"""Of a comment, from its start."""
_UNSPACED = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]+")
_QUOTED_LINE = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)


def own_words(text: str, *contexts: str) -> list[str]:
    """Return the words of ``text`` that stand in none of ``contexts``, in order."""
    words = cut_words(_QUOTED_LINE.sub(" ", text))
    for context in contexts:
        if context and len(words) >= QUOTE_WORDS:
            words = _without_runs(words, _runs(context))
    return words


def cut_words(text: str) -> list[str]:
    """Return the normalised words of a text, at most ``MOST_WORDS``."""
    words = normalise(text).split(" ")
    if not text.isascii():
        words = [part for word in words for part in _parts(word)]
    return [word for word in words[:MOST_WORDS] if word]


def _parts(word: str) -> Iterator[str]:
    """Cut what is written without spaces into pairs; drop emoji."""
    if not any(map(str.isalnum, word)):
        return
    start = 0
    for run in _UNSPACED.finditer(word):
        yield word[start : run.start()]
        letters = run[0]
        yield from (letters[n : n + 2] for n in range(max(1, len(letters) - 1)))
        start = run.end()
    yield word[start:]


@lru_cache(maxsize=512)
def _runs(context: str) -> frozenset[tuple[str, ...]]:
    """Every run of ``QUOTE_WORDS`` words of a context; kept, as its comments follow one another."""
    return frozenset(_windows(cut_words(context)))


def _windows(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[n:] for n in range(QUOTE_WORDS)), strict=False)


def _without_runs(words: list[str], runs: frozenset[tuple[str, ...]]) -> list[str]:
    quoted = [False] * len(words)
    for place, window in enumerate(_windows(words)):
        if window in runs:
            quoted[place : place + QUOTE_WORDS] = [True] * QUOTE_WORDS
    return [word for word, told in zip(words, quoted, strict=True) if not told]
