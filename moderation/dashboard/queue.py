"""The queue page: one waiting comment with all it takes to decide, and the keys to do so."""

import math
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from moderation import review
from moderation.dashboard import conversation, desk, resources
from moderation.dashboard.components import (
    VERBS,
    Node,
    article_head,
    describe,
    empty_state,
    history_list,
    key_help,
    notice,
    thread_view,
)
from moderation.dashboard.filters import clear_filters, view_from_sidebar
from moderation.dashboard.verdict import Verdict, verdict_panel, widget_key
from moderation.errors import ConflictError, ModerationError
from moderation.frames import comment_key
from moderation.schema import Action, Comment, Decision, Thread
from moderation.scorers.language import detect
from moderation.scorers.toxicity import ToxicityScorer
from moderation.store import QueueFilter

KEYS = (
    ("A", "Approve"),
    ("X", "Reject, for the reason chosen"),
    ("E", "Escalate to a colleague; the comment stays in the queue"),
    ("J", "Next; a comment left undecided comes back when the rest is done"),
    ("K", "Previous"),
    ("U", "Undo your last decision"),
    ("1-9, 0, P", "Contradict the score in that row; again: confirm it; again: say nothing"),
    ("H", "This list"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything known about the open comment.

    Args:
        comment_id: Its id in the store.
        comment: As its platform showed it.
        thread: The thread it stands in.
        scores: The scores of its family: id -> attribute -> value; NaN = not scored.
        history: Every decision on it, oldest first.
        standing: The one that stands, if any.
        why: What made its scores, a sentence a scorer that can say.
    """

    comment_id: str
    comment: Comment
    thread: Thread
    scores: dict[str, dict[str, float]]
    history: list[Decision]
    standing: Decision | None
    why: list[str]


def queue_page() -> None:
    """Show the comment most worth a look and record what the moderator decides."""
    _work(view_from_sidebar())


@st.fragment
def _work(view: desk.View) -> None:
    """Draw the desk; a fragment, so that a decision does not redraw the filters."""
    comment_id = desk.open_comment(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title("Review queue", width="content")
        _status()
    if comment_id is None:
        _nothing_waits(view)
        return
    case = _case(comment_id)
    if case is None:
        _unknown(view)
        return
    verdict = Verdict.of(case.comment_id, case.scores.get(comment_id, {}), resources.policy())
    _actions(case, verdict, view)
    _warnings(case, verdict)
    left, right = st.columns([6, 5], gap="large")
    with right:  # first: when the comment is there, its keys are too
        verdict_panel(verdict)
        for sentence in case.why:
            notice(sentence, quiet=True)
        if case.history:
            st.subheader("Decisions so far")
            history_list(case.history)
    with left:
        _conversation(case)


def _case(comment_id: str) -> Case | None:
    """Read everything about a comment; None if the store does not have it."""
    store = resources.store()
    rows = store.context([comment_id])
    if rows.empty:
        return None
    thread = resources.thread(str(rows["article_url"].iloc[0]))
    comment = conversation.find(thread, comment_id)
    if comment is None:
        resources.forget_threads()  # it came in after the thread was read
        thread = resources.thread(thread.article.url)
        comment = conversation.find(thread, comment_id)
    if comment is None:
        return None
    members = [one for one in conversation.family(thread, comment) if isinstance(one, Comment)]
    ids = [comment_key(thread.article.url, one.id) for one in members]
    return Case(
        comment_id=comment_id,
        comment=comment,
        thread=thread,
        scores=resources.scores(ids),
        history=store.history(comment_id),
        standing=store.standing(comment_id),
        why=resources.explanations(rows),
    )


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
    expected = case.standing.id if case.standing else None
    with st.container(horizontal=True, key="actions", vertical_alignment="center"):
        for action, shortcut in zip(Action, "axe", strict=True):
            st.button(
                action.capitalize(),
                key=widget_key(action, case.comment_id),
                shortcut=shortcut,
                on_click=_decide,
                args=(verdict, action, expected, view),
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


def _warnings(case: Case, verdict: Verdict) -> None:
    """Say what the moderator must know before deciding: a decision, a gap, another desk."""
    problem = desk.desk().problem
    if problem:
        notice(problem)
    elif case.standing is not None:
        notice(describe(case.standing), title="This comment is decided. Deciding again overrules:")
    language = detect(case.comment.text)
    known = ("", *ToxicityScorer.languages)
    if language not in known and math.isnan(verdict.scores["toxicity"]):
        notice(f"Toxicity is not scored: language {language} is not supported by this model.")
    if not desk.claim(case.comment_id):
        notice(
            "Another moderator has this comment open. You can decide all the same; "
            "both decisions are kept and the first one stands."
        )


def _conversation(case: Case) -> None:
    """Draw the article, the comment in its place, and the way to the whole thread."""
    article = case.thread.article
    article_head(article)
    opened = thread_view(
        list(_nodes(case)), key="conversation", label="The comment in its thread", open_label="Open"
    )
    count = len(case.thread.comments)
    label = f"Whole thread ({count:,} comments)" if count > 1 else "Whole thread"
    resources.link("threads", label, {"article": article.url}, icon=":material/account_tree:")
    if opened and opened != case.comment_id:
        desk.visit(opened)
        st.rerun(scope="fragment")


def _nodes(case: Case) -> list[Node]:
    policy = resources.policy()
    url = case.thread.article.url
    nodes: list[Node] = []
    below = 0
    for depth, member in enumerate(conversation.family(case.thread, case.comment)):
        if isinstance(member, str):
            nodes.append(Node(depth=below or depth, gap=member))
            continue
        comment_id = comment_key(url, member.id)
        scores = case.scores.get(comment_id, {})
        current = member is case.comment
        node = conversation.node(
            member,
            comment_id,
            depth=below or depth,
            top=conversation.top_score(scores, policy),
            current=current,
        )
        found = resources.marked_words(member.text, scores) if current else None
        nodes.append(conversation.explained(node, found) if found else node)
        if current:
            below = depth + 1
    return nodes


def _nothing_waits(view: desk.View) -> None:
    counts = resources.store().counts()
    passed = len(desk.desk().passed)
    if not counts["comments"]:
        empty_state("No comments yet", "Put article pages in on the Threads page to begin.")
        with _centred():
            resources.link("threads", "Add pages", {}, icon=":material/upload_file:")
    elif passed:
        empty_state(
            "You have seen everything in this view",
            f"{passed:,} passed over without a decision.",
        )
        with _centred():
            st.button("Go through those again", key="again", on_click=desk.restart, args=(view,))
    elif view == desk.View(QueueFilter()):
        empty_state("Nothing waits for review", "Every comment has a decision.")
    else:
        empty_state("Nothing in this view", "No waiting comment matches these filters.")
        with _centred():
            st.button("Clear the filters", key="clear", on_click=clear_filters)


def _unknown(view: desk.View) -> None:
    empty_state("This comment is not in the store", "The link may be from another database.")
    with _centred():
        st.button("Open the queue", key="leave", on_click=desk.restart, args=(view,))


def _centred() -> DeltaGenerator:
    return st.container(horizontal=True, horizontal_alignment="center")


@st.dialog("Keys")
def _key_dialog() -> None:
    key_help(KEYS)
    st.caption("Keys do not act while you type; Tab leaves a field.")


def _decide(verdict: Verdict, action: Action, expected: str | None, view: desk.View) -> None:
    """Record a decision and open the next comment; on a conflict stay and say whose came first."""
    comment_id = verdict.comment_id
    if not desk.is_open(comment_id):
        return
    here = desk.clear_messages()
    try:
        review.decide(
            resources.store(),
            comment_id,
            action,
            moderator=resources.moderator(),
            reason=verdict.reason if action is Action.REJECT else "",
            note=verdict.note,
            overrides=verdict.overrides,
            sampling=desk.sampling(comment_id),
            expected=expected,
            policy=resources.policy(),
        )
    except ConflictError:
        here.problem = _conflict(comment_id, action)
        return
    except ModerationError as error:
        here.problem = f"Not recorded: {error}"
        return
    here.message = f"last: {VERBS[action]}"
    verdict.forget()
    desk.forward(view, decided=action is not Action.ESCALATE)


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
