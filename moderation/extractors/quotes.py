"""What a comment repeats of another, set apart from what it says itself.

A quotation of another comment is what the page marks as one: forums' class names
(``bbcode_quote``, ``bbCodeBlock--quote``, ``aside.quote`` and the like), attributes that name the
quoted post, a ``cite`` at its head, or forums' fixed words ("Originally posted by", "Quote:");
in plain text BBCode's ``[quote]``, and lines with ``>`` under "Ann wrote:". Any other
``blockquote`` is part of the text: most quote the article, and "the mayor said:" over one does
not make it a comment.

Who answers whom is not read from quotations.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from moderation.extractors.fragments import fragment_outline, prose
from moderation.extractors.outline import Outline, tidy

_TAGS = frozenset({"aside", "blockquote", "div", "fieldset", "section", "table", "td"})
_SELF_MARKED = frozenset({"blockquote", "fieldset", "table"})
"""Elements that are a quotation if what stands in or before them says so."""
_CLASS = re.compile(
    r"(?:bb[-_]?code|bbcodeblock|bbc|bbc[-_]standard|bbc[-_]alternate|forum|post|message|comment|ips|mycode|msg)?[-_]*"
    r"(?:quote|quoted|zitat|cite|citation|citat)"
    r"[-_]*(?:box|block|container|wrapper|body|content|main|message|msg|post|comment|bbcode)?",
    re.IGNORECASE,
)
_NO_QUOTATION = frozenset({"blockquote", "citation", "cite"})
"""Names that journals and editors use for any quotation."""
_ATTRIBUTES = frozenset(
    {"data-quote", "data-ipsquote", "data-ipsquote-username", "data-username", "data-post"}
)
_CITED_POST = re.compile(r"#|[?&/](?:p|pid|post|comment|cid|msg)s?[=/-]?\d", re.IGNORECASE)
_WROTE = re.compile(
    r"\W{0,3}\S.{0,80}?\s(?:wrote|said|posted|schrieb|sagte|meinte|geschrieben|hat gesagt"
    r"|a [ée]crit|[ée]crivait|a dit|escribi[óo]|dijo|ha scritto|scrisse|escreveu|disse"
    r"|napisa[łl]\(?a?\)?|(?:на)?писал\w?|skrev|schreef|zei|kirjoitti|napsal\(?a?\)?|írta|a scris"
    r"|yazd\u0131)"
    r"(?: (?:on|am|le|at|in)\b.{1,40})?[\s.:\uff1a]{0,3}\W{0,3}",
    re.IGNORECASE,
)
_FIXED_WORDS = re.compile(
    r"\W{0,3}(?:original(?:ly)? posted|quot(?:e|ed|ing)|zitat|cita(?:tion|do|zione)?|citat|цитата)"
    r"(?: (?:by|from|von|de|di|av)\b.{1,80}|\s?\(.{1,80}\))?\s?[:\uff1a]?\W{0,3}",
    re.IGNORECASE,
)
_MAX_ATTRIBUTION_CHARS = 120
_PIECES_NEAR = 12
_BBCODE = re.compile(r"\[quote(?:[=\s][^\]\n]{0,200})?\]|\[/quote\]", re.IGNORECASE)


def apart(outline: Outline, elements: Iterable[int], text: str) -> tuple[str, str]:
    """Part a comment's text from the quotations in it.

    Args:
        outline: The page.
        elements: Those of the comment, without the comments inside it, in document order.
        text: What was read of it, with the quotations.

    Returns:
        What it says itself, and what it quotes. A comment that is nothing but a quotation
        keeps it as its text.
    """
    lines = text.split("\n")
    own = Counter(lines)
    left = sum(map(_speaks, lines))
    quoted: list[str] = []
    until = -1
    for index in elements:
        if index < until or not _is_quotation(outline, index):
            continue
        taken = list((Counter(_lines(outline, index)) & own).elements())
        spoken = sum(map(_speaks, taken))
        if not taken or spoken >= left:  # what holds all of the text is its body
            continue
        own.subtract(taken)
        left -= spoken
        until = outline.last[index]
        quoted += _bare(outline, index, taken)
    said, marked = apart_in_text("\n".join(_kept(lines, own)))
    return said, "\n".join(filter(None, [*quoted, marked]))


def _lines(outline: Outline, index: int) -> list[str]:
    """Return the lines of a quotation, and the attribution before it."""
    before = _line_before(outline, index)
    return [*([before] if _is_attribution(before) else ()), *outline.text(index).split("\n")]


def _bare(outline: Outline, index: int, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines without attributions, also where one stands on the line of the words."""
    cites = _cites(outline, index)
    head = " ".join(outline.text(cites[-1]).split()) if cites else ""
    for line in lines:
        if not _is_attribution(line):
            yield line.removeprefix(head).strip() if head else line


def _kept(lines: Iterable[str], own: Counter[str]) -> list[str]:
    """Leave out of each line the first copies, as many as are not the comment's own."""
    unwanted = Counter(lines)
    unwanted.subtract(own)
    kept = []
    for line in lines:
        if unwanted[line] > 0:
            unwanted[line] -= 1
        else:
            kept.append(line)
    return kept


def apart_in_text(text: str) -> tuple[str, str]:
    """Part a plain text from the quotations that BBCode or ``>`` under an attribution mark."""
    own, quoted = _by_bbcode(text) if "[" in text else (text, [])
    if ">" in own:
        own, more = _by_marks(own)
        quoted += more
    if not quoted or not _speaks(own):
        return text, ""
    return own.strip(), tidy("\n".join(quoted))


def apart_in_markup(markup: str) -> tuple[str, str]:
    """Part the text of an HTML fragment, as an API holds it, from the quotations in it."""
    outline = fragment_outline(markup)
    return apart(outline, range(len(outline)), outline.text(0))


def apart_in_prose(said: str) -> tuple[str, str]:
    """Part a value that may be plain or marked up, as ``fragments.prose`` reads it."""
    if _QUOTATION.search(said):
        return apart_in_markup(said)
    return apart_in_text(prose(said))


_QUOTATION = re.compile(r"<(?:blockquote|aside|div|table|td|fieldset)\b", re.IGNORECASE)


def _is_quotation(outline: Outline, index: int) -> bool:
    element = outline.elements[index]
    if element.tag not in _TAGS:
        return False
    if _is_named(outline.tokens[index]):
        return True
    if element.tag not in _SELF_MARKED:
        return False
    if not _ATTRIBUTES.isdisjoint(element.keys()) or _CITED_POST.search(element.get("cite", "")):
        return True
    start, stop = outline.piece_from[index], outline.piece_to[index]
    first = outline.render((start, min(stop, start + _PIECES_NEAR))).partition("\n")[0]
    lines = (first, _line_before(outline, index))
    return bool(_cites(outline, index)) or any(map(_FIXED_WORDS.fullmatch, filter(None, lines)))


def _cites(outline: Outline, index: int) -> list[int]:
    """Return the ``cite`` that stands first in an element, or in the first one in it."""
    first = range(index + 1, min(index + 3, outline.last[index]))
    tags = [outline.elements[at].tag for at in first]
    return [first[tags.index("cite")]] if tags[:1] == ["cite"] or tags == ["div", "cite"] else []


@lru_cache(maxsize=10_000)
def _is_named(tokens: tuple[str, ...]) -> bool:
    return any(
        _CLASS.fullmatch(token) and token.lower() not in _NO_QUOTATION for token in tokens[:10]
    )


def _line_before(outline: Outline, index: int) -> str:
    start = outline.piece_from[index]
    return outline.render((max(start - _PIECES_NEAR, 0), start)).rpartition("\n")[2]


def _is_attribution(line: str) -> bool:
    short = line.strip() if len(line) <= _MAX_ATTRIBUTION_CHARS else ""
    return bool(short and (_WROTE.fullmatch(short) or _FIXED_WORDS.fullmatch(short)))


def _speaks(line: str) -> bool:
    return any(map(str.isalnum, line))


def _by_bbcode(text: str) -> tuple[str, list[str]]:
    """Part at ``[quote]`` and ``[/quote]``; one that is never closed is no quotation."""
    own: list[str] = []
    quoted: list[str] = []
    depth = at = 0
    for mark in _BBCODE.finditer(text):
        (quoted if depth else own).append(text[at : mark.start()])
        depth = max(depth + (1 if mark[0][1] != "/" else -1), 0)
        at = mark.end()
    if depth:
        return text, []
    own.append(text[at:])
    return tidy("\n".join(own)), quoted


def _by_marks(text: str) -> tuple[str, list[str]]:
    own: list[str] = []
    quoted: list[str] = []
    is_open = False
    for line in text.split("\n"):
        if line.startswith(">") and not is_open and own and _is_attribution(own[-1]):
            own.pop()
            is_open = True
        is_open = is_open and line.startswith(">")
        (quoted if is_open else own).append(line.lstrip("> ") if is_open else line)
    return "\n".join(own), quoted
