"""The settings page: how the desk looks, who may do what, and erasing what people wrote."""

import streamlit as st

from moderation import erasure, moderators
from moderation.dashboard import resources
from moderation.dashboard.components import notice, table
from moderation.dashboard.live import theme_chooser
from moderation.errors import ModerationError
from moderation.preferences import BLURS, SIZES, Preferences
from moderation.schema import Role

BLUR_NAMES = dict(
    zip(
        BLURS,
        ("Nothing", "The words that made a score", "Whole comments flagged as toxic"),
        strict=True,
    )
)


def settings_page() -> None:
    """Show the moderator's own preferences, then what concerns everybody."""
    st.title("Settings")
    said = st.session_state.pop("settings-said", "")
    if said:
        notice(said)
    left, right = st.columns(2, gap="large")
    with left:
        _own()
    with right:
        _roles()
        _erasure()


def _own() -> None:
    st.header("For you")
    now = resources.preferences()
    with st.form("own"):
        blur = st.radio(
            "Blur until pointed at or focused",
            BLURS,
            index=BLURS.index(now.blur),
            format_func=BLUR_NAMES.__getitem__,
            key="own-blur",
        )
        size = st.select_slider(
            "Size of letters, in percent", SIZES, value=now.size, key="own-size"
        )
        minutes = st.number_input(
            "Suggest a break after so many minutes; 0: never",
            0,
            240,
            now.break_minutes,
            step=5,
            key="own-break",
        )
        if st.form_submit_button("Keep", key="own-keep", type="primary"):
            resources.keep_preferences(Preferences(blur, size, int(minutes)))
            st.session_state["settings-said"] = f"Kept for {resources.moderator()}."
            st.rerun()
    theme_chooser()
    notice("Screen readers read blurred words as they are.", quiet=True)


def _roles() -> None:
    st.header("Moderators and roles")
    known = resources.store().moderators()
    if known:
        table(
            ("Name", "Role", "Given by", "On"),
            [
                (one.name, str(one.role), one.appointed_by, f"{one.appointed_at:%d %b %Y}")
                for one in known
            ],
        )
    else:
        notice(
            "Nobody has a role: everybody may do everything. Who gives the first becomes an admin.",
            quiet=True,
        )
    if resources.role() is not Role.ADMIN:
        notice("Only admins give roles.", quiet=True)
        return
    with st.form("role", clear_on_submit=True):
        name = st.text_input("Name, as decisions are signed", max_chars=80, key="role-name")
        role = st.selectbox(
            "Role", [str(role) for role in Role], format_func=str.capitalize, key="role-given"
        )
        with st.container(horizontal=True):
            given = st.form_submit_button("Give the role", key="role-give")
            taken = st.form_submit_button("Take the role away", key="role-take")
    if given or taken:
        _change_role(name.strip(), Role(role) if given else None)


def _change_role(name: str, role: Role | None) -> None:
    store, by = resources.store(), resources.moderator()
    try:
        if role is None:
            moderators.dismiss(store, name, by=by)
        else:
            moderators.appoint(store, name, role, by=by)
    except ModerationError as error:
        notice(f"Not changed: {error}")
        return
    change = f"is {role} now" if role else "has no role any more"
    st.session_state["settings-said"] = f"{name} {change}."
    st.rerun()


def _erasure() -> None:
    st.header("Erase what somebody wrote")
    if resources.role() is not Role.ADMIN:
        notice("Only admins erase comments.", quiet=True)
        return
    kind = st.radio("What", ("All of one author", "One comment"), horizontal=True, key="erase-kind")
    whole = kind == "All of one author"
    given = st.text_input(
        "The author's name, exactly" if whole else "The comment's id, from the address of its page",
        key="erase-what",
    ).strip()
    store = resources.store()
    ids = store.by_author(given) if whole and given else [given] if given else []
    if given:
        notice(f"{len(ids):,} comments under this name." if whole else "One comment, if it is in "
               "the store.", quiet=True)  # fmt: skip
    sure = st.checkbox("I know that this cannot be undone", key="erase-sure")
    if st.button("Erase for good", key="erase", disabled=not (ids and sure)):
        _try_erasing(given, whole=whole)
    notice(
        "Texts, names, quotations, scores, notes and the search index are emptied; who decided "
        "what and when stays. A page that is read again brings nothing back. Exports, backups "
        "and saved pages are yours to erase.",
        quiet=True,
    )


def _try_erasing(given: str, *, whole: bool) -> None:
    store, by = resources.store(), resources.moderator()
    try:
        if whole:
            count = erasure.erase_author(store, given, by=by)
        else:
            count = erasure.erase_comments(store, [given], by=by)
    except ModerationError as error:
        notice(f"Not erased: {error}")
        return
    st.cache_resource.clear()  # threads and campaigns that are kept in memory
    st.cache_data.clear()
    st.session_state["settings-said"] = f"{count:,} comments erased."
    st.rerun()
