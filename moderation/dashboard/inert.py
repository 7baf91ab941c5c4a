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

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    "|(?<![\u0590-\U0010ffff])[\u200c\u200d]"
    "|[\u200c\u200d](?![\u0590-\U0010ffff])"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Show what is hidden in ``text``; everything else is left as it is."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(_escape, _HIDDEN.sub(_escape, lines))


def one_line(text: str, *, limit: int = 160) -> str:
    """Fit ``text`` into one line of at most ``limit`` characters, hidden characters shown."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def markup(text: str) -> str:
    """Return HTML that draws ``visible(text)``, as element content or a quoted attribute."""
    return html.escape(visible(text), quote=True)


def _escape(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match.group()):04X}⟩"
