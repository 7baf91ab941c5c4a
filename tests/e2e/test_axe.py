"""What axe-core finds wrong at WCAG 2.1 A and AA, light and dark: nothing; and focus is seen.

Left out: the brush over the chart of the Batch page, which Vega draws without a name and lets
nobody give one; the slider above the chart does the same and has its name.
"""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_server import Desk, idle, serve
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from playwright.sync_api import Browser, Page

from moderation import review
from moderation.frames import comment_key
from moderation.schema import Action
from moderation.store import Store

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
BRUSH = [[".brush_brush"], [".brush_brush_bg"]]
CHART = "[data-testid=stVegaLiteChart] :is(canvas, svg)"
VIEWS = {
    "queue": ("/", ".comment.current .text"),
    "queue, decided": (
        f"/?comment={quote(comment_key(BATHS.url, 'c3'), safe='')}",
        ".desk-history",
    ),
    "queue, list": ("/?list=true", ".dense .comment"),
    "threads": ("/threads", ".desk-row"),
    "thread": (f"/threads?article={quote(BATHS.url, safe='')}", ".heat .comment"),
    "batch": ("/batch?attribute=off_topic", CHART),
    "campaigns": ("/campaigns", ".st-key-search button"),
    "policy": ("/policy", ".desk-table"),
    "quality": ("/quality", CHART),
    "labels": ("/labels", CHART),
    "settings": ("/settings", ".st-key-erase button"),
}
"""Where each view is, and what of it is drawn last."""
FOCUSABLE = ("queue", "thread", "batch", "labels")
MOST_STOPS = 150
DARK = "getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 25, 30)'"
"""The dark theme's backgroundColor, as .streamlit/config.toml has it."""
# Tells of the element in focus whether it, or what it stands in, is drawn otherwise without.
FOCUS = """async () => {
  let one = document.activeElement;
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (one === document.body) return null;
  const holder = one.closest('label');
  const close = new Set(holder ? holder.querySelectorAll('*') : [one]);
  for (let up = one, steps = 0; up && steps < 4; up = up.parentElement, steps += 1) close.add(up);
  const names = ['outlineStyle', 'outlineWidth', 'boxShadow', 'borderTopColor', 'borderBottomColor',
    'backgroundColor', 'textDecorationLine', 'color', 'filter'];
  const drawn = async () => {
    await new Promise(requestAnimationFrame);
    return JSON.stringify([...close].map((each) => {
      const style = getComputedStyle(each);
      return names.map((name) => style[name]);
    }));
  };
  const focused = await drawn();
  one.blur();  // the next Tab goes on from here
  const seen = await drawn() !== focused;
  return { seen, html: one.outerHTML.slice(0, 200) };
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serve(tmp_path_factory.mktemp("desk")) as running:
        _newsroom(running.store)
        yield running


def test_every_control_has_a_name_and_enough_contrast(desk: Desk, browser: Browser) -> None:
    found = {}
    page = desk.open(browser)
    for name in VIEWS:
        page.emulate_media(color_scheme="light")
        _go(desk, page, name)
        found |= {(name, "light", rule): html for rule, html in _violations(page).items()}
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(DARK)
        found |= {(name, "dark", rule): html for rule, html in _violations(page).items()}
    assert found == {}


def test_keyboard_focus_is_seen_on_every_control(desk: Desk, browser: Browser) -> None:
    unseen = []
    page = desk.open(browser)
    for name in FOCUSABLE:
        _go(desk, page, name)
        page.add_style_tag(content="* { transition: none !important; }")
        for stop in range(MOST_STOPS):
            page.keyboard.press("Tab")
            control = page.evaluate(FOCUS)
            if control is None:
                assert stop > 10
                break
            if not control["seen"]:
                unseen.append((name, control["html"]))
    assert unseen == []


def _newsroom(store: Store) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    insult = comment_key(BATHS.url, "c3")
    review.decide(store, insult, Action.REJECT, moderator="Ana", reason="insult")


def _go(desk: Desk, page: Page, name: str) -> None:
    path, last = VIEWS[name]
    page.goto(desk.url + path)
    page.locator(last).first.wait_for()
    idle(page)


def _violations(page: Page) -> dict[str, list[str]]:
    found = Axe().run(page, {"exclude": BRUSH}, {"runOnly": LEVELS}).response["violations"]
    return {one["id"]: [node["html"] for node in one["nodes"]] for one in found}
