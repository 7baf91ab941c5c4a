"""What pages share: the settings, the open store, the scorers, the moderator, the other pages."""

import getpass
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from moderation.config import Settings
from moderation.exporters import Exporter
from moderation.exporters import load as load_exporters
from moderation.moderators import name_from, role_of
from moderation.policy import Policy
from moderation.preferences import Preferences
from moderation.rules import in_force
from moderation.schema import Role, Thread
from moderation.scorers import Scorer
from moderation.scorers import load as load_scorers
from moderation.store import Store, open_store

SETTINGS_AGE_S = 5
THREAD_AGE_S = 20
"""How long a thread is served from memory after it was read; ingestion clears it."""


@st.cache_resource(ttl=SETTINGS_AGE_S, show_spinner=False)
def settings() -> Settings:
    """Return the settings of this machine; an edit needs no restart."""
    return Settings.load()


def store() -> Store:
    """Return the one store of this server, opened at the first call."""
    return _open(settings().store_url)


def scorers() -> Sequence[Scorer]:
    """Return the scorers that the settings choose; weights load when they first score."""
    return _load(settings().toxicity, settings().desk_model)


@st.cache_resource
def exporters() -> Mapping[str, Exporter]:
    """Return the built-in exporters and those of plug-ins, by name."""
    return load_exporters()


@st.cache_resource(ttl=THREAD_AGE_S, max_entries=64, show_spinner=False)
def thread(article_url: str) -> Thread:
    """Return a stored thread, kept in memory for a moment: decisions do not change it."""
    return store().thread(article_url)


def scores(comment_ids: list[str]) -> dict[str, dict[str, float]]:
    """Return the newest scores of those comments: id -> attribute -> value, NaN = not scored."""
    frame = store().scores(comment_ids)
    rows = zip(frame.index, frame.to_numpy(dtype=float).tolist(), strict=True)
    return {str(key): dict(zip(frame.columns, row, strict=True)) for key, row in rows}


def policy() -> Policy:
    """Return the policy in force: the newest one saved, else the settings' one threshold."""
    return _policy(settings().store_url)


def forget_policy() -> None:
    """Read the policy anew: another one was saved."""
    _policy.clear()


def moderator() -> str:
    """Return the name decisions are signed with; empty: nobody has signed in who may decide.

    Without a login the sidebar lets the moderator change it.
    """
    if settings().login_metadata_url:
        signed_in = st.user.get("is_logged_in")
        return name_from(st.user.to_dict(), settings().allowed_logins) if signed_in else ""
    name = str(st.session_state.get("moderator", "")).strip()
    return name if usable_name(name) else default_moderator()


def role() -> Role:
    """Return what the moderator may do."""
    return role_of(store(), moderator())


def preferences() -> Preferences:
    """Return how the moderator wants the desk."""
    return _preferences(settings().store_url, moderator())


def keep_preferences(wanted: Preferences) -> None:
    """Keep how the moderator wants the desk."""
    wanted.keep(store(), moderator())
    _preferences.clear()


def default_moderator() -> str:
    """Return the configured name, else the operating system's user."""
    return settings().moderator or getpass.getuser()


def usable_name(name: str) -> bool:
    """Tell whether a person may sign with ``name``; ``policy:`` is how rules sign."""
    return bool(name) and not name.lower().startswith("policy:")


def forget_threads() -> None:
    """Read threads anew: pages have just come in."""
    thread.clear()


def set_pages(pages: Mapping[str, Any]) -> None:
    """Tell pages of each other, so that they can link without importing each other."""
    st.session_state["pages"] = pages


def link(page: str, label: str, query: Mapping[str, str], *, icon: str | None = None) -> None:
    """Draw a link to another page of the desk; ``label`` is our own text, it is Markdown."""
    pages = st.session_state.get("pages", {})
    if page in pages:
        st.page_link(pages[page], label=label, query_params=dict(query), icon=icon)


def go(page: str, query: Mapping[str, str]) -> None:
    """Leave for another page of the desk; ends this run."""
    pages = st.session_state.get("pages", {})
    if page in pages:
        st.switch_page(pages[page], query_params=dict(query))


@st.cache_resource(ttl=SETTINGS_AGE_S, show_spinner=False)
def _policy(store_url: str) -> Policy:  # noqa: ARG001 - the key of the cache
    return in_force(store(), settings())


@st.cache_resource(ttl=SETTINGS_AGE_S, show_spinner=False)
def _preferences(store_url: str, name: str) -> Preferences:  # noqa: ARG001 - the key of the cache
    return Preferences.of(store(), name)


@st.cache_resource(show_spinner="Opening the store …")
def _open(url: str) -> Store:
    return open_store(url)


@st.cache_resource(show_spinner="Loading the scorers …")
def _load(toxicity: str, desk_model: str) -> Sequence[Scorer]:
    return load_scorers(toxicity, desk_model)
