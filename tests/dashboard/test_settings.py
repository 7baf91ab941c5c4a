"""The settings page, run by AppTest on a real store."""

from collections.abc import Callable

from newsroom import BATHS, BATHS_THREAD, fill
from streamlit.testing.v1 import AppTest

from moderation import moderators
from moderation.frames import comment_key
from moderation.preferences import Preferences
from moderation.schema import Role
from moderation.store import Store

Run = Callable[..., AppTest]


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def test_preferences_are_kept_for_the_moderator(store: Store, page: Run) -> None:
    app = page("settings")
    app.radio(key="own-blur").set_value("words")
    app.number_input(key="own-break").set_value(30)
    app = app.button(key="own-keep").click().run()
    assert "Kept for Ana." in html(app)
    assert Preferences.of(store, "Ana") == Preferences("words", 100, 30)
    assert Preferences.of(store, "Ben") == Preferences()


def test_the_first_to_give_a_role_becomes_an_admin(store: Store, page: Run) -> None:
    app = page("settings")
    assert "Nobody has a role" in html(app)
    app.text_input(key="role-name").set_value("Ben")
    app.selectbox(key="role-given").set_value("senior")
    app = app.button(key="role-give").click().run()
    assert "Ben is senior now." in html(app)
    assert {one.name: one.role for one in store.moderators()} == {
        "Ana": Role.ADMIN,
        "Ben": Role.SENIOR,
    }


def test_what_only_admins_may_do_is_not_offered_to_others(store: Store, page: Run) -> None:
    moderators.appoint(store, "Ben", Role.ADMIN, by="Ben")
    app = page("settings")
    assert "Only admins give roles." in html(app)
    assert "Only admins erase comments." in html(app)
    assert "erase" not in {button.key for button in app.button}


def test_an_author_is_erased_after_a_confirmation(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD)
    app = page("settings")
    app = app.text_input(key="erase-what").set_value("Hanne B.").run()
    assert "2 comments under this name." in html(app)
    assert app.button(key="erase").disabled
    app = app.checkbox(key="erase-sure").check().run()
    app = app.button(key="erase").click().run()
    assert "2 comments erased." in html(app)
    assert store.by_author("Hanne B.") == []
    thread = store.thread(BATHS.url)
    assert [one.text for one in thread.comments if one.id in ("c1", "c4")] == ["", ""]


def test_one_comment_is_erased_by_its_id(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD)
    app = page("settings")
    app = app.radio(key="erase-kind").set_value("One comment").run()
    app = app.text_input(key="erase-what").set_value(comment_key(BATHS.url, "c3")).run()
    app = app.checkbox(key="erase-sure").check().run()
    assert "1 comments erased." in html(app.button(key="erase").click().run())


def _cared_for() -> None:
    from moderation.dashboard.care import look_after  # noqa: PLC0415 - runs as a script
    from moderation.dashboard.live import Node, thread_view  # noqa: PLC0415

    look_after()
    thread_view([Node(id="x", text="You fool.")], key="thread", label="Thread")


def test_blurring_and_the_break_reach_the_desk(store: Store) -> None:
    Preferences("comments", 115, 10).keep(store, "Ana")
    app = AppTest.from_function(_cared_for, default_timeout=30).run()
    assert "html { font-size: 115%; }" in html(app)
    (view,) = app.get("bidi_component")
    assert '"blur": "comments"' in view.proto.json
    assert "Time for a break" not in html(app)
    app.session_state["desk-since"] -= 11 * 60
    assert "You have been at the desk for 11 minutes" in html(app.run())
    app.button(key="had-a-break").click().run()
    assert "Time for a break" not in html(app)
