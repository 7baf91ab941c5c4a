"""How well the desk works: agreement, overturned decisions, calibration, errors, speed.

Everything is computed from what moderators did (``Store.judgements``, ``Store.labels``,
``Store.survey``); nothing here knows names. Figures on comments that their scores have chosen
flatter or punish the scorer: error rates come from the random audit alone.
"""

import math
from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.policy import Policy
from moderation.rules import Share
from moderation.schema import ATTRIBUTES, Action, Sampling

RESAMPLES = 500
"""Bootstrap samples behind the interval of alpha."""
BINS = 10
PAUSE_S = 300
"""Longer gaps between two decisions are breaks."""
DECIDED = (str(Action.APPROVE), str(Action.REJECT))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far moderators agree who decided the same comment without seeing each other's decision.

    Args:
        alpha: Krippendorff's alpha for nominal data: 1 = always, 0 = as by chance; NaN where too
            little is known.
        low: Lower end of its 95 % interval (bootstrap over comments, seed 0).
        high: Upper end.
        comments: Comments that several have decided.
        moderators: How many people decided those.
    """

    alpha: float
    low: float
    high: float
    comments: int
    moderators: int


def agreement(judgements: pd.DataFrame) -> Agreement:
    """Compare decisions made without knowledge of each other.

    These are the first decision on a comment, those that came in conflict with it, and blind
    second looks; approving and rejecting only. Source: Krippendorff, Content Analysis, 2004.

    Args:
        judgements: As ``Store.judgements`` returns them.
    """
    made = judgements[judgements["action"].isin(DECIDED) & (judgements["sampling"] != "batch")]
    first = ~made.duplicated("comment_id")
    blind = made[first | made["conflict"] | (made["sampling"] == Sampling.SECOND)]
    blind = blind.drop_duplicates(["comment_id", "moderator"])
    several = blind[blind.duplicated("comment_id", keep=False)]
    if several.empty:
        return Agreement(math.nan, math.nan, math.nan, 0, 0)
    values = several.assign(value=(several["action"] == Action.REJECT).astype(float)).pivot_table(
        index="moderator", columns="comment_id", values="value"
    )
    table = values.to_numpy()
    generator = np.random.default_rng(0)
    count = table.shape[1]
    drawn = [_alpha(table[:, generator.integers(0, count, count)]) for _ in range(RESAMPLES)]
    known = np.array(drawn)[~np.isnan(drawn)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (math.nan, math.nan)
    return Agreement(_alpha(table), float(low), float(high), count, table.shape[0])


def overturned(judgements: pd.DataFrame) -> Share:
    """Of the comments decided by a person: those that somebody else later decided otherwise."""
    made = judgements[judgements["action"].isin(DECIDED) & judgements["in_effect"]]
    first, last = made.groupby("comment_id").first(), made.groupby("comment_id").last()
    changed = (first["action"] != last["action"]) & (first["moderator"] != last["moderator"])
    return Share(int(changed.sum()), len(first))


def calibration(labels: pd.DataFrame) -> pd.DataFrame:
    """Compare scores with what moderators said, by tenths of the score.

    Args:
        labels: ``Store.labels`` of one attribute, with their scores.

    Returns:
        ``score`` (mean in the bin)``, share`` (of labels that say it applies)``, low, high``
        (Wilson's interval)``, labels``; bins without labels are left out.
    """
    known = labels.dropna(subset=["score"])
    bins = np.minimum((known["score"].to_numpy(dtype=float) * BINS).astype(int), BINS - 1)
    rows = []
    for _, part in known.groupby(bins):
        share = Share(int((part["value"] >= 0.5).sum()), len(part))
        rows.append((part["score"].mean(), share.value, *share.interval, len(part)))
    return pd.DataFrame(rows, columns=["score", "share", "low", "high", "labels"])


@dataclass(frozen=True, slots=True)
class Errors:
    """What the thresholds missed and flagged in vain, on comments drawn at random.

    Args:
        missed: Of the comments no threshold flagged, those a moderator rejected.
        in_vain: Of the comments a threshold flagged, those a moderator approved.
    """

    missed: Share
    in_vain: Share


def audit_errors(decided: pd.DataFrame, policy: Policy) -> Errors:
    """Measure a policy's thresholds on the random audit.

    Args:
        decided: ``Store.survey(decided=True)``.
        policy: The thresholds.
    """
    audit = decided[decided["sampling"] == Sampling.RANDOM]
    thresholds = [policy.thresholds[name] for name in ATTRIBUTES]
    scores = audit[list(ATTRIBUTES)].to_numpy(dtype=float)
    flagged = (scores >= thresholds).any(axis=1)
    rejected = (audit["action"] == Action.REJECT).to_numpy()
    return Errors(
        missed=Share(int((rejected & ~flagged).sum()), int((~flagged).sum())),
        in_vain=Share(int((~rejected & flagged).sum()), int(flagged.sum())),
    )


def daily(judgements: pd.DataFrame) -> pd.DataFrame:
    """Count decisions in effect: ``day, action, decisions``."""
    made = judgements[judgements["in_effect"]]
    days = made["decided_at"].dt.floor("D").rename("day")
    return made.groupby([days, "action"]).size().rename("decisions").reset_index()


def pace(judgements: pd.DataFrame) -> pd.DataFrame:
    """Say how fast people decide, one comment at a time.

    Returns:
        ``moderator, decisions, seconds``: the median time from one decision to the next,
        without breaks of more than ``PAUSE_S`` and without bulk decisions; NaN: unknown.
    """
    single = judgements[judgements["sampling"] != "batch"].sort_values("decided_at")
    gaps = single.groupby("moderator")["decided_at"].diff().dt.total_seconds()
    timed = single.assign(gap=gaps.where(gaps <= PAUSE_S))
    groups = timed.groupby("moderator")
    found = pd.DataFrame({"decisions": groups.size(), "seconds": groups["gap"].median()})
    return found.sort_values("decisions", ascending=False).reset_index()


def _alpha(table: NDArray[np.float64]) -> float:
    """Return alpha of (people, comments) values, NaN where somebody did not decide."""
    kept = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    seen = np.unique(kept[~np.isnan(kept)])
    if len(seen) < 2:
        return math.nan  # everybody always said the same: agreement by chance is certain
    return float(krippendorff.alpha(kept, level_of_measurement="nominal"))
