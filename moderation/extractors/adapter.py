"""The shape all platform modules share: where a platform's markup says things.

A platform is described by CSS selectors: the item, and in it author, date and body. What a
description leaves out is told by comparing the items (``fields``), and who answers whom by
the page's own nesting (``nesting``), as for pages of no known platform.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from cssselect import HTMLTranslator
from lxml import etree, html

from moderation.errors import ExtractionError
from moderation.extractors import dates, wording
from moderation.extractors.article import read_article
from moderation.extractors.document import Document
from moderation.extractors.evidence import Evidence, evidence_of
from moderation.extractors.fields import Fields, read_fields
from moderation.extractors.outline import Outline, Range
from moderation.extractors.records import comments_of, without_pingbacks
from moderation.schema import Thread


@dataclass(frozen=True)
class Platform:
    """An extractor for one comment platform, made of selectors.

    A selector is tried on the whole page, and what it finds belongs to the item around it.
    ``author``, ``date`` and ``id`` may end in ``@attribute``: the value is then that attribute
    of what the selector finds, or of the item itself if nothing stands before it.

    Args:
        name: What ``platform`` says in the output.
        marks: Any of these in a class name, id or tag means the platform may be there.
        items: Selectors of one comment; the first whose items read like comments is used.
        author: Selector of the name within an item.
        date: The same for the date; stamps in attributes come before the text.
        body: Selector of the words; several places are joined.
        without: Selector of what stands in a body but is not part of it.
        id: Where items are not numbered alike: where their id stands.
        is_flat: The platform shows posts one after the other: nobody answers anybody.
    """

    name: str
    marks: tuple[str, ...]
    items: tuple[str, ...]
    author: str = ""
    date: str = ""
    body: str = ""
    without: str = ""
    id: str = ""
    is_flat: bool = False

    def matches(self, document: Document) -> bool:
        """Look for the platform's marks in the names of the page's elements."""
        if document.kind != "html":
            return False
        vocabulary = evidence_of(document).vocabulary
        return any(mark in vocabulary for mark in self.marks)

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if the page has no such items."""
        evidence = evidence_of(document)
        for records in self._candidates(document, evidence):
            items = _Items(evidence.outline, document.tree, records)
            fields = self._fields(evidence, items)
            if _is_credible(fields):
                break
        else:
            raise ExtractionError(document.page.source, f"no {self.name} comments on this page")
        ids = items.values(self._id) if self.id else None
        comments = comments_of(evidence, records, fields, ids=ids)
        if self.is_flat:
            comments = [replace(one, parent_id=None) for one in comments]
        elements = [evidence.outline.elements[start] for start, _ in records]
        return Thread(read_article(document, elements), tuple(comments), self.name)

    def _candidates(self, document: Document, evidence: Evidence) -> Iterator[list[Range]]:
        outline = evidence.outline
        for selector in self._selectors:
            found = [outline.index_of.get(element) for element in selector(document.tree)]
            records = sorted((at, outline.last[at]) for at in found if at is not None)
            if records := _central(evidence, without_pingbacks(evidence, records)):
                yield records

    def _fields(self, evidence: Evidence, items: "_Items") -> list[Fields]:
        """Read the items; what the selectors do not find is left as guessed.

        Where most items have a body, one without says nothing: its words were taken away.
        """
        names = items.values(self._author)
        dated = items.dates(self._date)
        shown = dated if all(dated) else items.shown_dates(self._date)
        bodies = items.bodies(self._body, self._without)
        is_guessed = sum(body is not None for body in bodies) * 2 < len(bodies) or not self.body
        is_complete = not is_guessed and all(names) and all(dated)
        guesses = [_NOTHING] * len(names) if is_complete else read_fields(evidence, items.records)
        return [
            Fields(
                author=wording.name(names[at]) if names[at] else guess.author,
                published=dated[at] or guess.published or shown[at],
                text=guess.text if is_guessed else bodies[at] or "",
            )
            for at, guess in enumerate(guesses)
        ]

    @cached_property
    def _selectors(self) -> tuple[etree.XPath, ...]:
        return tuple(_compiled(selector) for selector in self.items)

    @cached_property
    def _author(self) -> "_Place":
        return _Place.of(self.author)

    @cached_property
    def _date(self) -> "_Place":
        return _Place.of(self.date)

    @cached_property
    def _id(self) -> "_Place":
        return _Place.of(self.id)

    @cached_property
    def _body(self) -> "_Place":
        return _Place.of(self.body)

    @cached_property
    def _without(self) -> "_Place":
        return _Place.of(self.without)


_NOTHING = Fields("", None, "")


def _is_credible(fields: Sequence[Fields]) -> bool:
    """Tell whether most of what was read are words of somebody or of some time."""
    told = sum(bool(one.text.strip() and (one.author or one.published)) for one in fields)
    return told * 2 >= len(fields)


def _central(evidence: Evidence, records: Sequence[Range]) -> list[Range]:
    """Leave out sidebars: they show the newest comments on other pages in the same markup.

    A thread may stand in an ``aside`` itself, but in none that is named a sidebar.
    """
    outline = evidence.outline
    beside = {-1: 0}
    for start, _ in records:
        path = [start]
        while path[-1] not in beside:
            path.append(outline.parent[path[-1]])
        for above, index in pairwise(reversed(path)):
            own = 0
            if outline.elements[index].tag == "aside":
                own = 2 if evidence.is_called(index, wording.ASIDE) else 1
            beside[index] = max(own, beside[above])
    nearest = min((beside[start] for start, _ in records), default=2)
    return [one for one in records if beside[one[0]] == nearest < 2]


@dataclass(frozen=True)
class _Place:
    """Where a field stands in an item: a selector, an attribute, or both."""

    select: etree.XPath | None
    attribute: str

    @classmethod
    def of(cls, written: str) -> "_Place":
        selector, _, attribute = written.partition("@")
        return cls(_compiled(selector) if selector else None, attribute)


def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector, prefix="descendant-or-self::"))


_BUTTON_TEXT = etree.XPath("descendant-or-self::button//text()")
_MAX_DATE_ELEMENTS = 50
"""How many elements a date consists of at most: in this many its stamp is looked for."""


@dataclass(frozen=True)
class _Items:
    """The comments of a page side by side; what stands in an item inside an item is the inner's.

    Every method returns one value per item, in page order.
    """

    outline: Outline
    tree: html.HtmlElement
    records: Sequence[Range]

    @cached_property
    def _owner(self) -> list[int]:
        """The item around each element, by position; -1 outside of all."""
        position = {start: at for at, (start, _) in enumerate(self.records)}
        owner: list[int] = []
        for index, parent in enumerate(self.outline.parent):
            owner.append(position.get(index, owner[parent] if parent >= 0 else -1))
        return owner

    def _places(self, place: _Place) -> list[list[int]]:
        """Return where a selector finds something; once over the page, not once per item."""
        if place.select is None:
            return [[start] if place.attribute else [] for start, _ in self.records]
        places: list[list[int]] = [[] for _ in self.records]
        found = (self.outline.index_of.get(element) for element in place.select(self.tree))
        for index in sorted(at for at in found if at is not None):
            if self._owner[index] >= 0:
                places[self._owner[index]].append(index)
        return places

    def values(self, place: _Place) -> list[str]:
        """Return the first attribute or text that says anything; empty where nothing does."""
        return [
            next((value for at in found if (value := self._value(place, at))), "")
            for found in self._places(place)
        ]

    def _value(self, place: _Place, at: int) -> str:
        """Return an attribute or the text: that of a button if no other, it may show a name."""
        element = self.outline.elements[at]
        if place.attribute:
            return " ".join(element.get(place.attribute, "").split())
        return " ".join((self.outline.text(at) or "".join(_BUTTON_TEXT(element))).split())

    def dates(self, place: _Place) -> list[str]:
        """Return the first stamp, or else the first date in the text."""
        if place.attribute:
            return self.values(place)
        return [next(filter(None, map(self._date, found)), "") for found in self._places(place)]

    def _date(self, at: int) -> str:
        stop = min(self.outline.last[at], at + _MAX_DATE_ELEMENTS)
        stamps = (dates.stamp(element) for element in self.outline.elements[at:stop])
        if stamp := next(filter(None, stamps), None):
            return stamp
        shown = " ".join(self.outline.text(at).split())
        found = dates.find(shown) if len(shown) <= dates.MAX_DATE_CHARS * 2 else None
        return found[0].strip() if found else ""

    def shown_dates(self, place: _Place) -> list[str | None]:
        """Return what stands in the date's place, such as "1y", where it is no date we know."""
        return [
            shown if len(shown) <= dates.MAX_DATE_CHARS and re.search(r"\d", shown) else None
            for shown in self.values(place)
        ]

    def bodies(self, body: _Place, without: _Place) -> list[str | None]:
        """Return the words up to a ruler of underscores; None where an item has no body.

        Under the ruler stands a forum's signature.
        """
        starts = [start for start, _ in self.records]
        said: list[str | None] = []
        for (start, last), own, out in zip(
            self.records, self._places(body), self._places(without), strict=True
        ):
            inner = starts[bisect_right(starts, start) : bisect_left(starts, last)]
            texts = (self.outline.text(at, [*inner, *out]) for at in self._outermost(own))
            said.append(_above_ruler("\n".join(filter(None, texts))) if own else None)
        return said

    def _outermost(self, places: Sequence[int]) -> Iterator[int]:
        stop = -1
        for at in places:
            if at >= stop:
                yield at
                stop = self.outline.last[at]


def _above_ruler(text: str) -> str:
    lines = text.split("\n")
    rulers = (at for at, line in enumerate(lines) if at and wording.RULER.fullmatch(line))
    return "\n".join(lines[: next(rulers, len(lines))])
