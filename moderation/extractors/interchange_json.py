"""Threads in this package's own JSON form, read back.

Markup: one object with ``version``, ``article`` and ``comments``, as ``moderation extract``
writes it (docs/thread-format.md). Since version 1; unknown fields are ignored.
"""

from typing import Any, ClassVar

from moderation.errors import ExtractionError
from moderation.extractors.article import made_up_address
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.identity import comment_id
from moderation.interchange import VERSION
from moderation.schema import Article, Comment, Thread


class InterchangeExtractor:
    """The thread of one line of a thread file; its platform stays the one that was read."""

    name: ClassVar[str] = "thread-file"

    def matches(self, document: Document) -> bool:
        """Look at the outermost keys."""
        data = document.json
        return isinstance(data, dict) and {"version", "article", "comments"} <= data.keys()

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if a field has the wrong kind of value."""
        data = document.json
        try:
            if data["version"] > VERSION:
                msg = f"thread format version {data['version']}; this package reads {VERSION}"
                raise ExtractionError(document.page.source, msg)
            article = _article(data)
            comments = _comments(data["comments"])
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            msg = "not the thread format: expected what `moderation extract` writes"
            raise ExtractionError(document.page.source, msg) from error
        return Thread(article, tuple(comments), str(data.get("platform") or self.name))


def _article(data: dict[str, Any]) -> Article:
    stated = data["article"]
    title, text = str(stated.get("title") or ""), str(stated.get("text") or "")
    return Article(
        url=str(data.get("url") or made_up_address(title, text)),
        title=title,
        text=text,
        author=_optional(stated.get("author")),
        published=_optional(stated.get("published")),
    )


def _comments(rows: list[dict[str, Any]]) -> list[Comment]:
    ids = [
        str(row.get("id") or comment_id(str(row.get("author") or ""), str(row["text"])))
        for row in rows
    ]
    return [
        Comment(
            id=own,
            parent_id=None if row.get("parent") is None else ids[row["parent"]],
            author=str(row.get("author") or ""),
            text=str(row["text"]),
            published=_optional(row.get("published")),
            posted_at=moment(_optional(row.get("published"))),
            quoted=str(row.get("quoted") or ""),
        )
        for own, row in zip(ids, rows, strict=True)
    ]


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
