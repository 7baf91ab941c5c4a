"""What the desk does for whoever sits at it: size of letters, blurred words, breaks."""

import time

import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.components import notice

CHECK_S = 60


def look_after() -> None:
    """Apply the moderator's preferences to the page, and watch the time."""
    wanted = resources.preferences()
    st.session_state["blur"] = wanted.blur
    if wanted.size != 100:
        st.html(f"<style>html {{ font-size: {wanted.size}%; }}</style>")
    st.session_state.setdefault("desk-since", time.monotonic())
    if wanted.break_minutes:
        with st.sidebar:
            _watch(wanted.break_minutes)


@st.fragment(run_every=CHECK_S)
def _watch(break_minutes: int) -> None:
    minutes = int((time.monotonic() - st.session_state["desk-since"]) // 60)
    if minutes >= break_minutes:
        notice(
            f"You have been at the desk for {minutes} minutes. What waits can wait: look at "
            "something else for a while.",
            title="Time for a break",
        )
        st.button("I had a break", key="had-a-break", on_click=_start_again)


def _start_again() -> None:
    st.session_state["desk-since"] = time.monotonic()
