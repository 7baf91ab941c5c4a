"""Articles and their comments: in, out, named in a language, erased."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from moderation.schema import Thread
from moderation.store.records import Added, ArticleOrder, Family


class Threads(Protocol):
    """Articles and their comments: in, out, named in a language, erased."""

    def add_thread(self, thread: Thread, *, source: str) -> Added:
        """Put an article and its comments in; known comments and their decisions stay.

        The same page again changes nothing. A known comment takes over a new text, and loses
        the scores of the old one; comments that left the page stay in the store. What scorers
        see of a comment is its context too, so a changed article or parent makes ``unscored``
        return the comments it belongs to.
        """
        ...

    def articles(
        self,
        *,
        search: str = "",
        order: ArticleOrder = "newest",
        limit: int = -1,
        offset: int = 0,
    ) -> pd.DataFrame:
        """One row per article.

        Args:
            search: Only those whose title holds this, whatever the case of its letters.
            order: Newest, most comments waiting, or greatest share off topic first.
            limit: Most rows to return; -1: all.
            offset: Rows passed over.

        Returns:
            ``article_url, title, platform, source, ingested_at, comments, waiting, decided,
            off_topic_share`` (share of scored comments at or above 0.5; NaN: none scored).
        """
        ...

    def count_articles(self, search: str = "") -> int:
        """Count the articles whose titles hold a search string."""
        ...

    def actions(self, comment_ids: Sequence[str]) -> dict[str, str]:
        """Return comment id -> what stands, empty if nothing; unknown ones are left out."""
        ...

    def drift(self, article_url: str) -> pd.DataFrame:
        """Return how far each comment of an article is off its topic, in page order.

        Returns:
            ``comment_id, posted_at`` (NaT: not known), ``off_topic`` in [0, 1] (NaN: not scored).
        """
        ...

    def thread(self, article_url: str) -> Thread:
        """Return one stored thread; raises StoreError if the article is unknown."""
        ...

    def family(self, comment_id: str, *, replies: int) -> Family | None:
        """Return a comment with its parents and up to ``replies`` direct replies; None: unknown."""
        ...

    def context(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return those comments with ``moderation.frames.CONTEXT_COLUMNS``.

        One row each, in the order asked for; unknown ones are left out.
        """
        ...

    def comments(self) -> pd.DataFrame:
        """Return every comment with what campaigns are found by, in the order they came in.

        Returns:
            ``comment_id, article_url, article_title, article_text, author, published, text,
            parent_text``; ``published`` is the time in UTC where it is known, as ISO 8601.
        """
        ...

    def without_language(self, *, limit: int) -> pd.DataFrame:
        """Return up to ``limit`` comments whose language nobody has told yet.

        Returns:
            ``comment_id, text``; in no certain order.
        """
        ...

    def set_languages(self, languages: Mapping[str, str]) -> None:
        """Note which language comments are in: comment id -> code, empty for none.

        Comments that are not in the store are left out; a new text has no language again.
        """
        ...

    def by_author(self, author: str) -> list[str]:
        """Return the ids of the comments under exactly this name, oldest first."""
        ...

    def erase(self, comment_ids: Sequence[str]) -> int:
        """Erase comments for good: texts and names everywhere, and no page brings them back.

        Ids, the thread's shape and the decisions (without notes and free reasons) stay;
        labels of erased comments are left out of ``labels``.

        Returns:
            How many of the comments were in the store.
        """
        ...
