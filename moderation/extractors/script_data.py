"""JSON that the scripts of a page hold.

Nothing is run. A script beyond ``MAX_CHARS``, one nested beyond what the JSON parser takes
(about a thousand levels) and one that is broken beyond a stray comma is passed over.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import html

MAX_CHARS = 16_000_000
"""Longest script that is parsed: about a second, and ten times as many bytes of memory."""
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_SURROGATES = re.compile("[\ud800-\udfff]")
_OPENING = re.compile(r"\s*(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?\s*\Z")
_WRAPPING_CHARS = 40
_LOOSE_COMMA = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+"?)|,(?=\s*[\]}])', re.DOTALL)
"""A string, which may hold commas and lack its end, or a comma before a closing bracket."""


def parsed(source: str) -> Any:
    """Parse a script's JSON, mending what templates get wrong; None if it is none.

    Args:
        source: JSON, perhaps inside a comment or CDATA, with loose commas, raw line ends in
            strings, or all its quotes as entities.
    """
    if len(source) > MAX_CHARS:
        return None
    for mend in (str, _mended):
        text = mend(source)
        try:
            return usable(json.loads(text, strict=False), text)
        except ValueError:
            continue
        except RecursionError:
            break
    return None


def linked_data(tree: html.HtmlElement) -> Iterator[Any]:
    """Yield what the page's JSON-LD scripts hold."""
    for script in tree.iter("script"):
        if script.get("type", "").lower().startswith("application/ld+json"):
            value = parsed(script.text or "")
            if value is not None:
                yield value


def _mended(source: str) -> str:
    text = source.strip()
    head, tail = text[:_WRAPPING_CHARS], text[-_WRAPPING_CHARS:]
    opening, closing = _OPENING.match(head), _CLOSING.search(tail)
    stop = len(text) - len(tail) + closing.start() if closing else len(text)
    text = text[opening.end() if opening else 0 : stop].strip().rstrip(";")
    if text[1:].lstrip().startswith("&quot;"):
        text = unescape(text)
    return _LOOSE_COMMA.sub(r"\1", text)


def usable(value: Any, text: str) -> Any:
    """Return the value without NULs and lone surrogates, which no file can hold."""
    if "\\u0000" not in text and "\\ud" not in text.lower():
        return value
    written = _SURROGATES.sub("", json.dumps(value, ensure_ascii=False))
    return json.loads(_ESCAPED_NUL.sub(r"\1", written))
