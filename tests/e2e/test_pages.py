"""The pages beside the queue in a real browser: bulk decisions by keyboard, nothing lost."""

import re

from desk_server import Desk, idle
from newsroom import BATHS_THREAD, TRAMS_THREAD, fill
from playwright.sync_api import Browser, expect

from moderation.schema import Article, Comment, Thread

COUNT = 500
CROWD = Thread(
    Article("https://news.example/crowd", "Crowd", "Many came."),
    tuple(Comment(f"c{n}", None, f"reader {n}", f"I was there, row {n}.") for n in range(COUNT)),
    "isso",
)


def test_a_batch_of_500_is_decided_and_taken_back_by_keyboard(desk: Desk, browser: Browser) -> None:
    fill(desk.store, CROWD, BATHS_THREAD, TRAMS_THREAD)
    page = desk.open(browser, "/batch?attribute=toxicity")
    expect(page.get_by_text("510 of 510 undecided comments")).to_be_visible()
    # The range by keyboard: the upper end goes down from 1.00.
    upper = page.get_by_role("slider").nth(1)
    upper.focus()
    upper.press("Home")
    for _ in range(3):
        upper.press("ArrowRight")
    range_said = page.get_by_text(
        re.compile(r"50\d of 510 undecided comments score 0\.00 to 0\.03")
    )
    expect(range_said).to_be_visible()
    idle(page)
    page.reload()
    expect(range_said).to_be_visible()
    idle(page)

    approve = page.get_by_role("button", name="Approve all")
    expect(approve).to_be_disabled()
    page.locator("h1").click()
    for looked_at in (10, 15, 20):
        page.keyboard.press("n")
        expect(page.get_by_text(f"{looked_at} of 20 looked at")).to_be_visible()
        idle(page)
    expect(approve).to_be_enabled()
    page.keyboard.press("a")
    expect(page.get_by_role("dialog").get_by_text("500 comments under 1 articles")).to_be_visible()
    idle(page)
    page.keyboard.press("y")
    expect(page.get_by_text("500 comments approved")).to_be_visible(timeout=60_000)
    assert desk.store.counts()["approved"] == COUNT
    idle(page)

    page.keyboard.press("u")
    expect(page.get_by_text("500 decisions taken back")).to_be_visible(timeout=60_000)
    assert desk.store.counts()["approved"] == 0
    assert desk.store.counts()["waiting"] == COUNT + 10
    assert desk.store.audit() == []
    assert desk.outside == []


def test_a_range_drawn_over_the_chart_is_the_sliders(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
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
    expect(page.get_by_text("3 of 10 undecided comments")).to_be_visible()
    expect(page).to_have_url(re.compile("between=0.7"))
