"""Comments in microformats2: replies that a blog received and shows under its post.

Markup: ``.u-comment`` or ``.p-comment`` in an ``h-entry``, each an ``h-cite`` or ``h-entry``
with ``.p-author``, ``.dt-published`` and ``.e-content``; likes and reposts are other
properties and left out. The class names are the same in every writer's templates
(microformats.org/wiki/comment).

Where only some of a page's comments carry the names, the page is left to others: see
``coverage``.
"""

import re
from typing import ClassVar

from moderation.extractors.adapter import Platform
from moderation.extractors.coverage import checked_thread
from moderation.extractors.document import Document
from moderation.extractors.evidence import evidence_of
from moderation.schema import Thread

_MARK = re.compile(r"(?<![\w-])[up]-comment(?![\w-])")
_NOTE = Platform(
    name="microformats",
    marks=("u-comment", "p-comment"),
    items=(".u-comment, .p-comment",),
    author=".p-author .p-name, .u-author .p-name, .p-author, .u-author, .h-card",
    date=".dt-published, .dt-updated",
    body=".e-content, .p-content, .p-summary",
)


class MicroformatsExtractor:
    """Comments marked with microformats2 class names."""

    name: ClassVar[str] = "microformats"

    def matches(self, document: Document) -> bool:
        """Look for either property among the class names."""
        if document.kind != "html":
            return False
        vocabulary = evidence_of(document).vocabulary
        return "-comment" in vocabulary and _MARK.search(vocabulary) is not None

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if the page shows more than is marked."""
        marked = _NOTE.extract(document)
        checked_thread(document, self.name, marked.comments)
        return marked
