"""A page, decoded once and parsed once, for every extractor to look at.

Decoding takes the first of byte-order mark, transport, ``<meta>`` or XML declaration, and
UTF-8 that fits the bytes; encoding names mean what browsers take them to mean (``euc-kr`` is
CP949, ``iso-8859-1`` is CP1252). Where none fits, charset-normalizer guesses from a sample.
A short page in a rare single-byte encoding that declares nothing may be guessed wrong.

Parsing is libxml2's HTML parser, which stops at 2048 levels; a deeper page is flattened
first, so that what stands behind the nesting is still read.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from charset_normalizer import from_bytes
from lxml import etree, html
from resiliparse.parse.encoding import map_encoding_to_html5

from moderation.errors import ExtractionError
from moderation.schema import Page

Kind = Literal["html", "text", "json", "xml"]

EXPECTED = "expected an HTML page, a plain-text dump, or a JSON or XML export"
SAMPLE_BYTES = 32_768
"""How much of a page is looked at to tell its kind or guess its encoding."""
MAX_DEPTH = 500
"""Levels kept of a page that is too deep for the parser; browsers stop at 512."""


class Document:
    """One page as text and as a tree.

    Args:
        page: What a source read.

    Attributes:
        page: The same.
        text: The decoded page, free of NULs, byte-order mark and lone surrogates.
        kind: What the content is, whatever the file is called.
        guessed: The encoding it was read in, if neither the page nor its transport named it
            and it is not UTF-8.

    Raises:
        ExtractionError: The page is empty or binary.
    """

    page: Page
    kind: Kind
    text: str
    guessed: str | None

    def __init__(self, page: Page) -> None:
        self.page = page
        if not page.body.strip(b"\0 \t\r\n\f"):
            raise ExtractionError(page.source, f"the page is empty; {EXPECTED}")
        binary = _binary_format(page.body)
        if binary:
            raise ExtractionError(page.source, f"looks like {binary}; {EXPECTED}")
        self.text, self.guessed = _decode(page.body, page.charset)
        if not self.text.strip():
            raise ExtractionError(page.source, f"the page is empty; {EXPECTED}")
        self.kind = _kind(self.text, page.source)

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The root element of the page, without comments and processing instructions.

        Any kind of page has one; only that of an ``"html"`` document means anything.
        At most 2048 levels deep.
        """
        tree, too_deep = _parse(self.text)
        if too_deep:
            tree = _parse(_flattened(self.text))[0]
        return _with_shadows(tree) if _SHADOW.search(self.text) else tree

    @cached_property
    def json(self) -> Any:
        """The parsed content of a ``"json"`` document; None for any other and broken JSON."""
        if self.kind != "json":
            return None
        try:
            value = json.loads(_ESCAPED_NUL.sub(r"\1", self.text))
            if "\\ud" in self.text.lower():  # pairs have become letters, lone halves remain
                value = json.loads(_UNUSABLE.sub("", json.dumps(value, ensure_ascii=False)))
        except (ValueError, RecursionError):
            return None
        return value


# -- What the bytes are ------------------------------------------------------------------------

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"%PDF-", "a PDF file"),
    (0, b"PK\x03\x04", "a ZIP archive or office document"),
    (0, b"\x1f\x8b", "gzip-compressed data"),
    (0, b"BZh", "bzip2-compressed data"),
    (0, b"\xfd7zXZ\0", "xz-compressed data"),
    (0, b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"PAR1", "a Parquet table"),
    (0, b"ARROW1", "an Arrow table"),
    (0, b"OggS", "an Ogg recording"),
    (0, b"ID3", "an MP3 recording"),
    (0, b"\xd0\xcf\x11\xe0", "an old office document"),
    (4, b"ftyp", "an MP4 or AVIF file"),
    (8, b"WEBP", "a WebP image"),
    (8, b"WAVE", "a WAVE recording"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(code for code in range(0x20) if chr(code) not in "\t\n\v\f\r\x1b") + b"\x7f"
_MAX_CONTROLS = 0.05
"""Share of control bytes from which a page is binary; real pages stay under 0.001."""


def _binary_format(body: bytes) -> str | None:
    for offset, magic, name in _MAGIC:
        if body.startswith(magic, offset):
            return name
    sample = body[:SAMPLE_BYTES]
    if _bom(body) or _utf16_without_bom(sample):
        return None
    visible = sample.replace(b"\0", b"")
    controls = len(visible) - len(visible.translate(None, _CONTROLS))
    binary = controls > _MAX_CONTROLS * len(visible) or len(visible) < len(sample) / 2
    return "binary data" if binary else None


def _bom(body: bytes) -> tuple[bytes, str] | None:
    return next(((mark, name) for mark, name in _BOMS if body.startswith(mark)), None)


def _utf16_without_bom(sample: bytes) -> str | None:
    """Tell UTF-16 by NULs in every other byte, as mark-up and Latin text make them."""
    half = max(len(sample) // 2, 1)
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if max(even, odd) < 0.2 or min(even, odd) > 0.05:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


# -- Decoding ----------------------------------------------------------------------------------

_DECLARED = re.compile(
    rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 8_192
_SUPERSETS = {
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "iso8859-11": "cp874",
}
"""WHATWG decoders are wider than the Python codecs of the same name."""
_GUESSABLE = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("cp949", "cp932", "euc_jp", "gb18030", "big5"),
)
_LATIN = {
    "cp1252": "àâäåãáæçéèêëíìîïñóòôöõøœúùûüÿªº¿¡",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűäöüăâîşţđľĺŕô",
    "cp1254": "çğıöşüâîû",
    "cp1257": "ąčęėįšųūžāēģīķļņõäöü",
}
"""Accented letters that are usual in the languages of each code page; the first wins a tie."""
_TYPOGRAPHY = (
    "\u201c\u201d\u201e\u2018\u2019\u201a\u2013\u2014\u2026\u2022"
    "\u20ac\u00a0\u00ab\u00bb\u00a7\u00b0\u00a9\u00ae\u2122\u00b7"
)
_FIT = 0.9
"""Share of the non-ASCII bytes an encoding must explain; cut and patched pages have a few bad."""
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def _decode(body: bytes, transport: str | None) -> tuple[str, str | None]:
    """Return the text, and the encoding if it had to be guessed."""
    guessed = None
    mark = _bom(body)
    if mark:
        text = body[len(mark[0]) :].decode(mark[1], "replace")
    elif wide := _utf16_without_bom(body[:SAMPLE_BYTES]):
        text = body.decode(wide, "replace")
    else:
        text, guessed = _decode_bytewise(body, transport)
    text = text.replace("\0", "").lstrip("\ufeff")  # no decoder gives lone surrogates
    return text, guessed


def _decode_bytewise(body: bytes, transport: str | None) -> tuple[str, str | None]:
    """Decode with the first encoding that fits: transport's, the page's own, UTF-8, a guess."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    names = list(dict.fromkeys(_names(body, transport)))
    if text is not None and (text.isascii() or not _is_wide(names[0])):
        return text, None  # prose in a single-byte encoding is never valid UTF-8 by chance
    for name in names:
        decoded = body.decode(name, "replace")
        if _fits(decoded, body):
            return decoded, None
    guessed = _guess(body)
    return body.decode(guessed, "replace"), guessed


def _names(body: bytes, transport: str | None) -> Iterator[str]:
    """Yield Python codec names: transport's, the page's own, UTF-8."""
    declared = _DECLARED.search(body[:_DECLARED_WITHIN])
    own = (declared[1] or declared[2]).decode("ascii", "replace") if declared else None
    for label in (transport, own):
        name = map_encoding_to_html5(label.strip(), fallback_utf8=False) if label else None
        if name and not name.startswith("utf-16"):  # the bytes were seen not to be
            yield _SUPERSETS.get(name, name)
    yield "utf-8"


def _is_wide(name: str) -> bool:
    return name in {"cp949", "cp932", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp"}


def _fits(decoded: str, body: bytes) -> bool:
    bad = decoded.count("\ufffd")
    if not bad:
        return True
    foreign = len(body) - len(body.translate(None, bytes(range(0x80, 0x100))))
    return bad <= max(1, (1 - _FIT) * foreign)


def _guess(body: bytes) -> str:
    """Name the encoding of a bounded sample around the first non-ASCII byte."""
    first = re.search(rb"[\x80-\xff]", body)
    start = max(first.start() - 2_000, 0) if first else 0
    sample = body[start : start + SAMPLE_BYTES]
    best = from_bytes(sample, cp_isolation=list(_GUESSABLE), preemptive_behaviour=False).best()
    return _latin(sample) if best is None or best.encoding in _LATIN else best.encoding


def _latin(sample: bytes) -> str:
    """Name the Latin code page in which most accented letters are usual ones."""

    def usual(name: str) -> float:
        foreign = [mark for mark in sample.decode(name, "replace").casefold() if mark > "\x7f"]
        odd = sum(mark not in _LATIN[name] and mark not in _TYPOGRAPHY for mark in foreign)
        return -odd / max(len(foreign), 1)

    return max(_LATIN, key=usual)


# -- Kind --------------------------------------------------------------------------------------

_PREAMBLE = re.compile(
    r"\s*(?:(?:<\?.*?\?>|<!--.*?-->|<!doctype\b[^>\[]*(?:\[.*?\]\s*)?>)\s*)*",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_TAG = re.compile(
    r"</?(?:html|head|title|meta|link|script|style|body|div|span|p|br|a|ul|ol|li|dl|dt|dd|table"
    r"|tbody|tr|td|th|h[1-6]|b|i|em|strong|font|img|article|section|blockquote|form|input)"
    r"\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_XML_ROOTS = frozenset({"rss", "feed", "disqus", "rdf", "channel"})
_JSON_START = re.compile(r'[\[{]\s*(?:["\[{\]}]|-?\d|true|false|null)')
_CHARS_PER_TAG = 500
"""A page without a proper start is HTML from one tag per so many characters."""


def _kind(text: str, source: str) -> Kind:
    head = text[:SAMPLE_BYTES]
    if _looks_like_json(text, source):
        return "json"
    preamble = _PREAMBLE.match(head)
    root = _ROOT.match(head, preamble.end() if preamble else 0)
    if root:
        return "xml" if _looks_like_xml(head, root) else "html"
    tags = sum(1 for _ in _HTML_TAG.finditer(head))
    named = re.search(r"\.x?html?(?:\.gz)?$", source, re.IGNORECASE)
    return "html" if tags > (0 if named else len(head) / _CHARS_PER_TAG) else "text"


def _looks_like_json(text: str, source: str) -> bool:
    if not _JSON_START.match(text.lstrip()[:SAMPLE_BYTES]):
        return False
    return text.rstrip()[-1] in "]}" or bool(re.search(r"\.jsonl?(?:\.gz)?$", source))


def _looks_like_xml(head: str, root: re.Match[str]) -> bool:
    name = root[1].lower()
    if _HTML_TAG.match(f"<{name}>"):
        return False
    return name in _XML_ROOTS or head.lstrip().startswith("<?xml")


# -- Tree --------------------------------------------------------------------------------------

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)[^<>]*>")
_NOT_NESTING = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
    r"|p|li|dd|dt|tr|td|th|thead|tbody|tfoot|option|colgroup|html|head|body"
)
"""Empty elements, and those whose end is implied by the next of their kind."""


_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""No class of their own for forms and fields: asking Python for each element costs 7 %."""


def _parse(text: str) -> tuple[html.HtmlElement, bool]:
    """Return the root, and whether the parser gave up on the depth."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = html.document_fromstring(text.encode("utf-8"), parser=parser, ensure_head_body=True)
    except etree.ParserError:  # not one element, such as a page that is all remark
        return html.document_fromstring("<html></html>", ensure_head_body=True), False
    too_deep = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return tree, too_deep


_SHADOW = re.compile(r"<template\s[^<>]{0,200}shadowroot", re.IGNORECASE)


def _with_shadows(tree: html.HtmlElement) -> html.HtmlElement:
    """Make shadow trees part of the page: browsers show these templates, and no others."""
    for template in list(tree.iter("template")):
        if "shadowrootmode" in template.attrib or "shadowroot" in template.attrib:
            template.tag = "div"
    return tree


def _flattened(text: str) -> str:
    """Leave out the tags beyond ``MAX_DEPTH`` levels; what they hold stays."""
    kept: list[str] = []
    left_out: Counter[str] = Counter()
    depth = position = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if _NOT_NESTING.fullmatch(name):
            continue
        if tag[1] and left_out[name]:
            left_out[name] -= 1
        elif tag[1]:
            depth = max(depth - 1, 0)
            continue
        elif depth < MAX_DEPTH:
            depth += 1
            continue
        else:
            left_out[name] += 1
        kept.append(text[position : tag.start()])
        position = tag.end()
    kept.append(text[position:])
    return "".join(kept)
