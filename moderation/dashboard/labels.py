"""The labels page: what the decisions have taught, counted, shown and exported."""

import tempfile
from functools import partial
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.components import NAMES, empty_state, notice, table
from moderation.dashboard.inert import one_line
from moderation.exporters import Exporter
from moderation.schema import ATTRIBUTES, Sampling
from moderation.scorers.desk import learnt_until

ROWS = 200
"""Newest labels shown in the table; the export has them all."""
SAID = ("applies", "does not apply")


def labels_page() -> None:
    """Show counts, the newest labels and the export."""
    st.title("Labels")
    undone = st.toggle("Include labels taken back", key="undone", bind="query-params")
    labels = resources.store().labels(undone=undone, api=True)
    if labels.empty:
        empty_state(
            "No labels yet",
            "Rejecting for a reason, approving a flagged comment and overrides make labels.",
        )
        return
    chart, people = st.columns([3, 2], gap="large")
    with chart:
        st.header("By attribute")
        _chart(labels)
    with people:
        st.header("By moderator")
        _moderators(labels)
    _hint(labels)
    _export(undone=undone)
    st.header("Newest labels")
    _newest(labels)


def _chart(labels: pd.DataFrame) -> None:
    """Draw how often each attribute was said to apply and not to."""
    counts = (
        labels.assign(
            said=(labels["value"] >= 0.5).map(dict(zip((True, False), SAID, strict=True))),
            name=labels["attribute"].map(NAMES),
        )
        .groupby(["name", "said"], as_index=False)
        .size()
    )
    bars = alt.Chart(counts).encode(
        y=alt.Y("name:N", title=None, sort=[NAMES[name] for name in ATTRIBUTES]),
        x=alt.X("size:Q", title="labels", axis=alt.Axis(tickMinStep=1, format="d")),
        yOffset=alt.YOffset("said:N", sort=list(SAID)),
        color=alt.Color("said:N", sort=list(SAID), title=None, legend=alt.Legend(orient="top")),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("said:N"), alt.Tooltip("size:Q")],
    )
    numbers = bars.mark_text(align="left", dx=4).encode(text="size:Q", color=alt.value("gray"))
    st.altair_chart(bars.mark_bar() + numbers, width="stretch")


def _moderators(labels: pd.DataFrame) -> None:
    """Count labels and comments per moderator; names are pseudonyms."""
    labels = labels[labels["source"] == "desk"]
    counts = labels["moderator"].value_counts()
    comments = labels.groupby("moderator")["comment_id"].nunique().to_dict()
    table(
        ("Moderator", "Labels", "Comments"),
        [(str(name), int(count), int(comments[name])) for name, count in counts.items()],
    )
    notice("Moderators appear under pseudonyms, as in the export.", quiet=True)


def _hint(labels: pd.DataFrame) -> None:
    """Say how many labels the scores in use have not learnt from."""
    until = learnt_until(resources.settings().desk_model)
    own = labels[(labels["source"] == "desk") & (labels["sampling"] != Sampling.BATCH)]
    fresh = own[~own["undone"] & (until is None or own["decided_at"] > until)]
    said = "The scores have learnt from all of the desk's labels."
    if len(fresh):
        said = f"Labels the scores have not learnt from yet: {len(fresh):,} (moderation learn)."
    notice(said, quiet=True)


def _export(*, undone: bool) -> None:
    exporters = resources.exporters()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Export as", list(exporters), default=next(iter(exporters)), required=True, key="format"
        )
        exporter = exporters[name]
        st.download_button(
            "Download the labels",
            data=partial(_file, exporter, undone=undone),
            file_name=f"labels{exporter.suffix}",
            key="export",
            on_click="ignore",
            icon=":material/download:",
        )


def _file(exporter: Exporter, *, undone: bool) -> bytes:
    """Write the export as the command line would, and return its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"labels{exporter.suffix}"
        exporter.write(resources.store().labels(undone=undone, api=True), path)
        return path.read_bytes()


def _newest(labels: pd.DataFrame) -> None:
    newest = labels.iloc[::-1].head(ROWS)
    shown = pd.DataFrame(
        {
            "Time": newest["decided_at"],
            "Attribute": newest["attribute"].map(NAMES),
            "Value": newest["value"],
            "Score": newest["score"],
            "Action": newest["action"],
            "Came by": newest["sampling"].where(newest["source"] == "desk", newest["source"]),
            "Moderator": newest["moderator"],
            "Comment": newest["text"].map(one_line),
            "Article": newest["article_title"].map(one_line),
            "Note": newest["note"].map(one_line),
        }
    )
    formats = {
        "Time": st.column_config.DatetimeColumn(format="D MMM YYYY HH:mm", timezone="UTC"),
        "Score": st.column_config.NumberColumn(format="%.2f"),
    }
    st.dataframe(shown, hide_index=True, column_config=formats)
