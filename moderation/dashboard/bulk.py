"""Deciding many comments at once: how it would go, a last look before it, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from moderation import review
from moderation.dashboard import resources
from moderation.dashboard.components import NAMES, VERBS, day, notice
from moderation.dashboard.live import Node, TopScore, thread_view
from moderation.errors import ModerationError
from moderation.review import OTHER, expected_errors, sample_size
from moderation.schema import ATTRIBUTES, Action

RISKIEST = 3
"""Comments that speak most against a bulk decision, shown once more before it."""
KEYS = {Action.APPROVE: "a", Action.REJECT: "x", Action.ESCALATE: "e"}


@dataclass(frozen=True)
class Plan:
    """Comments that may be decided at once.

    Args:
        comments: Rows of ``Store.queue``, those that were left out already gone.
        attribute: The score they were chosen by; empty if by none.
        seen: How many of them have been looked at.
        reason: The reason for rejecting them that is offered first.
    """

    comments: pd.DataFrame
    attribute: str
    seen: int
    reason: str

    @property
    def ids(self) -> list[str]:
        """What would be decided."""
        return [str(comment_id) for comment_id in self.comments["comment_id"]]

    @property
    def to_see(self) -> int:
        """How many more must be looked at first."""
        return max(0, sample_size(len(self.comments)) - self.seen)


def bulk_actions(plan: Plan) -> None:
    """Draw the buttons; each opens a last look, and only that decides."""
    store, name = resources.store(), resources.moderator()
    with st.container(horizontal=True, key="actions", vertical_alignment="bottom"):
        reason = _reason(plan)
        for action, key in KEYS.items():
            asked = st.button(
                f"{action.capitalize()} all",
                key=f"bulk-{action}",
                shortcut=key,
                disabled=not plan.ids or plan.to_see > 0,
            )
            if asked:
                _last_look(plan, action, reason)
        st.space("stretch")
        batch = store.last_batch(name)
        st.button(
            "Undo the last batch",
            key="undo-batch",
            shortcut="u",
            on_click=_undo,
            args=(batch,),
            disabled=not batch,
        )
    said = st.session_state.get("bulk-said", "")
    if said:
        notice(said)
    if plan.to_see:
        notice(f"{plan.to_see} more of the sample to look at before all can be decided.")


def expectation(plan: Plan, action: Action, reason: str) -> str:
    """Say how many of a plan's comments would be decided wrongly, going by the scores."""
    scores = plan.comments[list(ATTRIBUTES)].astype(float)
    if action is Action.REJECT:
        if reason not in ATTRIBUTES:
            return ""
        wrong = expected_errors(scores, reason, action)
        return f"If all are rejected: about {wrong:,.0f} of them wrongly."
    attribute = plan.attribute
    wrong = expected_errors(scores, attribute, action)
    least = "about" if attribute else "at least"
    what = NAMES[attribute].lower() if attribute else "any attribute"
    return f"If all are approved: {least} {wrong:,.0f} to which {what} applies."


def leaning(plan: Plan, action: Action, reason: str) -> list[Node]:
    """Return the comments that speak most against an action, as ``thread_view`` draws them."""
    attribute = reason if action is Action.REJECT and reason in ATTRIBUTES else plan.attribute
    scores = plan.comments[list(ATTRIBUTES)].astype(float)
    against = scores[attribute] if attribute else scores.max(axis=1)
    order = against.sort_values(ascending=action is Action.REJECT, kind="stable").index[:RISKIEST]
    return [comment_node(plan.comments.loc[row], attribute) for row in order]


def comment_node(row: pd.Series, attribute: str, state: str = "") -> Node:
    """Describe a row of ``Store.queue`` for ``thread_view``, with one score or the highest."""
    scores = row[list(ATTRIBUTES)].astype(float)
    name = attribute or (str(scores.idxmax()) if scores.notna().any() else "")
    value = float(scores[name]) if name else float("nan")
    threshold = resources.policy().thresholds.get(name, 1.0)
    top = TopScore(NAMES[name], value, value >= threshold) if value == value else None
    return Node(
        id=str(row["comment_id"]),
        author=str(row["author"]),
        when=day(str(row["published"])),
        text=str(row["text"]),
        state=state,
        top=top,
    )


def forget_message() -> None:
    """Forget what the last bulk decision did: something else is looked at now."""
    st.session_state.pop("bulk-said", None)


def _reason(plan: Plan) -> str:
    options = [*ATTRIBUTES, OTHER]
    return st.selectbox(
        "Reason if rejected",
        options,
        index=options.index(plan.reason),
        format_func=lambda name: NAMES.get(name, "Other"),
        key=f"bulk-reason-{plan.reason}",
        width=220,
    )


@st.dialog("Decide all of these?", width="large")
def _last_look(plan: Plan, action: Action, reason: str) -> None:
    count = len(plan.ids)
    articles = plan.comments["article_url"].nunique()
    why = f" as {NAMES.get(reason, reason).lower()}" if action is Action.REJECT else ""
    notice(
        f"{count:,} comments under {articles:,} articles will be {VERBS[action]}{why} by "
        f"{resources.moderator()}. {expectation(plan, action, reason)} U takes all of it back.",
        title=f"{action.capitalize()} {count:,} comments",
    )
    if action is not Action.ESCALATE:
        st.subheader("What speaks most against it")
        thread_view(leaning(plan, action, reason), key="against", label="Least sure of all")
    confirmed = st.button(
        f"{action.capitalize()} {count:,} comments",
        key="bulk-confirm",
        type="primary",
        shortcut="y",
        on_click=_decide,
        args=(plan.ids, action, reason),
    )
    if confirmed:
        st.rerun()


def _decide(comment_ids: list[str], action: Action, reason: str) -> None:
    def work() -> str:
        batch = review.decide_all(
            resources.store(),
            comment_ids,
            action,
            moderator=resources.moderator(),
            reason=reason if action is Action.REJECT else "",
            policy=resources.policy(),
        )
        passed = f"; {batch.passed_over:,} had been decided meanwhile" if batch.passed_over else ""
        return f"{batch.decided:,} comments {VERBS[action]}{passed}. U takes them back."

    _say(work)


def _undo(batch: str) -> None:
    """Take this batch back."""
    _say(
        lambda: (
            f"{review.undo_batch(resources.store(), batch, resources.moderator()):,} decisions "
            "taken back."
        )
    )


def _say(work: Callable[[], str]) -> None:
    try:
        st.session_state["bulk-said"] = work()
    except ModerationError as error:
        st.session_state["bulk-said"] = f"Not recorded: {error}"
