"""The article of a page: title, address, author, date and body text.

Facts a page states about itself (canonical link, Open Graph, schema.org JSON-LD) come before
guesses. The body is resiliparse's main content of the page without its comments.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import etree, html
from resiliparse.extract.html2text import extract_plain_text

from moderation.extractors.document import Document
from moderation.extractors.outline import tidy
from moderation.schema import Article

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|wt_\w+|wtrid|ref_src|xtor|cmpid"
    r"|_ga|_gl|amp|replytocom|showcomment|share",
    re.IGNORECASE,
)
Metas = dict[str, list[str]]

_MARK = "data-moderation-comment"
_IDENTITY_CHARS = 300
_MAX_TITLE_CHARS = 300
_MIN_PARAGRAPH_CHARS = 80
_SEPARATORS = re.compile(r"\s+(?:[|\u01c0»«·•\u2013\u2014:-]|::|\u2729)\s+|\s*\|\s*")
_COMMENT_AREAS = (
    *("#comments", "#comment", "#respond", "#disqus_thread", "#kommentare", "#reactions"),
    *(".comments", ".comment-list", ".commentlist", ".comments-area", ".comment-respond"),
)


def read_article(document: Document, comments: Iterable[html.HtmlElement] = ()) -> Article:
    """Describe the page under discussion.

    Args:
        document: An HTML page.
        comments: Elements that hold comments; their text is kept out of the body.
    """
    tree = document.tree
    stated, metas = _stated(tree), _meta_table(tree)
    title = _title(tree, stated, metas)
    text = _body(tree, comments)
    address = _address(document, metas)
    return Article(
        url=address or made_up_address(title, text),
        title=title,
        text=text,
        author=_author(stated, metas),
        published=_published(stated, metas),
    )


def made_up_address(title: str, text: str) -> str:
    """Name an article without an address by what it says, so that copies are the same one."""
    said = " ".join(f"{title}\n{text[:_IDENTITY_CHARS]}".casefold().split())
    return f"urn:moderation:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def normal_address(url: str) -> str:
    """Return a web address without fragment and tracking parameters."""
    parts = urlsplit(url)
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key)
    ]
    host = parts.netloc.lower()
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", urlencode(query), ""))


def _is_canonical(link: html.HtmlElement) -> bool:
    return link.get("rel", "").lower() == "canonical"


def _address(document: Document, metas: Metas) -> str | None:
    tree = document.tree
    candidates = [
        *(link.get("href", "") for link in tree.iter("link") if _is_canonical(link)),
        *_metas(metas, "og:url"),
        document.page.url or "",
    ]
    for candidate in candidates:
        try:
            url = urljoin(document.page.url or "", str(candidate).strip())
            parts = urlsplit(url)
            if parts.scheme.lower() in {"http", "https"} and parts.hostname:
                return normal_address(url)
        except ValueError:  # such as an unclosed IPv6 bracket
            continue
    return None


# -- What the page states ----------------------------------------------------------------------

_ARTICLE_TYPES = re.compile(
    r"(?:\w*Article|\w*Posting|BlogPost|WebPage|Recipe|QAPage|Question|Report|Review)$"
)


def _stated(tree: html.HtmlElement) -> dict[str, Any]:
    """Return the page's JSON-LD article node, or an empty dict."""
    best: dict[str, Any] = {}
    for script in tree.iter("script"):
        if script.get("type", "").lower().startswith("application/ld+json"):
            for node in _nodes(script.text or ""):
                if not best or (node.get("headline") and not best.get("headline")):
                    best = node
    return best


def _nodes(source: str) -> Iterator[dict[str, Any]]:
    try:
        data = json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return
    stack = [data]
    for _ in range(1_000):
        if not stack:
            return
        node = stack.pop(0)
        if isinstance(node, list):
            stack[:0] = node[:1_000]
        elif isinstance(node, dict):
            kind = node.get("@type")
            kinds = kind if isinstance(kind, list) else [kind]
            if any(isinstance(name, str) and _ARTICLE_TYPES.match(name) for name in kinds):
                yield node
            stack.extend(node[key] for key in ("@graph", "mainEntity") if key in node)


def _metas(table: Metas, *names: str) -> list[str]:
    return [value for name in names for value in table.get(name, ())]


def _meta_table(tree: html.HtmlElement) -> Metas:
    table: Metas = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        value = (meta.get("content") or "").strip()
        if name and value:
            table.setdefault(name.lower(), []).append(value)
    return table


def _title(tree: html.HtmlElement, stated: dict[str, Any], metas: Metas) -> str:
    """Return the headline that the page's head and body agree on."""
    full = _line(tree.findtext(".//title") or "")
    shared = _line(next(iter(_metas(metas, "og:title", "twitter:title")), ""))
    headline = stated.get("headline")
    said = [text for text in (shared, _line(headline) if isinstance(headline, str) else "") if text]
    known = said or [full]
    after_kicker = {part for one in said for part in one.split(": ")[1:]}
    alike = [
        one
        for one in _headings(tree)
        if one[0] in after_kicker or any(_agree(one[0], other) for other in known)
    ]
    exact = [one for one in alike if one[0] in known]
    for text, element in exact or alike:
        return _headline(element, known) or text
    rest = (text for text, _ in _headings(tree))
    return next(iter(said), "") or _without_site(full) or next(rest, "")


def _headings(tree: html.HtmlElement) -> Iterator[tuple[str, html.HtmlElement]]:
    for tag in ("h1", "h2"):
        for heading in islice(tree.iter(tag), _MAX_HEADINGS):
            text = _line("".join(heading.itertext()))
            if 3 < len(text) <= _MAX_TITLE_CHARS:
                yield text, heading


def _agree(heading: str, stated: str) -> bool:
    """Tell whether a heading says most of a stated title, or the other way round."""
    if not stated:
        return False
    said = set(_WORD.findall(heading.casefold()))
    title = set(_WORD.findall(_without_site(stated).casefold()))
    shared = len(said & title)
    return shared >= 0.8 * min(len(said), len(title)) and shared >= 0.4 * max(len(said), len(title))


def _headline(heading: html.HtmlElement, stated: Sequence[str]) -> str:
    """Return the text or element in a heading that is a part of a stated title.

    The rest is a kicker before it ("Tides: ") or a label behind it ("Premium").
    """
    parts = {part for title in stated for part in _parts(title)}
    inner = islice(heading.iterdescendants(), _MAX_INSIDE)
    texts = [heading.text or "", *("".join(one.itertext()) for one in inner)]
    known = [one for one in map(_line, texts) if one in parts]
    best = max(known, key=len, default="")
    return best if len(best) > len("".join(heading.itertext())) / 2 else ""


def _parts(title: str) -> list[str]:
    return re.split(r":\s+|\s+[-|\u2013\u2014]\s+", title)


_MAX_HEADINGS = 50
"""How many headings of a level are looked at."""
_MAX_INSIDE = 20
"""How many elements in a heading are looked at."""


def _without_site(title: str) -> str:
    parts = _SEPARATORS.split(title)
    return max(parts, key=len) if len(parts[0]) < len(title) / 4 else parts[0]


_WORD = re.compile(r"\w+")


def _line(text: str) -> str:
    return " ".join(text.split())


def _author(stated: dict[str, Any], metas: Metas) -> str | None:
    people = stated.get("author")
    people = people if isinstance(people, list) else [people]
    names = [one.get("name") if isinstance(one, dict) else one for one in people]
    spoken = [_line(name) for name in names if isinstance(name, str) and name.strip()]
    if spoken:
        return ", ".join(spoken)
    signed = [
        name
        for name in _metas(metas, "author", "article:author", "dc.creator", "parsely-author")
        if not name.startswith(("http://", "https://"))
    ]
    return _line(signed[0]) if signed else None


def _published(stated: dict[str, Any], metas: Metas) -> str | None:
    stamp = stated.get("datePublished")
    if isinstance(stamp, str) and stamp.strip():
        return stamp.strip()
    stamps = _metas(
        metas, "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued"
    )
    return stamps[0] if stamps else None


# -- Body --------------------------------------------------------------------------------------


def _body(tree: html.HtmlElement, comments: Iterable[html.HtmlElement]) -> str:
    """Return the main text of the page after taking the comments out."""
    marked = list(comments)
    for element in marked:
        element.set(_MARK, "")
    try:
        source = etree.tostring(tree, encoding="unicode", method="html")
    finally:
        for element in marked:
            element.attrib.pop(_MARK, None)
    text = extract_plain_text(
        source,
        main_content=True,
        preserve_formatting=True,
        list_bullets=False,
        alt_texts=False,
        comments=False,
        skip_elements=[f"[{_MARK}]", *_COMMENT_AREAS],
    )
    return tidy(text) or _paragraphs(tree, marked)


def _paragraphs(tree: html.HtmlElement, without: Sequence[html.HtmlElement]) -> str:
    """Return the longer paragraphs of a page whose main content was not found."""
    outside = set(without)
    lines = (
        _line("".join(paragraph.itertext()))
        for paragraph in tree.iter("p")
        if paragraph not in outside and outside.isdisjoint(paragraph.iterancestors())
    )
    return "\n".join(line for line in lines if len(line) >= _MIN_PARAGRAPH_CHARS)
