"""What the browser draws and listens to itself: comments in their thread, keys, light or dark."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from moderation.dashboard.components import NAMES, asset
from moderation.dashboard.inert import one_line, visible, visible_places

_NAME_COOKIE = "moderation_name"
_HARSH = {NAMES[name] for name in NAMES if name not in ("spam", "off_topic", "political_spam")}
TEXT_LIMIT = 600
"""Characters of a comment shown before "show all"; the open comment gets four times as many."""
DENSE_LIMIT = 160
QUOTED_LIMIT = 200
"""The same for what it quotes."""


@dataclass(frozen=True, slots=True)
class TopScore:
    """The one score that stands for a comment in its thread.

    Args:
        name: What it measures, as shown.
        value: In [0, 1].
        flagged: Whether it has reached its threshold.
    """

    name: str
    value: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One comment as ``thread_view`` draws it, or a gap in the thread.

    Args:
        id: The comment's id in the store, used by the link that opens it.
        depth: 0 at top level.
        author: As shown by the platform.
        when: When it was published, as text; empty if unknown.
        text: The whole comment.
        quoted: What it repeats of other comments; drawn small, above the text.
        state: waiting, approved, rejected, escalated; empty to show none.
        top: The score that stands for the comment, see ``conversation``; None: not scored.
        current: Whether this is the comment being decided.
        gap: If not empty, nothing but this line is drawn.
        marks: Start and end of the parts of ``text`` that are marked, in order, in code points, and
            what each is marked for.
        why: What the marks mean; drawn below the text.
        place: Title of its article, where comments of several are listed.
        mark: Something to know about it, in a few words.
    """

    id: str = ""
    depth: int = 0
    author: str = ""
    when: str = ""
    text: str = ""
    quoted: str = ""
    state: str = ""
    top: TopScore | None = None
    current: bool = False
    gap: str = ""
    marks: tuple[tuple[int, int, str], ...] = ()
    why: str = ""
    place: str = ""
    mark: str = ""


def thread_view(
    nodes: Sequence[Node],
    *,
    key: str,
    label: str,
    open_label: str = "",
    fold: bool = False,
    dense: bool = False,
) -> str | None:
    """Draw comments in their thread.

    Args:
        nodes: In page order.
        key: Streamlit's key of this view.
        label: Its name for assistive technology.
        open_label: Text of the link on every other comment; none without.
        fold: Whether replies can be folded away.
        dense: One line a comment, with its article.

    Returns:
        The id of the comment whose link was clicked in this run, or None.
    """
    data: dict[str, Any] = {
        "nodes": [_plain(node) for node in nodes],
        "label": label,
        "open_label": open_label,
        "fold": fold,
        "dense": dense,
        "limit": DENSE_LIMIT if dense else TEXT_LIMIT,
        "quoted_limit": QUOTED_LIMIT,
        "blur": st.session_state.get("blur", ""),
    }
    result = _thread_component()(key=key, data=data, on_open_change=lambda: None)
    opened = result.get("open")
    return opened if isinstance(opened, str) else None


def listen() -> None:
    """Have keys press what is on the page; ``data-listens`` on the document says when they do."""
    _keys_component()(key="keys-heard")


def kept_name() -> str:
    """Return the name this browser keeps; empty if none."""
    return unquote(st.context.cookies.to_dict().get(_NAME_COOKIE, ""))


def keep_name(name: str) -> None:
    """Have this browser keep a moderator's name."""
    _name_component()(key="kept-name", data={"cookie": _NAME_COOKIE, "name": name})


def keep_address(*, inside: bool) -> None:
    """Have this tab keep the address asked for until its reader is inside, and open it then."""
    _address_component()(key="address", data={"inside": inside})


def theme_chooser() -> None:
    """Have the moderator choose light or dark; the browser keeps it."""
    _theme_component()(key="theme")


def _plain(node: Node) -> dict[str, Any]:
    places = visible_places(node.text, [place for mark in node.marks for place in mark[:2]])
    what = [mark[2] for mark in node.marks]
    shown = {
        "marks": list(zip(places[::2], places[1::2], what, strict=True)),
        "author": one_line(node.author, limit=80),
        "when": one_line(node.when, limit=40),
        "text": visible(node.text),
        "place": one_line(node.place, limit=80),
        "quoted": visible(node.quoted),
        "harsh": node.top is not None and node.top.flagged and node.top.name in _HARSH,
    }
    return asdict(node) | shown


@cache
def _thread_component() -> ComponentRenderer:
    return st.components.v2.component(
        "moderation_thread", css=asset("thread.css"), js=asset("thread.js")
    )


@cache
def _keys_component() -> ComponentRenderer:
    return st.components.v2.component("moderation_keys", html="<span></span>", js=asset("keys.js"))


@cache
def _name_component() -> ComponentRenderer:
    return st.components.v2.component("moderation_name", html="<span></span>", js=asset("name.js"))


@cache
def _address_component() -> ComponentRenderer:
    return st.components.v2.component(
        "moderation_address", html="<span></span>", js=asset("address.js")
    )


@cache
def _theme_component() -> ComponentRenderer:
    return st.components.v2.component(
        "moderation_theme",
        html="<label>Light or dark, in this browser <select></select></label>",
        css=asset("theme.css"),
        js=asset("theme.js"),
    )
