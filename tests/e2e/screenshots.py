"""Make the screenshots in docs/images, or a look at every page and state.

python tests/e2e/screenshots.py docs/images          every page with the sample articles
python tests/e2e/screenshots.py FOLDER --everything  every page, light, dark, on tablets; hard cases
"""

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from desk_server import Desk, find_browser, idle, launch, serve  # noqa: E402
from newsroom import (  # noqa: E402
    BATHS_THREAD,
    HOSTILE,
    PORT_THREAD,
    TRAMS_THREAD,
    deep_thread,
    fill,
    hostile_thread,
    long_thread,
)
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from moderation import review, rules  # noqa: E402
from moderation.config import Settings  # noqa: E402
from moderation.errors import ConflictError  # noqa: E402
from moderation.frames import comment_key  # noqa: E402
from moderation.pipeline import ingest  # noqa: E402
from moderation.policy import Policy, Rule  # noqa: E402
from moderation.schema import Action, Article, Comment, Sampling, Thread  # noqa: E402
from moderation.scorers import load  # noqa: E402
from moderation.sources import open_source  # noqa: E402
from moderation.store import QueueFilter, Store  # noqa: E402

SETTLE_MS = 900
"""Charts and fonts are drawn after the server is done."""
DECISIONS = 14
WIDTH = 1280
LOOKS = {
    "": (WIDTH, False),
    "-dark": (WIDTH, True),
    "-tablet": (1024, False),
    "-tablet-dark": (768, True),
}
"""Look -> width of the window in px, whether it is dark."""
BESIDE = ("batch", "campaigns", "policy", "quality", "settings")


def main(folder: Path, *, everything: bool) -> None:
    """Serve the stores one after the other and save what the pages look like."""
    executable = find_browser()
    if executable is None:
        raise SystemExit("no Chromium found")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright, executable)
        if everything:
            _each(browser, folder, _empty)
            _each(browser, folder, _hard_cases)
            _each(browser, folder, _all_looks)
        else:
            _each(browser, folder, _sample)
        browser.close()


def _each(browser: Browser, folder: Path, take) -> None:
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch)) as desk:
        take(desk, browser, folder)


def _sample(desk: Desk, browser: Browser, folder: Path) -> None:
    """The sample articles, really extracted and scored, after some decisions."""
    pages = open_source(str(ROOT / "data" / "sample"), Settings())
    list(ingest(pages, desk.store, load()))
    rows = desk.store.queue(QueueFilter(), limit=2 * DECISIONS).to_dict("records")
    for number, row in enumerate(rows[1::2]):
        scores = {name: row[name] for name in ("insult", "off_topic", "political_spam", "toxicity")}
        reason = max(scores, key=lambda name: scores[name])
        action = Action.APPROVE if number % 3 == 2 else Action.REJECT
        name = ("Ana", "Ben", "Chi")[number % 3]
        review.decide(desk.store, row["comment_id"], action, moderator=name, reason=reason)
    rows = desk.store.queue(QueueFilter(), limit=DECISIONS)
    context = desk.store.context(rows["comment_id"].tolist())
    reply = context[context["parent_text"] != ""]["comment_id"].iloc[0]
    _save(desk.open(browser, f"/?comment={quote(reply, safe='')}"), folder / "queue.png")
    article = desk.store.articles().sort_values("comments")["article_url"].iloc[-1]
    page = desk.open(browser, f"/threads?article={quote(article, safe='')}")
    _save(page, folder / "threads.png")
    _save(desk.open(browser, "/labels"), folder / "labels.png")
    _prepare(desk.store)
    _beside(desk, browser, folder, ("",))


def _prepare(store: Store) -> None:
    """A campaign, a policy, and decisions of three people, some on the same comments."""
    say = "Every household pays {} for the new {} while the council looks away. Share this!"
    for number, (much, what) in enumerate(
        (("double", "bridge"), ("double", "bridge"), ("three times", "bridge"), ("double", "dam"))
    ):
        article = Article(f"https://news.example/town/{number}", f"Town news {number + 1}", "…")
        posted = datetime(2026, 11, 20, 8, 7 * number, tzinfo=UTC)
        text = say.format(much, what)
        copy = Comment("c1", None, f"reader_{number}", text, posted.isoformat(), posted)
        fill(store, Thread(article, (copy,), "isso"))
    rules_ = (Rule("off_topic", 0.8, 1.0, Action.REJECT), Rule("toxicity", 0, 0.05, Action.APPROVE))
    rules.save(store, Policy(rules=rules_), "Ana", "drift goes to the forum")
    rows = store.queue(QueueFilter(), limit=200)
    for number, row in enumerate(rows.sample(24, random_state=1).to_dict("records")):
        scores = {name: row[name] for name in ("insult", "off_topic", "toxicity")}
        reason = max(scores, key=lambda name: scores[name])
        worst = scores[reason]
        for name, least in (("Ana", 0.45), ("Ben", 0.6)):
            action = Action.REJECT if worst >= least else Action.APPROVE
            given = reason if action is Action.REJECT else ""
            how = Sampling.RANDOM if number % 2 else Sampling.QUEUE
            with suppress(ConflictError):
                review.decide(
                    store,
                    row["comment_id"],
                    action,
                    moderator=name,
                    reason=given,
                    sampling=how,
                )


def _beside(desk: Desk, browser: Browser, folder: Path, looks: tuple[str, ...]) -> None:
    """The pages beside the queue."""
    views = {
        "batch": "/batch?attribute=off_topic&between=0.0&between=0.3",
        "campaigns": "/campaigns",
        "policy": "/policy",
        "quality": "/quality",
        "settings": "/settings",
    }
    for name, page, path in _pages(desk, browser, folder, views, looks):
        page.locator("h1").first.wait_for()
        idle(page)
        if name == "campaigns":
            _open_a_campaign(page)
        _save(page, path)


def _pages(
    desk: Desk, browser: Browser, folder: Path, views: Mapping[str, str], looks: Iterable[str]
) -> Iterator[tuple[str, Page, Path]]:
    """Open every view in every look; yields its name, the page and where to save it."""
    for look in looks:
        width, dark = LOOKS[look]
        for name, address in views.items():
            page = desk.open(browser, address, dark=dark)
            if width != WIDTH:
                page.set_viewport_size({"width": width, "height": 1024})
            yield name, page, folder / f"{name}{look}.png"


def _open_a_campaign(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Search")).click()
    opener = page.get_by_role("button", name="Open").first
    opener.wait_for()
    idle(page)
    opener.click()
    page.locator(".desk-pair").first.wait_for()
    idle(page)


def _all_looks(desk: Desk, browser: Browser, folder: Path) -> None:
    pages = open_source(str(ROOT / "data" / "sample"), Settings())
    list(ingest(pages, desk.store, load()))
    _prepare(desk.store)
    _beside(desk, browser, folder, tuple(LOOKS))


def _empty(desk: Desk, browser: Browser, folder: Path) -> None:
    views = {f"empty-{path or 'queue'}": f"/{path}" for path in ("", "threads", "labels", *BESIDE)}
    for _, page, path in _pages(desk, browser, folder, views, LOOKS):
        _save(page, path)


def _hard_cases(desk: Desk, browser: Browser, folder: Path) -> None:
    deep, long = deep_thread(), long_thread()
    fill(desk.store, BATHS_THREAD, TRAMS_THREAD, PORT_THREAD, deep, long, hostile_thread())
    insult = comment_key(BATHS_THREAD.article.url, "c3")
    views = {
        "queue": "/",
        "queue-list": "/?list=true",
        "queue-deep": _comment(deep.article.url, "c32"),
        "queue-korean-arabic": _comment(PORT_THREAD.article.url, "c2"),
        "queue-long": _comment(long.article.url, "c1"),
        "queue-hostile": _comment(HOSTILE.url, "c0"),
        "queue-filtered": "/?attribute=off_topic&range=0.5&range=1",
        "queue-nothing-found": "/?q=zeppelin",
        "queue-unknown": "/?comment=nowhere",
        "threads": "/threads",
        "threads-deep": f"/threads?article={quote(deep.article.url, safe='')}",
        "threads-korean-arabic": f"/threads?article={quote(PORT_THREAD.article.url, safe='')}",
        "threads-long": f"/threads?article={quote(long.article.url, safe='')}",
        "threads-hostile": f"/threads?article={quote(HOSTILE.url, safe='')}",
    }
    for _, page, path in _pages(desk, browser, folder, views, LOOKS):
        _save(page, path)
    for _, page, path in _pages(desk, browser, folder, {"queue-override": "/"}, LOOKS):
        page.locator(".comment .text").first.wait_for()
        idle(page)
        page.keyboard.press("4")
        idle(page)
        _save(page, path, close=False)
        page.keyboard.press("h")
        _save(page, path.with_name(path.name.replace("queue-override", "keys")))
    review.decide(
        desk.store, insult, Action.REJECT, moderator="Ben", reason="insult", note="second time"
    )
    for name in ("c5", "c6"):
        comment_id = comment_key(BATHS_THREAD.article.url, name)
        review.decide(
            desk.store, comment_id, Action.APPROVE, moderator="Ana", overrides={"off_topic": 1.0}
        )
    views = {"queue-decided": _comment(BATHS_THREAD.article.url, "c3"), "labels": "/labels"}
    for _, page, path in _pages(desk, browser, folder, views, LOOKS):
        _save(page, path)


def _comment(article_url: str, number: str) -> str:
    return f"/?comment={quote(comment_key(article_url, number), safe='')}"


def _save(page: Page, path: Path, *, close: bool = True) -> None:
    page.locator(
        ".comment .text, .desk-empty, .desk-row, .desk-notice, .desk-muted, canvas"
    ).first.wait_for()
    idle(page)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=path)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        print(f"{path.name}: {wide} px wider than the window")  # noqa: T201
    if close:
        page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), everything="--everything" in sys.argv)
