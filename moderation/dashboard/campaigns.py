"""The campaigns page: comments that say nearly the same, side by side, decided together.

A search reads the whole store, so it runs when it is asked for, and its result is kept for
all desks of this server until the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import altair as alt
import pandas as pd
import streamlit as st

from moderation.campaigns.differences import differences
from moderation.campaigns.stored import Found, search
from moderation.dashboard import resources
from moderation.dashboard.bulk import Plan, bulk_actions, forget_message
from moderation.dashboard.components import (
    campaign_row,
    day,
    empty_state,
    notice,
    side_by_side,
    table,
)
from moderation.dashboard.inert import one_line
from moderation.dashboard.verdict import widget_key

PER_PAGE = 20
MS_EACH = 0.3
"""Time one comment takes to be searched, roughly, to say beforehand how long it will be."""
REASON = "political_spam"
NAMED = 3
"""Authors of a wording that are named."""


@dataclass
class Kept:
    """The newest search of this server."""

    found: Found | None = field(default=None)


@st.cache_resource(show_spinner=False)
def _kept(store_url: str) -> Kept:  # noqa: ARG001 - the key of the cache
    return Kept()


def campaigns_page() -> None:
    """Show the campaign the URL names, else all that were found."""
    kept = _kept(resources.settings().store_url)
    wanted = st.query_params.get("campaign")
    if wanted and kept.found is not None:
        rows = kept.found.table[kept.found.table["first_comment"] == wanted]
        if len(rows):
            _campaign(rows.iloc[0], kept.found)
            return
    st.title("Campaigns")
    _search(kept)
    if kept.found is None:
        return
    if kept.found.table.empty:
        empty_state("No campaigns", "No three comments say nearly the same.")
        return
    _all(kept.found)


def _search(kept: Kept) -> None:
    """Say what was searched when, and search again if asked to."""
    count = resources.store().counts()["comments"]
    found = kept.found
    if found is None:
        seconds = max(1, round(count * MS_EACH / 1000))
        empty_state(
            "Not searched yet",
            f"Searching {count:,} comments for those that say nearly the same takes about "
            f"{seconds:,} s.",
        )
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="left" if found else "center",
    ):
        label = "Search again" if found else "Search the store"
        asked = st.button(label, key="search", shortcut="s", icon=":material/search:")
        if found is not None:
            notice(
                f"{len(found.table):,} campaigns of {len(found.members):,} comments among "
                f"{found.searched:,}, searched {found.at:%d %b %Y %H:%M} UTC"
                + (f"; the store has {count:,} now" if count != found.searched else ""),
                quiet=True,
            )
    if asked:
        bar = st.progress(0.0, text="Reading the comments …")

        def show(share: float) -> None:
            bar.progress(share, text="Comparing …")

        kept.found = search(resources.store(), show)
        st.rerun()


def _all(found: Found) -> None:
    pages = -(-len(found.table) // PER_PAGE)
    at = st.pagination(pages, key="campaigns-at", bind="query-params") if pages > 1 else 1
    shown = found.table.iloc[(at - 1) * PER_PAGE : at * PER_PAGE]
    members = found.members[found.members["campaign"].isin(shown["campaign"])]
    open_ids = set(resources.store().undecided(members["comment_id"].tolist())["comment_id"])
    waiting = members[members["comment_id"].isin(open_ids)]["campaign"].value_counts()
    for _, row in shown.iterrows():
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            campaign_row(
                text=str(row["text"]),
                why=str(row["why"]),
                score=float(row["score"]),
                waiting=int(waiting.get(row["campaign"], 0)),
            )
            first = str(row["first_comment"])
            st.button(
                "Open",
                key=widget_key("campaign", first),
                on_click=_open,
                args=(first,),
                icon=":material/difference:",
            )


def _open(first_comment: str) -> None:
    forget_message()
    st.query_params["campaign"] = first_comment


def _back() -> None:
    forget_message()
    st.query_params.clear()


def _campaign(row: pd.Series, found: Found) -> None:
    st.button(
        "All campaigns", key="back", type="tertiary", on_click=_back, icon=":material/arrow_back:"
    )
    st.title("Campaign")
    notice(
        f"{row['why']} Its score, {row['score']:.2f}, is the product of size {row['size']:.2f}, "
        f"authors {row['many_authors']:.2f}, spread {row['spread']:.2f} and tempo "
        f"{row['tempo']:.2f}. "
        "It is no proof of bad faith: neighbours share a petition, too."
    )
    members = found.members[found.members["campaign"] == row["campaign"]]
    store = resources.store()
    undecided = store.undecided(members["comment_id"].tolist())
    wordings = list(_wordings(members))
    pages = -(-len(wordings) // PER_PAGE)
    actions = st.container()
    _times(members)
    st.header(f"Wordings beside the most typical one: {len(wordings):,}")
    at = st.pagination(pages, key="wordings-at", bind="query-params") if pages > 1 else 1
    seen: set[str] = st.session_state.setdefault("campaign-seen", set())
    for text, part in wordings[(at - 1) * PER_PAGE : at * PER_PAGE]:
        seen.update(part["comment_id"])
        _wording(str(row["text"]), text, part, set(undecided["comment_id"]))
    looked_at = len(seen.intersection(undecided["comment_id"]))
    with actions:
        notice(f"{len(undecided):,} of {len(members):,} are undecided.", quiet=True)
        bulk_actions(Plan(undecided, attribute="", seen=looked_at, reason=REASON))


def _wordings(members: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The members by text, the most frequent text first."""
    groups = list(members.groupby("text", sort=False))
    groups.sort(key=lambda group: -len(group[1]))
    return ((str(text), part) for text, part in groups)


def _wording(typical: str, text: str, part: pd.DataFrame, undecided: set[str]) -> None:
    authors = [one_line(str(name), limit=40) or "no name" for name in part["author"].unique()]
    more = f" and {len(authors) - NAMED:,} more" if len(authors) > NAMED else ""
    count = "1 comment" if len(part) == 1 else f"{len(part):,} comments"
    shared = float(part["shared"].iloc[0])
    names = ", ".join(authors[:NAMED])
    notice(f"{count} by {names}{more} · {shared:.0%} of the words shared", quiet=True)
    ours, theirs = differences(typical, text)
    side_by_side(typical, ours, text, theirs)
    with st.expander(f"Members: {count}", key=widget_key("members", text)):
        rows = [
            (
                one_line(str(member.author), limit=60),
                day(str(member.published or "")),
                one_line(str(member.article_title)),
                "undecided" if str(member.comment_id) in undecided else "decided",
            )
            for member in part.itertuples()
        ]
        table(("Author", "Published", "Article", "State"), rows)


def _times(members: pd.DataFrame) -> None:
    """Draw when each member was published, a line an article."""
    times = pd.to_datetime(members["published"], utc=True, errors="coerce", format="ISO8601")
    known = members.assign(time=times).dropna(subset=["time"])
    if known.empty:
        notice("No times are known.", quiet=True)
        return
    titles = known["article_title"].map(lambda title: one_line(title, limit=48) or "Untitled")
    dots = (
        alt.Chart(pd.DataFrame({"time": known["time"], "article": titles}))
        .mark_point(filled=True, size=70, opacity=0.7)
        .encode(
            x=alt.X("time:T", title="published, UTC"),
            y=alt.Y("article:N", title=None, sort=None, axis=alt.Axis(labelLimit=320)),
        )
    )
    st.altair_chart(
        dots,
        width="stretch",
        key="times",
        alt=f"{len(known)} comments by time, a line for each of {titles.nunique()} articles",
    )
