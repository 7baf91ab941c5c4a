"""Undo what is done to words so that filters miss them: one stated, versioned step.

``normalise`` gives the words of a text as a reader takes them, separated by single spaces:

1. lone surrogates, controls, zero-width and bidi marks, soft hyphens and variation selectors
   vanish; NFKC; combining marks on Latin letters are dropped (``ídiot``, Zalgo);
2. case is folded;
3. addresses and @mentions are dropped: who is named and what is linked is no insult;
4. Cyrillic and Greek look-alikes inside a word that also holds Latin letters become Latin;
5. digits and signs that stand for letters inside a word are read as letters
   (``b1tch``, ``$hit``); numbers after a word (``covid19``) and before one (``4th``) stay;
6. three and more of the same letter become one (vowel) or two (consonant);
7. four and more single letters in a row, or three joined by ``. - _``, become one word;
8. every other sign becomes a space, an apostrophe nothing; ``*`` stays inside words
   (``f**k``), emoji stay as words of their own.

Plain words, numbers and other scripts pass unharmed. ``VERSION`` is part of every scorer's
version: change the one with the other.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

VERSION = "1"

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u0432\u043a\u043c\u043d\u0442\u03b1\u03b5\u03bf\u03c1\u03c5\u03c7\u03b9\u03ba\u03bd\u03c4\u0131",
    "aeopcyxijshdbkmhtaeopuxikvti",
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w+")
_LATIN = re.compile(r"[a-z]")
_MIXED_SCRIPT = re.compile(r"[\u0370-\u04ff\u0501]")
_LEET_INSIDE = re.compile(
    r"(?<=[a-z])[013457@$!|]+(?=[a-z])|(?<![\w$])\$(?=[a-z]{2})|(?<=[a-z])\$\$(?!\w)"
)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SPELT = re.compile(
    r"(?<!\w)(?:[^\W\d_] ){3,}[^\W\d_](?!\w)|(?<!\w)(?:[^\W\d_][.\-_*]){2,}[^\W\d_](?!\w)"
)
_STARRED = re.compile(r"(?<=\w)\*+(?=\w)")
_ASCII_SIGNS = re.compile(r"[^a-z0-9* ]")
_APOSTROPHES = tuple(map(ord, "'\u2019\u2018\u02bc`\u00b4"))
_EMOJI_RUN = re.compile(r"([\u2600-\u27bf\U0001f000-\U0001faff])(?:\s*\1)*")
_GONE_MARKS = range(0x300, 0x370)
_SELECTORS = range(0xFE00, 0xFE10)


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Return the words of ``text``, folded, separated by single spaces; empty if it has none.

    Kept for the last texts, as every scorer asks for the same.
    """
    text = _reveal(text, apostrophe=None)
    text = _ASCII_SIGNS.sub(" ", text) if text.isascii() else "".join(map(_keep, text))
    if "*" in text:
        text = _STARRED.sub("\x00", text).replace("*", " ").replace("\x00", "*")
    return " ".join(text.split())


def unmask(text: str) -> str:
    """Return ``text`` after the steps 1 to 7: what is written, with its signs, in one line.

    For models that read whole sentences: quotation marks, question marks and apostrophes stay,
    and an emoji becomes its Unicode name, as such models' vocabularies hold few of them.
    """
    text = _reveal(text, apostrophe="'")
    if not text.isascii():
        text = _EMOJI_RUN.sub(_name_emoji, text)
    return " ".join(text.split())


def unmask_as_written(text: str) -> str:
    """Return ``text`` as ``unmask`` does, but with its accents, its capitals and its emoji.

    For models of many languages, whose vocabularies hold them and tell words apart by them.
    """
    return " ".join(_reveal(text, apostrophe="'", fold=False).split())


def has_content(text: str) -> bool:
    """Whether ``text`` holds a letter or a digit; without one there is nothing to score."""
    return any(map(str.isalnum, text))


def _fold_characters(text: str, form: Literal["NFKC", "NFKD"]) -> str:
    """Drop marks nobody sees and fold compatibility forms; ``NFKD`` drops accents as well."""
    seen = "".join(
        character
        for character in text
        if unicodedata.category(character) not in ("Cf", "Cs") and ord(character) not in _SELECTORS
    )
    if seen.isascii():
        return seen
    apart = unicodedata.normalize(form, seen)
    return unicodedata.normalize(
        "NFC", "".join(mark for mark in apart if ord(mark) not in _GONE_MARKS)
    )


def _reveal(text: str, *, apostrophe: str | None, fold: bool = True) -> str:
    """Take the steps 1 to 7; every kind of apostrophe becomes ``apostrophe`` or vanishes.

    Without ``fold``, accents and capitals stay, and disguises in capitals are not seen.
    """
    if not text.isascii():
        text = _fold_characters(text, "NFKD" if fold else "NFKC")
    text = _ADDRESS.sub(" ", text.casefold() if fold else text)
    if _MIXED_SCRIPT.search(text):
        text = " ".join(_to_latin(word) for word in text.split())
    text = text.translate(dict.fromkeys(_APOSTROPHES, apostrophe))
    text = _LEET_INSIDE.sub(lambda match: match[0].translate(_LEET), text)
    text = _SPELT.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), text)
    return _STRETCHED.sub(_shorten, text)


def _name_emoji(match: re.Match[str]) -> str:
    """Name a sign once, however often it is repeated."""
    return f" {unicodedata.name(match[1], '').lower()} "


def _to_latin(word: str) -> str:
    """Read a word that mixes Latin with look-alikes as Latin."""
    return word.translate(_LOOK_ALIKES) if _LATIN.search(word) else word


def _shorten(match: re.Match[str]) -> str:
    """One of a stretched vowel, two of a stretched consonant; a word of one letter keeps three."""
    letter, text, (start, end) = match[1], match.string, match.span()
    joined = (start and text[start - 1].isalnum()) or text[end : end + 1].isalnum()
    if not joined:
        return letter * 3
    return letter if letter in "aeiou" else letter * 2


def _keep(character: str) -> str:
    if character.isalnum() or character == "*":
        return character
    category = unicodedata.category(character)
    if category in ("Mn", "Mc"):
        return character
    return f" {character} " if category == "So" else " "
