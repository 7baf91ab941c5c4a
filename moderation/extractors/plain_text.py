"""Plain-text dumps of article pages: title, text, and the comments told by their rhythm.

How comments are found stands in ``dump_records``, whom they answer in ``dump_replies``, what
renderers add in ``dump_renderers``. It cannot tell a comment's last paragraph from an unknown
sidebar of a single line in a dump without indentation.
"""

from collections.abc import Sequence
from typing import ClassVar

from moderation.extractors import dump_lines as dump
from moderation.extractors.article import made_up_address, normal_address
from moderation.extractors.document import Document
from moderation.extractors.dump_article import read_article
from moderation.extractors.dump_confidence import confidences
from moderation.extractors.dump_lines import Line
from moderation.extractors.dump_orders import Record, heading_above
from moderation.extractors.dump_records import Reading, find_records
from moderation.extractors.dump_replies import Reply, name_parents
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
        lines, reading, records, replies = read_lines(document.text)
        first = reading.records[0].start if reading.records else None
        above = lines if first is None else lines[: _block_start(lines, first)]
        title, author, text = read_article(above)
        url = document.page.url and normal_address(document.page.url)
        article = Article(url or made_up_address(title, text), title, text, author)
        return Thread(article, _comments(lines, reading, records, replies), self.name)


def read_lines(text: str) -> tuple[list[Line], Reading, list[Record], list[Reply]]:
    """Return the lines of a dump, how they are read, and the records with their replies."""
    lines = dump.split(text)[:MAX_LINES]
    reading = find_records(lines)
    return lines, reading, *name_parents(lines, reading.records)


def _comments(
    lines: Sequence[Line], reading: Reading, records: Sequence[Record], replies: Sequence[Reply]
) -> tuple[Comment, ...]:
    sure = confidences(lines, reading, records, replies)
    texts = [_text(lines, record) for record in records]
    ids = _ids(records, texts)
    return tuple(
        Comment(
            id=ids[index],
            parent_id=None if reply.parent is None else ids[reply.parent],
            author=record.author if any(map(str.isalpha, record.author)) else "",
            text=text,
            published=record.published,
            confidence=sure[index],
        )
        for index, (record, text, reply) in enumerate(zip(records, texts, replies, strict=True))
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
