"""Pages put in through the browser, extracted and scored by the real pipeline."""

from pathlib import Path

from desk_server import Desk
from playwright.sync_api import Browser, expect

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def test_several_pages_are_uploaded_and_reviewed(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, "/threads")
    names = ("custom-seagrass.html", "text-dump-robot-ferry.txt")
    page.locator("input[type=file]").set_input_files([SAMPLE / name for name in names])
    for name in names:
        expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    page.get_by_role("button", name="Read the pages").click()
    expect(page.locator(".desk-row")).to_have_count(2, timeout=60_000)
    for name in names:
        expect(page.locator(".desk-table").get_by_text(name)).to_be_visible()
    page.get_by_role("link", name="Queue").click()
    expect(page.locator(".comment.current .text")).to_be_visible()
    counts = desk.store.counts()
    assert counts["articles"] == 2
    assert counts["waiting"] == counts["comments"] > 0
    assert desk.outside == []
