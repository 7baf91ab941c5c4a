"""Signs of comments on a page, found once and summed over any part of it."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lxml import etree

from moderation.extractors import dates, wording
from moderation.extractors.document import Document
from moderation.extractors.outline import Outline, Range

MAX_META_CHARS = 140
"""Longest line that can carry a comment's name and date; a longer one is prose."""
_BUTTON_TAGS = frozenset({"a", "button", "span", "input", "img", "li", "div"})
_MARKED_AS_NAMES = etree.XPath(
    "descendant-or-self::*[@rel='author' or @itemprop='author' or @itemprop='creator']"
)
_HEADLINE_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_MAX_HEADING_CHARS = 70
_LEAST_HEADLINE_CHARS = 25
"""Shorter headings are names and labels, unless they have ``_LEAST_TITLE_SPACES`` or more."""
_LEAST_TITLE_CHARS = 12
_LEAST_TITLE_SPACES = 2


class Segment(NamedTuple):
    """A line as a reader sees it.

    Args:
        start: First of its pieces.
        stop: One past the last of its pieces.
        owner: The element its first visible piece stands in.
        text: White space collapsed.
    """

    start: int
    stop: int
    owner: int
    text: str


@dataclass(frozen=True, slots=True)
class DateMark:
    """One date on the page.

    Args:
        element: Where it stands.
        published: The stamp, or the date as shown.
        is_stamp: Whether ``published`` comes from an attribute.
    """

    element: int
    published: str
    is_stamp: bool


class Evidence:
    """Lines, dates, names and buttons of a page, each found when it is first asked for.

    Args:
        outline: The page laid flat.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._names = [
            f"{said} {name}" if (name := element.get("id")) else said
            for said, element in zip(outline.classes, outline.elements, strict=True)
        ]

    @cached_property
    def vocabulary(self) -> str:
        """All class names, ids and tags of the page, in one string."""
        return " ".join({*self._names, *(str(element.tag) for element in self.outline.elements)})

    @cached_property
    def words(self) -> list[frozenset[str]]:
        """The words in each element's class names and id."""
        split = {one: wording.words(one) for one in set(self._names)}
        return [split[one] for one in self._names]

    def is_called(self, index: int, form: re.Pattern[str]) -> bool:
        """Tell whether a word in an element's class names or id is of a form."""
        return any(map(form.fullmatch, wording.words(self._names[index])))

    @cached_property
    def segments(self) -> list[Segment]:
        """The page's lines."""
        return _segments(self.outline)

    @cached_property
    def _segment_starts(self) -> list[int]:
        return [segment.start for segment in self.segments]

    def segments_in(self, span: Range) -> list[Segment]:
        """Return the lines that start within a range of pieces."""
        first = bisect_left(self._segment_starts, span[0])
        return self.segments[first : bisect_left(self._segment_starts, span[1])]

    def dates_in(self, start: int, stop: int) -> list[DateMark]:
        """Return the dates in the elements ``start .. stop``."""
        first = bisect_left(self._date_elements, start)
        return self.dates[first : bisect_left(self._date_elements, stop)]

    @cached_property
    def has_form(self) -> bool:
        """Tell whether the page has a text field of several lines to write in."""
        return self.outline.elements[0].find(".//textarea") is not None

    @cached_property
    def announcing(self) -> list[int]:
        """Running total, over lines, of headings that announce comments."""
        return [
            0,
            *accumulate(
                len(line.text) <= _MAX_HEADING_CHARS
                and wording.announces(line.text)
                and not self._is_in_menu(line)
                for line in self.segments
            ),
        ]

    def _is_in_menu(self, line: Segment) -> bool:
        """Tell whether a line is a link in a list that leads to another page: "Opinion"."""
        above = [line.owner, *islice(self.outline.ancestors(line.owner), 3)]
        elements = [self.outline.elements[at] for at in above]
        link = next((one for one in elements if one.tag == "a"), None)
        return (
            link is not None
            and "#" not in link.get("href", "#")
            and (any(one.tag in {"li", "nav"} for one in elements))
        )

    def is_headed(self, piece: int, *, lines: int) -> bool:
        """Tell whether a heading within the last ``lines`` before ``piece`` announces comments."""
        at = bisect_left(self._segment_starts, piece)
        return self.announcing[at] > self.announcing[max(at - lines, 0)]

    @cached_property
    def date_totals(self) -> list[int]:
        """Running total, over elements, of dates."""
        marked = [0] * len(self.outline)
        for mark in self.dates:
            marked[mark.element] += 1
        return [0, *accumulate(marked)]

    @cached_property
    def dated(self) -> dict[int, str]:
        """The start of each short line that holds a date, and that date."""
        dated: dict[int, str] = {}
        for segment in self.segments:
            if len(segment.text) > MAX_META_CHARS or segment.text.isalpha():
                continue
            # Neighbours such as <b>Ann</b><i>1 May</i> stand apart on screen, if not in the text.
            spaced = " ".join(self.outline.pieces[segment.start : segment.stop])
            found = dates.find(spaced)
            if found and _is_sentence(segment.text, found[0]):
                continue
            if found:
                dated[segment.start] = dates.as_shown(spaced, found)
            elif shown := self._age(segment):
                dated[segment.start] = shown
        return dated

    def _age(self, segment: Segment) -> str | None:
        """Return the age that one of the pieces of a line says: "Ann Lee · 3h"."""
        if not any(map(str.isdigit, segment.text)):
            return None
        pieces = self.outline.pieces[segment.start : segment.stop]
        return next(filter(None, map(dates.age, pieces)), None)

    @cached_property
    def dates(self) -> list[DateMark]:
        """The page's dates in document order."""
        outline = self.outline
        marks: list[DateMark] = []
        covered = 0
        stamped: set[int] = set()
        for index, element in enumerate(outline.elements):
            if index < covered:
                stamped.add(index)
                continue
            published = dates.stamp(element)
            if published:
                marks.append(DateMark(index, published, is_stamp=True))
                stamped.add(index)
                if self.size(index) <= dates.MAX_DATE_CHARS:
                    covered = outline.last[index]
        for start, shown in self.dated.items():
            at = bisect_left(self._segment_starts, start)
            segment = self.segments[at]
            before = self.segments[at - 1].text[-40:] if at else ""
            if wording.MEMBERSHIP.search(segment.text) or wording.MEMBERSHIP.search(before):
                continue
            owner = self._owner_of_date(segment)
            if owner not in stamped:
                marks.append(DateMark(owner, shown, is_stamp=False))
        return sorted(marks, key=lambda mark: mark.element)

    @cached_property
    def _date_elements(self) -> list[int]:
        return [mark.element for mark in self.dates]

    def _owner_of_date(self, segment: Segment) -> int:
        """Return the innermost element that holds the date of a line."""
        for piece in range(segment.start, segment.stop):
            if dates.find(self.outline.pieces[piece]) or dates.age(self.outline.pieces[piece]):
                return self.outline.owner[piece]
        return segment.owner

    def size(self, index: int) -> int:
        """Return how many visible characters an element holds."""
        total = self.outline.length
        return total[self.outline.piece_to[index]] - total[self.outline.piece_from[index]]

    @cached_property
    def controls(self) -> frozenset[int]:
        """Starts of the lines that are buttons, links and counters and nothing else."""
        return frozenset(line.start for line in self.segments if self._is_control(line))

    def _is_control(self, line: Segment) -> bool:
        if len(line.text) > MAX_META_CHARS:
            return False
        if wording.is_control(line.text):
            return True
        pieces = [piece.strip() for piece in self.outline.pieces[line.start : line.stop]]
        return len(pieces) > 2 and all(map(wording.is_control, filter(None, pieces)))

    @cached_property
    def prose(self) -> list[int]:
        """Running total, over pieces, of characters that are neither link, date nor button."""
        weight = [0] * (len(self.outline.pieces) + 1)
        linked = self.outline.linked
        for segment in self.segments:
            if segment.start in self.dated or segment.start in self.controls:
                continue
            inside = linked[segment.stop] - linked[segment.start]
            weight[segment.start + 1] = max(len(segment.text) - inside, 0)
        return list(accumulate(weight))

    @cached_property
    def replies(self) -> list[int]:
        """Running total, over elements, of reply buttons."""
        return self._count(self._is_reply)

    @cached_property
    def name_elements(self) -> list[int]:
        """The elements with short texts marked as somebody's name."""
        total = self.names
        return [at for at in range(len(self.outline)) if total[at + 1] > total[at]]

    @cached_property
    def names(self) -> list[int]:
        """Running total, over elements, of short texts marked as somebody's name."""
        return self._count(self.is_name)

    @cached_property
    def headlines(self) -> list[int]:
        """Running total, over elements, of headlines."""
        return self._count(self._is_headline)

    def _count(self, test: Callable[[int], int]) -> list[int]:
        return [0, *accumulate(int(test(index)) for index in range(len(self.outline)))]

    def _is_reply(self, index: int) -> bool:
        element = self.outline.elements[index]
        if element.tag not in _BUTTON_TAGS:
            return False
        if element.tag == "button":
            said = "".join(element.itertext())
        else:
            said = element.text or element.get("value") or element.get("alt") or ""
        said = said.strip() or element.get("title") or ""
        return len(said) < 80 and wording.is_reply(said.strip())

    def _is_headline(self, index: int) -> bool:
        if self.outline.elements[index].tag not in _HEADLINE_TAGS:
            return False
        if self.size(index) < _LEAST_TITLE_CHARS or self.is_name(index):
            return False
        said = self.outline.text(index)
        if self.size(index) < _LEAST_HEADLINE_CHARS and (
            said.count(" ") < _LEAST_TITLE_SPACES or wording.says(said)
        ):
            return False
        if wording.says(said) and len(said) <= MAX_META_CHARS and dates.find(said):
            return False  # "Ann said on 3 May:"
        return not self.is_subject(said) and not self._is_mark(index)

    def _is_mark(self, index: int) -> bool:
        """Tell whether a heading links to a comment: it is the comment's subject."""
        links = self.outline.elements[index].iter("a")
        return any(wording.PERMALINK.search(link.get("href", "").lower()) for link in links)

    @cached_property
    def title(self) -> str:
        """The title of the page, in lower case."""
        return " ".join((self.outline.elements[0].findtext(".//title") or "").casefold().split())

    def is_subject(self, heading: str) -> bool:
        """Tell whether a heading names what is discussed on this page, as forums repeat it."""
        said = " ".join(heading.casefold().split())
        subject = wording.ANSWERED.sub("", said)
        return subject != said or subject in self.title

    def is_name(self, index: int) -> bool:
        """Tell whether an element is a short text marked as somebody's name."""
        if self.words[index] not in self._author_words and index not in self._marked_as_names:
            return False
        if not 0 < self.size(index) <= 2 * wording.MAX_NAME_CHARS:
            return False
        return any(map(str.isalpha, self.outline.text(index)))

    @cached_property
    def _marked_as_names(self) -> set[int | None]:
        """The elements that an attribute says are somebody's name."""
        found = _MARKED_AS_NAMES(self.outline.elements[0])
        return {self.outline.index_of.get(element) for element in found}

    @cached_property
    def _author_words(self) -> set[frozenset[str]]:
        """Those of ``words`` that speak of authors."""
        return {said for said in set(self.words) if any(map(wording.AUTHOR.fullmatch, said))}


def _is_sentence(line: str, shown: str) -> bool:
    """Tell whether somebody says a date in a line, rather than the line a comment's date."""
    return len(line) - len(shown) > _BESIDE_DATE_CHARS and line[-1] in _SENTENCE_ENDS


_BESIDE_DATE_CHARS = 45
"""More words around a date, and a full stop, make a sentence."""
_SENTENCE_ENDS = ".!?\u2026\u3002\uff01\uff1f"


def _segments(outline: Outline) -> list[Segment]:
    segments: list[Segment] = []
    pieces = outline.pieces
    start, visible = 0, -1
    for position, piece in enumerate((*pieces, "\n")):
        if piece == "\n":
            if visible >= 0:
                text = " ".join("".join(pieces[start:position]).split())
                segments.append(Segment(start, position, outline.owner[visible], text))
            start, visible = position + 1, -1
        elif visible < 0 and piece.strip():
            visible = position
    return segments


_OF_DOCUMENT: WeakKeyDictionary[Document, Evidence] = WeakKeyDictionary()


def evidence_of(document: Document) -> Evidence:
    """Return the evidence of a document, worked out once however many extractors ask."""
    found = _OF_DOCUMENT.get(document)
    if found is None:
        found = _OF_DOCUMENT[document] = Evidence(Outline(document.tree))
    return found
