"""Threads, scores and decisions to fill stores with; all texts are made up."""

import uuid
from datetime import UTC, datetime

import pandas as pd

from moderation.frames import comment_key
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Decision, Label, Thread

URL = "https://example.org/ferry"
VERSIONS = dict.fromkeys(ATTRIBUTES, "test-1")


def make_thread(*texts: str, url: str = URL, title: str = "Ferry", **article: str) -> Thread:
    """A flat thread; the comments are called c0, c1, …"""
    members = tuple(
        Comment(f"c{number}", None, f"reader {number}", text) for number, text in enumerate(texts)
    )
    body = article.pop("text", "The ferry will sail every hour.")
    return Thread(Article(url, title, body, **article), members, "records")


def comment_ids(thread: Thread) -> list[str]:
    return [comment_key(thread.article.url, comment.id) for comment in thread.comments]


def make_scores(values: dict[str, dict[str, float] | float]) -> pd.DataFrame:
    """Comment id -> attribute -> score; a bare number is every attribute's."""
    rows = [
        dict.fromkeys(ATTRIBUTES, own) if isinstance(own, (int, float)) else own
        for own in values.values()
    ]
    return pd.DataFrame(rows, index=list(values), columns=list(ATTRIBUTES)).astype("float32")


def score(store, values, worth=None, versions=VERSIONS):
    """Store scores; worth is the highest of them unless given."""
    table = make_scores(values)
    merits = table.max(axis=1) if worth is None else pd.Series(worth)
    store.add_scores(table, versions, merits)


def make_decision(comment_id: str, action: Action = Action.REJECT, **fields) -> Decision:
    return Decision(
        comment_id=comment_id,
        action=action,
        reason=fields.pop("reason", "toxicity" if action is Action.REJECT else ""),
        decided_by=fields.pop("decided_by", "mod"),
        decided_at=datetime.now(UTC),
        id=fields.pop("id", uuid.uuid4().hex),
        **fields,
    )


def make_label(decision: Decision, attribute: str = "toxicity", value: float = 1.0) -> Label:
    return Label(decision.comment_id, attribute, value, decision.id, 0.75, "test-1")


def decide(store, comment_id, action=Action.REJECT, *, expected=None, **fields) -> Decision:
    """Store a decision with one label."""
    decision = make_decision(comment_id, action, **fields)
    store.add_decision(decision, [make_label(decision)], expected=expected)
    return decision


def take_back(store, decision, *, expected="the same", by="mod") -> Decision:
    entry = make_decision(decision.comment_id, decision.action, undoes=decision.id, decided_by=by)
    expected = decision.id if expected == "the same" else expected
    store.add_decision(entry, [], expected=expected)
    return entry
