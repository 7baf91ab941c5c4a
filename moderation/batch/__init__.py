"""Scoring files of any size: tables of comments, or pages, in; the same rows with scores out.

Memory does not grow with the input. The first pass puts what rows must know of each other
into an index on disk (``moderation.batch.index``), the second scores chunk by chunk.
A row's scores do not depend on how the rows are cut into chunks.
"""

from moderation.batch.rows import (
    LANGUAGE_COLUMN,
    SPANS_COLUMN,
    VERSIONS_COLUMN,
    BatchOptions,
    BatchReport,
    score_table,
)
from moderation.batch.threads import score_pages

__all__ = [
    "LANGUAGE_COLUMN",
    "SPANS_COLUMN",
    "VERSIONS_COLUMN",
    "BatchOptions",
    "BatchReport",
    "score_pages",
    "score_table",
]
