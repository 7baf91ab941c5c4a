"""Signing in, in a real browser, with a real OpenID Connect provider on the loopback."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from desk_server import Desk, current, free_port, run
from identity_provider import CLIENT, SECRET, Provider, provide
from newsroom import BATHS, BATHS_THREAD, fill
from playwright.sync_api import Browser, Page, expect

from moderation import moderators
from moderation.schema import Role


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provide() as running:
        yield running


@pytest.fixture
def desk(provider: Provider, tmp_path: Path) -> Iterator[Desk]:
    port = free_port()
    provider.redirect = f"http://127.0.0.1:{port}/oauth2callback"
    settings = {
        "MODERATION_LOGIN_METADATA_URL": provider.metadata_url,
        "MODERATION_LOGIN_CLIENT_ID": CLIENT,
        "MODERATION_LOGIN_CLIENT_SECRET": SECRET,
        "MODERATION_LOGIN_ALLOWED": "@news.example",
        "MODERATION_API_WORKERS": "1",
    }
    with run(["moderation.cli.host", "127.0.0.1", str(port)], port, tmp_path, settings) as running:
        yield running


def sign_in(
    desk: Desk, browser: Browser, address: str, *, verified: bool = True, path: str = "/"
) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(30_000)
    page.goto(desk.url + path)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Address").fill(address)
    if not verified:
        page.get_by_label("not verified").check()
    page.get_by_role("button", name="Go on").click()
    return page


def test_who_signs_in_decides_under_the_address_and_with_its_role(
    desk: Desk, browser: Browser
) -> None:
    fill(desk.store, BATHS_THREAD)
    moderators.appoint(desk.store, "chi@news.example", Role.ADMIN, by="chi@news.example")
    page = sign_in(desk, browser, "Marta@News.Example")
    expect(page.get_by_text("You decide as marta@news.example")).to_be_visible()
    expect(page.get_by_label("You decide as")).to_have_count(0)
    current(page, "clueless idiot")
    page.keyboard.press("a")
    expect(page.get_by_text("last: approved")).to_be_visible()
    last = desk.store.last_decision("marta@news.example")
    assert last is not None
    page.goto(f"{desk.url}/settings")
    expect(page.get_by_text("Only admins give roles.")).to_be_visible()
    page.context.close()

    page = sign_in(desk, browser, "chi@news.example")
    page.goto(f"{desk.url}/settings")
    expect(page.get_by_role("button", name="Give the role")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.context.close()


def test_a_link_opens_once_its_reader_has_signed_in(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD)
    link = "/threads?article=" + quote(BATHS.url, safe="")
    page = sign_in(desk, browser, "marta@news.example", path=link)
    expect(page.get_by_text("You decide as marta@news.example")).to_be_visible()
    expect(page).to_have_url(desk.url + link)
    page.get_by_role("link", name="Queue").click()
    current(page, "clueless idiot")
    page.context.close()


def test_who_has_not_signed_in_sees_no_comment(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD)
    page = browser.new_page()
    for path in ("/", "/threads", "/labels", "/settings"):
        page.goto(desk.url + path)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert "Hanne" not in page.inner_text("body")
    page.close()


@pytest.mark.parametrize(
    ("address", "verified"), [("eve@elsewhere.example", True), ("marta@news.example", False)]
)
def test_who_is_not_among_those_admitted_stays_outside(
    desk: Desk, browser: Browser, address: str, *, verified: bool
) -> None:
    page = sign_in(desk, browser, address, verified=verified)
    expect(page.get_by_text("You may not come in")).to_be_visible()
    expect(page.get_by_text("You decide as")).to_have_count(0)
    page.context.close()


def test_a_cookie_nobody_signed_lets_nobody_in(desk: Desk, browser: Browser) -> None:
    page = sign_in(desk, browser, "marta@news.example")
    expect(page.get_by_text("You decide as")).to_be_visible()
    (cookie,) = (one for one in page.context.cookies() if one["name"] == "_streamlit_user")
    value = cookie["value"]
    page.context.add_cookies(
        [{"name": cookie["name"], "value": value[:-2] + "AA", "url": desk.url}]
    )
    page.goto(desk.url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.context.close()
