"""The store on SQLite or PostgreSQL: opens transactions, the modules beside it do the work."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, func, select

from moderation.errors import ConflictError
from moderation.schema import (
    ApiKey,
    Decision,
    Label,
    Moderator,
    PolicyVersion,
    Suggestion,
    Thread,
)
from moderation.store import (
    Added,
    ArticleOrder,
    Entry,
    Family,
    QueueFilter,
    Record,
    Score,
    ScoreRange,
    api,
    log,
    moderators,
)
from moderation.store.audit import differences
from moderation.store.bulk import append_all, read_batch, read_last_batch
from moderation.store.context import context_frame, every_comment
from moderation.store.engine import forget_log, one_line, open_engine
from moderation.store.erasure import erase, read_by_author
from moderation.store.family import read_family
from moderation.store.figures import read_days, read_judgements
from moderation.store.languages import read_unnamed, set_languages
from moderation.store.neighbours import read_alike, read_record
from moderation.store.overview import (
    count_articles,
    read_actions,
    read_articles,
    read_drift,
)
from moderation.store.queue import count, find, read_queue
from moderation.store.ranges import Order, count_by_score, read_range, read_undecided
from moderation.store.rows import comment_id_of, comment_rows, upsert
from moderation.store.scoring import (
    add_scores,
    newest_scores,
    rank_some,
    read_scores,
    unscored_rows,
)
from moderation.store.surveys import add_policy, read_policies, read_survey
from moderation.store.tables import articles, facts
from moderation.store.threads import add_thread, read_thread

CANDIDATES = 50
"""Comments looked at together to find one that is free."""


class SqlStore:
    """``moderation.store.Store`` on a SQL database; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)

    @classmethod
    def open(cls, url: str) -> Self:
        """See ``moderation.store.open_store``."""
        return cls(open_engine(url))

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

    def unscored(self, versions: Mapping[str, str], *, limit: int) -> pd.DataFrame:
        """Return up to ``limit`` comments that lack a score of one of these scorer versions."""
        with self._reading() as connection:
            rows = unscored_rows(connection, versions, limit)
            return context_frame(connection, rows)

    def add_scores(
        self,
        scores: pd.DataFrame,
        versions: Mapping[str, str],
        worth: pd.Series,
        *,
        texts: pd.Series | None = None,
    ) -> None:
        """Keep scores with what produced them; the same key again replaces the value."""
        with self._writing() as connection:
            add_scores(connection, scores, versions, worth, texts)

    def rank(
        self,
        worth: Callable[[pd.DataFrame], pd.Series],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Compute anew how much a look at each scored comment is worth."""
        after = done = 0
        while True:
            with self._writing() as connection:
                after, count = rank_some(connection, worth, after)
            if not count:
                return
            done += count
            if progress is not None:
                progress(done)

    def scores(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return the newest scores of some comments."""
        with self._reading() as connection:
            return read_scores(connection, comment_ids)

    def scores_of(self, comment_id: str) -> dict[str, Score]:
        """Return attribute -> newest score of one comment, with the scorer version."""
        with self._reading() as connection:
            rows = [row.id for row in comment_rows(connection, [comment_id]).values()]
            scored = newest_scores(connection, rows)
        return dict(scored[rows[0]]) if rows else {}

    def queue(self, where: QueueFilter, *, limit: int, offset: int = 0) -> pd.DataFrame:
        """Return waiting comments, those most worth a look first."""
        with self._reading() as connection:
            return read_queue(connection, where, limit=limit, offset=offset)

    def count(self, where: QueueFilter, *, most: int) -> int:
        """Count the comments of a view, up to ``most``."""
        with self._reading() as connection:
            return count(connection, where, most)

    def take(
        self,
        where: QueueFilter,
        moderator: str,
        *,
        passed: Collection[str] = (),
        lease_s: int = 300,
    ) -> str | None:
        """Claim the first comment of a view that nobody else has open."""
        where = replace(where, free_for=moderator)
        with self._reading() as connection:
            unwanted = {row.id for row in comment_rows(connection, list(passed)).values()}
        # Looked for without the writer's place, which others need; tried again if lost.
        for row in self._candidates(where, unwanted):
            with self._writing() as connection:
                if moderators.claim_row(connection, row, moderator, lease_s):
                    return comment_id_of(connection, row)
        return None

    def _candidates(self, where: QueueFilter, unwanted: Collection[int]) -> Iterator[int]:
        """Go along a view as it was when each step began."""
        offset = 0
        while True:
            with self._reading() as connection:
                rows = find(connection, where, limit=CANDIDATES, offset=offset)
            yield from (row for row in rows if row not in unwanted)
            if len(rows) < CANDIDATES:
                return
            offset += CANDIDATES

    def counts(self) -> dict[str, int]:
        """Return ``articles, comments, waiting, escalated, approved, rejected, labels``."""
        names = ("comments", "escalated", "approved", "rejected", "labels")
        sums = [func.coalesce(func.sum(articles.c[name]), 0).label(name) for name in names]
        with self._reading() as connection:
            row = connection.execute(select(func.count().label("articles"), *sums)).one()
        counts = {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 - public, named tuple style
        counts["waiting"] = counts["comments"] - counts["approved"] - counts["rejected"]
        order = ("articles", "comments", "waiting", *names[1:])
        return {name: counts[name] for name in order}

    def claim(self, comment_id: str, moderator: str, *, lease_s: int = 300) -> bool:
        """Reserve a comment for one desk; False if another holds an unexpired claim."""
        with self._writing() as connection:
            return moderators.claim(connection, comment_id, moderator, lease_s)

    def record(self, author: str) -> Record:
        """Return what was decided about comments under this name."""
        with self._reading() as connection:
            return read_record(connection, author)

    def alike(self, comment_id: str, *, limit: int) -> pd.DataFrame:
        """Return other comments that say nearly the same, the likest first."""
        with self._reading() as connection:
            return read_alike(connection, comment_id, limit)

    def release(self, comment_ids: Collection[str], moderator: str) -> None:
        """Give back what a moderator had claimed; others' claims stay."""
        with self._writing() as connection:
            moderators.release(connection, comment_ids, moderator)

    def second_looks(self, moderator: str, *, limit: int) -> list[str]:
        """Return decided comments that this moderator is to decide without seeing how."""
        with self._reading() as connection:
            return moderators.second_looks(connection, moderator, limit)

    def moderators(self) -> list[Moderator]:
        """Return everybody who has a role, by name."""
        with self._reading() as connection:
            return moderators.read_moderators(connection)

    def appoint(self, moderator: Moderator) -> None:
        """Give somebody a role, in the place of the one they had."""
        with self._writing() as connection:
            moderators.appoint(connection, moderator)

    def dismiss(self, name: str) -> None:
        """Take somebody's role away; their decisions stay."""
        with self._writing() as connection:
            moderators.dismiss(connection, name)

    def without_language(self, *, limit: int) -> pd.DataFrame:
        """Return comments whose language nobody has told yet."""
        with self._reading() as connection:
            return read_unnamed(connection, limit)

    def set_languages(self, languages: Mapping[str, str]) -> None:
        """Note which language comments are in; unknown comments are left out."""
        with self._writing() as connection:
            set_languages(connection, languages)

    def add_decision(
        self, decision: Decision, labels: list[Label], *, expected: str | None
    ) -> None:
        """Append a decision and the labels it implies, in one durable transaction."""
        with self._writing() as connection:
            stands = log.append(connection, decision, labels, expected)
        if not stands:
            msg = (
                f"decision {decision.id} on {decision.comment_id[:200]!r} is kept in the log but "
                "does not stand: another decision came first"
            )
            raise ConflictError(msg)

    def add_decisions(self, entries: Sequence[Entry]) -> list[str]:
        """Append many decisions in one durable transaction, with the labels they imply."""
        with self._writing() as connection:
            return append_all(connection, entries)

    def batch(self, batch: str) -> list[Decision]:
        """Return the decisions of a bulk decision that still stand, in the order of the log."""
        with self._reading() as connection:
            return read_batch(connection, batch)

    def last_batch(self, moderator: str) -> str:
        """Name this moderator's newest bulk decision of which something stands; empty: none."""
        with self._reading() as connection:
            return read_last_batch(connection, moderator)

    def score_counts(self, where: ScoreRange) -> NDArray[np.int64]:
        """Count undecided comments by score."""
        with self._reading() as connection:
            return count_by_score(connection, where)

    def in_range(self, where: ScoreRange, *, order: Order, limit: int) -> pd.DataFrame:
        """Return undecided comments in a range of scores; escalated ones are left out."""
        with self._reading() as connection:
            return read_range(connection, where, order=order, limit=limit)

    def policies(self) -> list[PolicyVersion]:
        """Return every saved policy, the newest first: that one is in force."""
        with self._reading() as connection:
            return read_policies(connection)

    def add_policy(self, version: PolicyVersion) -> int:
        """Save a policy, which is in force from now on; return its number."""
        with self._writing() as connection:
            return add_policy(connection, version)

    def survey(self, *, decided: bool, limit: int) -> pd.DataFrame:
        """Return scored comments to try a policy on."""
        with self._reading() as connection:
            return read_survey(connection, decided=decided, limit=limit)

    def judgements(self, *, limit: int) -> pd.DataFrame:
        """Return the newest decisions of people, undone and conflicting ones included."""
        with self._reading() as connection:
            return read_judgements(connection, limit)

    def score_days(self, attribute: str, *, threshold: float) -> pd.DataFrame:
        """Return what comments scored by the day they were posted, else came in."""
        with self._reading() as connection:
            return read_days(connection, attribute, threshold)

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

    def undecided(self, comment_ids: list[str]) -> pd.DataFrame:
        """Return those of some comments that nobody has decided or escalated, in that order."""
        with self._reading() as connection:
            return read_undecided(connection, comment_ids)

    def standing(self, comment_id: str) -> Decision | None:
        """Return the newest decision that was not undone, or None."""
        with self._reading() as connection:
            return log.read_standing(connection, comment_id)

    def history(self, comment_id: str) -> list[Decision]:
        """Return every decision on a comment, undone ones included, oldest first."""
        with self._reading() as connection:
            return log.read_history(connection, comment_id)

    def last_decision(self, moderator: str) -> Decision | None:
        """Return this moderator's newest decision that stands, or None."""
        with self._reading() as connection:
            return log.read_last(connection, moderator)

    def labels(
        self, *, undone: bool = False, names: bool = False, api: bool = False
    ) -> pd.DataFrame:
        """Return label events, oldest first."""
        with self._reading() as connection:
            return log.read_labels(connection, undone=undone, names=names, api=api)

    def add_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Keep labels that came through the HTTP API."""
        with self._writing() as connection:
            api.add_suggestions(connection, suggestions)

    def erase_suggestions(self, *, community: str, client_token: str) -> int:
        """Delete every suggestion about one comment of a client; return how many there were."""
        with self._writing() as connection:
            count = api.erase_suggestions(connection, community, client_token)
        with one_line(self._engine.url):
            forget_log(self._engine)
        return count

    def decisions(self, *, after: int, limit: int) -> list[tuple[int, Decision]]:
        """Return entries of the log behind number ``after``, in order, with their numbers."""
        with self._reading() as connection:
            return log.read_since(connection, after=after, limit=limit)

    def fact(self, name: str) -> str | None:
        """Return what is noted about the store itself under a name, or None."""
        with self._reading() as connection:
            query = select(facts.c.value).where(facts.c.name == name)
            value: str | None = connection.scalar(query)
            return value

    def set_fact(self, name: str, value: str) -> None:
        """Note something about the store itself; replaces what was noted."""
        with self._writing() as connection:
            statement = upsert(connection, facts).values(name=name, value=value)
            statement = statement.on_conflict_do_update(
                index_elements=["name"], set_={"value": value}
            )
            connection.execute(statement)

    def api_keys(self) -> list[ApiKey]:
        """Return every key of the HTTP API, expired ones included, oldest first."""
        with self._reading() as connection:
            return api.read_keys(connection)

    def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; its ``number`` is the store's to give."""
        with self._writing() as connection:
            api.add_key(connection, key)

    def expire_api_keys(self, name: str, at: datetime) -> int:
        """Let every key of that name that is good beyond ``at`` end then; return how many."""
        with self._writing() as connection:
            return api.expire_keys(connection, name, at)

    def audit(self) -> list[str]:
        """Say what in the store is not in step with its log and scores; empty if all is."""
        with self._reading() as connection:
            return differences(connection)

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with one_line(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction; what it wrote is on disk when the block has ended."""
        with one_line(self._engine.url), self._writer.begin() as connection:
            yield connection
