"""What the moderator says about the open comment beyond the action: reason, overrides, note.

An override contradicts or confirms one score outright. Its button, or the key of its row,
goes round: contradict the score, confirm it, say nothing.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from moderation.dashboard.components import NAMES, STATEMENTS, score_bars
from moderation.policy import HARM, Policy
from moderation.schema import ATTRIBUTES

OVERRIDE_KEYS = "1234567890p"
"""Of the rows of scores, in their order."""

OTHER = "other"
REASON_KEYS: Mapping[str, str] = {
    "t": "toxicity",
    "v": "severe_toxicity",
    "i": "identity_attack",
    "s": "insult",
    "w": "profanity",
    "d": "threat",
    "y": "sexually_explicit",
    "b": "attack_on_commenter",
    "m": "spam",
    "o": "off_topic",
    "l": "political_spam",
    "z": OTHER,
}
"""Letters that choose a reason; Streamlit keeps c and r for itself."""
_LETTERS = {reason: letter.upper() for letter, reason in REASON_KEYS.items()}
NOTE_CHARS = 2000


@dataclass(frozen=True)
class Verdict:
    """The open comment's scores, and the widgets that hold what the moderator says.

    Args:
        comment_id: The open comment.
        scores: Attribute -> score in [0, 1]; NaN = not scored.
        thresholds: Attribute -> the score from which it asks for a look.
    """

    comment_id: str
    scores: dict[str, float]
    thresholds: dict[str, float]

    @classmethod
    def of(cls, comment_id: str, scores: Mapping[str, float], policy: Policy) -> "Verdict":
        """Set a comment's scores against the policy's thresholds."""
        values = {name: scores.get(name, math.nan) for name in ATTRIBUTES}
        return cls(comment_id, values, {name: policy.thresholds[name] for name in ATTRIBUTES})

    @property
    def reason(self) -> str:
        """The reason chosen for a rejection; the suggested one if none is, or that is denied."""
        chosen = str(
            st.session_state.get(widget_key("reason", self.comment_id)) or self.suggested()
        )
        return self.suggested() if self.overrides.get(chosen) == 0 else chosen

    @property
    def note(self) -> str:
        """The note typed so far; empty if none."""
        return str(st.session_state.get(widget_key("note", self.comment_id)) or "").strip()

    @property
    def overrides(self) -> dict[str, float]:
        """Attribute -> 0 or 1, as the moderator has said outright."""
        said: dict[str, float] = st.session_state.get(self._said, {})
        return dict(said)

    def flagged(self, attribute: str) -> bool:
        """Tell whether a score has reached its threshold; False if there is none."""
        return self.scores[attribute] >= self.thresholds[attribute]

    def suggested(self) -> str:
        """Return the flagged attribute that does most harm and is not denied, or other."""
        denied = {name for name, value in self.overrides.items() if value == 0}
        affirmed = [name for name, value in self.overrides.items() if value == 1]
        harms = {
            name: self.scores[name] * HARM[name]
            for name in ATTRIBUTES
            if self.flagged(name) and name not in denied
        }
        return max(harms, key=harms.__getitem__, default=(affirmed or [OTHER])[0])

    def reason_label(self, reason: str) -> str:
        """Return what the chooser calls a reason: bold if its score has reached its threshold."""
        name = reason_name(reason)
        bold = reason != OTHER and self.flagged(reason)
        return f"{f'**{name}**' if bold else name} `{_LETTERS[reason]}`"

    def choose(self, reason: str) -> None:
        """Choose a reason."""
        st.session_state[widget_key("reason", self.comment_id)] = reason

    def contrary(self, attribute: str) -> float:
        """Return the value that contradicts the score."""
        return 0.0 if self.flagged(attribute) else 1.0

    def next_value(self, attribute: str) -> float | None:
        """Return what the button says next: contradict, then confirm, then nothing (None)."""
        now = self.overrides.get(attribute)
        contrary = self.contrary(attribute)
        if now is None:
            return contrary
        return 1.0 - contrary if now == contrary else None

    def say(self, attribute: str, value: float | None) -> None:
        """State a value outright, or take the statement back (None)."""
        said = {name: kept for name, kept in self.overrides.items() if name != attribute}
        if value is not None:
            said[attribute] = value
        st.session_state[self._said] = said
        self.choose(self.suggested() if self.reason == OTHER else self.reason)

    def forget(self) -> None:
        """Drop what was said: it has been recorded."""
        st.session_state.pop(self._said, None)

    @property
    def _said(self) -> str:
        return widget_key("overrides", self.comment_id)


def widget_key(name: str, comment_id: str) -> str:
    """Name a widget of one comment; the id is hashed, it holds text from outside."""
    digest = hashlib.sha256(comment_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name}-{digest[:12]}"


def verdict_panel(verdict: Verdict) -> None:
    """Draw the reason chooser, the scores with their overrides, and the note."""
    key = widget_key("reason", verdict.comment_id)
    if st.session_state.get(key) != verdict.reason:
        verdict.choose(verdict.reason)
    st.pills(
        "Reason if rejected",
        [*ATTRIBUTES, OTHER],
        format_func=verdict.reason_label,
        required=True,
        wrap=True,
        key=key,
    )
    st.subheader("Scores")
    bars, overrides = st.container(key="scores").columns([7, 5], gap="small")
    with bars:
        score_bars(verdict.scores, verdict.thresholds)
    with overrides:
        for key, attribute in zip(OVERRIDE_KEYS, ATTRIBUTES, strict=True):
            _override(verdict, attribute, key)
    st.text_input(
        "Note for colleagues", key=widget_key("note", verdict.comment_id), max_chars=NOTE_CHARS
    )


def reason_name(reason: str) -> str:
    """Return how a reason is called on screen."""
    return NAMES.get(reason, "Other")


def _override(verdict: Verdict, attribute: str, key: str) -> None:
    said = verdict.overrides.get(attribute)
    st.button(
        STATEMENTS[attribute][int(verdict.contrary(attribute) if said is None else said)],
        key=widget_key(f"override-{attribute}", verdict.comment_id),
        type="secondary" if said is None else "primary",
        icon=None if said is None else ":material/check:",
        shortcut=key,
        width="stretch",
        on_click=verdict.say,
        args=(attribute, verdict.next_value(attribute)),
    )
