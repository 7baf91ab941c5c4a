"""Title, byline and text of the article in a text dump.

The text is the stretch of lines with the most prose for the least else. The title is the line
near above it whose words the text takes up most, or what a comment heading quotes ("5 thoughts
on …"). The byline stands between the two, behind ``by`` or on a line of its own.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise

from moderation.extractors import dump_lines as dump
from moderation.extractors import dump_words as words
from moderation.extractors.dump_lines import Line

OTHER_COST = 40
"""Letters of prose that a line of something else outweighs."""
TITLE_WITHIN = 60
"""Lines between title and text: date, byline, share buttons, captions, a menu."""
MAX_TITLE_CHARS = 200
LONG_TITLE_CHARS = 110
"""Letters from which a line is more likely a caption or a lead; measured: 1 title in 20."""
MIN_QUOTED_CHARS = 20
"""Shorter lines are parts of others by chance."""
_CAPTION = re.compile(
    r"\b(?:foto|photo|image|(?:symbol|archiv)?bild|getty|reuters|dpa|afp)\b|©| / ", re.IGNORECASE
)
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_WORD = re.compile(rf"([^\W\d_{_UNSPACED}]{{3,}})|(?=([{_UNSPACED}]{{2}}))")
_STATEMENT = re.compile(r"[^\W\d_]{4}\. |[^\W\d_]{3}[.:;,…。][\"'”\u2019»“)\]]*$")
_QUOTED = re.compile(
    r"(?:on|to|zu|zum|auf|sur|à|su|sobre|en|for)\s+[“„\"«\u2018](.{8,200})[”“\"»\u2019]$"
)


def read_article(lines: Sequence[Line]) -> tuple[str, str | None, str]:
    """Return title, author and text of the lines above the comments.

    Returns:
        The title is empty and the author None where the lines name none; the text has a line
        per paragraph.
    """
    start, end = _main_text(lines)
    prose = [line.text for line in lines[start:end] if line.prose]
    text = "\n".join(dict.fromkeys(prose))
    title, at = _title(lines, start, end, text)
    return title, _author(lines[max(at - 3, 0) : start + 1], lines), text


def _main_text(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the stretch with the largest sum of weights."""
    best = (0, 0, 0)
    start = total = 0
    for index, line in enumerate(lines):
        if total <= 0:
            start, total = index, 0
        total += _weight(line)
        if total > best[0]:
            best = (total, start, index + 1)
    return best[1], best[2]


def _weight(line: Line) -> int:
    """Return the letters of a paragraph, less than 0 for a line that is none."""
    return line.prose or -OTHER_COST


def _title(lines: Sequence[Line], start: int, end: int, text: str) -> tuple[str, int]:
    """Return the title and its line."""
    for line in lines:
        quoted = _QUOTED.search(line.text) if line.heading_count is not None else None
        if quoted:
            return quoted[1].strip(), start
    said = Counter(_words(text))
    near = range(max(start - TITLE_WITHIN, 0), min(start + TITLE_WITHIN, max(end, 1), len(lines)))
    repeated = _repeated(lines, near)
    prose = [0, *accumulate(line.prose for line in lines[start:end])]
    best = (0.0, 0)
    for at in near:
        line = lines[at]
        own = Counter(_words(line.text) if at >= start and line.prose else ())
        worth = _title_worth(line, said - own if own else said) * repeated.get(line.text, 1.0)
        if worth and any(map(_is_byline, lines[at + 1 : at + 4])):
            worth *= 1.5
        if worth and line.gap:
            worth *= 1.3
        if at > start:  # more likely a heading inside the text
            worth -= 1.4 + 2 * prose[at - start] / max(prose[-1], 1)
        worth -= 0.5 * max(start - at, 0) / TITLE_WITHIN
        best = max(best, (worth, at))
    if best[0] > 0:
        return lines[best[1]].text, best[1]
    return _first_title(lines, start, text)


def _repeated(lines: Sequence[Line], near: range) -> dict[str, float]:
    """Return what repetition makes of the worth of some lines.

    Menus, breadcrumbs and the browser's title repeat a headline; a line that stands twice in a
    row is an image's alternative text and its caption.
    """
    copies = Counter(line.text for line in lines)
    whole = "\n".join(line.text for line in lines)
    factors = {
        line.text: 1 + 0.25 * min(whole.count(line.text) - 1, 2)
        for line in lines[near.start : near.stop]
        if copies[line.text] <= 3 and MIN_QUOTED_CHARS <= len(line.text) <= MAX_TITLE_CHARS
    }
    twice = {one.text for one, other in pairwise(lines) if one.text == other.text}
    return factors | dict.fromkeys(twice, 0.5)


def _first_title(lines: Sequence[Line], start: int, text: str) -> tuple[str, int]:
    """Return the first line of a page of little prose, or what stands nearest above its prose."""
    plain = [
        i
        for i, line in enumerate(lines[: start + 1])
        if not (line.marker or line.is_button or line.ends_block or _is_byline(line))
        and len(line.text) <= MAX_TITLE_CHARS
    ]
    if not plain:
        return "", start
    at = plain[-1] if text else plain[0]
    return lines[at].text, at


def _is_byline(line: Line) -> bool:
    return line.stamp is not None or words.BYLINE.match(line.text) is not None


def _title_worth(line: Line, said: Counter[str]) -> float:
    """Return how much a line reads like the headline of the text; 0 for none."""
    own = _words(line.text)
    if line.marker or line.is_button or len(own) < 2 or len(line.text) > MAX_TITLE_CHARS:
        return 0.0
    if words.BYLINE.match(line.text) or line.prose >= LONG_TITLE_CHARS:
        return 0.0
    if line.stamp and sum(map(len, own)) <= len(line.stamp[1]):
        return 0.0
    taken = sum(said[word] > 0 for word in own)
    length = min(len(own), 8) / 8
    unlike = sum(
        (
            _STATEMENT.search(line.text) is not None,
            _CAPTION.search(line.text) is not None,
            len(line.text) > LONG_TITLE_CHARS,
        )
    )
    return 2 * 0.5**unlike * taken / len(own) * (0.4 + length)


def _words(text: str) -> list[str]:
    """Return the words, and of scripts without spaces all pairs of letters."""
    return [word.casefold() for pair in _WORD.findall(text) for word in pair if word]


def _author(near: Sequence[Line], lines: Sequence[Line]) -> str | None:
    """Return the name near the title: behind ``by``, or a line of nothing but a name."""
    for line in near:
        found = words.BYLINE.match(line.text)
        if found and dump.is_name(dump.clean_name(found[1])):
            return dump.clean_name(found[1])
    whole = {line.text for line in lines}
    for line in near:
        parts = line.text.split()
        if len(parts) in {2, 3, 4} and line.text.istitle() and dump.is_name(line.text):
            shorter = (" ".join(parts[:length]) for length in range(2, len(parts)))
            named = next((name for name in shorter if name in whole), None)
            if named or (len(parts) < 4 and not line.marker):
                return named or line.text
    return None
