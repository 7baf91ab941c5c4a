"""Who sits at the desk: a name taken on trust, or whom the login's provider vouches for."""

import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.components import centred, empty_state, notice
from moderation.dashboard.live import keep_address, keep_name, kept_name
from moderation.errors import SettingsError


def identify() -> bool:
    """Draw into the sidebar who decides, or on the page what it takes to come in.

    Returns:
        Whether the page may be drawn.

    Raises:
        SettingsError: A login is configured that this server does not offer.
    """
    if not resources.settings().login_metadata_url:
        _ask_for_a_name()
        return True
    if "is_logged_in" not in st.user:
        msg = "a login is configured, which takes 'moderation serve'; this server offers none"
        raise SettingsError(msg)
    name = resources.moderator()
    if name:
        keep_address(inside=True)
        with st.sidebar:
            notice(f"You decide as {name}", quiet=True)
            st.button("Sign out", key="sign-out", type="tertiary", on_click=st.logout)
    elif st.user.is_logged_in:
        empty_state("You may not come in", "This account is not among those that may moderate.")
        with centred():
            st.button("Sign out", key="sign-out", on_click=st.logout)
    else:
        keep_address(inside=False)
        empty_state("Sign in to moderate", "What you decide is signed with your e-mail address.")
        with centred():
            st.button("Sign in", key="sign-in", type="primary", on_click=st.login)
    return bool(name)


def _ask_for_a_name() -> None:
    """Ask under which name decisions are signed; the browser keeps it."""
    with st.sidebar:
        name = st.text_input(
            "You decide as",
            value=kept_name() or resources.default_moderator(),
            key="moderator",
            max_chars=80,
            persist_state="session",
        )
        if resources.usable_name(name.strip()):
            keep_name(name.strip())
        else:
            notice(f"Decisions are signed {resources.moderator()}: this name cannot be used.")
