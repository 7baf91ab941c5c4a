"""The lines of a plain-text page dump, and what each may be: heading, button, name, date.

Dumps are what text renderers make of a page (Common Crawl WET, resiliparse, lynx, trafilatura):
block elements on their own lines, list items behind ``•`` or ``1.``, nesting as indentation.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from moderation.extractors import dates, wording
from moderation.extractors import dump_words as words
from moderation.extractors.dump_renderers import plain

MAX_NAME_CHARS = 50
MAX_NAME_WORDS = 6
MAX_STAMP_CHARS = 160
"""Longest line that may hold a comment's name and date, with what the template adds."""
PROSE_CHARS = 80
"""Letters from which a line with a sentence in it is a paragraph."""
PARAGRAPH_CHARS = 600
"""Letters that count at most of one paragraph, so that one endless line is no article."""
_SENTENCE_END = re.compile(r"[.!?…。\uff01\uff1f][\"'”\u2019»“)\]]*$")
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{3}[.!?] [^\W\d_]|[。\uff01\uff1f]")
MAX_LABEL_CHARS = 120
"""Letters from which a line is something said, whatever it ends in."""
MAX_HEADING_CHARS = 30
"""Longest comment heading without a count; a sentence in a script without spaces is longer."""
MANY_COUNTERS = 4
"""Comment headings of one shape from which they are counters in a list of articles."""
MAX_BEFORE_WORDS = 10
"""Words before a comment's date: a name and what the template says. A caption has more."""
UNSTATED = -1
"""A comment heading that states no count."""


@dataclass(frozen=True)
class Line:
    """One line that is not blank; what it may be is worked out once.

    Args:
        indent: Columns of white space before it.
        marker: ``"•"`` or ``"1."`` for a list item, else empty.
        text: The rest, white space collapsed.
        gap: A blank line stands before it.
        counter: It counts the comments of one of many teasers.
    """

    indent: int
    marker: str
    text: str
    gap: bool
    counter: bool = False

    @cached_property
    def shape(self) -> str:
        """The text with its numbers blotted out: the same for all copies of a template line."""
        return re.sub(r"\d+", "0", self.text.casefold())

    @cached_property
    def spoken(self) -> int:
        """Its letters; one of a script that writes syllables or words counts twice."""
        return len(self.text) + len(_SYLLABLE.findall(self.text[:PARAGRAPH_CHARS]))

    @cached_property
    def prose(self) -> int:
        """The letters of a paragraph, 0 for a line that is none."""
        ends = _SENTENCE_END.search(self.text) is not None
        whole = len(self.text) >= PROSE_CHARS and (ends or _SENTENCE_INSIDE.search(self.text))
        if whole or (ends and len(self.text) >= PROSE_CHARS // 2 and not self.marker):
            return min(len(self.text), PARAGRAPH_CHARS)
        return 0

    @cached_property
    def is_label(self) -> bool:
        """Whether it is a headline, a list item or a label rather than something said."""
        return len(self.text) < MAX_LABEL_CHARS and not _SENTENCE_END.search(self.text)

    @cached_property
    def heading_count(self) -> int | None:
        """The count a comment heading states, else ``UNSTATED``; None if it is no heading."""
        if len(self.text) > 2 * words.MAX_SIGN_CHARS or self._is_no_heading:
            return None
        found = words.HEADING.match(self.text)
        if not found:
            return None
        count = words.COUNT.match(found["rest"])
        stated = found["before"] or (count and count[1])
        if not stated:
            short = len(self.text) <= MAX_HEADING_CHARS
            short = short and len(self.text.split()) <= words.HEADING_WORDS
            return UNSTATED if short and self.text[-1] not in ".!?。！？…" else None  # noqa: RUF001
        return int(re.sub(r"\D", "", stated)[:6])

    @cached_property
    def _is_no_heading(self) -> bool:
        return self.counter or self.is_button or self.ends_block

    @cached_property
    def number(self) -> int:
        """The one number of a short line of words, whatever they mean; else 0."""
        numbers = re.findall(r"\d+", self.text[: 2 * MAX_HEADING_CHARS])
        short = len(self.text) <= 2 * MAX_HEADING_CHARS and len(self.text.split()) <= 6
        words_too = short and any(map(str.isalpha, self.text))
        return int(numbers[0][:6]) if words_too and len(numbers) == 1 else 0

    @cached_property
    def ends_block(self) -> bool:
        """Whether it opens a comment form or something that is no comment any more."""
        if len(self.text) > words.MAX_SIGN_CHARS:
            return False
        if words.FORM.match(self.text):
            return True
        said = len(self.text.split()) > MAX_NAME_WORDS and _SENTENCE_END.search(self.text)
        return not said and words.ELSEWHERE.match(self.text) is not None

    @cached_property
    def is_button(self) -> bool:
        """Whether it is nothing but buttons, votes and numbers."""
        fits = len(self.text) <= words.MAX_SIGN_CHARS
        return fits and words.BUTTONS.fullmatch(self.text) is not None

    @cached_property
    def is_reply_button(self) -> bool:
        """Whether it invites to answer the comment above it."""
        return self.is_button and words.REPLY.match(self.text) is not None

    @cached_property
    def is_word_button(self) -> bool:
        """Whether it is buttons with words on them, not only numbers."""
        return self.is_button and any(map(str.isalpha, self.text))

    @cached_property
    def ordinal(self) -> int:
        """The number of a post it shows (``#42``), else 0."""
        found = words.ORDINAL.match(self.text)
        return int(found[1]) if found else 0

    @cached_property
    def is_pingback(self) -> bool:
        """Whether it is a list item that is another site's link to this page."""
        return bool(self.marker) and words.PINGBACK.match(self.text) is not None

    @cached_property
    def says(self) -> bool:
        """Whether it is a name with ``says:`` or the like."""
        return len(self.text) <= MAX_STAMP_CHARS and words.SAYS.search(self.text) is not None

    @cached_property
    def name(self) -> str:
        """The text cleaned as a name, whether it is one or not."""
        return clean_name(self.text[: 2 * MAX_STAMP_CHARS])

    @cached_property
    def stamp(self) -> tuple[str, str, str] | None:
        """What stands before, in and after its date; None without one."""
        if len(self.text) > MAX_STAMP_CHARS:
            return None
        text = self.text
        for pattern, spaced in words.GLUED:
            text = pattern.sub(spaced, text)
        found = dates.find(text)
        if not found or len(text[: found.start()].split()) > MAX_BEFORE_WORDS:
            return None
        if wording.MEMBERSHIP.search(text[: found.start()]):
            return None
        date = found[0].strip(" ,;·|-\u2013\u2014")
        return text[: found.start()].strip(), date, text[found.end() :].strip()


_SYLLABLE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LINE = re.compile(r"(\s*)(?:([•◦▪*·+-]|\d{1,4}\.)\s+)?(.*)")


def split(text: str) -> list[Line]:
    """Return the lines of ``text`` that are not blank."""
    lines = []
    gap = False
    for raw in plain(text).splitlines():
        if not raw.strip():
            gap = True
            continue
        indent, marker, rest = _LINE.match(raw.rstrip()).groups("")  # type: ignore[union-attr]
        if marker.endswith(".") and _opens_with_date(f"{marker} {rest}"):
            marker, rest = "", f"{marker} {rest}"
        kind = "1." if marker.endswith(".") else marker and "•"
        lines.append(Line(len(indent.expandtabs(4)), kind, " ".join(rest.split()), gap))
        gap = False
    said = [line for line in lines if line.text or line.marker]
    shapes = Counter(line.shape for line in said if line.heading_count is not None)
    return [
        replace(line, counter=True) if shapes[line.shape] >= MANY_COUNTERS else line
        for line in said
    ]


def _opens_with_date(text: str) -> bool:
    found = dates.find(text[:MAX_STAMP_CHARS])
    return found is not None and found.start() == 0


def clean_name(text: str) -> str:
    """Take numbers, ``by``, ``says:``, roles and separators off a name, and its second copy."""
    name = " ".join(text.split())
    previous = None
    while name != previous:
        previous = name
        name = words.SAYS.sub("", name)
        name = words.LEAD.sub("", name, count=1) if words.LEAD.match(name) else name
        name = words.TRAIL.sub("", name).strip()
    half = len(name) // 2
    if (
        len(name) % 2
        and name[half] in " |"
        and name[:half].casefold() == name[half + 1 :].casefold()
    ):
        name = name[:half]
    return name.strip()


def is_name(text: str) -> bool:
    """Tell whether a cleaned text may be a person's name."""
    if not text or len(text) > MAX_NAME_CHARS or len(text.split()) > MAX_NAME_WORDS:
        return False
    if (
        not any(map(str.isalpha, text))
        or text[0] in "([{<©"
        or text[-1] in '?!,;:“”"…'
        or "http" in text
        or _NEVER_IN_NAMES.search(text)
    ):
        return False
    if words.NO_NAME.fullmatch(text) or words.FORM.match(text):
        return False
    return not (words.BUTTONS.fullmatch(text) or _SENTENCE_BREAK.search(text) or dates.find(text))


_NEVER_IN_NAMES = re.compile(r"[。，！？；、]|\d[:.]\d\d\b")  # noqa: RUF001
_SENTENCE_BREAK = re.compile(r"[^\W\d_]{4,}\. ")


def name_doubt(names: Sequence[str]) -> float:
    """Return how little ``names`` look like those of commenters, in [0, 1].

    Long names count half: a list of headlines is made of those. One name all over is a label.
    """
    if not names:
        return 1.0
    doubts = sum(1.0 if not is_name(name) else 0.5 * (len(name.split()) > 4) for name in names)
    label = len(names) >= 4 and len({name.casefold() for name in names}) == 1
    return 1.0 if label else doubts / len(names)
