"""Plain-text dumps of article pages: title, text, and the comments told by their rhythm.

How comments are found stands in ``dump_records``. Nesting is read off the indentation; in a
flat thread, ``@name`` at the beginning of a comment makes it a reply to that person's nearest
comment. It cannot tell a comment's last paragraph from an unknown sidebar in a dump without
indentation.
"""

from collections.abc import Sequence
from typing import ClassVar

from moderation.extractors import dump_lines as dump
from moderation.extractors.article import made_up_address, normal_address
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.dump_article import read_article
from moderation.extractors.dump_lines import Line
from moderation.extractors.dump_orders import Record, heading_above
from moderation.extractors.dump_records import find_records
from moderation.extractors.identity import comment_id
from moderation.schema import Article, Comment, Thread

MAX_LINES = 20_000
"""Lines read of a dump, some 3,000 comments and 3 s; the longest real one has 1,100."""


class PlainTextExtractor:
    """Comments in a text rendering of a page."""

    name: ClassVar[str] = "plain-text"

    def matches(self, document: Document) -> bool:
        """Any text that is no mark-up."""
        return document.kind == "text"

    def extract(self, document: Document) -> Thread:
        """Read title, text and comments; a dump may have none of the last."""
        lines = dump.split(document.text)[:MAX_LINES]
        records = find_records(lines)
        above = lines[: _block_start(lines, records[0].start)] if records else lines
        title, author, text = read_article(above)
        url = document.page.url and normal_address(document.page.url)
        article = Article(url or made_up_address(title, text), title, text, author)
        return Thread(article, _comments(lines, records), self.name)


def _comments(lines: Sequence[Line], records: Sequence[Record]) -> tuple[Comment, ...]:
    texts = [_text(lines, record) for record in records]
    ids = _ids(records, texts)
    parents = _by_indent(lines, records)
    if not any(parent is not None for parent in parents):
        parents = _by_mention(records, texts)
    return tuple(
        Comment(
            id=ids[index],
            parent_id=None if parent is None else ids[parent],
            author=record.author,
            text=text,
            published=record.published,
            posted_at=moment(record.published),
        )
        for index, (record, text, parent) in enumerate(zip(records, texts, parents, strict=True))
    )


def _block_start(lines: Sequence[Line], first: int) -> int:
    """Return one past the heading of the comment block, or its first line without one."""
    heading = heading_above(lines, first)
    return first if heading is None else heading + 1


def _text(lines: Sequence[Line], record: Record) -> str:
    return "\n".join(lines[index].text for index in record.body)


def _ids(records: Sequence[Record], texts: Sequence[str]) -> list[str]:
    """Name comments by what they say; repeats are counted."""
    seen: dict[str, int] = {}
    ids = []
    for record, text in zip(records, texts, strict=True):
        name = comment_id(record.author, text)
        seen[name] = seen.get(name, 0) + 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


# -- Replies -----------------------------------------------------------------------------------


def _by_indent(lines: Sequence[Line], records: Sequence[Record]) -> list[int | None]:
    """Make each record the child of the nearest one above that is indented less."""
    parents: list[int | None] = []
    path: list[tuple[int, int]] = []
    for index, record in enumerate(records):
        indent = lines[record.start].indent
        while path and path[-1][0] >= indent and not record.answers:
            path.pop()
        parents.append(path[-1][1] if path else None)
        if not record.answers:
            path.append((indent, index))
    return parents


def _by_mention(records: Sequence[Record], texts: Sequence[str]) -> list[int | None]:
    """Make ``@name`` at the beginning a reply to the nearest comment of that author.

    Earlier comments are nearer than later ones: people answer what they have read. A page
    that shows the newest first has only later ones.
    """
    authors = [record.author.casefold() for record in records]
    parents: list[int | None] = [None] * len(records)
    for index, text in enumerate(texts):
        if not text.startswith("@"):
            continue
        said = text[1 : dump.MAX_NAME_CHARS + 20].casefold().lstrip()
        named = [at for at, name in enumerate(authors) if at != index and _mentions(said, name)]
        named = [at for at in named if not _answers(parents, at, index)]
        longest = max((len(authors[at]) for at in named), default=0)
        nearest = [at for at in named if len(authors[at]) == longest]
        parents[index] = min(nearest, key=lambda at: (at > index, abs(at - index)), default=None)
    return parents


def _mentions(said: str, name: str) -> bool:
    return bool(name) and said.startswith(name) and not said[len(name) : len(name) + 1].isalnum()


def _answers(parents: Sequence[int | None], at: int | None, index: int) -> bool:
    """Tell whether ``at`` is a reply to ``index``, directly or not."""
    while at is not None and at != index:
        at = parents[at]
    return at is not None
