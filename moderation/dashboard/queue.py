"""The queue page: one waiting comment with all it takes to decide, and the keys to do so."""

import streamlit as st

from moderation import review
from moderation.dashboard import desk, resources
from moderation.dashboard.case import Case, look_ahead, read_case, read_evidence
from moderation.dashboard.components import VERBS, centred, describe, empty_state, key_help, notice
from moderation.dashboard.filters import clear_filters, view_from_sidebar
from moderation.dashboard.listing import listing
from moderation.dashboard.panels import conversation_panel, evidence_panel, warnings
from moderation.dashboard.verdict import (
    REASON_KEYS,
    Verdict,
    reason_name,
    verdict_panel,
    widget_key,
)
from moderation.errors import ConflictError, ModerationError
from moderation.schema import Action, Decision, Sampling
from moderation.store import QueueFilter

KEYS = (
    ("A", "Approve"),
    ("X", "Reject, for the reason chosen"),
    ("F", "Choose the next reason, those first whose score asks for a look"),
    (
        "T, V, I …",
        "Choose a reason: "
        + ", ".join(f"{letter.upper()} {reason_name(one)}" for letter, one in REASON_KEYS.items())
        + "; with Shift: reject for it at once",
    ),
    ("E", "Escalate to a colleague; the comment stays in the queue"),
    ("J", "Next; a comment left undecided comes back when the rest is done"),
    ("K", "Previous"),
    ("U", "Undo your last decision"),
    ("1-9, 0, P", "Contradict the score in that row; again: confirm it; again: say nothing"),
    ("N", "Write a note"),
    ("/", "Search"),
    ("Esc", "Leave a field, a switch or a chooser, which keep the keys to themselves"),
    ("H or ?", "This list"),
)


def queue_page() -> None:
    """Show the comment most worth a look and record what the moderator decides."""
    _work(view_from_sidebar())


@st.fragment
def _work(view: desk.View) -> None:
    """Draw the desk; a fragment, so that a decision does not redraw the filters."""
    listed = listing(view) if view.listed else None
    comment_id = desk.open_comment(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title("Review queue", width="content")
        _status()
    if comment_id is None:
        _nothing_waits(view)
        return
    case = read_case(comment_id)
    if case is None:
        _unknown(view)
        return
    verdict = Verdict.of(case.comment_id, case.own_scores, resources.policy())
    _actions(case, verdict, view)
    warnings(case, verdict)
    with st.container(key="case"):
        left, right = st.columns([11, 10], gap="medium")
    with right:  # first: when the comment is there, its keys are too
        verdict_panel(verdict)
    with left:
        if listed is not None:
            listed.draw(comment_id)
        conversation_panel(case)
    with right:  # last: it takes longest to find
        evidence_panel(case, read_evidence(case))
    look_ahead(desk.waiting_for(view.where))


def _status() -> None:
    """Say in one line what waits and what the last action did."""
    counts = resources.store().counts()
    decided = counts["approved"] + counts["rejected"]
    here = desk.desk()
    parts = (
        f"{counts['waiting']:,} waiting",
        f"{counts['escalated']:,} escalated",
        f"{decided:,} decided",
        here.message,
    )
    notice(" · ".join(filter(None, parts)), quiet=True)


def _actions(case: Case, verdict: Verdict, view: desk.View) -> None:
    """Draw the buttons; each is bound to this comment, so that a late click hits no other."""
    with st.container(horizontal=True, key="actions", vertical_alignment="center"):
        for action, shortcut in zip(Action, "axe", strict=True):
            st.button(
                action.capitalize(),
                key=widget_key(action, case.comment_id),
                shortcut=shortcut,
                on_click=_decide,
                args=(verdict, action, case.standing, view),
                disabled=case.settled and action is not Action.ESCALATE,
            )
        st.space("stretch")
        last = resources.store().last_decision(resources.moderator())
        st.button(
            "Undo",
            key="undo",
            shortcut="u",
            on_click=_undo,
            args=(last.id if last else "",),
            disabled=last is None,
        )
        st.button(
            "Previous",
            key="previous",
            shortcut="k",
            on_click=_back,
            args=(case.comment_id,),
            disabled=desk.desk().at <= 0,
        )
        st.button(
            "Next", key="next", shortcut="j", on_click=_pass_over, args=(case.comment_id, view)
        )
        if st.button("Keys", key="keys", shortcut="h"):
            _key_dialog()


def _nothing_waits(view: desk.View) -> None:
    counts = resources.store().counts()
    passed = len(desk.desk().passed)
    if not counts["comments"]:
        empty_state("No comments yet", "Put article pages in on the Threads page to begin.")
        with centred():
            resources.link("threads", "Add pages", {}, icon=":material/upload_file:")
    elif passed and not view.listed:
        empty_state(
            "You have seen everything in this view",
            f"{passed:,} passed over without a decision.",
        )
        with centred():
            st.button("Go through those again", key="again", on_click=desk.restart, args=(view,))
    elif view.where == QueueFilter():
        empty_state("Nothing waits for review", "Every comment has a decision.")
    else:
        empty_state("Nothing in this view", "No comment matches these filters.")
        with centred():
            st.button("Clear the filters", key="clear", on_click=clear_filters)


def _unknown(view: desk.View) -> None:
    empty_state("This comment is not in the store", "The link may be from another database.")
    with centred():
        st.button("Open the queue", key="leave", on_click=desk.restart, args=(view,))


@st.dialog("Keys")
def _key_dialog() -> None:
    key_help(KEYS)
    st.caption("Keys do not act while you type.")


def _decide(verdict: Verdict, action: Action, standing: Decision | None, view: desk.View) -> None:
    """Record a decision and open the next comment; on a conflict stay and say whose came first."""
    comment_id = verdict.comment_id
    if not desk.is_open(comment_id):
        return
    here, me, settings = desk.clear_messages(), resources.moderator(), resources.settings()
    second = review.is_second_look(standing, me)
    try:
        review.decide(
            resources.store(),
            comment_id,
            action,
            moderator=me,
            reason=verdict.reason if action is Action.REJECT else "",
            note=verdict.note,
            overrides=verdict.overrides,
            sampling=Sampling.SECOND if second else desk.sampling(comment_id),
            expected=standing.id if standing else None,
            policy=resources.policy(),
            second_looks=settings.second_look_share,
        )
    except ConflictError:
        here.problem = _conflict(comment_id, action)
        return
    except ModerationError as error:
        here.problem = f"Not recorded: {error}"
        return
    here.message = f"last: {VERBS[action]}"
    if second and standing is not None:
        _compare(here, standing, action)
    verdict.forget()
    desk.forward(view, decided=action is not Action.ESCALATE)


def _compare(here: desk.Desk, first: Decision, action: Action) -> None:
    """Tell, after a second look, what the first one said."""
    if first.action is action:
        here.message += f"; {first.decided_by} had {VERBS[action]} it too"
    else:
        here.problem = (
            f"Second look: you {VERBS[action]} what {first.decided_by} had {VERBS[first.action]}. "
            "Both are kept, yours stands. Press U to open it again, and E there to have a "
            "colleague settle it."
        )


def _conflict(comment_id: str, action: Action) -> str:
    standing = resources.store().standing(comment_id)
    first = describe(standing) if standing else "another decision"
    return (
        f"Somebody was first: {first}. Yours ({VERBS[action]}) is kept in the log but does not "
        "stand. Decide again to overrule, or press J to go on."
    )


def _undo(decision_id: str) -> None:
    """Take this decision, the moderator's last, back and open its comment again."""
    store, name = resources.store(), resources.moderator()
    last = store.last_decision(name)
    if last is None or last.id != decision_id:
        return
    here = desk.clear_messages()
    try:
        undone = review.undo(store, name)
    except ModerationError as error:
        here.problem = f"Not undone: {error}"
        return
    if undone is None:
        return
    here.message = f"taken back: {VERBS[undone.action]}"
    here.passed.discard(undone.comment_id)
    desk.visit(undone.comment_id)


def _pass_over(comment_id: str, view: desk.View) -> None:
    if desk.is_open(comment_id):
        desk.clear_messages()
        desk.forward(view, decided=False)


def _back(comment_id: str) -> None:
    if desk.is_open(comment_id):
        desk.clear_messages()
        desk.back()
