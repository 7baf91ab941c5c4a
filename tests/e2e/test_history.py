"""The address holds what a page shows: a reload and the back button lose nothing of it."""

import re
from collections.abc import Iterator

import pytest
from desk_server import Desk, current, idle, serve
from newsroom import BATHS, BATHS_THREAD, PORT_THREAD, START, TRAMS, TRAMS_THREAD, fill
from playwright.sync_api import Browser, Page, expect

from moderation import review
from moderation.frames import comment_key
from moderation.schema import Action, Article, Comment, Sampling, Thread
from moderation.store import Store

PETITION = "Old lanterns along the country canal deserve replacement, petition closes Thursday"
UNDONE = comment_key(TRAMS.url, "c3")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests here; what one decides, no other looks at."""
    with serve(tmp_path_factory.mktemp("desk")) as running:
        _newsroom(running.store)
        yield running


def test_the_queue_keeps_its_filters_and_its_comment(desk: Desk, browser: Browser) -> None:
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
    decided = desk.store.standing(comment_key(BATHS.url, "c3"))
    assert decided is not None
    assert decided.sampling is Sampling.SEARCH


def test_the_list_of_the_queue_keeps_what_is_open_in_it(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/?attribute=off_topic")
    page.get_by_text("As a list").click()
    rows = page.get_by_label("Comments of this view")
    expect(rows).to_be_visible()
    page.get_by_role("link", name=re.compile("Open: comment by Ada")).click()
    current(page, "winter tyres")
    page.reload()
    current(page, "winter tyres")
    expect(rows).to_be_visible()
    page.go_back()
    expect(page.locator(".thread:not(.dense) .comment.current")).not_to_contain_text("tyres")
    expect(rows).to_be_visible()


def test_threads_keep_the_search_the_order_and_the_article(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/threads")
    rows = page.locator(".desk-row-title")
    expect(rows).to_have_count(6)
    search = page.get_by_label("Find articles")
    search.fill("the")
    search.press("Enter")
    expect(rows).to_have_count(1)
    page.get_by_role("radio", name="waiting").click()
    expect(page).to_have_url(re.compile("order=waiting"))
    idle(page)
    page.reload()
    expect(rows).to_have_count(1)
    expect(search).to_have_value("the")
    page.get_by_role("button", name="Open").click()
    title = page.locator("h1.desk-title")
    expect(title).to_have_text(BATHS.title)
    page.reload()
    expect(title).to_have_text(BATHS.title)
    idle(page)
    page.go_back()
    expect(rows).to_have_count(1)
    expect(search).to_have_value("the")
    expect(page.get_by_role("radio", name="waiting")).to_be_checked()
    idle(page)
    page.go_forward()
    expect(title).to_have_text(BATHS.title)
    page.get_by_role("button", name="All articles").click()
    expect(page.get_by_role("button", name="Open")).to_have_count(1)
    expect(search).to_have_value("the")


def test_a_comment_of_a_thread_leads_back_to_the_thread(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/threads")
    page.get_by_role("button", name="Open").last.click()
    expect(page.locator("h1.desk-title")).to_have_text(BATHS.title)
    page.get_by_role("link", name="Review: comment by Ada").click()
    current(page, "winter tyres")
    page.go_back()
    expect(page.locator("h1.desk-title")).to_have_text(BATHS.title)
    page.go_forward()
    current(page, "winter tyres")


def test_a_batch_keeps_its_score_its_article_and_its_range(desk: Desk, browser: Browser) -> None:
    # Not by fifty keys: hurried so, Streamlit 1.67's slider may leave an early step in the address.
    page = desk.open(browser, "/batch?between=0.5&between=1")
    said = page.get_by_text("undecided comments score")
    _choose(page, "Score", "Off topic")
    _choose(page, "Article", re.compile("river baths"))
    expect(said).to_contain_text("2 of ")
    expect(said).to_contain_text("0.50 to 1.00")
    page.reload()
    expect(said).to_contain_text("0.50 to 1.00")
    expect(page.get_by_label("A sample of the range").locator(".text")).to_have_count(2)
    _choose(page, "Score", "Insult")
    expect(page).to_have_url(re.compile("attribute=insult"))
    idle(page)
    page.go_back()
    expect(page.get_by_role("combobox", name="Score")).to_have_value("Off topic")
    expect(page.get_by_role("combobox", name="Article")).to_have_value(re.compile("river baths"))
    expect(said).to_contain_text("0.50 to 1.00")


def test_a_range_drawn_over_the_chart_is_the_sliders(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/batch?attribute=off_topic")
    chart = page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")
    expect(chart.first).to_be_visible()
    idle(page)
    box = chart.first.bounding_box()
    assert box is not None
    height = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] * 0.75, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.97, height, steps=5)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"3 of \d+ undecided comments"))).to_be_visible()
    expect(page).to_have_url(re.compile("between=0.7"))
    page.reload()
    expect(page.get_by_text(re.compile(r"3 of \d+ undecided comments"))).to_be_visible()


def test_a_campaign_keeps_open(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/campaigns")
    page.get_by_role("button", name=re.compile("Search")).click()
    row = page.locator(".desk-campaign")
    expect(row).to_have_count(1)
    idle(page)
    page.get_by_role("button", name="Open").click()
    expect(page.locator(".desk-pair")).to_have_count(1)
    page.reload()
    expect(page.locator(".desk-pair")).to_have_count(1)
    page.go_back()
    expect(row).to_have_count(1)
    page.go_forward()
    expect(page.locator(".desk-pair")).to_have_count(1)


def test_labels_keep_whether_those_taken_back_are_shown(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/labels")
    page.get_by_text("Include labels taken back").click()
    expect(page).to_have_url(re.compile("undone=true"))
    page.reload()
    expect(page.get_by_role("switch", name="Include labels taken back")).to_be_checked()
    expect(page.get_by_role("heading", name="Newest labels")).to_be_visible()


def _newsroom(store: Store) -> None:
    """Three threads, a petition under three articles, and a decision taken back."""
    fill(store, BATHS_THREAD, TRAMS_THREAD, PORT_THREAD)
    for number in range(3):
        article = Article(f"https://news.example/petition/{number}", f"Petition {number}", "")
        copy = Comment("c1", None, f"name {number}", PETITION, posted_at=START)
        fill(store, Thread(article, (copy,), "isso"))
    review.decide(store, UNDONE, Action.REJECT, moderator="Ben", reason="off_topic")
    review.undo(store, "Ben")


def _choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()
    idle(page)
