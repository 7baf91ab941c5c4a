"""What stands around the open comment: its thread, and what speaks for a decision."""

import math

import pandas as pd
import streamlit as st

from moderation.dashboard import conversation, desk, resources
from moderation.dashboard.case import Case, Evidence
from moderation.dashboard.components import (
    NAMES,
    VERBS,
    article_head,
    describe,
    history_list,
    notice,
)
from moderation.dashboard.filters import show_author
from moderation.dashboard.inert import one_line
from moderation.dashboard.live import Node, thread_view
from moderation.dashboard.verdict import Verdict, widget_key
from moderation.frames import comment_key
from moderation.schema import Action
from moderation.scorers.language import detect
from moderation.scorers.toxicity import ToxicityScorer
from moderation.store import Record

PASSAGE_CHARS = 240


def warnings(case: Case, verdict: Verdict) -> None:
    """Say what the moderator must know before deciding: a decision, a gap, another desk."""
    problem = desk.desk().problem
    if problem:
        notice(problem)
    elif case.second_look:
        notice(
            "Somebody has decided this comment. You see how when you have decided.",
            title="Second look",
        )
    elif case.standing is not None:
        title = "This comment is decided. Deciding again overrules:"
        if case.settled:
            title = "This comment is decided; a senior can overrule. You can escalate it:"
        notice(describe(case.standing), title=title)
    language = detect(case.comment.text)
    known = ("", *ToxicityScorer.languages)
    if language not in known and math.isnan(verdict.scores["toxicity"]):
        notice(f"Toxicity is not scored: language {language} is not supported by this model.")
    if not desk.claim(case.comment_id):
        notice(
            "Another moderator has this comment open. You can decide all the same; "
            "both decisions are kept and the first one stands."
        )


def conversation_panel(case: Case) -> None:
    """Draw the article, the comment in its place, and the way to the whole thread."""
    article = case.family.thread.article
    article_head(article)
    opened = thread_view(
        _nodes(case), key="conversation", label="The comment in its thread", open_label="Open"
    )
    count = case.family.comments
    label = f"Whole thread ({count:,} comments)" if count > 1 else "Whole thread"
    resources.link("threads", label, {"article": article.url}, icon=":material/account_tree:")
    if opened and opened != case.comment_id:
        desk.visit(opened)
        st.rerun(scope="fragment")


def evidence_panel(case: Case, evidence: Evidence) -> None:
    """Draw what speaks for a decision besides the scores; empty parts are left out."""
    for sentence in evidence.why:
        notice(sentence, quiet=True)
    if evidence.passage is not None:
        passage, near = evidence.passage
        said = one_line(passage, limit=PASSAGE_CHARS)
        notice(f"Nearest passage of the article (similarity {near:.2f}): “{said}”", quiet=True)
    _author(case, evidence.record)
    _alike(case, evidence.alike)
    if evidence.history:
        st.subheader("Decisions so far")
        history_list(evidence.history)


def _author(case: Case, record: Record) -> None:
    """Say what was decided about comments under this name."""
    counts = record.counts
    if sum(counts.values()) < 2:
        return
    st.subheader("Author")
    parts = [f"{sum(counts.values()):,} comments under this name"]
    parts += [f"{counts[action]:,} {VERBS[action]}" for action in Action if counts.get(action)]
    notice(" · ".join(parts), quiet=True)
    last = [
        VERBS[action] + (f" ({NAMES.get(reason, reason).lower()})" if reason else "")
        for _, action, reason in record.latest
    ]
    if last:
        notice(f"Last decisions: {', '.join(last)}", quiet=True)
    st.button(
        "All by this author",
        key=widget_key("author", case.comment_id),
        type="tertiary",
        icon=":material/person_search:",
        on_click=show_author,
        args=(case.comment.author,),
    )


def _alike(case: Case, alike: pd.DataFrame) -> None:
    """List comments that say nearly the same, here and under other articles."""
    if alike.empty:
        return
    st.subheader("Nearly the same")
    nodes = [
        Node(
            id=str(row.comment_id),
            author=f"{row.likeness:.0%} · {one_line(str(row.author), limit=30) or 'no name'}",
            text=str(row.text),
            state=VERBS.get(str(row.action), "waiting"),
            place=str(row.article_title),
        )
        for row in alike.itertuples()
    ]
    opened = thread_view(
        nodes, key="alike", label="Comments that say nearly the same", open_label="Open", dense=True
    )
    if opened and opened != case.comment_id:
        desk.visit(opened)
        st.rerun(scope="fragment")


def _nodes(case: Case) -> list[Node]:
    policy = resources.policy()
    url = case.family.thread.article.url
    nodes: list[Node] = []
    below = 0
    for depth, member in enumerate(conversation.around(case.family)):
        if isinstance(member, str):
            nodes.append(Node(depth=below or depth, gap=member))
            continue
        comment_id = comment_key(url, member.id)
        current = member is case.comment
        node = conversation.node(
            member,
            comment_id,
            depth=below or depth,
            top=conversation.top_score(case.scores.get(comment_id, {}), policy),
            current=current,
        )
        nodes.append(conversation.explained(node, case.marked) if current else node)
        if current:
            below = depth + 1
    return nodes
