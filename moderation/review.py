"""What a moderator does: decide and take back; labels are derived from it here.

Only what a decision says about an attribute becomes a label:

- Rejecting for attribute A says A applies: 1.
- Approving says 0 of exactly those attributes whose score had reached the policy's threshold:
  the moderator saw the flag and disagreed. Of the others nobody was asked.
- What the moderator states outright (an override) counts as stated, over the above.
- Escalating, and rejecting for a reason that is no attribute, say nothing.

Each label keeps the score and the scorer version at that moment, if there was a score.
"""

import math
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from moderation.errors import ModerationError
from moderation.policy import Policy, flagged
from moderation.schema import ATTRIBUTES, Action, Decision, Label, Sampling
from moderation.store import Score, Store

OTHER = "other"
"""A reason that is no attribute; may go on with ``: `` and words."""


def decide(  # noqa: PLR0913 - the fields of one decision
    store: Store,
    comment_id: str,
    action: Action,
    *,
    moderator: str,
    reason: str = "",
    note: str = "",
    overrides: Mapping[str, float] | None = None,
    sampling: Sampling = Sampling.QUEUE,
    expected: str | None = None,
    policy: Policy | None = None,
) -> Decision:
    """Record a decision and the labels that follow from it.

    Args:
        store: Where it is kept.
        comment_id: The comment.
        action: What is decided.
        moderator: Who decides.
        reason: The decisive attribute, ``"other"`` or ``"other: …"``, or empty.
        note: Free text for colleagues.
        overrides: Attribute -> value in [0, 1] the moderator states outright.
        sampling: How the comment came to be looked at.
        expected: Id of the decision the moderator saw standing, None if none.
        policy: The thresholds the moderator was shown; by default those of ``Policy()``.

    Returns:
        The decision as it was written.

    Raises:
        ModerationError: The reason or an override names no attribute, a value is outside
            [0, 1], or nobody is named as moderator.
        ConflictError: Another decision came first; this one is in the log but does not stand.
    """
    overrides = {name: float(value) for name, value in (overrides or {}).items()}
    _check(moderator, reason, overrides)
    decision = Decision(
        comment_id=comment_id,
        action=Action(action),
        reason=reason,
        decided_by=moderator,
        decided_at=datetime.now(UTC),
        note=note,
        sampling=Sampling(sampling),
        overrides=overrides,
        id=uuid.uuid4().hex,
    )
    implied = derive_labels(decision, store.scores_of(comment_id), policy or Policy())
    store.add_decision(decision, implied, expected=expected)
    return decision


def undo(store: Store, moderator: str) -> Decision | None:
    """Take back the moderator's newest decision that stands; what stood before stands again.

    Returns:
        The entry that takes it back (``undoes`` names the decision), or None if there is none.

    Raises:
        ConflictError: Somebody decided the same comment in this very moment.
    """
    last = store.last_decision(moderator)
    if last is None:
        return None
    entry = Decision(
        comment_id=last.comment_id,
        action=last.action,
        reason=last.reason,
        decided_by=moderator,
        decided_at=datetime.now(UTC),
        sampling=last.sampling,
        id=uuid.uuid4().hex,
        undoes=last.id,
    )
    store.add_decision(entry, [], expected=last.id)
    return entry


def derive_labels(decision: Decision, scores: Mapping[str, Score], policy: Policy) -> list[Label]:
    """Say what a decision means for retraining; the rules are in the module's docstring.

    Args:
        decision: Not an undo.
        scores: Attribute -> score at the moment of the decision.
        policy: The thresholds the moderator was shown.

    Returns:
        At most one label per attribute, in ``ATTRIBUTES`` order.
    """
    values: dict[str, float] = {}
    if decision.action is Action.REJECT and decision.reason in ATTRIBUTES:
        values[decision.reason] = 1.0
    if decision.action is Action.APPROVE:
        seen = {name: score.value for name, score in scores.items()}
        values |= dict.fromkeys(flagged(seen, policy), 0.0)
    values |= decision.overrides
    return [
        Label(
            comment_id=decision.comment_id,
            attribute=name,
            value=values[name],
            decision_id=decision.id,
            score=_number(scores[name].value) if name in scores else None,
            scorer_version=scores[name].version if name in scores else None,
        )
        for name in ATTRIBUTES
        if name in values
    ]


def _number(score: float) -> float | None:
    return None if math.isnan(score) else score


def _check(moderator: str, reason: str, overrides: Mapping[str, float]) -> None:
    if not moderator.strip():
        raise ModerationError("a decision needs a moderator's name")
    known = ", ".join(ATTRIBUTES)
    if reason and reason not in ATTRIBUTES and reason.partition(":")[0] != OTHER:
        msg = f"reason {reason[:80]!r} is no attribute; expected {known}, or {OTHER}"
        raise ModerationError(msg)
    for name, value in overrides.items():
        if name not in ATTRIBUTES:
            msg = f"override {name[:80]!r} is no attribute; expected {known}"
            raise ModerationError(msg)
        if not 0 <= value <= 1:
            msg = f"override {name} is {value}; expected 0 to 1"
            raise ModerationError(msg)
