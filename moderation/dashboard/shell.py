"""The frame around every page: navigation, the moderator's name, and what to say on failure."""

import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.batch import batch_page
from moderation.dashboard.campaigns import campaigns_page
from moderation.dashboard.care import look_after
from moderation.dashboard.components import ASSETS, empty_state, style
from moderation.dashboard.desk import desk
from moderation.dashboard.labels import labels_page
from moderation.dashboard.live import listen
from moderation.dashboard.login import identify
from moderation.dashboard.policy import policy_page
from moderation.dashboard.quality import quality_page
from moderation.dashboard.queue import queue_page
from moderation.dashboard.settings import settings_page
from moderation.dashboard.threads import threads_page
from moderation.errors import ModerationError


def draw() -> None:
    """Draw the frame and the page the address names."""
    st.set_page_config(
        page_title="Moderation desk",
        page_icon=str(ASSETS / "icon.svg"),
        layout="wide",
        initial_sidebar_state=250,
    )
    style()
    pages = {
        "queue": st.Page(queue_page, title="Queue", icon=":material/inbox:", default=True),
        "threads": st.Page(
            threads_page, title="Threads", icon=":material/account_tree:", url_path="threads"
        ),
        "batch": st.Page(
            batch_page, title="Batch", icon=":material/stacked_bar_chart:", url_path="batch"
        ),
        "campaigns": st.Page(
            campaigns_page, title="Campaigns", icon=":material/campaign:", url_path="campaigns"
        ),
        "policy": st.Page(policy_page, title="Policy", icon=":material/rule:", url_path="policy"),
        "quality": st.Page(
            quality_page, title="Quality", icon=":material/monitoring:", url_path="quality"
        ),
        "labels": st.Page(labels_page, title="Labels", icon=":material/label:", url_path="labels"),
        "settings": st.Page(
            settings_page, title="Settings", icon=":material/settings:", url_path="settings"
        ),
    }
    resources.set_pages(pages)
    page = st.navigation(list(pages.values()))
    if page is not pages["queue"]:
        desk().fresh = True
    try:
        if identify():
            listen()
            look_after()
            page.run()
    except ModerationError as error:
        empty_state("The desk cannot go on", str(error))
