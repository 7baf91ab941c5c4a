"""What a moderator chooses without the mouse, or once for this browser."""

from desk_server import Desk, current, idle
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from playwright.sync_api import Browser, Page, expect

from moderation.frames import comment_key
from moderation.schema import Action

INSULT = comment_key(BATHS.url, "c3")
RANT = comment_key(BATHS.url, "c5")


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


def test_a_key_counts_with_the_one_pressed_just_before_it(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = open_queue(desk, browser)
    page.keyboard.type("wx")
    current(page, "VOTE THEM ALL OUT")
    address = page.url
    page.keyboard.type("mwdx")
    expect(page).not_to_have_url(address)
    reasons = [desk.store.history(comment)[0].reason for comment in (INSULT, RANT)]
    assert reasons == ["profanity", "threat"]


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
