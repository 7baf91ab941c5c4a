"""What is known of the open comment, first what draws it; and read ahead for the next ones.

The words that made a score and the sentence on political spam take a model's time, so they are
prepared for what is likely to be served next while the moderator reads.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, Thread
from typing import Any

import pandas as pd

from moderation.dashboard import conversation, resources
from moderation.errors import ModelError, StoreError
from moderation.frames import comment_key
from moderation.policy import Policy, flagged
from moderation.review import is_second_look, may_overrule
from moderation.schema import ATTRIBUTES, Comment, Decision
from moderation.scorers import Explaining, Scorer
from moderation.scorers.off_topic import nearest_passage
from moderation.scorers.spans import NOTABLE, Explanation, explain_each, explainable
from moderation.store import Family, QueueFilter, Record, Store

ALIKE = 8
"""Near-duplicates shown."""
AHEAD = 3
"""Comments of the queue that are prepared."""
_busy = Lock()


@dataclass(frozen=True, slots=True)
class Case:
    """What it takes to draw the open comment.

    Args:
        comment_id: Its id in the store.
        family: It, what it answers, and what answers it.
        scores: The scores of its family: id -> attribute -> value; NaN = not scored.
        standing: The one that stands, if any.
        second_look: Whether this moderator decides it without seeing how others did.
        marked: The words that made its flagged scores, or else the highest, where a scorer can say.
    """

    comment_id: str
    family: Family
    scores: dict[str, dict[str, float]]
    standing: Decision | None
    second_look: bool
    marked: tuple[Explanation, ...]

    @property
    def comment(self) -> Comment:
        """The comment itself."""
        return self.family.comment

    @property
    def settled(self) -> bool:
        """Whether what stands is somebody else's, and this moderator may not overrule it."""
        if self.standing is None or self.second_look:
            return False
        return not may_overrule(self.standing, resources.moderator(), resources.role())

    @property
    def own_scores(self) -> dict[str, float]:
        """The comment's own scores."""
        return self.scores.get(self.comment_id, {})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a decision besides the scores.

    Args:
        why: What made the scores, a sentence a scorer that can say.
        passage: The article's passage nearest to it, and how near (cosine); None: no article.
        record: What was decided about its author's comments.
        alike: Comments that say nearly the same: the columns of ``Store.alike``.
        history: Every decision on it, oldest first; empty if it must not be seen yet.
    """

    why: list[str]
    passage: tuple[str, float] | None
    record: Record
    alike: pd.DataFrame
    history: list[Decision]


def read_case(comment_id: str) -> Case | None:
    """Read what it takes to draw a comment; None if the store does not have it."""
    store, scorers = resources.store(), resources.scorers()
    family = store.family(comment_id, replies=conversation.REPLIES)
    if family is None:
        return None
    members = [one for one in conversation.around(family) if isinstance(one, Comment)]
    ids = [comment_key(family.thread.article.url, one.id) for one in members]
    scores = resources.scores(ids)
    standing = store.standing(comment_id)
    blind = is_second_look(standing, resources.moderator())
    said = family.comment.text
    return Case(
        comment_id=comment_id,
        family=family,
        scores=scores,
        standing=standing,
        second_look=blind,
        marked=_marked(scorers, said, scores.get(comment_id, {}), resources.policy()),
    )


def read_evidence(case: Case) -> Evidence:
    """Read what speaks for a decision."""
    store, blind = resources.store(), case.second_look
    return Evidence(
        why=_explanations(resources.scorers(), store.context([case.comment_id])),
        passage=_passage(case.comment.text, case.family.thread.article.text),
        record=Record({}, []) if blind else store.record(case.comment.author),
        alike=store.alike(case.comment_id, limit=ALIKE),
        history=[] if blind else store.history(case.comment_id),
    )


def look_ahead(where: QueueFilter) -> None:
    """Prepare what takes a model's time for the first comments of a view, in the background."""
    if _busy.acquire(blocking=False):
        arguments = (resources.store(), resources.scorers(), where, resources.policy())
        Thread(target=_prepare, args=arguments, name="look-ahead", daemon=True).start()


def _prepare(store: Store, scorers: Sequence[Scorer], where: QueueFilter, policy: Policy) -> None:
    try:
        rows = store.queue(where, limit=AHEAD)
        for row in rows.to_dict("records"):
            scores = {name: float(row[name]) for name in ATTRIBUTES}
            _marked(scorers, str(row["text"]), scores, policy)
        context = store.context(rows["comment_id"].tolist())
        for place in range(len(context)):
            _explanations(scorers, context.iloc[[place]])
    except StoreError:
        return  # nobody waits for it; whoever opens the comment is told
    finally:
        _busy.release()


def _explanations(scorers: Sequence[Scorer], context: pd.DataFrame) -> list[str]:
    """Return the sentences with which scorers explain their score of one comment.

    Args:
        scorers: Those in use.
        context: The comment's row of ``Store.context``.
    """
    speaking = [one for one in scorers if isinstance(one, Explaining)]
    try:
        said = [sentence for scorer in speaking for sentence in scorer.explain(context)]
    except ModelError:
        return []  # a desk without a model decides all the same
    return list(filter(None, said))


def _marked(
    scorers: Sequence[Scorer], text: str, scores: Mapping[str, float], policy: Policy
) -> tuple[Explanation, ...]:
    """Say which words made a comment's flagged scores, or else its highest, where a scorer can."""
    try:
        giving: dict[str, Any] = explainable(scorers)
        able = [name for name in giving if scores.get(name, math.nan) >= NOTABLE]
        wanted = [name for name in flagged(scores, policy) if name in able]
        wanted = wanted or sorted(able, key=lambda name: -scores[name])[:1]
        found: list[Explanation] = []
        for scorer in dict.fromkeys(giving[name] for name in wanted):
            names = tuple(name for name in wanted if giving[name] is scorer)
            found += _explain(scorer, names, text)
        return tuple(found)
    except ModelError:
        return ()  # the chosen model is not there; the stored scores still are


@lru_cache(maxsize=256)
def _explain(scorer: Scorer, attributes: tuple[str, ...], text: str) -> tuple[Explanation, ...]:
    """Explain some scores; kept, as the page is drawn anew at every click."""
    found = explain_each(scorer, [text], attributes)[0]
    return tuple(Explanation(name, tuple(found[name])) for name in attributes)


def _passage(text: str, article: str) -> tuple[str, float] | None:
    try:
        return nearest_passage(text, article)
    except ModelError:
        return None
