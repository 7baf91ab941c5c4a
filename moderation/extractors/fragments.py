"""The text of HTML fragments, and the elements of XML, that exports and APIs hold."""

import re
from html import unescape

from lxml import etree, html

from moderation.errors import ExtractionError
from moderation.extractors.document import Document
from moderation.extractors.outline import Outline, tidy


def fragment_text(markup: str, *, lines: bool = False) -> str:
    """Return what a reader sees of an HTML fragment, block elements on their own lines.

    Args:
        markup: HTML or plain text.
        lines: Line ends in it are line ends to the reader, as in WordPress.
    """
    if "<" not in markup and "&" not in markup:
        return tidy(markup) if lines else " ".join(markup.split())
    return fragment_outline(markup.replace("\n", "<br>") if lines else markup).text(0)


def fragment_outline(markup: str) -> Outline:
    """Parse an HTML fragment and lay it flat."""
    markup = markup.replace("\0", "")
    usable = markup.encode("utf-8", "replace").decode("utf-8")
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    tree = html.document_fromstring(f"<div>{usable}</div>", parser=parser)
    return Outline(tree)


def prose(said: str) -> str:
    """Return the text of a value that may be plain, escaped or marked up: nobody says which.

    Args:
        said: As JSON held it. What only looks like a tag, as in ``a<b``, is text.
    """
    if _ESCAPED_BLOCK.match(said):
        said = unescape(said)
    if _TAG.search(said):
        return fragment_text(said, lines=not _BLOCK.search(said))
    return tidy(unescape(said).replace("\0", ""))


_BLOCK = re.compile(r"<(?:p|br|div|li|ul|ol|blockquote|pre)\b", re.IGNORECASE)
_ESCAPED_BLOCK = re.compile(r"\s*&lt;(?:p|div)\b", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|br|div|li|ul|ol|blockquote|pre|a|b|i|u|s|em|strong|span|code|img|del|sub|sup)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def xml_root(document: Document) -> etree._Element:
    """Parse an XML document, mending what is broken and resolving no entities.

    Raises:
        ExtractionError: There is no element in it.
    """
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=True
    )
    root = etree.fromstring(document.text.encode("utf-8"), parser)
    if root is None:
        raise ExtractionError(document.page.source, "is no XML; expected an export")
    return root
