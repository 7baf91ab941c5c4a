"""The batch page: undecided comments by score, a range of them, a sample, and one decision.

The range is drawn over the chart or set with the slider's keys; either way it stands in the
URL. Of a large range a sample, drawn by the hash of each comment's id, must have been shown
before all can be decided; a comment can be left out.
"""

import hashlib
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from moderation.dashboard import resources
from moderation.dashboard.bulk import Plan, bulk_actions, comment_node, expectation, forget_message
from moderation.dashboard.components import NAMES, day, empty_state, notice
from moderation.dashboard.filters import article_titles, url_choice
from moderation.dashboard.inert import one_line
from moderation.dashboard.live import thread_view
from moderation.review import BATCH_MOST, OTHER, SAMPLE
from moderation.schema import ATTRIBUTES, Action
from moderation.store import ScoreRange

Order = Literal["highest", "lowest", "newest", "oldest"]
SHOWN = 5
"""Comments of the sample shown at a time."""
SUMMARY = "What a look is worth"
ORDERS: dict[Order, str] = {
    "lowest": "Lowest score first",
    "highest": "Highest score first",
    "newest": "Newest first",
    "oldest": "Oldest first",
}
FULL = (0.0, 1.0)


def batch_page() -> None:
    """Choose comments by score and decide them together."""
    st.title("Batch")
    where, order = _chosen()
    counts = resources.store().score_counts(where)
    rows = resources.store().in_range(where, order=order, limit=BATCH_MOST)
    if counts.sum():
        _chart(counts, where)
        _counted(counts, where)
    actions = st.container()
    if rows.empty:
        with actions:
            bulk_actions(Plan(rows, where.attribute, 0, where.attribute or OTHER))
        _nothing(counts)
        return
    left_out: set[str] = st.session_state.setdefault("batch-left-out", set())
    looked, listed = st.columns([6, 5], gap="large")
    with looked:
        seen = _sample(rows, where.attribute, left_out)
    kept = rows[~rows["comment_id"].isin(left_out)].reset_index(drop=True)
    plan = Plan(kept, attribute=where.attribute, seen=seen, reason=where.attribute or OTHER)
    with listed:
        _list(rows, where.attribute, plan)
    with actions:
        bulk_actions(plan)


def sample(comment_ids: list[str]) -> list[str]:
    """Draw the comments to look at: by hash, so that one more comment changes little."""
    return sorted(comment_ids, key=_draw)[:SAMPLE]


def _draw(comment_id: str) -> bytes:
    return hashlib.sha256(comment_id.encode("utf-8", "surrogatepass")).digest()


def _chosen() -> tuple[ScoreRange, Order]:
    """Draw the choosers; all of it lives in the URL."""
    attribute, article, order = st.columns(3)
    with attribute:
        scores = {"": SUMMARY} | {name: NAMES[name] for name in ATTRIBUTES}
        chosen = url_choice("Score", "attribute", scores, forget_message)
    with article:
        titles = article_titles(resources.settings().store_url)
        url = url_choice("Article", "article", {"": "All articles"} | titles, forget_message)
    with order:
        ordered = url_choice("Order", "order", dict(ORDERS.items()), forget_message)
    low, high = st.slider(
        "Scores from, to",
        *FULL,
        FULL,
        step=0.01,
        key="between",
        bind="query-params",
        on_change=forget_message,
    )
    where = ScoreRange(chosen if chosen in ATTRIBUTES else "", low, high, article_url=url)
    return where, next((known for known in ORDERS if known == ordered), "lowest")


def _nothing(counts: NDArray[np.int64]) -> None:
    if counts.sum():
        empty_state("No comment in this range", "Move the ends of the range.")
        return
    empty_state(
        "No undecided comment with this score",
        "Escalated comments and those without a score are decided one by one, in the queue.",
    )


def _chart(counts: NDArray[np.int64], where: ScoreRange) -> None:
    """Draw how many comments score what; a range can be drawn over it."""
    low = np.arange(len(counts)) / len(counts)
    bars = pd.DataFrame({"score": low, "to": low + 1 / len(counts), "comments": counts})
    middle = low + 0.5 / len(counts)
    inside = (middle >= where.low) & (middle < where.high)
    bars["chosen"] = np.where(inside, "in the range", "outside")
    brush = alt.selection_interval(name="brush", encodings=["x"])
    name = NAMES.get(where.attribute, SUMMARY)
    histogram = (
        alt.Chart(bars)
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X(
                "score:Q", bin="binned", title=name, scale=alt.Scale(domain=[0, 1], nice=False)
            ),
            x2="to:Q",
            y=alt.Y(
                "comments:Q",
                title="comments",
                scale=alt.Scale(type="sqrt"),
                axis=alt.Axis(tickCount=4, format="d"),
            ),
            color=alt.Color(
                "chosen:N",
                scale=alt.Scale(domain=["in the range", "outside"]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("score:Q", format=".2f", title="from"),
                alt.Tooltip("to:Q", format=".2f"),
                alt.Tooltip("comments:Q"),
            ],
        )
        .add_params(brush)
        .properties(height=180)
        .configure(aria=False)
        .configure_mark(aria=False)  # 100 bars without a name; the chart itself has one
    )
    st.altair_chart(
        histogram,
        key="by-score",
        on_select=_brushed,
        width="stretch",
        alt=f"Histogram of {counts.sum():,} undecided comments by {name}. "
        "The slider above sets the range with the arrow keys.",
    )


def _brushed() -> None:
    """Take over the range that was drawn over the chart."""
    drawn = st.session_state["by-score"]["selection"]["brush"].get("score")
    if drawn:
        low, high = sorted(min(1.0, max(0.0, round(float(end), 2))) for end in drawn[:2])
        st.session_state["between"] = (low, high)
        forget_message()


def _counted(counts: NDArray[np.int64], where: ScoreRange) -> None:
    inside = int(counts[round(where.low * 100) : round(where.high * 100)].sum())
    cap = (
        f" One batch decides at most {BATCH_MOST}: the first in the order chosen."
        if inside > BATCH_MOST
        else ""
    )
    notice(
        f"{inside:,} of {counts.sum():,} undecided comments score {where.low:.2f} to "
        f"{where.high:.2f}.{cap}",
        quiet=True,
    )


def _sample(rows: pd.DataFrame, attribute: str, left_out: set[str]) -> int:
    """Show some of the sample; return how many of it were looked at, those shown included."""
    drawn = sample(rows["comment_id"].tolist())
    pages = -(-len(drawn) // SHOWN)
    at = st.session_state.get("batch-page", 0) % pages
    shown = drawn[at * SHOWN : (at + 1) * SHOWN]
    looked_at: set[str] = st.session_state.setdefault("batch-seen", set())
    looked_at.update(shown)
    seen = len(looked_at.intersection(drawn))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("A sample", width="content")
        notice(f"{seen} of {len(drawn)} looked at", quiet=True)
        st.space("stretch")
        st.button(
            f"Next {SHOWN}",
            key="batch-next",
            shortcut="n",
            on_click=_turn,
            args=(at + 1,),
            disabled=pages < 2,
        )
    by_id = {str(row["comment_id"]): row for _, row in rows.iterrows()}
    nodes = [
        comment_node(by_id[own], attribute, "left out" if own in left_out else "") for own in shown
    ]
    clicked = thread_view(
        nodes, key="sample", label="A sample of the range", open_label="Leave out or take in"
    )
    if clicked:
        left_out.symmetric_difference_update({clicked})
        st.rerun()
    return seen


def _turn(page: int) -> None:
    st.session_state["batch-page"] = page


def _list(rows: pd.DataFrame, attribute: str, plan: Plan) -> None:
    """Say what to expect, and list all comments of the batch."""
    st.subheader("All that would be decided")
    for action, reason in ((Action.APPROVE, ""), (Action.REJECT, attribute)):
        said = expectation(plan, action, reason)
        if said:
            notice(f"{said} Going by the scores, which are calibrated.", quiet=True)
    left = len(rows) - len(plan.ids)
    notice(f"{len(plan.ids):,} comments" + (f", {left} left out" if left else ""), quiet=True)
    scores = rows[attribute or "worth"]
    st.dataframe(
        pd.DataFrame(
            {
                "Score": scores,
                "Comment": rows["text"].map(one_line),
                "Author": rows["author"].map(one_line),
                "Published": rows["published"].map(day),
                "Article": rows["article_title"].map(one_line),
            }
        ),
        hide_index=True,
        column_config={"Score": st.column_config.NumberColumn(format="%.2f", width="small")},
        height=420,
        alt="The comments of this batch; click a heading to sort",
    )
