"""Who sits at the desk, with a login configured and without; run by AppTest."""

from collections.abc import Callable

import pytest
from newsroom import BATHS_THREAD, fill
from streamlit.testing.v1 import AppTest

from moderation import moderators
from moderation.cli import host
from moderation.schema import Role
from moderation.store import Store

Run = Callable[..., AppTest]


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("METADATA_URL", "https://id.example"), ("CLIENT_ID", "desk"),
                        ("CLIENT_SECRET", "s"), ("ALLOWED", "@news.example")):  # fmt: skip
        monkeypatch.setenv(f"MODERATION_LOGIN_{name}", value)


def shown(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def run_as(queue: Run, **user: object) -> AppTest:
    app = queue()
    app.user = user
    return app.run()


def test_without_a_login_the_name_is_taken_on_trust(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    assert app.text_input(key="moderator").value == "Ana"
    assert "sign-in" not in {button.key for button in app.button}


@pytest.mark.usefixtures("login")
def test_nobody_gets_past_the_sign_in(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = run_as(queue, is_logged_in=False)
    assert "Sign in to moderate" in shown(app)
    assert {button.key for button in app.button} == {"sign-in"}
    assert not app.text_input


@pytest.mark.usefixtures("login")
def test_decisions_are_signed_with_the_address(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    moderators.appoint(store, "marta@news.example", Role.SENIOR, by="chi@news.example")
    app = run_as(queue, is_logged_in=True, email="Marta@news.example")
    assert "You decide as marta@news.example" in shown(app)
    next(button for button in app.button if button.label == "Approve").click().run()
    assert store.last_decision("marta@news.example")
    assert store.last_decision("Ana") is None


@pytest.mark.usefixtures("login")
def test_an_account_that_is_not_admitted_stays_outside(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = run_as(queue, is_logged_in=True, email="eve@elsewhere.example")
    assert "You may not come in" in shown(app)
    assert {button.key for button in app.button} == {"sign-out"}


@pytest.mark.usefixtures("login")
def test_a_server_that_offers_no_login_shows_nothing(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    assert "takes &#x27;moderation serve&#x27;" in shown(app)
    assert not app.button


@pytest.mark.usefixtures("login")
def test_a_login_without_its_library_is_told_at_the_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.dashboard.asgi.find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match=r"pip install 'moderation\[login\]'"):
        host.main("127.0.0.1", 8501)
