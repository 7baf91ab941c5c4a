r"""A parsed page laid flat, so that sums over any part of it cost nothing.

Elements stand in document order; the subtree of element ``i`` is the range
``i .. last[i]``, its text the pieces ``piece_from[i] .. piece_to[i]``. Block boundaries are
pieces too (``"\n"``), so joining a range of pieces gives the text as a reader sees it.
Scripts, styles, templates and form fields are left out; buttons are there without their text,
except for those that show somebody's name.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

from lxml import etree, html

from moderation.extractors import wording

BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "noscript", "ol"),
        *("p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
        "ul",
    }
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SILENT = frozenset(
    {
        *("script", "style", "template", "textarea", "select", "option", "svg"),
        *("iframe", "object", "embed", "audio", "video", "canvas", "head", "map", "datalist"),
    }
)
_QUIET = frozenset({"button"})
"""Kept as elements, but what stands in them is no text."""
_NAME_BUTTON = re.compile(r"\w+name|author")
"""Words in the class names of a button that shows who wrote."""
_MAX_ALT_CHARS = 24
"""Longest alternative text still taken for an emoji; a picture's caption is longer."""

Range = tuple[int, int]


class Outline:
    r"""The elements and text pieces of a page in document order.

    Args:
        tree: Root element.

    Attributes:
        elements: Every element that is not inside a silent one.
        parent: Index of each element's parent; -1 for the root.
        last: One past the last element of each subtree.
        depth: Levels below the root.
        pieces: Text, white space collapsed, and ``"\n"`` at block boundaries.
        owner: Which element each piece stands in.
        piece_from, piece_to: The range of ``pieces`` of each subtree.
    """

    def __init__(self, tree: html.HtmlElement) -> None:
        self.elements: list[html.HtmlElement] = []
        self.parent: list[int] = []
        self.last: list[int] = []
        self.depth: list[int] = []
        self.pieces: list[str] = []
        self.owner: list[int] = []
        self.piece_from: list[int] = []
        self.piece_to: list[int] = []
        self._walk(tree)

    def _walk(self, tree: html.HtmlElement) -> None:
        walker = etree.iterwalk(tree, events=("start", "end"))
        path: list[int] = []
        for event, element in walker:
            tag = element.tag
            if tag in SILENT or not isinstance(tag, str):
                if event == "start":
                    walker.skip_subtree()
                elif path and (text := element.tail):
                    self._text(text, path[-1])
            elif event == "start":
                self._open(element, tag, path)
                if tag in _QUIET and not _shows_name(element):
                    walker.skip_subtree()
            else:
                index = path.pop()
                self.last[index] = len(self.elements)
                if tag in BLOCKS:
                    self.pieces.append("\n")
                    self.owner.append(index)
                self.piece_to[index] = len(self.pieces)
                if path and (text := element.tail):
                    self._text(text, path[-1])

    def _open(self, element: html.HtmlElement, tag: str, path: list[int]) -> None:
        index, piece = len(self.elements), len(self.pieces)
        self.elements.append(element)
        self.parent.append(path[-1] if path else -1)
        self.depth.append(len(path))
        self.last.append(index + 1)
        self.piece_from.append(piece)
        self.piece_to.append(piece)
        path.append(index)
        if tag in BLOCKS:
            self.pieces.append("\n")
            self.owner.append(index)
        elif tag == "img":
            self._emoji(element, index)
        if (text := element.text) and (tag not in _QUIET or _shows_name(element)):
            self._text(text, index)

    def _text(self, text: str, owner: int) -> None:
        said = " "
        if not text.isspace():
            said = " ".join(text.split())
            if text[0].isspace():
                said = f" {said}"
            if text[-1].isspace():
                said += " "
        self.pieces.append(said)
        self.owner.append(owner)

    def _emoji(self, element: html.HtmlElement, index: int) -> None:
        """Say a smiley's alternative text; other pictures stay silent."""
        alt = element.get("alt") or ""
        about = f"{element.get('class', '')} {element.get('src', '')}".lower()
        if 0 < len(alt) <= _MAX_ALT_CHARS and re.search(r"emoji|smil|emoticon", about):
            self.pieces.append(alt)
            self.owner.append(index)

    def __len__(self) -> int:
        return len(self.elements)

    @cached_property
    def index_of(self) -> dict[html.HtmlElement, int]:
        """Where each element stands."""
        return {element: index for index, element in enumerate(self.elements)}

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Ids and names that links on this page can lead to."""
        return frozenset(
            name
            for element in self.elements
            for name in (element.get("id"), element.get("name"))
            if name
        )

    @cached_property
    def classes(self) -> list[str]:
        """The class attribute of each element, empty where it has none."""
        return [element.get("class", "") for element in self.elements]

    @cached_property
    def tokens(self) -> list[tuple[str, ...]]:
        """The class names of each element."""
        split = {one: tuple(one.split()) for one in set(self.classes)}
        return [split[one] for one in self.classes]

    @cached_property
    def length(self) -> list[int]:
        """Running total of visible characters before each piece; one longer than ``pieces``."""
        return list(accumulate(map(len, map(str.strip, self.pieces)), initial=0))

    @cached_property
    def linked(self) -> list[int]:
        """Running total of visible characters inside links before each piece."""
        inside = self.inside("a")
        return [
            0,
            *accumulate(
                len(piece.strip()) if inside[owner] else 0
                for piece, owner in zip(self.pieces, self.owner, strict=True)
            ),
        ]

    def inside(self, tag: str) -> list[bool]:
        """Tell of each element whether it is, or stands inside, a ``tag`` element."""
        found: list[bool] = []
        for element, parent in zip(self.elements, self.parent, strict=True):
            found.append(element.tag == tag or (parent >= 0 and found[parent]))
        return found

    def ancestors(self, index: int) -> Iterator[int]:
        """Yield the parent, its parent and so on, up to the root."""
        index = self.parent[index]
        while index >= 0:
            yield index
            index = self.parent[index]

    def span(self, start: int, stop: int) -> Range:
        """Return the range of pieces of the subtrees from element ``start`` up to ``stop``."""
        if stop <= start:
            return self.piece_from[start], self.piece_from[start]
        end = self.piece_to[start]
        index = start
        while self.last[index] < stop:
            index = self.last[index]
            end = self.piece_to[index]
        return self.piece_from[start], end

    def text(self, index: int, without: Iterable[int] = ()) -> str:
        """Return the text of an element, block elements on their own lines."""
        holes = [(self.piece_from[hole], self.piece_to[hole]) for hole in without]
        return self.render((self.piece_from[index], self.piece_to[index]), holes)

    def render(self, span: Range, holes: Iterable[Range] = ()) -> str:
        """Join a range of pieces, leaving out ``holes``; lines trimmed, empty ones dropped."""
        parts: list[str] = []
        position = span[0]
        for start, stop in sorted(holes):
            if start >= span[1] or stop <= position:
                continue
            parts.extend(self.pieces[position : max(start, position)])
            parts.append("\n")
            position = max(stop, position)
        parts.extend(self.pieces[position : span[1]])
        return tidy("".join(parts))

    def piece_index(self, piece: int) -> int:
        """Return the last element that starts at or before ``piece``."""
        return bisect_left(self.piece_from, piece + 1) - 1


def _shows_name(button: html.HtmlElement) -> bool:
    """Tell whether a button is somebody's name or a time: pressing it shows profile or comment."""
    if any(map(_NAME_BUTTON.fullmatch, wording.words(button.get("class", "")))):
        return True
    return button.find(".//time") is not None


def tidy(text: str) -> str:
    """Collapse white space within lines and drop empty lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
