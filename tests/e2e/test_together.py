"""Several at one desk, and a server that dies: no decision is lost, nobody is kept waiting."""

import re

from desk_server import Desk, current, idle
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from playwright.sync_api import Browser, Page, expect

from moderation.frames import comment_key
from moderation.schema import Action, Article, Comment, Thread

INSULT = comment_key(BATHS.url, "c3")
RANT = comment_key(BATHS.url, "c5")
CONNECTED = ".stApp[data-test-connection-state=CONNECTED]"
RECONNECTED_MS = 60_000
"""The browser waits longer after each vain attempt."""
CROWD = Thread(
    Article("https://news.example/crowd", "Crowd", "Many came."),
    tuple(Comment(f"c{n}", None, f"reader {n}", f"I was there, row {n}.") for n in range(49)),
    "isso",
)


def sign_as(page: Page, name: str) -> None:
    """Decide under this name from now on."""
    page.get_by_label("You decide as").fill(name)
    page.get_by_label("You decide as").press("Escape")


def stands(desk: Desk, comment_id: str) -> tuple[str, Action, str] | None:
    """Who decided what of a comment, with which note; None: nothing stands."""
    found = desk.store.standing(comment_id)
    return None if found is None else (found.decided_by, found.action, found.note)


def test_two_browsers_deciding_the_same_comment_lose_nothing(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD)
    first = desk.open(browser)
    current(first, "clueless idiot")
    second = desk.open(browser, first.url.removeprefix(desk.url))
    current(second, "clueless idiot")
    sign_as(second, "Ben")
    expect(second.get_by_text("Another moderator has this comment open")).to_be_visible()

    first.keyboard.press("x")
    current(first, "VOTE THEM ALL OUT")
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("Somebody was first: Ana rejected")).to_be_visible()
    current(second, "clueless idiot")
    both = desk.store.history(INSULT)
    assert [(one.decided_by, one.action) for one in both] == [
        ("Ana", Action.REJECT),
        ("Ben", Action.APPROVE),
    ]
    assert desk.store.standing(INSULT) == both[0]

    # Asked, the second decides again, and overrules.
    second.keyboard.press("a")
    expect(second).not_to_have_url(re.compile("c3"))
    history = desk.store.history(INSULT)
    assert history[:2] == both
    assert desk.store.standing(INSULT) == history[2]
    assert history[2].decided_by == "Ben"


def test_a_server_killed_in_mid_review_loses_nothing(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = desk.open(browser)
    current(page, "clueless idiot")
    sign_as(page, "Ben")
    page.keyboard.press("x")
    current(page, "VOTE THEM ALL OUT")
    note = page.get_by_label("Note for colleagues")
    note.fill("Seen before")
    note.press("Tab")
    idle(page)
    address = page.url

    desk.kill()
    expect(page.locator(CONNECTED)).not_to_be_attached()
    page.keyboard.press("x")
    desk.start()
    expect(page.locator(CONNECTED)).to_be_attached(timeout=RECONNECTED_MS)
    current(page, "VOTE THEM ALL OUT")
    assert page.url == address
    assert stands(desk, RANT) is None
    assert stands(desk, INSULT) == ("Ben", Action.REJECT, "")

    page.keyboard.press("x")
    expect(page).not_to_have_url(address)
    idle(page)
    assert stands(desk, RANT) == ("Ben", Action.REJECT, "Seen before")
    page.keyboard.press("u")
    expect(page).to_have_url(address)
    idle(page)
    assert stands(desk, RANT) is None

    # What Ben had open when the server died keeps nobody else from it.
    desk.kill()
    desk.start()
    page.reload()
    expect(page.get_by_label("You decide as")).to_have_value("Ben")
    other = desk.open(browser, address.removeprefix(desk.url))
    current(other, "VOTE THEM ALL OUT")
    other.keyboard.press("x")
    expect(other).not_to_have_url(address)
    assert stands(desk, RANT) == ("Ana", Action.REJECT, "")
    assert desk.store.audit() == []


def test_a_server_killed_in_a_batch_has_decided_all_of_it_or_nothing(
    desk: Desk, browser: Browser
) -> None:
    fill(desk.store, CROWD)
    page = desk.open(browser, "/batch")
    expect(page.get_by_text("49 of 49 undecided comments")).to_be_visible()
    expect(page.get_by_role("button", name="Approve all")).to_be_enabled()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approve 49 comments")).to_be_enabled()
    page.keyboard.press("y")
    desk.kill()
    assert desk.store.counts()["approved"] in {0, 49}
    assert desk.store.audit() == []
    desk.start()
    page.reload()
    expect(page.get_by_role("button", name="Approve all")).to_be_visible()
