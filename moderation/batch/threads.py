"""Scoring pages: their comments become a table, and the table is scored."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moderation.batch.rows import BatchOptions, BatchReport, score_table
from moderation.errors import SourceError
from moderation.extraction import Extracted
from moderation.frames import comment_key
from moderation.scorers import Scorer
from moderation.tables import check_writable


def score_pages(
    threads: Iterable[Extracted | SourceError],
    output: Path,
    scorers: Sequence[Scorer],
    options: BatchOptions | None = None,
    *,
    tell: Callable[[str], None] = lambda _line: None,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> tuple[BatchReport, int]:
    """Write the comments of pages with their scores to ``output``.

    The columns are ``source, platform, comment_id, parent_id, article_url, article_title,
    article_text, author, published, text, quoted``, then those ``score_table`` adds. Until the last
    row is written the comments lie in ``OUTPUT.threads.part.jsonl``, which is then deleted.

    Args:
        threads: As ``moderation.extraction.extract_pages`` gives them.
        output: As for ``score_table``, and so are the other arguments.
        scorers: As ``moderation.scorers.load`` gives them.
        options: How; the defaults if left out.
        tell: Called with one line for each page that could not be read, and the like.
        progress: As for ``score_table``.

    Returns:
        What became of the comments, and how many pages could not be read.

    Raises:
        SourceError: No page holds a comment, or the output cannot be written.
    """
    check_writable(output)
    failed = 0
    with _scratch(output) as scratch:
        with scratch.open("w", encoding="utf-8") as file:
            for found in threads:
                if isinstance(found, SourceError):
                    failed += 1
                    tell(str(found))
                    continue
                for note in found.notes:
                    tell(f"{found.source}: {note}")
                for row in comment_records(found):
                    file.write(json.dumps(row) + "\n")
        if not scratch.stat().st_size:
            raise SourceError(str(output), "not written: none of the pages holds a comment")
        report = score_table(
            scratch, output, scorers, options, shown="comments", tell=tell, progress=progress
        )
    return report, failed


@contextmanager
def _scratch(output: Path) -> Iterator[Path]:
    path = output.with_name(output.name + ".threads.part.jsonl")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def comment_records(found: Extracted) -> Iterator[dict[str, Any]]:
    """Yield the comments of a page as rows of a table."""
    article = found.thread.article
    for comment in found.thread.comments:
        yield {
            "source": found.source,
            "platform": found.thread.platform,
            "comment_id": comment_key(article.url, comment.id),
            "parent_id": comment.parent_id and comment_key(article.url, comment.parent_id),
            "article_url": article.url,
            "article_title": article.title,
            "article_text": article.text,
            "author": comment.author,
            "published": comment.published or "",
            "text": comment.text,
            "quoted": comment.quoted,
        }
