"""Other people's text, made safe to draw.

Comments, names, titles, notes and file names reach the page in two ways only: as JSON that
``assets/thread.js`` puts in by ``textContent``, or as HTML whose every character went through
``markup``. Streamlit's Markdown never sees them, and neither do labels or tooltips.

``visible`` replaces what could lie about the text: bidirectional controls, zero-width and
control characters are shown as ``⟨U+202E⟩``. The zero-width joiners stay where Persian,
Indic scripts and emoji need them, between two characters beyond U+0590.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterable

_SHOWN_OTHERWISE = re.compile(
    "\r\n?"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    "|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    "|(?<![\u0590-\U0010ffff])[\u200c\u200d]"
    "|[\u200c\u200d](?![\u0590-\U0010ffff])"
)


def visible(text: str) -> str:
    """Show what is hidden in ``text``; everything else is left as it is."""
    return _SHOWN_OTHERWISE.sub(_show, text)


def visible_places(text: str, places: Iterable[int]) -> list[int]:
    """Return where places of ``text`` lie in ``visible(text)``, in code points.

    Args:
        text: As it was written.
        places: From 0 to its length; none inside a character pair such as CR LF.
    """
    ends, grown = [0], [0]
    for match in _SHOWN_OTHERWISE.finditer(text):
        ends.append(match.end())
        grown.append(grown[-1] + len(_show(match)) - len(match[0]))
    return [place + grown[bisect_right(ends, place) - 1] for place in places]


def one_line(text: str, *, limit: int = 160) -> str:
    """Fit ``text`` into one line of at most ``limit`` characters, hidden characters shown."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def markup(text: str) -> str:
    """Return HTML that draws ``visible(text)``, as element content or a quoted attribute."""
    return html.escape(visible(text), quote=True)


def _show(match: re.Match[str]) -> str:
    found = match[0]
    return "\n" if found[0] == "\r" else f"⟨U+{ord(found):04X}⟩"
