"""What the store is asked with and answers with, besides ``moderation.schema``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from moderation.schema import Comment, Decision, Label, Thread

LABEL_COLUMNS: tuple[str, ...] = (
    "label_id",
    "comment_id",
    "article_url",
    "article_title",
    "parent_id",
    "text",
    "text_sha256",
    "attribute",
    "value",
    "action",
    "reason",
    "note",
    "moderator",
    "decided_at",
    "score",
    "scorer_version",
    "sampling",
    "decision_id",
    "undone",
    "source",
    "community",
    "client_token",
    "batch",
)
"""What ``Store.labels`` returns and exports hold, in this order."""


@dataclass(frozen=True, slots=True)
class Added:
    """What ``Store.add_thread`` changed; all zero when the page was known already.

    Args:
        articles: 1 if the article is new.
        comments: Comments that are new.
        changed: Known comments whose text has changed (stored as edited, to be scored again).
    """

    articles: int
    comments: int
    changed: int


@dataclass(frozen=True, slots=True)
class Score:
    """One stored score and what produced it.

    Args:
        value: In [0, 1]; NaN where there was nothing to score.
        version: The scorer version.
    """

    value: float
    version: str


ArticleOrder = Literal["newest", "waiting", "off topic"]
"""How ``Store.articles`` may come."""
STATES: tuple[str, ...] = (
    "waiting", "undecided", "escalated", "approved", "rejected", "decided", "all",
)  # fmt: skip
"""What ``QueueFilter.state`` may be; waiting is undecided or escalated."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which comments a moderator wants to see; empty fields do not restrict.

    Args:
        article_url: Only this article's comments.
        attribute: Only comments scored from ``low`` to ``high`` on it.
        low: Lower end, in [0, 1].
        high: Upper end, in [0, 1].
        search: Words that the text, author or title must hold, all of them, in any order; three
            letters or more find every word that begins with them. No query language; a search
            without letters or digits finds nothing.
        state: One of ``STATES``.
        author: Only comments under exactly this name.
        language: Only comments in this language, as ``Store.set_languages`` was told.
        since: Only comments posted at this time (aware) or later.
        until: Only comments posted before this time (aware).
        decided_by: Only comments whose standing decision is this moderator's.
        free_for: Leave out what another moderator than this one has open.
        newest: Those that came in last come first, not those most worth a look.
    """

    article_url: str = ""
    attribute: str = ""
    low: float = 0.0
    high: float = 1.0
    search: str = ""
    state: str = "waiting"
    author: str = ""
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    decided_by: str = ""
    free_for: str = ""
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What was decided about comments under one name, as far as it is counted (1,000 comments).

    Args:
        counts: What stands (``approve`` and so on; empty: undecided) -> number of comments.
        latest: The newest standing decisions: comment id, action, reason.
    """

    counts: Mapping[str, int]
    latest: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Family:
    """A comment with what it answers and what answers it.

    Args:
        thread: The article; of its comments those above, the comment, and its first replies.
        comment: The one asked for.
        replies: How many answer it directly.
        comments: How many the article has.
    """

    thread: Thread
    comment: Comment
    replies: int
    comments: int


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Which undecided comments are meant, by one score.

    Args:
        attribute: Whose score; empty for the summary, what a look is worth.
        low: Lower end, in [0, 1]; belongs to the range.
        high: Upper end, in [0, 1]; belongs to the range only if it is 1.
        article_url: Only this article's comments; empty for all.
    """

    attribute: str = ""
    low: float = 0.0
    high: float = 1.0
    article_url: str = ""


class Entry(NamedTuple):
    """A decision on its way into the log.

    Args:
        decision: The new entry.
        labels: What it says for retraining.
        expected: Id of the decision that is believed to stand, None if none.
    """

    decision: Decision
    labels: Sequence[Label]
    expected: str | None
