"""What axe-core finds wrong with the pages beside the queue: nothing at WCAG 2.1 A and AA.

The Batch page is not among them yet: Vega draws the brush over its chart without a name.
"""

from axe_playwright_python.sync_playwright import Axe
from desk_server import Desk, idle
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from playwright.sync_api import Browser

from moderation import review
from moderation.frames import comment_key
from moderation.schema import Action

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PAGES = ("campaigns", "policy", "quality", "settings")
DRAWN_MS = 1500
"""Charts are drawn after the server is done."""


def test_every_control_has_a_name_and_enough_contrast(desk: Desk, browser: Browser) -> None:
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD)
    insult = comment_key(BATHS.url, "c3")
    review.decide(desk.store, insult, Action.REJECT, moderator="Ana", reason="insult")
    found = {}
    for name in PAGES:
        page = desk.open(browser, f"/{name}")
        page.locator("h1").first.wait_for()
        idle(page)
        page.wait_for_timeout(DRAWN_MS)
        said = Axe().run(page, options={"runOnly": LEVELS}).response["violations"]
        found |= {(name, one["id"]): [node["html"] for node in one["nodes"]] for one in said}
        page.context.close()
    assert found == {}
