"""What scores mean for the review desk: which attributes ask for a look, and how urgent it is.

Its thresholds say from which score an attribute is flagged, which tells a moderator where to
look and makes an approval a correction (see ``moderation.review``); ``worth`` puts what waits
into an order. Its rules say what to do with a comment; only where a moderator has switched that
on is it done (see ``moderation.rules``).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.config import Settings
from moderation.errors import SettingsError
from moderation.schema import ATTRIBUTES, Action

HARM: Mapping[str, float] = {
    "toxicity": 0.7,
    "severe_toxicity": 1.0,
    "identity_attack": 1.0,
    "insult": 0.7,
    "profanity": 0.4,
    "threat": 1.0,
    "sexually_explicit": 0.7,
    "attack_on_commenter": 0.7,
    "spam": 0.5,
    "off_topic": 0.4,
    "political_spam": 0.6,
}
"""How bad it is to leave a comment standing to which the attribute applies, in [0, 1].

Set by judgement, not tuned: threats and attacks on groups first, bad manners last.
"""
OTHER_HARM = 0.5
"""The same for attributes of plug-ins."""
DOUBT_SHARE = 0.25
"""How much of a look's worth is doubt about the score; the rest is expected harm."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with comments whose score lies in a range.

    Args:
        attribute: Whose score.
        low: Lower end, in [0, 1]; belongs to the range.
        high: Upper end, in [0, 1]; belongs to the range.
        action: What the rule says.
        section: Only articles of this section (see ``section_of``); empty for all.
        language: Only comments in this language, ISO 639-1; empty for all.

    Raises:
        SettingsError: The attribute is unknown, or the range is none.
    """

    attribute: str
    low: float
    high: float
    action: Action
    section: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if self.attribute not in ATTRIBUTES:
            msg = f"a rule names {self.attribute[:80]!r}; expected one of {', '.join(ATTRIBUTES)}"
            raise SettingsError(msg)
        if not 0 <= self.low <= self.high <= 1:
            msg = f"a rule's range is {self.low} to {self.high}; expected 0 <= from <= to <= 1"
            raise SettingsError(msg)

    def matches(self, table: pd.DataFrame) -> pd.Series:
        """Tell which rows it speaks of; see ``decide`` for the columns."""
        fits = table[self.attribute].astype(float).round(6).between(self.low, self.high)
        if self.section:
            fits &= table["section"] == self.section
        if self.language:
            fits &= table["language"] == self.language
        return fits


@dataclass(frozen=True, slots=True)
class Policy:
    """From which score on an attribute asks for a person's look, and what rules say.

    Args:
        version: Names this set of thresholds and rules.
        thresholds: Attribute -> score in [0, 1] from which it is flagged; all of ``ATTRIBUTES``.
        rules: Say what to do with comments; see ``decide``.
        automatic: Whether what they say is done without a person.

    Raises:
        SettingsError: A threshold is missing, of an unknown attribute, or outside [0, 1].
    """

    version: str = "review-1"
    thresholds: Mapping[str, float] = field(
        default_factory=lambda: dict.fromkeys(ATTRIBUTES, Settings().review_threshold)
    )

    rules: tuple[Rule, ...] = ()
    automatic: bool = False

    def __post_init__(self) -> None:
        for name in self.thresholds.keys() ^ set(ATTRIBUTES):
            problem = "has no threshold" if name in ATTRIBUTES else "is no attribute"
            msg = f"policy {self.version!r}: {name!r} {problem}; expected {', '.join(ATTRIBUTES)}"
            raise SettingsError(msg)
        for name, threshold in self.thresholds.items():
            if not 0 <= threshold <= 1:
                msg = f"policy {self.version!r}: {name} is {threshold}; expected 0 to 1"
                raise SettingsError(msg)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Use the operator's one threshold for every attribute."""
        threshold = settings.review_threshold
        return cls(f"review-{threshold:g}", dict.fromkeys(ATTRIBUTES, threshold))

    def to_json(self) -> str:
        """Write everything but the version."""
        rules = [asdict(rule) for rule in self.rules]
        body = {"thresholds": dict(self.thresholds), "rules": rules, "automatic": self.automatic}
        return json.dumps(body, sort_keys=True)

    @classmethod
    def from_json(cls, version: str, body: str) -> Self:
        """Read what ``to_json`` wrote; attributes that are new since have the default threshold."""
        read = json.loads(body)
        thresholds = dict.fromkeys(ATTRIBUTES, Settings().review_threshold) | {
            name: value for name, value in read["thresholds"].items() if name in ATTRIBUTES
        }
        rules = tuple(Rule(**rule | {"action": Action(rule["action"])}) for rule in read["rules"])
        return cls(version, thresholds, rules, read["automatic"])


def section_of(article_url: str) -> str:
    """Return the section of an article: the first part of its address's path, if it has two."""
    parts = [part for part in urlsplit(article_url).path.split("/") if part]
    return parts[0] if len(parts) > 1 else ""


def decide(table: pd.DataFrame, policy: Policy) -> pd.Series:
    """Say what a policy's rules make of each comment.

    All rules that match a comment must say the same; otherwise, and where none matches, a
    person looks. (As in conversationai-moderator's ``pipeline/rules.ts``.)

    Args:
        table: A row a comment; a column per attribute (NaN: not scored), ``section``, ``language``.
        policy: Whether it is ``automatic`` makes no difference here.

    Returns:
        Index of ``table``; an ``Action``'s value, or empty: nothing said.
    """
    said = pd.Series("", index=table.index, dtype=object)
    torn = pd.Series(data=False, index=table.index)
    for rule in policy.rules:
        fits = rule.matches(table)
        torn |= fits & (said != "") & (said != str(rule.action))
        said = said.mask(fits, str(rule.action))
    return said.mask(torn, "")


def flagged(scores: Mapping[str, float] | pd.Series, policy: Policy) -> list[str]:
    """Return the attributes whose score has reached its threshold, in ``ATTRIBUTES`` order.

    Args:
        scores: Attribute -> score of one comment; NaN and missing are never flagged.
        policy: The thresholds.
    """
    return [
        name
        for name in ATTRIBUTES
        if name in scores and float(scores[name]) >= policy.thresholds[name]
    ]


def worth(scores: pd.DataFrame, policy: Policy | None = None) -> pd.Series:
    """Say how much a person's look at each comment is worth.

    For an attribute with score p, threshold t and ``HARM`` h it is
    ``h * (0.75 * p + 0.25 * doubt)``: p * h is the harm to be expected of leaving the comment
    alone, doubt is 1 at the threshold and falls in a straight line to 0 at scores 0 and 1,
    where a look would hardly change the outcome. A comment is worth what its most urgent
    attribute is worth; kinds of toxicity overlap too much to be added up.

    Args:
        scores: One row per comment, a column per attribute, values in [0, 1].
        policy: The thresholds; by default those of ``Policy()``.

    Returns:
        Index of ``scores``, values in [0, 1]; 0 where nothing could be scored (all NaN).
    """
    thresholds = (policy or Policy()).thresholds
    merits = np.zeros(len(scores))
    for name in scores.columns:
        values = scores[name].to_numpy(dtype=float, na_value=np.nan)
        harm = HARM.get(name, OTHER_HARM)
        doubt = _doubt(values, thresholds.get(name, Settings().review_threshold))
        # fmax passes NaN by: what was not scored neither adds nor hides anything.
        merits = np.fmax(merits, harm * ((1 - DOUBT_SHARE) * values + DOUBT_SHARE * doubt))
    return pd.Series(merits, index=scores.index, name="worth", dtype=float)


def _doubt(values: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    reach = np.where(values < threshold, threshold, 1 - threshold)
    reach = np.where(reach == 0, 1.0, reach)
    return np.asarray(1 - np.abs(values - threshold) / reach)
