"""Charts of threads."""

import altair as alt
import pandas as pd
import streamlit as st

from moderation.dashboard.components import notice

WINDOW = 10
"""Comments that the line is the mean of."""
MOST = 2000
"""Comments drawn one by one; of more, that many are taken at even distances."""


def drift_chart(drift: pd.DataFrame, threshold: float) -> None:
    """Draw how far comments are off topic along a thread, and say where it begins to drift.

    Args:
        drift: As ``Store.drift`` returns it.
        threshold: In [0, 1]: from here on a comment counts as off topic.
    """
    known = drift.assign(place=range(1, len(drift) + 1)).dropna(subset="off_topic")
    if known.empty:
        notice("No comment of this thread has a score for being off topic.", quiet=True)
        return
    known["mean"] = known["off_topic"].rolling(WINDOW, min_periods=1).mean()
    known["side"] = (known["off_topic"] >= threshold).map({True: "off topic", False: "on topic"})
    off = int((known["side"] == "off topic").sum())
    said = f"{off:,} of {len(known):,} scored comments are off topic ({off / len(known):.0%})."
    first = known[known["mean"] >= threshold]
    if len(first):
        said += (
            f" The mean of {WINDOW} reaches {threshold:.2f} at comment {first['place'].iloc[0]:,}."
        )
    notice(said, quiet=True)
    shown = known.iloc[:: -(-len(known) // MOST)]
    place = alt.X("place:Q", title="comment of the page", axis=alt.Axis(format="d"))
    base = alt.Chart(shown[["place", "off_topic", "mean", "side"]]).encode(x=place)
    scale = alt.Scale(domain=(0, 1))
    points = base.mark_point(filled=True, size=36, opacity=0.7).encode(
        y=alt.Y("off_topic:Q", title="off topic", scale=scale),
        color=alt.Color(
            "side:N", sort=["off topic", "on topic"], title=None, legend=alt.Legend(orient="top")
        ),
        shape=alt.Shape("side:N", sort=["off topic", "on topic"], title=None),
        tooltip=[alt.Tooltip("place:Q"), alt.Tooltip("off_topic:Q", format=".2f")],
    )
    mean = base.mark_line(strokeWidth=2).encode(y=alt.Y("mean:Q", scale=scale))
    limit = alt.Chart(pd.DataFrame({"y": [threshold]})).mark_rule(strokeDash=[4, 4]).encode(y="y:Q")
    st.altair_chart(points + mean + limit, width="stretch", height=220, alt=f"Drift. {said}")
