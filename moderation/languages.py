"""Which language a comment is written in, cautiously.

Scripts tell most languages apart by themselves. Latin text is told by the frequencies of its
letters (resiliparse), which needs some words, and is taken for ``USUAL``, the language most
comments here are in, unless another is nearer by a wide ``MARGIN``: a wrong guess leaves a
comment unscored, and slang is far from every language. Text without letters has none.
Romanised Hindi and the like pass for some Latin language.
"""

import math
import re
import unicodedata
from collections import Counter
from typing import Any

USUAL = "en"
"""What a Latin text counts as that is too short, or too close to it, to tell."""
LEAST_WORDS = 6
MARGIN = 40
"""How much nearer another language must be. Distances are about 1,000; with this, of the first
3,000 comments of each set, 0.3 % to 1.2 % of English ones count as another language
(`civil_comments_binary`, `youtube_toxic`, `kaggle_insults`) and 33 % of German ones as English
(`germeval2018`): they are scored all the same."""
MOST = 3
"""Languages named."""
READ_CHARS = 2_000
_SCRIPTS = {
    "HANGUL": ("ko",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "CJK": ("zh", "ja"),
    "CYRILLIC": ("ru", "uk", "bg", "sr", "mk"),
    "ARABIC": ("ar", "fa", "ur"),
    "DEVANAGARI": ("hi", "mr", "ne"),
    "GREEK": ("el",),
    "HEBREW": ("he", "yi"),
    "THAI": ("th",),
    "BENGALI": ("bn",),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "GEORGIAN": ("ka",),
    "ARMENIAN": ("hy",),
}
_LATIN = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "fi", "pl", "cs", "sk", "hu",
          "ro", "hr", "sl", "tr", "id", "vi", "ca", "et", "lv", "lt", "sq", "tl", "sw")  # fmt: skip


def detect(text: str) -> list[str]:
    """Return up to ``MOST`` BCP-47 codes, the likeliest first; none for text without letters."""
    text = text[:READ_CHARS]
    scripts = Counter(_script(character) for character in text if character.isalpha())
    if not scripts:
        return []
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return ["ja"]
    script = scripts.most_common(1)[0][0]
    if script == "LATIN":
        return _by_letters(text, _LATIN, USUAL)
    candidates = _SCRIPTS.get(script, ())
    if len(candidates) < 2:
        return list(candidates)
    return _by_letters(text, candidates, candidates[0])


def _script(character: str) -> str:
    return "LATIN" if character < "\u0250" else unicodedata.name(character, "").partition(" ")[0]


def _by_letters(text: str, candidates: tuple[str, ...], usual: str) -> list[str]:
    from resiliparse.parse.lang import detect_fast  # noqa: PLC0415 - loads when it is needed

    if len(re.findall(r"\w+", text)) < LEAST_WORDS:
        return [usual]
    readable = text.encode("utf-8", "ignore").decode()  # lone surrogates have no UTF-8
    found: Any = detect_fast(
        readable, cutoff=1 << 16, n_results=len(candidates), langs=list(candidates)
    )
    distance: dict[str, int] = dict(found)
    names = list(distance)
    if not names or distance.get(usual, math.inf) - distance[names[0]] < MARGIN:
        names = [usual, *(name for name in names if name != usual)]
    return names[:MOST]
