"""Words as ``normalise`` reads them, each with its place in the text as it was written.

``normalise`` changes lengths: hidden characters vanish, letters are joined, signs go. Hardly any
of its steps look across white space, so a text is cut there and every chunk is normalised
alone. Two things need care:

- letters with spaces between them (``i d i o t``) are one word: neighbouring chunks of one
  letter each are normalised together;
- a chunk may hold several words (``you,idiot``): it is cut at its signs where the parts give
  the same words as the whole, so ``i.d.i.o.t`` and ``f**k`` stay in one piece.

Signs around a word are left outside its place where the word is the same without them: the
place of ``"idiot!"`` is ``idiot``, that of ``$tupid`` begins at the ``$``. Scripts written
without spaces are one word up to the next sign, as they are for the scorers.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from moderation.scorers.normalise import normalise

_CHUNK = re.compile(r"\S+")
_PARTS = re.compile(
    r"[\w'\u2019@$!|*\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f]+"
    r"|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
"""What may stand inside a word, marks nobody sees among it; or a sign that is a word."""
_SPELT_LETTERS = 4
"""So many single letters in a row are a word to ``normalise``."""
_LONGEST_KEPT = 40
"""Characters of the longest chunk whose words are kept in memory."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or what is written as one.

    Args:
        start: Place of its first character in the text, in code points.
        end: Place after its last one.
        words: Its normalised form: at least one word, separated by single spaces.
    """

    start: int
    end: int
    words: str


def read_words(text: str) -> list[Word]:
    """Return the words of a raw text in their order; they do not overlap.

    Joined by spaces their forms are ``normalise(text)``.
    """
    chunks = [(match.start(), match.end()) for match in _CHUNK.finditer(text)]
    forms = [_form(text[start:end]) for start, end in chunks]
    found: list[Word] = []
    place = 0
    while place < len(chunks):
        last = _spelt_until(text, chunks, forms, place)
        start, end = chunks[place][0], chunks[last][1]
        found += [Word(start + a, start + b, form) for a, b, form in _parts(text[start:end])]
        place = last + 1
    return found


def utf16_offsets(text: str) -> list[int]:
    """Return for every code point of ``text``, and its end, the place in UTF-16 code units."""
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


def _spelt_until(text: str, chunks: list[tuple[int, int]], forms: list[str], first: int) -> int:
    """Return the last chunk of a word whose letters stand apart, ``first`` if it is none."""
    last = first
    while (
        last < len(chunks)
        and len(forms[last]) == 1
        and forms[last].isalpha()
        and (last == first or text[chunks[last - 1][1] : chunks[last][0]] == " ")
    ):
        last += 1
    return last - 1 if last - first >= _SPELT_LETTERS else first


def _parts(chunk: str) -> tuple[tuple[int, int, str], ...]:
    return _kept_parts(chunk) if len(chunk) <= _LONGEST_KEPT else _find_parts(chunk)


def _find_parts(chunk: str) -> tuple[tuple[int, int, str], ...]:
    """Cut a chunk into its words; the whole chunk if the parts would be other words."""
    whole = _form(chunk)
    if not whole:
        return ()
    if " " in whole:
        pieces = [(match.start(), match.end()) for match in _PARTS.finditer(chunk)]
        forms = [_form(chunk[start:end]) for start, end in pieces]
        if " ".join(filter(None, forms)) == whole:
            return tuple(
                (start + a, start + b, form)
                for (start, end), form in zip(pieces, forms, strict=True)
                if form
                for a, b in [_trim(chunk[start:end], form)]
            )
    start, end = _trim(chunk, whole)
    return ((start, end, whole),)


def _trim(chunk: str, form: str) -> tuple[int, int]:
    """Return where the word of a chunk begins and ends without the signs around it."""
    first = next((n for n, one in enumerate(chunk) if not _is_sign(one)), 0)
    after = next((n for n in range(len(chunk), 0, -1) if not _is_sign(chunk[n - 1])), len(chunk))
    for start, end in ((first, after), (0, after), (first, len(chunk))):
        if _form(chunk[start:end]) == form:
            return start, end
    return 0, len(chunk)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSCZ"


def _form(chunk: str) -> str:
    return _kept_form(chunk) if len(chunk) <= _LONGEST_KEPT else normalise.__wrapped__(chunk)


_kept_form = lru_cache(maxsize=50_000)(normalise.__wrapped__)
_kept_parts = lru_cache(maxsize=50_000)(_find_parts)
