"""Policies of a store: the one in force, what another would change, and doing what rules say.

A policy decides nothing unless a moderator has switched that on, which takes labels that show
how often moderators disagreed with its rules. Its decisions are signed ``policy:<version>``,
their ``sampling`` is ``rule``, they imply no labels, and they are taken back as one batch.
"""

import json
import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from moderation.config import Settings
from moderation.errors import ModerationError
from moderation.policy import Policy, decide, section_of, worth
from moderation.schema import ATTRIBUTES, Action, Decision, PolicyVersion, Sampling
from moderation.store import Entry, Store

SAMPLE = 5000
"""Undecided comments a policy is tried on, and decided ones it is compared with, at most."""
LEAST_EVIDENCE = 30
"""Decisions of moderators a rule must have been compared with before it may act by itself."""
LEAST_RANDOM = 50
"""So many of the random audit make the others unnecessary: those were chosen by the scores."""
MOST = 100_000
"""Waiting comments that are decided in one go."""
SIGNATURE = "policy:"
RANKED = "ranked"
"""The store's note of the thresholds that made the order of its queue."""
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson, 1927); NaN where ``of`` is 0.

    Args:
        hits: How many.
        of: Of how many.
    """

    hits: int
    of: int

    @property
    def value(self) -> float:
        """In [0, 1]."""
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end, in [0, 1]."""
        if not self.of:
            return math.nan, math.nan
        middle = (self.hits + _Z**2 / 2) / (self.of + _Z**2)
        share = self.value
        spread = _Z * math.sqrt(share * (1 - share) / self.of + _Z**2 / (4 * self.of**2))
        half = spread / (1 + _Z**2 / self.of)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a policy would do.

    Args:
        tried: Undecided comments it was tried on.
        undecided: How many there are; figures of ``says`` and ``changed`` are scaled to them.
        says: Action -> undecided comments its rules would decide.
        changed: Undecided comments with which the policy in force does something else.
        flagged: Undecided comments of which an attribute asks for a look.
        precision: Action -> of the comments moderators decided, those that rules would decide
            so: the share with which moderators did the same.
        recall: Action -> of the comments moderators decided so: the share rules would.
        random: Whether only the random audit was compared with.
    """

    tried: int
    undecided: int
    says: dict[Action, int]
    changed: int
    flagged: int
    precision: dict[Action, Share]
    recall: dict[Action, Share]
    random: bool

    def hours_saved(self, seconds: float) -> float:
        """Hours that approving and rejecting those by hand would take, at so many s each."""
        return (self.says[Action.APPROVE] + self.says[Action.REJECT]) * seconds / 3600

    @property
    def evidence(self) -> int:
        """How many decisions of moderators the rules were compared with."""
        return sum(share.of for share in self.precision.values())


def in_force(store: Store, settings: Settings | None = None) -> Policy:
    """Return the newest saved policy; where none is, the settings' one threshold.

    Args:
        store: Where policies are kept.
        settings: Of this machine; by default the defaults.
    """
    saved = store.policies()
    return policy_of(saved[0]) if saved else Policy.from_settings(settings or Settings())


def policy_of(version: PolicyVersion) -> Policy:
    """Read a saved policy; its version is its number."""
    return Policy.from_json(str(version.number), version.body)


def save(store: Store, policy: Policy, moderator: str, note: str) -> Policy:
    """Put a policy in force; return it with its version.

    Raises:
        ModerationError: It would act by itself, and too few decisions of moderators show how
            often they would have disagreed.
    """
    if policy.automatic:
        found = evidence(store.survey(decided=True, limit=SAMPLE), policy)
        if found < LEAST_EVIDENCE:
            msg = (
                f"these rules match {found} comments that moderators have decided; expected at "
                f"least {LEAST_EVIDENCE} before they decide by themselves"
            )
            raise ModerationError(msg)
    now = datetime.now(UTC)
    number = store.add_policy(PolicyVersion(policy.to_json(), note, moderator, now))
    return Policy(str(number), policy.thresholds, policy.rules, policy.automatic)


def is_ranked(store: Store, policy: Policy) -> bool:
    """Tell whether the queue is in the order that a policy's thresholds make."""
    return store.fact(RANKED) == _ranking(policy)


def rank(store: Store, policy: Policy, *, progress: Callable[[int], None] | None = None) -> None:
    """Put what has been scored into the order that a policy's thresholds make.

    Does nothing where it is in that order; what a kill leaves half done is done by the next call.

    Args:
        store: Read and written, some thousand comments at a time.
        policy: The one in force.
        progress: Called with the number of comments looked at so far.
    """
    if not is_ranked(store, policy):
        store.rank(lambda scores: worth(scores, policy), progress=progress)
        store.set_fact(RANKED, _ranking(policy))


def evidence(decided: pd.DataFrame, policy: Policy) -> int:
    """Count the comments moderators decided on which the rules say approve or reject."""
    return int((decide(_sectioned(decided), policy).isin(["approve", "reject"])).sum())


def dry_run(
    draft: Policy, now: Policy, undecided: pd.DataFrame, decided: pd.DataFrame, count: int
) -> DryRun:
    """Say what a policy would do in place of the one in force.

    Args:
        draft: The policy to try.
        now: The one in force.
        undecided: ``Store.survey(decided=False)``.
        decided: ``Store.survey(decided=True)``.
        count: How many undecided comments there are.
    """
    table = _sectioned(undecided)
    said, before = decide(table, draft), decide(table, now)
    scale = count / len(table) if len(table) else 0.0
    thresholds = [draft.thresholds[name] for name in ATTRIBUTES]
    over = (table[list(ATTRIBUTES)].to_numpy(dtype=float) >= thresholds).any(axis=1)
    audit = decided[decided["sampling"] == Sampling.RANDOM]
    random = len(audit) >= LEAST_RANDOM
    held = _sectioned(audit if random else decided)
    verdicts = decide(held, draft)
    actions = (Action.APPROVE, Action.REJECT)
    same = {
        action: int(((verdicts == action) & (held["action"] == action)).sum()) for action in actions
    }
    return DryRun(
        tried=len(table),
        undecided=count,
        says={action: round(scale * int((said == action).sum())) for action in Action},
        changed=round(scale * int((said != before).sum())),
        flagged=round(scale * int(np.sum(over))),
        precision={one: Share(same[one], int((verdicts == one).sum())) for one in actions},
        recall={one: Share(same[one], int((held["action"] == one).sum())) for one in actions},
        random=random,
    )


def act(store: Store, policy: Policy, table: pd.DataFrame) -> int:
    """Do what an automatic policy's rules say with undecided comments; return with how many.

    Args:
        store: Where the decisions go.
        policy: Does nothing unless it is ``automatic``.
        table: A row a comment: ``comment_id, article_url, language``, a column per attribute.
    """
    if not (policy.automatic and policy.rules):
        return 0
    table = _sectioned(table.set_index("comment_id"))
    said = decide(table, policy)
    signed = f"{SIGNATURE}{policy.version}"
    entries = [
        Entry(
            Decision(
                comment_id=str(comment_id),
                action=Action(action),
                reason=_reason(table.loc[[comment_id]], policy, action),
                decided_by=signed,
                decided_at=datetime.now(UTC),
                sampling=Sampling.RULE,
                id=uuid.uuid4().hex,
                batch=signed,
            ),
            [],
            None,
        )
        for comment_id, action in said[said != ""].items()
    ]
    return len(store.add_decisions(entries))


def act_on_waiting(store: Store, policy: Policy) -> int:
    """Do what an automatic policy says with what waits, up to ``MOST`` comments."""
    return act(store, policy, store.survey(decided=False, limit=MOST))


def _ranking(policy: Policy) -> str:
    return json.dumps(dict(policy.thresholds), sort_keys=True)


def _reason(row: pd.DataFrame, policy: Policy, action: str) -> str:
    """The attribute of the first rule that matches, for a rejection."""
    if action != Action.REJECT:
        return ""
    return next(rule.attribute for rule in policy.rules if rule.matches(row).iloc[0])


def _sectioned(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(section=table["article_url"].map(section_of).astype(object))
