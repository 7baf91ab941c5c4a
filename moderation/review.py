"""What a moderator does: decide and take back; labels are derived from it here.

Only what a decision says about an attribute becomes a label:

- Rejecting for attribute A says A applies: 1.
- Approving says 0 of exactly those attributes whose score had reached the policy's threshold:
  the moderator saw the flag and disagreed. Of the others nobody was asked.
- What the moderator states outright (an override) counts as stated, over the above.
- Escalating, and rejecting for a reason that is no attribute, say nothing.

A share of the decisions asks for a second look: another moderator decides the same comment
without seeing how. Both decisions are kept, the second stands. To overrule somebody otherwise,
and to settle what somebody else escalated, takes a senior (``moderation.moderators``).

Each label keeps the score and the scorer version at that moment, if there was a score.
"""

import math
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from moderation.errors import ModerationError
from moderation.moderators import may, role_of
from moderation.policy import Policy, flagged
from moderation.schema import ATTRIBUTES, Action, Decision, Label, Role, Sampling
from moderation.store import Entry, Score, Store

OTHER = "other"
"""A reason that is no attribute; may go on with ``: `` and words."""
BATCH_MOST = 500
"""Comments one bulk decision may hold."""
LARGE, SAMPLE = 50, 20
"""From so many comments on, so many of them must have been looked at before all are decided."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a bulk decision did.

    Args:
        id: Names it for ``undo_batch``; its decisions carry it as ``batch``.
        action: What was decided.
        decided: How many comments it decided.
        passed_over: How many had been decided in the meantime, and stay as they are.
    """

    id: str
    action: Action
    decided: int
    passed_over: int


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
    second_looks: float = 0.0,
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
        second_looks: Share of decisions, drawn at random, that another moderator is to make
            again; in [0, 1].

    Returns:
        The decision as it was written.

    Raises:
        ModerationError: The reason or an override names no attribute, a value is outside
            [0, 1], nobody is named as moderator, or it takes a senior.
        ConflictError: Another decision came first; this one is in the log but does not stand.
    """
    action = Action(action)
    overrides = {name: float(value) for name, value in (overrides or {}).items()}
    _check(moderator, reason, overrides)
    if expected is not None and action is not Action.ESCALATE:
        _check_rank(store, comment_id, moderator, sampling)
    again = sampling is Sampling.SECOND or action is Action.ESCALATE
    decision = Decision(
        comment_id=comment_id,
        action=action,
        reason=reason,
        decided_by=moderator,
        decided_at=datetime.now(UTC),
        note=note,
        sampling=Sampling(sampling),
        overrides=overrides,
        id=uuid.uuid4().hex,
        second_look=not again and random.SystemRandom().random() < second_looks,
    )
    implied = derive_labels(decision, store.scores_of(comment_id), policy or Policy())
    store.add_decision(decision, implied, expected=expected)
    return decision


def undo(store: Store, moderator: str) -> Decision | None:
    """Take back the moderator's newest decision that stands; what stood before stands again.

    Of a batch it takes back this one decision; ``undo_batch`` takes back the whole.

    Returns:
        The entry that takes it back (``undoes`` names the decision), or None if there is none.

    Raises:
        ConflictError: Somebody decided the same comment in this very moment.
    """
    last = store.last_decision(moderator)
    if last is None:
        return None
    entry = _taking_back(last, moderator)
    store.add_decision(entry, [], expected=last.id)
    return entry


def decide_all(
    store: Store,
    comment_ids: Sequence[str],
    action: Action,
    *,
    moderator: str,
    reason: str = "",
    policy: Policy | None = None,
) -> Batch:
    """Decide many undecided comments at once; those decided in the meantime are passed over.

    The decisions and their labels are marked as bulk (``Sampling.BATCH``, ``Decision.batch``).

    Args:
        store: Where they are kept.
        comment_ids: At most ``BATCH_MOST``.
        action: What is decided of each.
        moderator: Who decides.
        reason: As in ``decide``, the same for all.
        policy: As in ``decide``.

    Raises:
        ModerationError: There are too many comments, or as in ``decide``.
    """
    _check(moderator, reason, {})
    if len(comment_ids) > BATCH_MOST:
        msg = f"a batch of {len(comment_ids)} comments; expected at most {BATCH_MOST}"
        raise ModerationError(msg)
    batch = uuid.uuid4().hex
    entries = []
    for comment_id in comment_ids:
        decision = Decision(
            comment_id=comment_id,
            action=Action(action),
            reason=reason,
            decided_by=moderator,
            decided_at=datetime.now(UTC),
            sampling=Sampling.BATCH,
            id=uuid.uuid4().hex,
            batch=batch,
        )
        implied = derive_labels(decision, store.scores_of(comment_id), policy or Policy())
        entries.append(Entry(decision, implied, None))
    made = store.add_decisions(entries)
    return Batch(batch, Action(action), len(made), len(comment_ids) - len(made))


def undo_batch(store: Store, batch: str, moderator: str) -> int:
    """Take back the decisions of a batch that still stand; return how many were.

    What somebody has overruled since stays as it is.
    """
    entries = [Entry(_taking_back(one, moderator), [], one.id) for one in store.batch(batch)]
    return len(store.add_decisions(entries))


def sample_size(count: int) -> int:
    """Say how many of so many comments must have been looked at before all are decided."""
    return SAMPLE if count >= LARGE else 0


def expected_errors(scores: pd.DataFrame, attribute: str, action: Action) -> float:
    """Say for how many comments it is expected to be wrong to decide them all.

    Scores are calibrated: of the comments that score p, the attribute applies to a share of p.
    Rejecting is wrong where it does not apply, approving where it does. Without an attribute
    the highest score counts: approving is then wrong at least so often, rejecting at most.

    Args:
        scores: A row a comment, a column per attribute, in [0, 1]; NaN counts as 0.5.
        attribute: One of the columns, or empty.
        action: What is to be decided; escalating is never wrong.
    """
    if action is Action.ESCALATE:
        return 0.0
    chances = (scores[attribute] if attribute else scores.max(axis=1)).fillna(0.5)
    return float((1 - chances if action is Action.REJECT else chances).sum())


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


def may_overrule(standing: Decision, moderator: str, role: Role) -> bool:
    """Tell whether a moderator of this role may put another decision in the place of one."""
    return standing.decided_by == moderator or may(role, Role.SENIOR)


def is_second_look(standing: Decision | None, moderator: str) -> bool:
    """Tell whether what this moderator decides next is a second look at ``standing``."""
    return standing is not None and standing.second_look and standing.decided_by != moderator


def _check_rank(store: Store, comment_id: str, moderator: str, sampling: Sampling) -> None:
    standing = store.standing(comment_id)
    if standing is None or (sampling is Sampling.SECOND and is_second_look(standing, moderator)):
        return
    if not may_overrule(standing, moderator, role_of(store, moderator)):
        msg = f"{moderator[:80]!r} is no senior; only seniors overrule others' decisions"
        raise ModerationError(msg)


def _taking_back(decision: Decision, moderator: str) -> Decision:
    return Decision(
        comment_id=decision.comment_id,
        action=decision.action,
        reason=decision.reason,
        decided_by=moderator,
        decided_at=datetime.now(UTC),
        sampling=decision.sampling,
        id=uuid.uuid4().hex,
        undoes=decision.id,
        batch=decision.batch,
    )


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
