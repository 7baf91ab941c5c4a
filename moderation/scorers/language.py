"""Which language a text is in, so that one that no model has learnt is not scored by guessing.

English is the default: a text counts as another language only where that is sure. Texts of fewer
than ``FEWEST_WORDS`` words and those with enough common English words are English without a
look; of the others py3langid (https://github.com/adbar/py3langid, naive Bayes over byte n-grams,
packaged model) must be ``SURE``. A text mostly in another script than Latin is never English.

A mixture is English as soon as every fifth word is a common English one: foreign words before or
after an English insult do not hide it. Short foreign texts pass as English; how many, and how
many English ones are refused, stands in docs/toxicity.md.
"""

from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Any

from moderation.scorers.normalise import has_content, normalise

KNOWN = (
    "en", "de", "ko", "es", "pt", "fr", "it", "nl", "pl", "tr", "ru", "uk", "ar", "hi", "ja", "zh",
    "sv", "da", "no", "fi", "cs", "hu", "ro", "id", "vi", "el", "he", "th", "fa", "ur", "bn", "ta",
)  # fmt: skip
"""Languages that are told apart, by ISO 639-1."""
OTHERS = frozenset({"ko", "de", "es", "pt", "fr", "it"})
"""Read by the encoders of many languages, beside those of English."""
UNKNOWN = "und"
"""Another script than Latin, in none of those."""
FEWEST_WORDS = 4
COMMON_SHARE, SURE = 0.2, 0.8
"""Chosen on 7,364 dev rows of 14 English sets and on seven other languages."""
_LOOKED_AT = 100
"""Words from each of start, middle and end of a long text."""
_COMMON_WORDS = """
a about all am an and any are arent as at be because been but by can cant could did didnt do
does doesnt dont even for from get good got had has have havent he her here him his how i if
im in is isnt it its ive just know like make me more much my no not now of on one only or our
out people she should so some than that thats the their them then there theres these they
theyre think this those to too u up ur us very was wasnt we were what when where which who
why will with wont would you your youre
"""
"""Of English, as ``normalise`` leaves them."""
_COMMON = frozenset(_COMMON_WORDS.split())


def only(texts: Iterable[str], languages: Container[str]) -> list[str]:
    """Return texts with the empty text in the place of each that is in no such language."""
    return [text if detect(text) in languages else "" for text in texts]


@lru_cache(maxsize=4096)
def detect(text: str) -> str:
    """Return one of ``KNOWN`` or ``UNKNOWN``; the empty string without a letter or digit."""
    words = normalise(text).split()
    if not has_content("".join(words)):
        return ""
    words = _sample(words)
    if not text.isascii():
        letters = [letter for word in words for letter in word if letter.isalpha()]
        others = [letter for letter in letters if letter >= "\u0250"]
        if 2 * len(others) > len(letters):
            return _by_script(others, " ".join(words))
    common = sum(word in _COMMON for word in words)
    if len(words) < FEWEST_WORDS or common >= COMMON_SHARE * len(words):
        return "en"
    language, chance = _identify(text)
    return language if chance >= SURE else "en"


def detect_beside(text: str, around: str) -> str:
    """Return the language of a text that stands in one in the language ``around``.

    Under ``FEWEST_WORDS`` words that is the language around it. What passes as English by words
    that it shares with it ("a", "on", "me") is in the language around it where py3langid is
    ``SURE`` of that.
    """
    found = detect(text)
    if found != "en" or around in ("en", ""):
        return found
    if len(text.split()) < FEWEST_WORDS:
        return around
    language, chance = _identify(text)
    return around if language == around and chance >= SURE else found


@lru_cache(maxsize=4096)
def _identify(text: str) -> tuple[str, float]:
    # Folding took the accents, which tell languages apart.
    language, chance = _identifier().classify(" ".join(_sample(text.casefold().split())))
    return str(language), float(chance)


def _sample(words: list[str]) -> list[str]:
    if len(words) <= 3 * _LOOKED_AT:
        return [word[:40] for word in words]
    middle = len(words) // 2
    parts = words[:_LOOKED_AT], words[middle : middle + _LOOKED_AT], words[-_LOOKED_AT:]
    return [word[:40] for part in parts for word in part]


def _by_script(letters: list[str], words: str) -> str:
    hangul = sum(
        "\uac00" <= letter <= "\ud7a3" or "\u3131" <= letter <= "\u318e" for letter in letters
    )
    if 2 * hangul >= len(letters):
        return "ko"
    language, chance = _identifier().classify(words)
    return str(language) if chance >= SURE and language != "en" else UNKNOWN


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - a second

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(KNOWN)
    made._full_model = ()  # noqa: SLF001 - 19 MB for languages that are not asked for
    return made
