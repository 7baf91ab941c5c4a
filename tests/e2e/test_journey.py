"""A moderator's morning in a real browser, and hostile text that must stay text."""

import csv
import re
from pathlib import Path
from urllib.parse import quote

from desk_server import idle
from newsroom import (
    BATHS,
    BATHS_THREAD,
    HOSTILE,
    HOSTILE_TEXTS,
    RUDE_AND_HIDDEN,
    TRAMS_THREAD,
    fill,
    hostile_thread,
)
from playwright.sync_api import Browser, Page, expect

from moderation.dashboard.inert import visible
from moderation.frames import comment_key
from moderation.schema import Action, Sampling

INSULT = comment_key(BATHS.url, "c3")
RANT = comment_key(BATHS.url, "c5")


def current(page: Page, text: str) -> None:
    """Wait until the comment with this text is the open one and its keys act."""
    expect(page.locator(".comment.current .text")).to_contain_text(text)
    idle(page)


def test_reject_by_key_override_undo_and_export(desk, browser: Browser, tmp_path: Path) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = desk.open(browser)
    current(page, "clueless idiot")

    page.keyboard.press("x")
    current(page, "VOTE THEM ALL OUT")
    rejected = desk.store.standing(INSULT)
    assert rejected is not None
    assert (rejected.action, rejected.reason) == (Action.REJECT, "insult")
    assert rejected.sampling is Sampling.QUEUE
    assert rejected.decided_by == "Ana"

    page.keyboard.press("0")
    expect(page.locator(".st-key-scores button[kind=primary]")).to_contain_text("on topic")
    page.keyboard.press("x")
    expect(page).to_have_url(re.compile(r"night-trams%23c2"))
    idle(page)
    spam = desk.store.standing(RANT)
    assert spam is not None
    assert (spam.reason, spam.overrides) == ("political_spam", {"off_topic": 0.0})

    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"river-baths%23c5"))
    current(page, "VOTE THEM ALL OUT")
    assert desk.store.standing(RANT) is None
    assert desk.store.standing(INSULT) == rejected

    page.get_by_role("link", name="Labels").click()
    expect(page.get_by_role("heading", name="Labels", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the labels").click()
    path = tmp_path / "labels.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["comment_id"], row["attribute"], float(row["value"])) for row in rows} == {
        (INSULT, "insult", 1.0)
    }
    assert "Ana" not in path.read_text(encoding="utf-8")
    assert desk.outside == []


def test_hostile_text_is_drawn_as_text_on_every_page(desk, browser: Browser) -> None:
    fill(desk.store, hostile_thread())
    page = desk.open(browser, "/threads")
    expect(page.get_by_text("**bold** :material/home:").first).to_be_visible()
    page.get_by_role("button", name="Open").click()
    texts = page.locator(".thread .text")
    expect(texts).to_have_count(len(HOSTILE_TEXTS))
    page.get_by_role("button", name="Show all 100,000 characters").click()
    assert texts.all_text_contents() == [visible(text) for text in HOSTILE_TEXTS]
    assert page.locator("h1.desk-title").text_content() == visible(HOSTILE.title)

    page.get_by_role("link", name=re.compile("Review: ")).nth(1).click()
    current(page, "onerror")
    page.get_by_label("Note for colleagues").fill("<script>alert(1)</script> **note** :smile:")
    page.get_by_label("Note for colleagues").press("Tab")
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_text("<script>alert(1)</script> **note** :smile:").first).to_be_visible()

    page.get_by_role("link", name="Labels").click()
    expect(page.get_by_role("heading", name="Newest labels")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert desk.dialogs == []
    assert desk.outside == []


def test_marked_words_leave_the_text_as_it_was(desk, browser: Browser) -> None:
    fill(desk.store, hostile_thread())
    comment_id = comment_key(HOSTILE.url, f"c{HOSTILE_TEXTS.index(RUDE_AND_HIDDEN)}")
    page = desk.open(browser, f"/?comment={quote(comment_id, safe='')}")
    current(page, "What an id")
    text = page.locator(".comment.current .text")
    assert text.text_content() == visible(RUDE_AND_HIDDEN)
    assert "moron" in " ".join(text.locator("mark").all_text_contents())
    assert text.locator("script, b").count() == 0
    expect(page.locator(".comment.current .why")).to_contain_text("Marked: the words that made")
    assert page.evaluate("window.hacked") is None
    assert desk.dialogs == []


def test_the_url_holds_the_view_across_reload_and_back(desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    page = desk.open(browser, "/?attribute=toxicity&range=0.3&range=1")
    current(page, "clueless idiot")
    page.keyboard.press("j")
    current(page, "was a joke")
    page.reload()
    current(page, "was a joke")
    page.go_back()
    current(page, "clueless idiot")
    page.keyboard.press("a")
    current(page, "was a joke")
    decided = desk.store.standing(INSULT)
    assert decided is not None
    assert decided.sampling is Sampling.SEARCH


def test_two_browsers_deciding_the_same_comment_lose_nothing(desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD)
    first = desk.open(browser)
    current(first, "clueless idiot")
    second = desk.open(browser, first.url.removeprefix(desk.url))
    current(second, "clueless idiot")
    second.get_by_label("You decide as").fill("Ben")
    second.get_by_label("You decide as").press("Enter")
    expect(second.get_by_text("Another moderator has this comment open")).to_be_visible()

    first.keyboard.press("x")
    current(first, "VOTE THEM ALL OUT")
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("Somebody was first: Ana rejected")).to_be_visible()
    current(second, "clueless idiot")
    assert {one.decided_by for one in desk.store.history(INSULT)} == {"Ana", "Ben"}
    standing = desk.store.standing(INSULT)
    assert standing is not None
    assert standing.decided_by == "Ana"
