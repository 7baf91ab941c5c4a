"""Articles and their comments: in, out, named in a language, erased."""

from collections.abc import Mapping, Sequence

import pandas as pd

from moderation.schema import Thread
from moderation.store import Added, ArticleOrder, Family
from moderation.store.context import context_frame, every_comment
from moderation.store.engine import forget_log, one_line
from moderation.store.erasure import erase, read_by_author
from moderation.store.family import read_family
from moderation.store.languages import read_unnamed, set_languages
from moderation.store.overview import count_articles, read_actions, read_articles, read_drift
from moderation.store.rows import comment_rows
from moderation.store.sql.transactions import Transactions
from moderation.store.threads import add_thread, read_thread


class SqlThreads(Transactions):
    """``moderation.store.protocol.threads`` on a SQL database."""

    def add_thread(self, thread: Thread, *, source: str) -> Added:
        """Put an article and its comments in; known comments and their decisions stay."""
        with self._writing() as connection:
            return add_thread(connection, thread, source)

    def articles(
        self, *, search: str = "", order: ArticleOrder = "newest", limit: int = -1, offset: int = 0
    ) -> pd.DataFrame:
        """One row per article."""
        with self._reading() as connection:
            return read_articles(connection, search, order, limit=limit, offset=offset)

    def count_articles(self, search: str = "") -> int:
        """Count the articles whose titles hold a search string."""
        with self._reading() as connection:
            return count_articles(connection, search)

    def actions(self, comment_ids: Sequence[str]) -> dict[str, str]:
        """Return what stands on comments."""
        with self._reading() as connection:
            return read_actions(connection, comment_ids)

    def drift(self, article_url: str) -> pd.DataFrame:
        """Return how far each comment of an article is off its topic, in page order."""
        with self._reading() as connection:
            return read_drift(connection, article_url)

    def thread(self, article_url: str) -> Thread:
        """Return one stored thread; raises StoreError if the article is unknown."""
        with self._reading() as connection:
            return read_thread(connection, article_url)

    def family(self, comment_id: str, *, replies: int) -> Family | None:
        """Return a comment with its parents and up to ``replies`` direct replies."""
        with self._reading() as connection:
            return read_family(connection, comment_id, replies)

    def context(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return those comments with ``moderation.frames.CONTEXT_COLUMNS``."""
        with self._reading() as connection:
            found = comment_rows(connection, comment_ids)
            rows = [found[own].id for own in comment_ids if own in found]
            return context_frame(connection, rows)

    def comments(self) -> pd.DataFrame:
        """Return every comment with what campaigns are found by, in the order they came in."""
        with self._reading() as connection:
            return every_comment(connection)

    def without_language(self, *, limit: int) -> pd.DataFrame:
        """Return comments whose language nobody has told yet."""
        with self._reading() as connection:
            return read_unnamed(connection, limit)

    def set_languages(self, languages: Mapping[str, str]) -> None:
        """Note which language comments are in; unknown comments are left out."""
        with self._writing() as connection:
            set_languages(connection, languages)

    def by_author(self, author: str) -> list[str]:
        """Return the ids of the comments under exactly this name, oldest first."""
        with self._reading() as connection:
            return read_by_author(connection, author)

    def erase(self, comment_ids: Sequence[str]) -> int:
        """Erase comments for good: texts and names everywhere, and no page brings them back."""
        with self._writing() as connection:
            count = erase(connection, comment_ids)
        with one_line(self._engine.url):
            forget_log(self._engine)
        return count
