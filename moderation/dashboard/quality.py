"""The quality page: what the decisions say about the scores, the rules and each other.

Every number stands in a sentence that says what it means; every chart has its figures as a
file, and its picture in the menu at its corner.
"""

import math

import altair as alt
import pandas as pd
import streamlit as st

from moderation import quality
from moderation.dashboard import resources
from moderation.dashboard.components import NAMES, empty_state, notice, table
from moderation.rules import SAMPLE, Share
from moderation.schema import ATTRIBUTES

AGE_S = 60
MOST = 200_000
"""Decisions the figures are computed from: the newest."""
STEPS = ((0.8, "good"), (0.667, "enough to draw tentative conclusions"), (-1.0, "too little"))
"""Krippendorff's own marks for alpha."""


def quality_page() -> None:
    """Show the figures, from the audit's error rates down to speed."""
    st.title("Quality")
    judgements, labels, decided = _read(resources.settings().store_url)
    if judgements.empty:
        empty_state("No decisions yet", "The figures come from what moderators decide.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _errors(decided)
        _agreement(judgements)
        _overturned(judgements)
    with right:
        _volume(judgements)
        _pace(judgements)
    st.header("Scores")
    name = st.selectbox(
        "Attribute",
        list(ATTRIBUTES),
        format_func=NAMES.__getitem__,
        key="quality-attribute",
        width=260,
    )
    left, right = st.columns(2, gap="large")
    with left:
        _calibration(labels[labels["attribute"] == name], name)
    with right:
        _drift(name)


@st.cache_data(ttl=AGE_S, max_entries=2, show_spinner="Reading the decisions …")
def _read(store_url: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:  # noqa: ARG001 - the key
    store = resources.store()
    labels = store.labels()[["attribute", "value", "score", "sampling"]]
    return store.judgements(limit=MOST), labels, store.survey(decided=True, limit=SAMPLE)


def _errors(decided: pd.DataFrame) -> None:
    st.header("Errors of the thresholds")
    found = quality.audit_errors(decided, resources.policy())
    if not found.missed.of + found.in_vain.of:
        notice(
            "Not known: no comment of the random audit has been decided. Switch it on in the "
            "queue; comments chosen by their scores would flatter or punish the scores."
        )
        return
    notice(
        f"Missed: of {found.missed.of:,} comments drawn at random that no threshold flagged, "
        f"moderators rejected {_share(found.missed)}."
    )
    notice(
        f"In vain: of {found.in_vain.of:,} that a threshold flagged, moderators approved "
        f"{_share(found.in_vain)}. Intervals are Wilson's, 95 %."
    )


def _agreement(judgements: pd.DataFrame) -> None:
    st.header("Agreement")
    found = quality.agreement(judgements)
    if not found.comments:
        notice(
            "Not known: no comment has been decided by two moderators who did not see each "
            "other's decision. Blind second looks make such comments."
        )
        return
    if math.isnan(found.alpha):
        notice(
            f"Alpha is not defined: on all {found.comments:,} comments with two blind decisions "
            "everybody decided the same."
        )
        return
    said = next(word for least, word in STEPS if found.alpha >= least)
    notice(
        f"Krippendorff's alpha is {found.alpha:.2f} ({found.low:.2f} to {found.high:.2f}): {said}. "
        f"{found.moderators} moderators decided {found.comments:,} comments without seeing each "
        "other's decision; 1 means they always agree, 0 as often as by chance."
    )


def _overturned(judgements: pd.DataFrame) -> None:
    found = quality.overturned(judgements)
    if found.of:
        notice(
            f"Overturned: of {found.of:,} comments that were approved or rejected, somebody else "
            f"decided {_share(found)} otherwise later."
        )


def _volume(judgements: pd.DataFrame) -> None:
    st.header("Volume and speed")
    days = quality.daily(judgements)
    total = int(days["decisions"].sum())
    notice(f"Decisions that stand: {total:,}, on days: {days['day'].nunique():,}.", quiet=True)
    bars = (
        alt.Chart(days)
        .mark_bar()
        .encode(
            x=alt.X("yearmonthdate(day):O", title="day, UTC", axis=alt.Axis(format="%d %b")),
            y=alt.Y("decisions:Q", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color("action:N", title=None, legend=alt.Legend(orient="top")),
            tooltip=[alt.Tooltip("action:N"), alt.Tooltip("decisions:Q")],
        )
        .properties(height=200)
    )
    _chart(bars, days, "decisions-by-day", f"{total} decisions by day and action")


def _pace(judgements: pd.DataFrame) -> None:
    people = quality.pace(judgements)
    columns = (people[name].tolist() for name in ("moderator", "decisions", "seconds"))
    rows = [
        (str(name), int(count), "not known" if math.isnan(seconds) else f"{seconds:.0f} s")
        for name, count, seconds in zip(*columns, strict=True)
    ]
    table(("Moderator", "Decisions", "From one to the next"), rows)
    notice(
        "The median time between two decisions, breaks of five minutes and bulk decisions left "
        "out. Moderators appear under pseudonyms.",
        quiet=True,
    )


def _calibration(labels: pd.DataFrame, name: str) -> None:
    st.subheader("Does a score mean what it says?")
    bins = quality.calibration(labels)
    if bins.empty:
        notice(f"Not known: no label of {NAMES[name].lower()} has a score.")
        return
    notice(
        f"{int(bins['labels'].sum()):,} labels by tenths of their score: on the diagonal, the "
        "attribute applies as often as the score says. Labels come mostly from comments that "
        "were flagged, so points below 0.5 rest on few.",
        quiet=True,
    )
    scale = alt.Scale(domain=[0, 1])
    ends = pd.DataFrame({"score": [0.0, 1.0], "share": [0.0, 1.0]})
    x, y = alt.X("score:Q", scale=scale), alt.Y("share:Q", title="share that applies", scale=scale)
    diagonal = alt.Chart(ends).mark_line(strokeDash=[4, 4], color="gray").encode(x=x, y=y)
    base = alt.Chart(bins)
    spread = base.mark_rule().encode(x="score:Q", y=alt.Y("low:Q", title="share that applies"),
                                     y2="high:Q")  # fmt: skip
    points = base.mark_point(filled=True, size=70).encode(x="score:Q", y="share:Q")
    numbers = base.mark_text(dx=14, fontSize=11).encode(
        x="score:Q", y="share:Q", text="labels:Q", color=alt.value("gray")
    )
    chart = (diagonal + spread + points + numbers).properties(height=260)
    _chart(chart, bins, f"calibration-{name}", f"Calibration of {NAMES[name]}, labels per tenth")


@st.cache_data(ttl=5 * AGE_S, max_entries=len(ATTRIBUTES), show_spinner="Reading the scores …")
def _days(store_url: str, name: str, threshold: float) -> pd.DataFrame:  # noqa: ARG001 - the key
    return resources.store().score_days(name, threshold=threshold)


def _drift(name: str) -> None:
    st.subheader("Do scores drift?")
    threshold = resources.policy().thresholds[name]
    days = _days(resources.settings().store_url, name, threshold)
    if days.empty:
        notice("Not known: no comment has this score.")
        return
    notice(
        f"The share of comments at or above the threshold {threshold:.2f}, by the day they were "
        f"posted, over {int(days['comments'].sum()):,} comments. A step without a new scorer "
        "version means that readers, or what is ingested, have changed.",
        quiet=True,
    )
    days = days.assign(scorer="scorer " + days["version"].str.slice(0, 24))
    lines = (
        alt.Chart(days)
        .mark_line(point=True)
        .encode(
            x=alt.X("yearmonthdate(day):T", title="day"),
            y=alt.Y("reached:Q", title="share flagged", axis=alt.Axis(format="%")),
            color=alt.Color("scorer:N", title=None, legend=alt.Legend(orient="top")),
            tooltip=[
                alt.Tooltip("yearmonthdate(day):T", title="day"),
                alt.Tooltip("reached:Q", format=".1%", title="flagged"),
                alt.Tooltip("mean:Q", format=".3f"),
                alt.Tooltip("comments:Q"),
            ],
        )
        .properties(height=260)
    )
    _chart(lines, days, f"drift-{name}", f"Share of comments flagged for {NAMES[name]} by day")


def _chart(chart: alt.Chart | alt.LayerChart, data: pd.DataFrame, name: str, said: str) -> None:
    st.altair_chart(chart, width="stretch", key=f"chart-{name}", alt=said)
    st.download_button(
        "Figures as CSV",
        data.to_csv(index=False).encode(),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"figures-{name}",
        type="tertiary",
        on_click="ignore",
        icon=":material/download:",
    )


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%})"
