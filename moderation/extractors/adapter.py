"""The shape all platform modules share: where a platform's markup says things.

A platform is described by CSS selectors: the item, and in it author, date and body. What a
description leaves out is told by comparing the items (``fields``), and who answers whom by
the page's own nesting (``nesting``), as for pages of no known platform.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

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

    ``author``, ``date`` and ``id`` may end in ``@attribute``: the value is then that
    attribute of what the selector finds, or of the item itself if nothing stands before it.

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
            items = _items(evidence.outline, records)
            fields = self._fields(evidence, records, items)
            if _is_credible(fields):
                break
        else:
            raise ExtractionError(document.page.source, f"no {self.name} comments on this page")
        ids = [item.value_of(self._id) for item in items] if self.id else None
        comments = comments_of(evidence, records, fields, ids=ids)
        if self.is_flat:
            comments = [replace(one, parent_id=None) for one in comments]
        elements = [item.element for item in items]
        return Thread(read_article(document, elements), tuple(comments), self.name)

    def _candidates(self, document: Document, evidence: Evidence) -> Iterator[list[Range]]:
        outline = evidence.outline
        for selector in self._selectors:
            found = [outline.index_of.get(element) for element in selector(document.tree)]
            records = sorted((at, outline.last[at]) for at in found if at is not None)
            if records := without_pingbacks(evidence, records):
                beside = outline.inside("aside")
                # A sidebar may show the newest comments on other pages in the same markup.
                yield [one for one in records if not beside[one[0]]] or records

    def _fields(
        self, evidence: Evidence, records: Sequence[Range], items: Sequence["_Item"]
    ) -> list[Fields]:
        """Read the items; what the selectors do not find is left as guessed.

        Where most items have a body, one without says nothing: its words were taken away.
        """
        bodies = [bool(self.body) and bool(item.places(self._body.select)) for item in items]
        is_guessed = sum(bodies) * 2 < len(items) or not self.body
        fields = []
        for item, guess in zip(items, read_fields(evidence, records), strict=True):
            author, date = self._author, self._date
            text = guess.text if is_guessed else item.body_of(self._body, self._without)
            named = item.value_of(author)
            fields.append(
                Fields(
                    author=wording.name(named) if named else guess.author,
                    published=item.date_of(date) or guess.published or item.shown_date(date),
                    text=text,
                )
            )
        return fields

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


def _is_credible(fields: Sequence[Fields]) -> bool:
    """Tell whether most of what was read are words of somebody or of some time."""
    told = sum(bool(one.text.strip() and (one.author or one.published)) for one in fields)
    return told * 2 >= len(fields)


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


def _items(outline: Outline, records: Sequence[Range]) -> list["_Item"]:
    order = [start for start, _ in records]
    known = frozenset(order)
    return [_Item(outline, start, order, known) for start in order]


_BUTTON_TEXT = etree.XPath("descendant-or-self::button//text()")


@dataclass(frozen=True)
class _Item:
    """One comment's element, without the items inside it; ``order`` and ``known`` are all items."""

    outline: Outline
    start: int
    order: list[int]
    known: frozenset[int]

    @property
    def element(self) -> html.HtmlElement:
        return self.outline.elements[self.start]

    def places(self, select: etree.XPath | None) -> list[int]:
        """Return what a selector finds in this item and in no item inside it."""
        if select is None:
            return []
        index_of = self.outline.index_of
        found = (index_of.get(element) for element in select(self.element))
        return sorted(at for at in found if at is not None and not self._is_inner(at))

    def _is_inner(self, index: int) -> bool:
        while index > self.start:
            if index in self.known:
                return True
            index = self.outline.parent[index]
        return False

    def value_of(self, place: _Place) -> str:
        """Return the first attribute or text that says anything; empty where nothing does."""
        if place.attribute:
            own = self.places(place.select) if place.select else [self.start]
            values = (self.outline.elements[at].get(place.attribute, "") for at in own)
        else:
            values = (self._shown(at) for at in self.places(place.select))
        return next((" ".join(value.split()) for value in values if value.strip()), "")

    def _shown(self, at: int) -> str:
        """Return an element's text, that of a button if it has no other: it may show a name."""
        return self.outline.text(at) or "".join(_BUTTON_TEXT(self.outline.elements[at]))

    def date_of(self, place: _Place) -> str:
        """Return the first stamp, or else the first date in the text."""
        if place.attribute:
            return self.value_of(place)
        for at in self.places(place.select):
            stamps = (
                dates.stamp(self.outline.elements[up]) for up in range(at, self.outline.last[at])
            )
            shown = " ".join(self.outline.text(at).split())
            found = dates.find(shown) if len(shown) <= dates.MAX_DATE_CHARS * 2 else None
            date = next(filter(None, stamps), None) or (found[0].strip() if found else "")
            if date:
                return date
        return ""

    def shown_date(self, place: _Place) -> str | None:
        """Return what stands in the date's place, such as "1y", where it is no date we know."""
        shown = self.value_of(place)
        is_short = len(shown) <= dates.MAX_DATE_CHARS and any(map(str.isdigit, shown))
        return shown if is_short else None

    def body_of(self, body: _Place, without: _Place) -> str:
        """Return the words up to a ruler of underscores: under it stands a signature."""
        places = self.places(body.select)
        outermost = [
            at for at in places if not any(up in places for up in self.outline.ancestors(at))
        ]
        last = self.outline.last[self.start]
        first, stop = bisect_right(self.order, self.start), bisect_left(self.order, last)
        holes = [*self.order[first:stop], *self.places(without.select)]
        text = "\n".join(filter(None, (self.outline.text(at, holes) for at in outermost)))
        lines = text.split("\n")
        rulers = (at for at, line in enumerate(lines) if at and wording.RULER.fullmatch(line))
        return "\n".join(lines[: next(rulers, len(lines))])
