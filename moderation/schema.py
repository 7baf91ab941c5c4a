"""The records everything else speaks in: frozen, no I/O, no behaviour beyond their own fields."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

ATTRIBUTES: tuple[str, ...] = (
    "toxicity",
    "severe_toxicity",
    "identity_attack",
    "insult",
    "profanity",
    "threat",
    "sexually_explicit",
    "attack_on_commenter",
    "spam",
    "off_topic",
    "political_spam",
)
"""Every attribute the package scores, in the order it is shown and written."""


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched document; nobody knows yet what it holds.

    Args:
        source: Where it came from, as the user named it: a path, an address or ``-``.
        body: The bytes as stored or received, decompressed, not decoded.
        url: The address it was fetched from, or None for a local file.
        charset: The encoding its transport declared, if any.
        fetched_at: When it was fetched, aware; None where nothing states it. What a page says
            is relative to it: "3 hours ago".
    """

    source: str
    body: bytes
    url: str | None = None
    charset: str | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """The page under discussion.

    Args:
        url: Canonical address, or a ``urn:`` made of title and text where the page has none.
        title: Headline; empty if the page has none.
        text: Body without comments and navigation, paragraphs separated by newlines.
        author: As shown, or None.
        published: The machine-readable stamp where the page has one, else the string as shown.
    """

    url: str
    title: str
    text: str
    author: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an extractor is that guessed, each a probability in [0, 1].

    Args:
        comment: That this is a comment and begins and ends where it was found to.
        author: That ``author`` wrote it, if it is one.
        parent: That it answers ``parent_id``, or nobody where that is None, if it is one.
    """

    comment: float
    author: float
    parent: float


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as its platform showed it.

    Args:
        id: As the platform gives it; unique in its thread only. Where the platform gives none,
            a hash of author and text, so that it is the same on every crawl.
        parent_id: The comment it answers, or None at top level.
        author: As shown; empty if the page names nobody.
        text: The body a reader sees; block elements on their own lines. Quotations of other
            comments are not in it, other quotations are.
        published: The machine-readable stamp where the page has one, else the string as shown.
        posted_at: ``published`` as an aware UTC time, or None where it cannot be told; as coarse
            as it is: "3 years ago" may be half a year off.
        quoted: What it repeats of other comments; empty if nothing.
        confidence: How sure the extractor is where the page does not state these things in its
            markup, as in a text dump; None where it does.
    """

    id: str
    parent_id: str | None
    author: str
    text: str
    published: str | None = None
    posted_at: datetime | None = None
    quoted: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """An article and its comments in page order.

    Args:
        article: The page under discussion.
        comments: Page order; every ``parent_id`` names a comment of this tuple, and no chain of
            parents closes a circle. Usually the parent stands before its replies; where a page
            shows the newest first, it may stand after them.
        platform: Name of the extractor that read it.
    """

    article: Article
    comments: tuple[Comment, ...]
    platform: str


class Action(StrEnum):
    """What a moderator or a policy does with a comment."""

    APPROVE = "approve"
    REJECT = "reject"
    ESCALATE = "escalate"


class Sampling(StrEnum):
    """How a comment came to be looked at; without it labels cannot be used for honest figures.

    ``BATCH``: decided together with others, after a look at a sample of them.
    """

    QUEUE = "queue"
    RANDOM = "random"
    SEARCH = "search"
    RULE = "rule"
    SECOND = "second"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the append-only decision log; the newest one that was not undone stands.

    Args:
        comment_id: Canonical article URL + ``#`` + ``Comment.id``.
        action: What was decided.
        reason: The attribute that was decisive, ``"other"``, or empty (approve).
        decided_by: Moderator's name, or ``policy:<version>``.
        decided_at: Aware, UTC.
        note: Free text for colleagues; empty if none.
        sampling: How the comment came to be looked at.
        overrides: Attribute -> value in [0, 1] the moderator stated outright.
        id: Assigned by the caller (uuid4 hex), so that a retried write is the same entry.
        undoes: Id of the decision this entry takes back; ``action`` then repeats that decision's.
        second_look: Whether somebody else is to decide the comment too, without seeing this.
        batch: Names the bulk decision it is part of; empty for a decision of its own.
    """

    comment_id: str
    action: Action
    reason: str
    decided_by: str
    decided_at: datetime
    note: str = ""
    sampling: Sampling = Sampling.QUEUE
    overrides: dict[str, float] = field(default_factory=dict)
    id: str = ""
    undoes: str | None = None
    second_look: bool = False
    batch: str = ""


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One saved policy; the newest one is in force.

    Args:
        body: The policy as ``moderation.policy.Policy.to_json`` writes it.
        note: Why it was changed.
        saved_by: Who changed it.
        saved_at: Aware, UTC.
        number: 1, 2, …; the store's to give.
    """

    body: str
    note: str
    saved_by: str
    saved_at: datetime
    number: int = 0


class Role(StrEnum):
    """What a moderator may do; each may do what those before it may."""

    MODERATOR = "moderator"
    SENIOR = "senior"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person with a role at the desk.

    Args:
        name: As decisions are signed; with a login of its own, the address it is known by.
        role: What the person may do.
        appointed_by: Who gave the role.
        appointed_at: Aware, UTC.
    """

    name: str
    role: Role
    appointed_by: str
    appointed_at: datetime


@dataclass(frozen=True, slots=True)
class Label:
    """What retraining learns from: one person's word on one attribute of one comment.

    Args:
        comment_id: As in ``Decision``.
        attribute: One of ``ATTRIBUTES``.
        value: In [0, 1]; 1 = the attribute applies.
        decision_id: The decision it follows from.
        score: The attribute's score when it was decided; None if there was none.
        scorer_version: What had produced that score; None if there was none.
    """

    comment_id: str
    attribute: str
    value: float
    decision_id: str
    score: float | None = None
    scorer_version: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A score that somebody sent through the HTTP API: a label from outside the desk.

    Args:
        id: Assigned by the caller (uuid4 hex).
        text: The comment, as sent.
        attribute: One of ``ATTRIBUTES``, or a plug-in's.
        value: In [0, 1], as sent.
        received_at: Aware, UTC.
        sender: Name of the API key it came with; empty if no keys are set.
        begin: First code point of the part it speaks of; None with ``end``: the whole text.
        end: Code point behind that part.
        community: ``communityId`` as sent; empty if none.
        client_token: ``clientToken`` as sent; empty if none. Of several suggestions with one
            community, token and attribute, the newest counts.
        article: What was sent of the article, or of other context; empty if nothing.
        parent: What was sent of the comment it answers; empty if nothing.
    """

    id: str
    text: str
    attribute: str
    value: float
    received_at: datetime
    sender: str = ""
    begin: int | None = None
    end: int | None = None
    community: str = ""
    client_token: str = ""
    article: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key of the HTTP API, as it is kept: not the key, its hash.

    Args:
        number: Given by the store; 0 before that.
        name: Whose it is; a rotated key's successor has the same.
        digest: SHA-256 of the key, hex.
        per_minute: Requests a minute it is good for; 0 means any number.
        created_at: Aware, UTC.
        expires_at: Aware, UTC: from then on it is refused; None means never.
    """

    number: int
    name: str
    digest: str
    per_minute: int
    created_at: datetime
    expires_at: datetime | None = None
