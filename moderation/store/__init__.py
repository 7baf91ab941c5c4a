"""The store: articles, comments, scores, decisions and labels behind one protocol.

One implementation (``moderation.store.sql``) serves SQLite and PostgreSQL. No method takes
SQL, none returns an ORM object: readers return records or DataFrames with the columns
named in their docstrings. Columns of text have dtype object: a page may hold lone surrogates,
which pandas' own strings refuse. Every method may raise StoreError with one line that names
the database, never its password, and never a comment.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.schema import (
    ApiKey,
    Decision,
    Label,
    Moderator,
    PolicyVersion,
    Suggestion,
    Thread,
)
from moderation.store.records import (
    LABEL_COLUMNS,
    STATES,
    Added,
    ArticleOrder,
    Entry,
    Family,
    QueueFilter,
    Record,
    Score,
    ScoreRange,
)

__all__ = [
    "LABEL_COLUMNS", "STATES", "Added", "ArticleOrder", "Entry", "Family", "QueueFilter",
    "Record", "Score", "ScoreRange", "Store", "open_store",
]  # fmt: skip


class Store(Protocol):
    """Everything that is kept, in the verbs of the field."""

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

    def unscored(self, versions: Mapping[str, str], *, limit: int) -> pd.DataFrame:
        """Return up to ``limit`` comments that lack a score of one of these scorer versions.

        Args:
            versions: Attribute -> version that should have scored it.
            limit: Most rows to return.

        Returns:
            ``moderation.frames.CONTEXT_COLUMNS``; ``copies`` counts over the whole store.
        """
        ...

    def add_scores(
        self,
        scores: pd.DataFrame,
        versions: Mapping[str, str],
        worth: pd.Series,
        *,
        texts: pd.Series | None = None,
    ) -> None:
        """Keep scores with what produced them; the same key again replaces the value.

        Scores of comments that are no longer in the store are left out.

        Args:
            scores: Index ``comment_id``, a column per attribute, NaN = nothing to score.
            versions: Attribute -> scorer version, for every column.
            worth: Index ``comment_id``: how much a look is worth, in [0, 1].
            texts: Index ``comment_id``: the text that was scored. Scores of a comment that was
                edited in the meantime are left out, so that it is scored again.

        Raises:
            StoreError: A column has no version.
        """
        ...

    def rank(
        self,
        worth: Callable[[pd.DataFrame], pd.Series],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Compute anew how much a look at each scored comment is worth.

        Some thousand comments a transaction: others get their turns, and a kill leaves the
        rest as it was.

        Args:
            worth: Says it of comments, a row each, by a column per attribute (NaN: not scored).
            progress: Called with the number of comments looked at so far.
        """
        ...

    def scores(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return the newest scores of some comments.

        Returns:
            Index ``comment_id`` in the order asked for; float32 columns ``ATTRIBUTES``, then
            those of plug-ins by name. NaN: nothing to score, not scored, or not in the store.
        """
        ...

    def scores_of(self, comment_id: str) -> dict[str, Score]:
        """Return attribute -> newest score of one comment, with the scorer version."""
        ...

    def queue(self, where: QueueFilter, *, limit: int, offset: int = 0) -> pd.DataFrame:
        """Return the comments of a view, those most worth a look first.

        Waiting is a comment without a standing decision, or with a standing escalation. What
        has not been scored comes last (``worth`` is NaN), equals come oldest first.

        Returns:
            ``comment_id, article_url, article_title, author, text, published, worth,
            escalated, action, decided_by`` (both empty: undecided), ``second_look`` (the
            standing decision asks for one) and a column per attribute of ``ATTRIBUTES``
            (NaN: not scored).
        """
        ...

    def count(self, where: QueueFilter, *, most: int) -> int:
        """Count the comments of a view, up to ``most``."""
        ...

    def take(
        self,
        where: QueueFilter,
        moderator: str,
        *,
        passed: Collection[str] = (),
        lease_s: int = 300,
    ) -> str | None:
        """Claim the first comment of a view that nobody else has open.

        Args:
            where: The view.
            moderator: Whose claim it will be.
            passed: Ids of comments that are not wanted.
            lease_s: Seconds until others may have it.

        Returns:
            Its id; None if there is none.
        """
        ...

    def counts(self) -> dict[str, int]:
        """Return ``articles, comments, waiting, escalated, approved, rejected, labels``."""
        ...

    def claim(self, comment_id: str, moderator: str, *, lease_s: int = 300) -> bool:
        """Reserve a comment for one desk; False if another holds an unexpired claim."""
        ...

    def record(self, author: str) -> Record:
        """Return what was decided about comments under this name; nothing for an empty one."""
        ...

    def alike(self, comment_id: str, *, limit: int) -> pd.DataFrame:
        """Return other comments that say nearly the same, the likest first.

        Copies but for case and signs, and those with few changes: likeness 0.8 or more of the
        first 2,000 characters, among comments that share the four longest words, or the four
        next. What was changed more, and short comments with changes, is not found.

        Returns:
            The columns of ``queue``, and ``likeness`` in [0, 1].
        """
        ...

    def release(self, comment_ids: Collection[str], moderator: str) -> None:
        """Give back what a moderator had claimed; others' claims stay."""
        ...

    def second_looks(self, moderator: str, *, limit: int) -> list[str]:
        """Return decided comments that this moderator is to decide too, without seeing how.

        They are those whose standing decision asks for a second look and is somebody else's;
        what another desk has open is left out.
        """
        ...

    def moderators(self) -> list[Moderator]:
        """Return everybody who has a role, by name; see ``moderation.moderators``."""
        ...

    def appoint(self, moderator: Moderator) -> None:
        """Give somebody a role, in the place of the one they had.

        Raises:
            StoreError: The name is empty or longer than 200 characters.
        """
        ...

    def dismiss(self, name: str) -> None:
        """Take somebody's role away; their decisions stay."""
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

    def add_decision(
        self, decision: Decision, labels: list[Label], *, expected: str | None
    ) -> None:
        """Append a decision and the labels it implies, in one durable transaction.

        A decision id that is already in the log changes nothing (safe retry). A decision that
        names another in ``undoes`` takes it back: what stood before stands again. The
        moderator's claim on the comment ends.

        Args:
            decision: The new entry.
            labels: What it says for retraining.
            expected: Id of the decision the moderator saw standing, None if none.

        Raises:
            ConflictError: Another decision stands; this one is still kept in the log, but
                does not stand, and its labels count as undone. A retry raises it again.
            StoreError: The comment or the decision to be undone is not in the store.
        """
        ...

    def add_decisions(self, entries: Sequence[Entry]) -> list[str]:
        """Append many decisions in one durable transaction, with the labels they imply.

        Comments that have another standing decision than expected, or that are not in the
        store, are passed over: nothing is written for them.

        Returns:
            The ids of the comments that were decided, in the order given.
        """
        ...

    def batch(self, batch: str) -> list[Decision]:
        """Return the decisions of a bulk decision that still stand, in the order of the log."""
        ...

    def last_batch(self, moderator: str) -> str:
        """Name this moderator's newest bulk decision of which something stands; empty: none."""
        ...

    def score_counts(self, where: ScoreRange) -> NDArray[np.int64]:
        """Count undecided comments by score; ``low`` and ``high`` do not restrict.

        Returns:
            Shape (100,): comments from 0.00 to below 0.01, and so on; the last includes 1.
        """
        ...

    def in_range(
        self,
        where: ScoreRange,
        *,
        order: Literal["highest", "lowest", "newest", "oldest"],
        limit: int,
    ) -> pd.DataFrame:
        """Return undecided comments in a range of scores; escalated ones are left out.

        Args:
            where: The range.
            order: By score, or by when they came in.
            limit: Most rows to return.

        Returns:
            The columns of ``queue``.
        """
        ...

    def policies(self) -> list[PolicyVersion]:
        """Return every saved policy, the newest first: that one is in force."""
        ...

    def add_policy(self, version: PolicyVersion) -> int:
        """Save a policy, which is in force from now on; return its number."""
        ...

    def survey(self, *, decided: bool, limit: int) -> pd.DataFrame:
        """Return scored comments to try a policy on.

        Args:
            decided: The newest that a person has approved or rejected; otherwise undecided
                ones, drawn at random.
            limit: Most rows to return.

        Returns:
            ``comment_id, article_url, language`` (empty: not known), ``action, sampling`` of
            the standing decision (empty: none) and a column per attribute (NaN: not scored).
        """
        ...

    def judgements(self, *, limit: int) -> pd.DataFrame:
        """Return the newest decisions of people, undone and conflicting ones included.

        Returns:
            In the order of the log: ``comment_id, moderator`` (a pseudonym)``, action, reason,
            sampling, decided_at`` (UTC)``, conflict, in_effect`` (neither in conflict nor
            taken back) and ``stands`` (the newest in effect of its comment).
        """
        ...

    def score_days(self, attribute: str, *, threshold: float) -> pd.DataFrame:
        """Return what comments scored by the day they were posted, else came in.

        Returns:
            ``day, version`` (of the scorer)``, comments, mean, reached`` (share of scores at or
            above ``threshold``).
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

    def undecided(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return those of some comments that nobody has decided or escalated, in that order.

        Returns:
            The columns of ``queue``.
        """
        ...

    def standing(self, comment_id: str) -> Decision | None:
        """Return the newest decision that was not undone, or None."""
        ...

    def history(self, comment_id: str) -> list[Decision]:
        """Return every decision on a comment, undone ones included, oldest first."""
        ...

    def last_decision(self, moderator: str) -> Decision | None:
        """Return this moderator's newest decision that stands, or None.

        A decision that another one has overruled does not stand.
        """
        ...

    def labels(
        self, *, undone: bool = False, names: bool = False, api: bool = False
    ) -> pd.DataFrame:
        """Return label events, oldest first.

        Args:
            undone: Also return labels whose decision was taken back or came in conflict, and
                suggestions that a later one of the same sender's comment has replaced.
            names: Name the moderators; otherwise each has a pseudonym, the same in every
                export of this store, that cannot be undone without the store's own key.
            api: Also return the suggestions that came through the HTTP API, behind the
                desk's labels. Off unless asked for: nobody knows who stands behind them.

        Returns:
            ``LABEL_COLUMNS``: ``text`` is the text that was judged, also where the comment was
            edited since, ``text_sha256`` the hash of its UTF-8 bytes; ``value`` and ``score``
            are in [0, 1] (``score`` NaN: there was none); ``decided_at`` is aware, UTC.
        """
        ...

    def add_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Keep labels that came through the HTTP API; an id that is known changes nothing."""
        ...

    def erase_suggestions(self, *, community: str, client_token: str) -> int:
        """Delete every suggestion about one comment of a client; return how many there were.

        Nothing of their text stays in a SQLite file or its log once nobody reads the store.
        """
        ...

    def decisions(self, *, after: int, limit: int) -> list[tuple[int, Decision]]:
        """Return entries of the log behind number ``after``, in order, with their numbers.

        Moderators are pseudonymous, as in ``labels``; entries that came in conflict are left
        out.
        """
        ...

    def fact(self, name: str) -> str | None:
        """Return what is noted about the store itself under a name, or None."""
        ...

    def set_fact(self, name: str, value: str) -> None:
        """Note something about the store itself; replaces what was noted."""
        ...

    def api_keys(self) -> list[ApiKey]:
        """Return every key of the HTTP API, expired ones included, oldest first."""
        ...

    def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; its ``number`` is the store's to give."""
        ...

    def expire_api_keys(self, name: str, at: datetime) -> int:
        """Let every key of that name that is good beyond ``at`` end then; return how many."""
        ...

    def audit(self) -> list[str]:
        """Compute everything that is kept for speed anew and compare.

        Returns:
            One line for each thing that is not in step with the log and the scores; empty for
            a sound store. Reads everything: minutes on a million comments.
        """
        ...

    def close(self) -> None:
        """Release the connections."""
        ...


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, creating or migrating it as needed.

    Args:
        url: ``sqlite:///path/to/file.db`` or ``postgresql+psycopg://…``.

    Raises:
        StoreError: The database cannot be opened, is read-only, or is from a newer version.
    """
    from moderation.store.sql import SqlStore  # noqa: PLC0415 - SQLAlchemy loads when a store opens

    return SqlStore.open(url)
