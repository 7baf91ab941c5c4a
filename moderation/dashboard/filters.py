"""The sidebar's filters; all of them live in the URL, so that a view can be sent to a colleague."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.components import NAMES
from moderation.dashboard.desk import View, clear_messages
from moderation.dashboard.inert import one_line
from moderation.dashboard.verdict import widget_key
from moderation.schema import ATTRIBUTES
from moderation.store import STATES, QueueFilter

ARTICLES = 200
"""Articles offered in the chooser: those with most comments waiting."""
LANGUAGES: Mapping[str, str] = {
    "en": "English", "de": "German", "ko": "Korean", "es": "Spanish", "pt": "Portuguese",
    "fr": "French", "it": "Italian", "nl": "Dutch", "pl": "Polish", "tr": "Turkish",
    "ru": "Russian", "uk": "Ukrainian", "ar": "Arabic", "hi": "Hindi", "ja": "Japanese",
    "zh": "Chinese", "sv": "Swedish", "da": "Danish", "no": "Norwegian", "fi": "Finnish",
    "cs": "Czech", "hu": "Hungarian", "ro": "Romanian", "id": "Indonesian", "vi": "Vietnamese",
    "el": "Greek", "he": "Hebrew", "th": "Thai", "fa": "Persian", "ur": "Urdu", "bn": "Bengali",
    "ta": "Tamil", "und": "not told apart",
}  # fmt: skip
"""What ``moderation.scorers.language`` tells apart."""
_TEXTS = ("q", "author", "by")
_CHOICES = ("article", "attribute", "language", "state")
_MORE = ("author", "language", "since", "until", "by", "newest")
_ANY = ""


def view_from_sidebar() -> View:
    """Draw the filters in the sidebar and return the view they describe."""
    with st.sidebar:
        st.subheader("Show")
        listed = st.toggle("As a list", key="list", bind="query-params")
        audit = st.toggle(
            "Random audit",
            key="audit",
            bind="query-params",
            help="Draws any waiting comment at random, without filters: the honest sample that "
            "error rates are measured on.",
            on_change=_leave,
        )
        if audit:
            return View(QueueFilter(), audit=True)
        where = _where()
        if where != QueueFilter():
            st.button("Clear the filters", key="clear-filters", on_click=clear_filters)
    return View(where, listed=listed)


def clear_filters() -> None:
    """Show the whole queue again."""
    st.session_state.update(dict.fromkeys(_TEXTS, ""))
    st.session_state.update({"range": (0.0, 1.0), "newest": False, "since": None, "until": None})
    for parameter in _CHOICES:
        st.query_params.pop(parameter, None)
    _leave()


def show_author(author: str) -> None:
    """Show everything under one name, decided or not."""
    clear_filters()
    st.session_state["author"] = author
    st.query_params["state"] = "all"


def _where() -> QueueFilter:
    search = _text("Search", "q", "Words in the text")
    names = {state: state.capitalize() for state in STATES[1:]}
    state = _choice("Decision", "state", names, otherwise="Waiting")
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
    in_use = any(name in st.query_params for name in _MORE)
    with st.expander("More filters", expanded=in_use):
        author = _text("Author", "author", "The whole name")
        language = _choice("Language", "language", LANGUAGES)
        since, until = _day("From", "since"), _day("To", "until")
        decided_by = _text("Decided by", "by", "A moderator's name")
        newest = st.toggle("Newest first", key="newest", bind="query-params", on_change=_leave)
    return QueueFilter(
        article_url=article,
        attribute=attribute if attribute in ATTRIBUTES else _ANY,
        low=low,
        high=high,
        search=search.strip(),
        state=state if state in STATES else STATES[0],
        author=author,
        language=language,
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1) if until else None),
        decided_by=decided_by.strip(),
        newest=newest or state == "all",
    )


def _text(label: str, key: str, placeholder: str) -> str:
    return st.text_input(
        label, key=key, bind="query-params", on_change=_leave, placeholder=placeholder
    )


def _day(label: str, key: str) -> date | None:
    chosen: date | None = st.date_input(
        label, value=None, key=key, bind="query-params", on_change=_leave, format="YYYY-MM-DD"
    )
    return chosen


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _choice(label: str, parameter: str, names: Mapping[str, str], *, otherwise: str = "Any") -> str:
    """Choose one value or none."""
    return url_choice(label, parameter, {_ANY: otherwise, **names}, _leave)


def url_choice(
    label: str, parameter: str, names: Mapping[str, str], then: Callable[[], None]
) -> str:
    """Choose one value; the URL holds the value itself, not the name shown for it.

    Options of a selectbox are drawn as plain text, so titles may be among the names.

    Args:
        label: Of the chooser.
        parameter: Of the URL; absent for the first value, which is the default.
        names: Value -> what is shown for it; a value of the URL that is none of them is kept.
        then: Called after a choice.
    """
    options = list(names)
    wanted = st.query_params.get(parameter, options[0])
    if wanted not in names:
        options.append(wanted)
    key = widget_key(parameter, wanted)
    st.selectbox(
        label,
        options,
        index=options.index(wanted),
        format_func=lambda value: names.get(value) or one_line(value, limit=60),
        key=key,
        on_change=_choose,
        args=(parameter, key, options[0], then),
    )
    return wanted


def _choose(parameter: str, key: str, default: str, then: Callable[[], None]) -> None:
    chosen = st.session_state[key]
    if chosen == default:
        st.query_params.pop(parameter, None)
    else:
        st.query_params[parameter] = chosen
    then()


def _leave() -> None:
    """Close the open comment: the view has changed, the next one comes from it."""
    here = clear_messages()
    here.passed.clear()
    here.fresh = True
    st.query_params.pop("comment", None)


@st.cache_data(ttl=15, max_entries=4, show_spinner=False)
def article_titles(store_url: str) -> dict[str, str]:  # noqa: ARG001 - the key of the cache
    """Map article address to title; those with most waiting comments first."""
    articles = resources.store().articles(order="waiting", limit=ARTICLES)
    top = articles[articles["waiting"] > 0]
    return {
        str(row.article_url): f"{one_line(str(row.title), limit=60) or 'Untitled'} ({row.waiting})"
        for row in top.itertuples()
    }
