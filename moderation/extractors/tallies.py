"""What each record of a page holds, counted once for the whole page and summed over any part.

A count over elements or lines is kept as a running total, so that the sum over a range is one
subtraction, and those of all records of a group are one array.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from moderation.extractors import wording
from moderation.extractors.evidence import MAX_META_CHARS, Evidence, Segment
from moderation.extractors.outline import HEADINGS, Range

Ints = NDArray[np.int64]

MIN_PROSE_CHARS = 8
"""Shortest comment counted as prose: "Thanks!" with a mark more."""
_LEAST_TITLE_CHARS = 20
"""A shorter line that is all link is a button, a tag or somebody's name."""
_LEAST_WORDY_CHARS, _LEAST_TITLE_SPACES = 16, 2
"""Three words are more than most names have."""
_MAX_NAMING_CHARS = 90
_LEAST_SPOKEN_CHARS = 15
_MAX_PROFILE_CHARS = 40
_MAX_BYLINE_WORDS = 5
_BYLINES_BEFORE = 3
"""How many lines above its date a name may stand: name, rank, number of posts, date."""
_COMMENT_LINK = re.compile(
    r"^([^#]*)#(?:(?P<mark>[\w-]*comment[\w-]*\d+)|(?:comments?|respond|disqus_thread)$)",
    re.IGNORECASE,
)
_AROUND_NAMES = " -|,.:;·•()/\u2013\u2014\u00bb\u00ab"
_PROFILE = re.compile(
    r"user|profil|member|people|account|blogger|autor|author|/u/|/~|/@|/in/|mailto:"
)
_PICTURE = re.compile(r"avatar|gravatar|userpic|user[-_]?image|profile|portrait")

OVER_ELEMENTS = ("dates", "names", "replies", "headings", "pictures", "profiles")
OVER_PIECES = ("prose", "bylines", "spoken", "controls", "titles", "says")


class Totals:
    """Running totals of a page.

    Args:
        evidence: The page.

    Attributes:
        elements: (elements + 1, 6), columns as in ``OVER_ELEMENTS``.
        pieces: (pieces + 1, 6), columns as in ``OVER_PIECES``: characters of prose, then
            numbers of lines.
        led: (pieces + 1,) whether the line before a piece is a headline.
        links_to_comments: (element, other page whose comments it links to), in page order.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        outline = evidence.outline
        self.links_to_comments: list[tuple[int, str]] = []
        self._piece_from = np.array(outline.piece_from)
        self._piece_to = np.array([*outline.piece_to, 0])
        self.elements = np.zeros((len(outline) + 1, len(OVER_ELEMENTS)), dtype=np.int64)
        self.pieces = np.zeros((len(outline.pieces) + 1, len(OVER_PIECES)), dtype=np.int64)
        self._count_elements()
        self._count_lines()
        self.led = self._leads()

    def within(self, ranges: Ints) -> tuple[Ints, Ints]:
        """Return what ranges of elements hold, as in ``OVER_ELEMENTS`` and in ``OVER_PIECES``.

        Args:
            ranges: (ranges, 2), first element and one past the last.
        """
        start, stop = ranges.T
        ends = np.maximum.reduceat(self._piece_to, ranges.ravel())[::2]
        over_elements: Ints = self.elements[stop] - self.elements[start]
        return over_elements, self.pieces[ends] - self.pieces[self._piece_from[start]]

    def is_led(self, starts: Ints) -> NDArray[np.bool_]:
        """Tell of elements whether the line before them is a headline."""
        led: NDArray[np.bool_] = self.led[self._piece_from[starts]]
        return led

    def _count_elements(self) -> None:
        evidence = self.evidence
        self.elements[:, :4] = np.array(
            [evidence.date_totals, evidence.names, evidence.replies, evidence.headlines]
        ).T
        rows = np.zeros((len(evidence.outline), 2), dtype=np.int64)
        for index, element in enumerate(evidence.outline.elements):
            tag = element.tag
            if tag == "img":
                about = " ".join(map(element.get, ("class", "src", "alt"), ("", "", "")))
                rows[index, 0] = _PICTURE.search(about.lower()) is not None
            elif tag == "a" and (target := element.get("href")):
                if _PROFILE.search(target.lower()):
                    rows[index, 1] = 0 < evidence.size(index) <= _MAX_PROFILE_CHARS
                self._note_comments(index, target)
        self.elements[1:, 4:] = rows.cumsum(axis=0)

    def _note_comments(self, index: int, target: str) -> None:
        """Keep a link to the comments of another page; a mark on this page is a permalink."""
        found = _COMMENT_LINK.match(target)
        if found and found[1] and found["mark"] not in self.evidence.outline.anchors:
            self.links_to_comments.append((index, found[1].partition("?")[0]))

    def _count_lines(self) -> None:
        evidence, outline = self.evidence, self.evidence.outline
        named = _bylined(evidence)
        rows = np.zeros((len(outline.pieces) + 1, 5), dtype=np.int64)
        for line in evidence.segments:
            row = rows[line.start + 1]
            row[0] = line.start in named
            row[1] = len(line.text) >= _LEAST_SPOKEN_CHARS and wording.is_spoken(line.text)
            row[2] = line.start in evidence.controls
            row[3] = self._is_title(line)
            row[4] = len(line.text) <= MAX_META_CHARS and wording.says(line.text)
        self.pieces[:, 0] = evidence.prose
        self.pieces[:, 1:] = rows.cumsum(axis=0)

    def _leads(self) -> NDArray[np.bool_]:
        outline = self.evidence.outline
        headings, titles = self.elements[:, 3], self.pieces[:, 4]
        led = np.zeros(len(outline.pieces) + 1, dtype=np.bool_)
        lines = self.evidence.segments
        ends = [*(line.start for line in lines[1:]), len(outline.pieces)]
        for line, end in zip(lines, ends, strict=False):
            top = line.owner
            if (parent := outline.parent[top]) >= 0 and outline.elements[top].tag == "a":
                top = parent
            heads = headings[top + 1] > headings[top] or titles[line.start + 1] > titles[line.start]
            led[line.start + 1 : end + 1] = heads
        return led

    def _is_title(self, line: Segment) -> bool:
        """Tell whether a line names another page: its headline, or "Ann on The last ferry"."""
        linked = self.evidence.outline.linked
        inside = linked[line.stop] - linked[line.start]
        if inside < self._least_title(line, inside):
            return False
        if line.start in self.evidence.controls or self.evidence.is_subject(line.text):
            return False
        owner, said = self._longest_link(line)
        is_part = len(said) * 5 < len(line.text) * 4
        if is_part and (len(said) < _LEAST_WORDY_CHARS or said.count(" ") < _LEAST_TITLE_SPACES):
            return False
        return not self.evidence.is_subject(said) and self._leads_away(owner)

    def _least_title(self, line: Segment, inside: int) -> float:
        """Return how much of a line must be link for a title."""
        if inside < 0.8 * len(line.text.replace(" ", "")):
            return _LEAST_WORDY_CHARS if len(line.text) <= _MAX_NAMING_CHARS else math.inf
        if line.start in self.evidence.dated:
            return math.inf
        if self._in_heading(line):
            return 4
        wordy = line.text.count(" ") >= _LEAST_TITLE_SPACES
        is_name = self.evidence.is_name(line.owner)
        return _LEAST_WORDY_CHARS if wordy and not is_name else _LEAST_TITLE_CHARS

    def _longest_link(self, line: Segment) -> tuple[int, str]:
        """Return where the longest linked piece of a line stands, and what it says."""
        outline = self.evidence.outline
        pieces = [
            at for at in range(line.start, line.stop) if outline.linked[at + 1] > outline.linked[at]
        ]
        longest = max(pieces, key=lambda at: len(outline.pieces[at]), default=line.start)
        said = outline.pieces[longest].strip()
        return outline.owner[longest], said

    def _in_heading(self, line: Segment) -> bool:
        outline = self.evidence.outline
        places = (line.owner, max(outline.parent[line.owner], 0))
        return any(outline.elements[at].tag in HEADINGS for at in places)

    def _leads_away(self, at: int) -> bool:
        """Tell whether the link that an element stands in leads to another page."""
        elements, parent = self.evidence.outline.elements, self.evidence.outline.parent
        while at >= 0 and elements[at].tag != "a":
            at = parent[at]
        target = elements[at].get("href", "#") if at >= 0 else ""
        target = target.lower()
        return not wording.PERMALINK.search(target) and not _PROFILE.search(target)


def _bylined(evidence: Evidence) -> set[int]:
    """Return the starts of the dated lines that have a short text beside, above or below them.

    That is how a name and a date stand together, whatever their class names.
    """
    lines = evidence.segments
    short = [_is_short(evidence, line) for line in lines]
    found = set()
    for at, line in enumerate(lines):
        shown = evidence.dated.get(line.start)
        if shown is None:
            continue
        beside = line.text.replace(shown, "").strip(_AROUND_NAMES)
        around = short[max(at - _BYLINES_BEFORE, 0) : at] + short[at + 1 : at + 2]
        if any(around) or (1 < len(beside) <= wording.MAX_NAME_CHARS and _has_letter(beside)):
            found.add(line.start)
    return found


def _is_short(evidence: Evidence, line: Segment) -> bool:
    return (
        1 < len(line.text) <= wording.MAX_NAME_CHARS
        and line.text.count(" ") < _MAX_BYLINE_WORDS
        and line.text[-1] not in ".!?:"
        and _has_letter(line.text)
        and line.start not in evidence.dated
        and line.start not in evidence.controls
    )


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


_OF_EVIDENCE: WeakKeyDictionary[Evidence, Totals] = WeakKeyDictionary()


def totals_of(evidence: Evidence) -> Totals:
    """Return the running totals of a page, worked out once."""
    found = _OF_EVIDENCE.get(evidence)
    if found is None:
        found = _OF_EVIDENCE[evidence] = Totals(evidence)
    return found


@dataclass(frozen=True)
class Tallies:
    """What each record of a group holds outside the records inside it.

    Args:
        elements: (records, 6), as in ``OVER_ELEMENTS``.
        pieces: (records, 6), as in ``OVER_PIECES``.
        led: (records,) whether the line above a record is a headline.
    """

    elements: Ints
    pieces: Ints
    led: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.elements)

    def column(self, name: str) -> Ints:
        """Return one count of every record."""
        if name in OVER_ELEMENTS:
            return self.elements[:, OVER_ELEMENTS.index(name)]
        return self.pieces[:, OVER_PIECES.index(name)]

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """Tell of each record whether it has a name, words, and at most two dates.

        A short text beside a date is a name, whatever it is called.
        """
        named = (self.column("names") > 0) | (self.column("bylines") > 0)
        return named & (self.column("dates") <= 2) & (self.column("prose") >= MIN_PROSE_CHARS)

    @cached_property
    def speaking(self) -> NDArray[np.bool_]:
        """Tell of each record whether it has words and a date of its own."""
        return (self.column("dates") > 0) & (self.column("prose") > 0)


def tallies(evidence: Evidence, records: Sequence[Range]) -> Tallies:
    """Count what each record holds.

    Args:
        evidence: The page.
        records: Ranges of elements in document order, nested ones included.
    """
    totals = totals_of(evidence)
    ranges = np.array(records, dtype=np.int64)
    elements, pieces = totals.within(ranges)
    if (ranges[1:, 0] < ranges[:-1, 1]).any():  # records in records
        inner, outer = np.array(list(enclosing(records))).T
        whole_elements, whole_pieces = elements.copy(), pieces.copy()
        np.subtract.at(elements, outer, whole_elements[inner])
        np.subtract.at(pieces, outer, whole_pieces[inner])
    return Tallies(elements, pieces, totals.is_led(ranges[:, 0]))


def enclosing(records: Sequence[Range]) -> Iterator[tuple[int, int]]:
    """Yield (record, innermost record around it), as positions."""
    around: list[int] = []
    for position, (start, _stop) in enumerate(records):
        while around and records[around[-1]][1] <= start:
            around.pop()
        if around:
            yield position, around[-1]
        around.append(position)
