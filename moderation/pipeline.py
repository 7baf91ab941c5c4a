"""Ingest, then score, over a store; every step can be run again and changes nothing twice.

What is scored is told its language too, by which the desk finds it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from moderation.config import Settings
from moderation.errors import SourceError, StoreError
from moderation.extraction import Extracted, extract_pages
from moderation.policy import worth
from moderation.rules import act, in_force, rank
from moderation.schema import ATTRIBUTES, Page
from moderation.scorers import Scorer, score_all, versions
from moderation.scorers.language import detect
from moderation.store import Store

SCORE_BATCH = 500
"""Comments scored and written in one transaction: what a kill in between costs."""
LANGUAGE_BATCH = 5_000
"""The same for languages, of which a core names 20,000 a second."""


@dataclass(frozen=True, slots=True)
class PageReport:
    """What became of one page.

    Args:
        source: The path or address as the user named it.
        url: The article's canonical address; empty if the page could not be read.
        platform: The extractor that read it; empty if the page could not be read.
        comments: Comments found on the page.
        new: Of those, how many the store did not have.
        changed: Of those, how many it had with another text.
        problem: Why the page could not be read; empty if it could.
        notes: One line about each thing that had to be guessed or mended.
    """

    source: str
    url: str = ""
    platform: str = ""
    comments: int = 0
    new: int = 0
    changed: int = 0
    problem: str = ""
    notes: tuple[str, ...] = ()


def ingest(
    pages: Iterable[Page | Extracted | SourceError],
    store: Store,
    scorers: Sequence[Scorer],
    *,
    settings: Settings | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[PageReport]:
    """Put pages into the store one by one, then score what waits.

    A page that was ingested before adds its new comments only. Scoring runs when the last
    page is in, so that repeated comments are counted over all of them; whoever stops
    iterating before that leaves comments that ``score_waiting`` scores later.

    Args:
        pages: As ``moderation.sources.open_source`` gives them.
        store: Where they go.
        scorers: As ``moderation.scorers.load`` gives them.
        settings: Say how long a page may take and which thresholds hold where no policy has been
            saved; by default the defaults.
        progress: Called with the number of comments scored so far.

    Yields:
        One report a page, in the order of ``pages``.

    Raises:
        ModelError: A scorer's model is missing or altered; nothing was read then.
    """
    versions(scorers)  # a broken model is told before the work, not after it
    settings = settings or Settings()
    for result in extract_pages(pages, timeout_s=settings.page_timeout_s):
        yield _add(result, store)
    score_waiting(store, scorers, settings=settings, progress=progress)


def score_waiting(
    store: Store,
    scorers: Sequence[Scorer],
    *,
    settings: Settings | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Score every stored comment that lacks a score of one of these scorers' versions.

    What was scored before is put into the order of the policy in force. If that is automatic, its
    rules decide the comments as soon as they are scored.

    Args:
        store: Read and written, ``SCORE_BATCH`` comments at a time.
        scorers: As ``moderation.scorers.load`` gives them.
        settings: As for ``ingest``.
        progress: Called with the number of comments scored so far.

    Returns:
        How many comments were scored.

    Raises:
        StoreError: The store does not keep the scores it is given.
    """
    wanted = versions(scorers)
    rank(store, in_force(store, settings))
    done = 0
    last: list[str] = []
    while len(batch := store.unscored(wanted, limit=SCORE_BATCH)):
        ids = batch["comment_id"].tolist()
        if ids == last:
            msg = f"the store asks for the same {len(ids)} comments again after they were scored"
            raise StoreError(msg)
        scores = score_all(scorers, batch)[list(wanted)]
        scores.index = pd.Index(ids, dtype=object, name="comment_id")  # may hold lone surrogates
        policy = in_force(store, settings)  # as it is now: scoring may take hours
        store.add_scores(scores, wanted, worth(scores, policy))
        if policy.automatic:
            languages = [detect(text) for text in batch["text"]]
            table = batch[["comment_id", "article_url"]].assign(language=languages)
            known = scores.reindex(columns=list(ATTRIBUTES)).reset_index(drop=True)
            act(store, policy, table.reset_index(drop=True).join(known))
        done += len(ids)
        last = ids
        if progress is not None:
            progress(done)
    _name_languages(store)
    return done


def _name_languages(store: Store) -> None:
    """Tell the store which language each comment is in that it does not know it of."""
    while len(batch := store.without_language(limit=LANGUAGE_BATCH)):
        rows = zip(batch["comment_id"], batch["text"], strict=True)
        store.set_languages({comment_id: detect(text) for comment_id, text in rows})


def _add(result: Extracted | SourceError, store: Store) -> PageReport:
    if isinstance(result, SourceError):
        return PageReport(result.source, problem=result.problem)
    thread = result.thread
    added = store.add_thread(thread, source=result.source)
    return PageReport(
        source=result.source,
        url=thread.article.url,
        platform=thread.platform,
        comments=len(thread.comments),
        new=added.comments,
        changed=added.changed,
        notes=result.notes,
    )
