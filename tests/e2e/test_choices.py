"""What a moderator chooses without the mouse, or once for this browser."""

import re

import pytest
from desk_server import Desk, after, current, idle
from moderator import OVERRIDES
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from playwright.sync_api import Browser, Page, expect

from moderation.frames import comment_key
from moderation.schema import Action

INSULT = comment_key(BATHS.url, "c3")
RANT = comment_key(BATHS.url, "c5")
PRESS = "(event) => document.body.dispatchEvent(new KeyboardEvent('keydown', event))"
PRESS_Y_AT_ONCE = """() => new MutationObserver((_, observer) => {
  if (!document.querySelector('[role=dialog] kbd')) return;
  observer.disconnect();
  const y = { key: 'y', keyCode: 89, bubbles: true };
  document.body.dispatchEvent(new KeyboardEvent('keydown', y));
}).observe(document, { subtree: true, childList: true })"""
"""Pressed before the browser does anything else once the dialog has a button with a key."""


def open_queue(desk: Desk, browser: Browser) -> Page:
    page = desk.open(browser)
    current(page, "clueless idiot")
    return page


def test_a_letter_chooses_the_reason_and_x_rejects_for_it(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    page.keyboard.press("w")
    chosen = page.locator('button[kind="pillsActive"], button[aria-checked="true"]')
    expect(chosen).to_contain_text("Profanity")
    idle(page)
    assert desk.store.standing(INSULT) is None
    page.keyboard.press("x")
    expect(page.locator(".comment.current .text")).to_contain_text("VOTE THEM ALL OUT")
    decision = desk.store.standing(INSULT)
    assert decision is not None
    assert (decision.action, decision.reason) == (Action.REJECT, "profanity")


@pytest.mark.parametrize(
    ("keys", "reason"),
    [("wx", "profanity"), ("mwdx", "threat"), ("fffx", "profanity"), ("4x", "toxicity")],
)
def test_a_key_counts_with_the_one_pressed_just_before_it(
    desk: Desk, browser: Browser, keys: str, reason: str
) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    page.keyboard.type(keys)
    current(page, "VOTE THEM ALL OUT")
    (decision,) = desk.store.history(INSULT)
    assert (decision.action, decision.reason) == (Action.REJECT, reason)


def test_a_key_acts_from_the_moment_its_button_is_drawn(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD)
    page = desk.open(browser, "/batch")
    expect(page.get_by_role("button", name="Escalate all")).to_be_enabled()
    idle(page)
    page.evaluate(PRESS_Y_AT_ONCE)
    page.keyboard.press("e")
    expect(page.get_by_text(re.compile(r"^\d comments escalated"))).to_be_visible()


def test_a_key_held_down_decides_once(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    page.keyboard.down("x")
    current(page, "VOTE THEM ALL OUT")
    page.keyboard.down("x")
    page.keyboard.up("x")
    after(page, "5", changed=OVERRIDES)  # whatever was pressed before has been done
    assert desk.store.history(RANT) == []
    current(page, "VOTE THEM ALL OUT")


def test_keys_do_not_reach_behind_a_dialog(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    page.keyboard.press("h")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.type("jxan5")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    after(page, "5", changed=OVERRIDES)
    current(page, "clueless idiot")
    assert desk.store.counts()["waiting"] == desk.store.counts()["comments"]


def test_a_keyboard_of_another_script_has_the_same_keys(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    for key, code in (("ㅈ", "KeyW"), ("ㅌ", "KeyX")):
        page.evaluate(PRESS, {"key": key, "code": code, "bubbles": True})
    current(page, "VOTE THEM ALL OUT")
    (decision,) = desk.store.history(INSULT)
    assert (decision.action, decision.reason) == (Action.REJECT, "profanity")


def test_a_letter_with_shift_rejects_at_once_but_not_while_typing(
    desk: Desk, browser: Browser
) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    page.keyboard.press("n")
    page.keyboard.type("We Spoke of this")
    page.keyboard.press("Tab")
    idle(page)
    assert desk.store.standing(INSULT) is None
    page.locator("h1").click()
    page.keyboard.press("Shift+S")
    expect(page.locator(".comment.current .text")).to_contain_text("VOTE THEM ALL OUT")
    decision = desk.store.standing(INSULT)
    assert decision is not None
    assert (decision.reason, decision.note) == ("insult", "We Spoke of this")
    assert desk.store.standing(RANT) is None


def test_dark_is_chosen_for_every_page_and_kept(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/settings")
    chooser = page.get_by_label("Light or dark, in this browser")
    expect(chooser).to_have_value("System")
    assert background(page) == "rgb(255, 255, 255)"
    chooser.select_option("Dark")
    expect(chooser).to_have_value("Dark")
    assert background(page) == "rgb(20, 25, 30)"
    page.goto(f"{desk.url}/threads")
    expect(page.get_by_role("heading", name="Threads")).to_be_visible()
    assert background(page) == "rgb(20, 25, 30)"
    page.goto(f"{desk.url}/settings")
    chooser.select_option("System")
    expect(chooser).to_have_value("System")
    assert background(page) == "rgb(255, 255, 255)"


def background(page: Page) -> str:
    found: str = page.locator(".stApp").evaluate("(app) => getComputedStyle(app).backgroundColor")
    return found
