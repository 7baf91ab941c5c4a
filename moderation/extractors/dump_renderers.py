"""What text renderers add to a page's lines, taken back: line breaks, Markdown, link numbers.

``lynx -dump`` and ``w3m -dump`` break paragraphs at 80 columns, lynx numbers its links and lists
them at the end; html2text and markdownify write Markdown, html2text broken at 79 columns too.
"""

import re

_LISTED = (
    r"(?:Visible links:?\s+)?(?:\s*\d+\. (?:https?:|/|#|mailto:|file:|javascript:)\S*\n?)+\s*$"
)
_REFERENCES = re.compile(rf"^[^\S\n]*References:?\s*\n\s*{_LISTED}", re.MULTILINE)
_LINK_NUMBER = re.compile(r"\[\d{1,4}\](?=\S)")
WRAP_COLUMNS = range(50, 101)
"""Where renderers break lines."""
WRAPPED_LINES = 3
"""Lines that end near the same column, in the middle of a sentence, from which lines are broken."""
NEAR_COLUMNS = 14
"""The next line's first word may be this long, mostly."""
_SENTENCE_END = re.compile(r"[.!?…:。！？][\"'”’»“)\]]*$")  # noqa: RUF001 - as dumps have them
_NEW_ITEM = re.compile(r"(?:[•◦▪*·#+>|-]|\d{1,4}[.)])\s")
_LINK = re.compile(
    r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,300})\]\(<?[^()\s]{0,2000}>?(?:\s\"[^\"\n]{0,300}\")?\)"
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,300}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*_\\])([*_])(?=[^\s*_])([^\n*_]{1,300})(?<=\S)\1(?![\w*_])")
_TITLE = re.compile(
    r"^[^\S\n]*#{1,6}\s+(?=\S)|(?<=^[*+-] )#{1,6}\s+(?=\S)|(?<=\S\n)[=-]{3,}$", re.MULTILINE
)
_BULLET = re.compile(r"^([^\S\n]*)[*+-](?=\s+\S)", re.MULTILINE)
_QUOTE = re.compile(r"^([^\S\n]*)> ?", re.MULTILINE)
_RULE = re.compile(r"^[\s|:*_-]{3,}$", re.MULTILINE)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~<-])")
MARKDOWN_SIGNS = 3
"""Headings, links and bold words from which a dump is Markdown, at least one a heading or link."""


def plain(text: str) -> str:
    """Return the dump as if its renderer had put each block on a line and added nothing."""
    text, listed = _REFERENCES.subn("", text)
    if listed:
        text = _LINK_NUMBER.sub("", text)
    if _is_markdown(text):
        text = _unmarked(_unwrapped(text))
    return _unwrapped(text)


def _is_markdown(text: str) -> bool:
    sure = len(_TITLE.findall(text)) + len(_LINK.findall(text))
    return sure > 0 and sure + len(_STRONG.findall(text)) >= MARKDOWN_SIGNS


def _unmarked(text: str) -> str:
    text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))  # an image may be a link
    text = _BULLET.sub(r"\1•", _RULE.sub("", text))
    text = _TITLE.sub("", _QUOTE.sub(r"\1", text))
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return _ESCAPE.sub(r"\1", text)


def _unwrapped(text: str) -> str:
    """Join lines that were broken because the next word would not have fitted."""
    lines = text.split("\n")
    column = max((len(line.rstrip()) for line in lines if len(line.split()) > 4), default=0)
    if column not in WRAP_COLUMNS:
        return text
    full = [line.rstrip() for line in lines if len(line.rstrip()) > column - NEAR_COLUMNS]
    if sum(_SENTENCE_END.search(line) is None for line in full) < WRAPPED_LINES:
        return text
    joined = lines[:1]
    last = lines[0].rstrip()
    for line in lines[1:]:
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        broken = last and word and len(last) + 1 + len(word) > column
        if broken and not _NEW_ITEM.match(line.lstrip()):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
        last = line.rstrip()
    return "\n".join(joined)
