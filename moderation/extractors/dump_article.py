"""Title, byline and text of the article in a text dump.

The text is the stretch of lines with the most prose for the least else. The title is the line
near above it whose words the text takes up most, or what a comment heading quotes ("5 thoughts
on …"). The byline stands between the two, behind ``by`` or on a line of its own.
"""

import re
from collections import Counter
from collections.abc import Sequence

from moderation.extractors import dump_lines as dump
from moderation.extractors.dump_lines import Line

PROSE_CHARS = 80
"""Letters from which a line with a sentence in it is a paragraph."""
PARAGRAPH_CHARS = 600
"""Letters that count at most of one paragraph, so that one endless line is no article."""
OTHER_COST = 40
"""Letters of prose that a line of something else outweighs."""
TITLE_WITHIN = 60
"""Lines between title and text: date, byline, share buttons, captions, a menu."""
MAX_TITLE_CHARS = 200
_WORD = re.compile(r"[^\W\d_]{3,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
_SENTENCE_END = re.compile(r"[.!?…。\uff01\uff1f][\"'”\u2019»“)\]]*$")
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{3}[.!?] [^\W\d_]|[。\uff01\uff1f]")
_STATEMENT = re.compile(r"[^\W\d_]{4}\. |[^\W\d_]{3}[.:;,…。][\"'”\u2019»“)\]]*$")
_QUOTED = re.compile(
    r"(?:on|to|zu|zum|auf|sur|à|su|sobre|en|for)\s+[“„\"«\u2018](.{8,200})[”“\"»\u2019]$"
)
_BYLINE = re.compile(
    r"(?:by|von|par|por|di|door|av|autor(?:in)?:?|author:?|text:?|posted by|written by)"
    r"\s+(.{3,60})$",
    re.IGNORECASE,
)


def read_article(lines: Sequence[Line]) -> tuple[str, str | None, str]:
    """Return title, author and text of the lines above the comments.

    Returns:
        The title is empty and the author None where the lines name none; the text has a line
        per paragraph.
    """
    start, end = _main_text(lines)
    prose = [line.text for line in lines[start:end] if _weight(line) > 0]
    text = "\n".join(dict.fromkeys(prose))
    title, at = _title(lines, start, text)
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
    text = line.text
    ends = _SENTENCE_END.search(text) is not None
    whole = len(text) >= PROSE_CHARS and (ends or _SENTENCE_INSIDE.search(text))
    if whole or (ends and len(text) >= PROSE_CHARS // 2 and not line.marker):
        return min(len(text), PARAGRAPH_CHARS)
    return -OTHER_COST


def _title(lines: Sequence[Line], start: int, text: str) -> tuple[str, int]:
    """Return the title and its line."""
    for line in lines:
        quoted = _QUOTED.search(line.text) if line.heading_count is not None else None
        if quoted:
            return quoted[1].strip(), start
    said = Counter(_words(text))
    near = range(max(start - TITLE_WITHIN, 0), min(start + 1, len(lines)))
    scored = [(_title_worth(lines[i], said) - 0.5 * (start - i) / TITLE_WITHIN, i) for i in near]
    worth, at = max(scored, default=(0.0, 0))
    if worth > 0:
        return lines[at].text, at
    first = next((i for i, line in enumerate(lines) if not line.marker), 0)
    return (lines[first].text if lines and not text else ""), first


def _title_worth(line: Line, said: Counter[str]) -> float:
    """Return how much a line reads like the headline of the text; 0 for none."""
    words = _words(line.text)
    sentence = _STATEMENT.search(line.text) or len(line.text) > MAX_TITLE_CHARS
    if sentence or line.marker or line.is_button or line.stamp or len(words) < 2:
        return 0.0
    own = Counter(words) if _weight(line) > 0 else Counter()
    taken = sum(said[word] > own[word] for word in words)
    length = min(len(words), 8) / 8
    return 2 * taken / len(words) * (0.4 + length)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _author(near: Sequence[Line], lines: Sequence[Line]) -> str | None:
    """Return the name near the title: behind ``by``, or a line of nothing but a name."""
    for line in near:
        found = _BYLINE.match(line.text)
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
