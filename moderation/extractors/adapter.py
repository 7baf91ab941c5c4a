"""The shape all platform modules share: where a platform's markup says things.

A platform is described by CSS selectors: the item, and in it author, date and body. What a
description leaves out is told by comparing the items (``fields``), and who answers whom by
the page's own nesting (``nesting``), as for pages of no known platform.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
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

    Args:
        name: What ``platform`` says in the output.
        marks: Any of these in a class name, id or tag means the platform may be there.
        items: Selectors of one comment; the first that finds any is used.
        author: Selector of the name within an item, or ``@attribute`` of the item itself.
        date: The same for the date; stamps in attributes come before the text.
        body: Selector of the words; several places are joined.
        without: Selector of what stands in a body but is not part of it.
        id: Attribute of the item that is its id, where items are not numbered alike.
    """

    name: str
    marks: tuple[str, ...]
    items: tuple[str, ...]
    author: str = ""
    date: str = ""
    body: str = ""
    without: str = ""
    id: str = ""

    def matches(self, document: Document) -> bool:
        """Look for the platform's marks in the names of the page's elements."""
        if document.kind != "html":
            return False
        vocabulary = evidence_of(document).vocabulary
        return any(mark in vocabulary for mark in self.marks)

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if the page has no such items."""
        evidence = evidence_of(document)
        outline = evidence.outline
        records = self._records(document, evidence)
        if not records:
            raise ExtractionError(document.page.source, f"no {self.name} comments on this page")
        guessed = read_fields(evidence, records)
        order = [start for start, _ in records]
        known = frozenset(order)
        fields = [
            self._read(_Item(outline, start, order, known), guess)
            for (start, _), guess in zip(records, guessed, strict=True)
        ]
        items = [outline.elements[start] for start, _ in records]
        ids = [item.get(self.id, "") for item in items] if self.id else None
        comments = comments_of(evidence, records, fields, ids=ids)
        return Thread(read_article(document, items), tuple(comments), self.name)

    def _records(self, document: Document, evidence: Evidence) -> list[Range]:
        outline = evidence.outline
        for select in self._items:
            found = [outline.index_of.get(element) for element in select(document.tree)]
            records = sorted((at, outline.last[at]) for at in found if at is not None)
            if records:
                return without_pingbacks(evidence, records)
        return []

    def _read(self, own: "_Item", guess: Fields) -> Fields:
        """Read an item; what its selectors do not find is left as guessed."""
        item = own.outline.elements[own.start]
        author = own.text_of(self._author) if self._author else _attribute(item, self.author)
        published = own.date_of(self._date) if self._date else _attribute(item, self.date)
        text = own.body_of(self._body, self._without) if self._body else ""
        return Fields(
            author=wording.name(author) if author else guess.author,
            published=published or guess.published,
            text=text if text or (self._body and own.has(self._body)) else guess.text,
        )

    @cached_property
    def _items(self) -> tuple[etree.XPath, ...]:
        return tuple(_compiled(selector) for selector in self.items)

    @cached_property
    def _author(self) -> etree.XPath | None:
        return None if not self.author or self.author[0] == "@" else _compiled(self.author)

    @cached_property
    def _date(self) -> etree.XPath | None:
        return None if not self.date or self.date[0] == "@" else _compiled(self.date)

    @cached_property
    def _body(self) -> etree.XPath | None:
        return _compiled(self.body) if self.body else None

    @cached_property
    def _without(self) -> etree.XPath | None:
        return _compiled(self.without) if self.without else None


def _attribute(item: html.HtmlElement, selector: str) -> str:
    return item.get(selector[1:], "") if selector else ""


def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector, prefix="descendant-or-self::"))


def _found(outline: Outline, select: etree.XPath, item: html.HtmlElement) -> list[int]:
    places = (outline.index_of.get(element) for element in select(item))
    return sorted(place for place in places if place is not None)


@dataclass(frozen=True)
class _Item:
    """One comment's element, without the items inside it; ``order`` and ``known`` are all items."""

    outline: Outline
    start: int
    order: list[int]
    known: frozenset[int]

    def places(self, select: etree.XPath) -> list[int]:
        """Return what a selector finds in this item and in no item inside it."""
        item = self.outline.elements[self.start]
        return [at for at in _found(self.outline, select, item) if not self._is_inner(at)]

    def _is_inner(self, index: int) -> bool:
        while index > self.start:
            if index in self.known:
                return True
            index = self.outline.parent[index]
        return False

    def has(self, select: etree.XPath) -> bool:
        return bool(self.places(select))

    def text_of(self, select: etree.XPath) -> str:
        texts = (self.outline.text(at) for at in self.places(select))
        return next((" ".join(text.split()) for text in texts if text), "")

    def date_of(self, select: etree.XPath) -> str:
        for at in self.places(select):
            stamps = (
                dates.stamp(self.outline.elements[up]) for up in range(at, self.outline.last[at])
            )
            shown = " ".join(self.outline.text(at).split())
            found = dates.find(shown) if len(shown) <= dates.MAX_DATE_CHARS * 2 else None
            date = next(filter(None, stamps), None) or (found[0].strip() if found else "")
            if date:
                return date
        return ""

    def body_of(self, select: etree.XPath, without: etree.XPath | None) -> str:
        places = self.places(select)
        outermost = [
            at for at in places if not any(up in places for up in self.outline.ancestors(at))
        ]
        last = self.outline.last[self.start]
        first, stop = bisect_right(self.order, self.start), bisect_left(self.order, last)
        inner = self.order[first:stop]
        holes = [*inner, *(self.places(without) if without else ())]
        return "\n".join(filter(None, (self.outline.text(at, holes) for at in outermost)))
