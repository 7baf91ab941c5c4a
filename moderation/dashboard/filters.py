"""The sidebar's filters; all of them live in the URL, so that a view can be sent to a colleague."""

from collections.abc import Mapping

import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.components import NAMES
from moderation.dashboard.desk import View, clear_messages
from moderation.dashboard.inert import one_line
from moderation.dashboard.verdict import widget_key
from moderation.schema import ATTRIBUTES
from moderation.store import QueueFilter

ARTICLES = 200
"""Articles offered in the chooser: those with most comments waiting."""
_ANY = ""


def view_from_sidebar() -> View:
    """Draw the filters in the sidebar and return the view they describe."""
    with st.sidebar:
        st.subheader("Show")
        audit = st.toggle(
            "Random audit",
            key="audit",
            bind="query-params",
            help="Draws any waiting comment at random, without filters: the honest sample that "
            "error rates are measured on.",
            on_change=_leave,
        )
        where = QueueFilter() if audit else _where()
    return View(where, audit)


def clear_filters() -> None:
    """Show the whole queue again."""
    st.session_state.update(q="", range=(0.0, 1.0), escalated=False)
    st.query_params.pop("article", None)
    st.query_params.pop("attribute", None)
    _leave()


def _where() -> QueueFilter:
    search = st.text_input(
        "Search", key="q", bind="query-params", on_change=_leave, placeholder="Words in the text"
    )
    article = _choice("Article", "article", article_titles(resources.settings().store_url))
    attribute = _choice("Attribute", "attribute", {name: NAMES[name] for name in ATTRIBUTES})
    low, high = 0.0, 1.0
    if attribute in ATTRIBUTES:
        low, high = st.slider(
            "Score between",
            0.0,
            1.0,
            (0.0, 1.0),
            step=0.05,
            key="range",
            bind="query-params",
            on_change=_leave,
        )
    escalated = st.toggle("Escalated only", key="escalated", bind="query-params", on_change=_leave)
    return QueueFilter(
        article_url=article,
        attribute=attribute if attribute in ATTRIBUTES else _ANY,
        low=low,
        high=high,
        search=search.strip(),
        escalated=escalated,
    )


def _choice(label: str, parameter: str, names: Mapping[str, str]) -> str:
    """Choose one value or any; the URL holds the value itself, not the name shown for it.

    Options of a selectbox are drawn as plain text, so titles may be among the names.
    """
    wanted = st.query_params.get(parameter, _ANY)
    options = [_ANY, *names]
    if wanted not in options:
        options.append(wanted)
    key = widget_key(parameter, wanted)
    st.selectbox(
        label,
        options,
        index=options.index(wanted),
        format_func=lambda value: names.get(value, one_line(value, limit=60)) or "Any",
        key=key,
        on_change=_choose,
        args=(parameter, key),
    )
    return wanted


def _choose(parameter: str, key: str) -> None:
    chosen = st.session_state[key]
    if chosen:
        st.query_params[parameter] = chosen
    else:
        st.query_params.pop(parameter, None)
    _leave()


def _leave() -> None:
    """Close the open comment: the view has changed, the next one comes from it."""
    here = clear_messages()
    here.passed.clear()
    here.fresh = True
    st.query_params.pop("comment", None)


@st.cache_data(ttl=15, max_entries=4, show_spinner=False)
def article_titles(store_url: str) -> dict[str, str]:  # noqa: ARG001 - the key of the cache
    """Map article address to title; those with most waiting comments first."""
    articles = resources.store().articles()
    waiting = articles[articles["waiting"] > 0]
    top = waiting.sort_values("waiting", ascending=False, kind="stable").head(ARTICLES)
    return {
        str(row.article_url): f"{one_line(str(row.title), limit=60) or 'Untitled'} ({row.waiting})"
        for row in top.itertuples()
    }
