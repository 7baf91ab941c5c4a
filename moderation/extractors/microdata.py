"""Microdata and RDFa Lite of a page, as dictionaries of the shape JSON-LD has.

``<div itemscope itemtype="https://schema.org/Comment"><p itemprop="text">…`` becomes
``{"@type": ["Comment"], "text": ["…"]}``; RDFa says ``typeof`` and ``property`` instead.
Recommendations: HTML living standard, Microdata; W3C RDFa Lite 1.1. ``itemref`` and RDFa
beyond Lite are not read. An item inside another that is no property of it stands in the
outer one under ``"@inside"``.
"""

from typing import Any

from lxml import html

from moderation.extractors.outline import Outline

Node = dict[str, Any]
INSIDE = "@inside"
_LINKS = {"a": "href", "link": "href", "area": "href", "img": "src"}
_ADDRESSES = frozenset({"url", "parentItem", "replyToUrl", "inReplyTo", "about", "discussionUrl"})
_MAX_NAME_CHARS = 200
_MAX_TEXT_CHARS = 50_000
"""A property with more text is a container that was marked by mistake."""


def items(outline: Outline) -> list[Node]:
    """Return the outermost items of a page, in document order."""
    found: list[Node] = []
    scope: list[Node | None] = []
    for index, element in enumerate(outline.elements):
        up = outline.parent[index]
        owner = scope[up] if up >= 0 else None
        item = _item(element)
        scope.append(owner if item is None else item)
        names = _names(element)
        if item is not None:
            _add(found, owner, names or (INSIDE,), item)
            _say_name(outline, index, item)
        elif owner is not None and names:
            _add(found, owner, names, _value(outline, index, names))
    return found


def _item(element: html.HtmlElement) -> Node | None:
    """Return an empty item if one begins here."""
    kinds = element.get("typeof")
    if kinds is None and element.get("itemscope") is not None:
        kinds = element.get("itemtype", "")
    if kinds is None:
        return None
    item: Node = {"@type": kinds.split()[:10]}
    name = element.get("itemid") or element.get("resource") or element.get("about")
    if name:
        item["@id"] = name
    elif element.get("id"):
        item["@id"] = f"#{element.get('id')}"
    return item


def _names(element: html.HtmlElement) -> tuple[str, ...]:
    said = f"{element.get('itemprop', '')} {element.get('property', '')}".split()[:10]
    return tuple(name.rpartition("/")[2].rpartition(":")[2] for name in said)


def _add(found: list[Node], owner: Node | None, names: tuple[str, ...], value: Any) -> None:
    if owner is None:
        if isinstance(value, dict):
            found.append(value)
        return
    for name in names:
        owner.setdefault(name, []).append(value)


def _value(outline: Outline, index: int, names: tuple[str, ...]) -> str:
    """Return what an element says, or where it leads if the property is an address."""
    element = outline.elements[index]
    stated = element.get("content") or element.get("datetime")
    link = element.get(_LINKS.get(str(element.tag), "resource"), "")
    if not stated and link and not _ADDRESSES.isdisjoint(names):
        return link
    return stated or _text(outline, index) or link


def _say_name(outline: Outline, index: int, item: Node) -> None:
    """Keep what an item reads as: a person may have no marked name."""
    if _size(outline, index) <= _MAX_NAME_CHARS:
        item["@value"] = outline.text(index)


def _text(outline: Outline, index: int) -> str:
    return outline.text(index) if _size(outline, index) <= _MAX_TEXT_CHARS else ""


def _size(outline: Outline, index: int) -> int:
    """Return what an element weighs, so that nested properties are not read again and again."""
    start, stop = outline.piece_from[index], outline.piece_to[index]
    return outline.length[stop] - outline.length[start] + stop - start
