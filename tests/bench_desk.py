"""How fast the desk is on a large store, in a real browser: `make bench ARGS="--desk 100000"`.

A store of so many comments is made, in threads of ``THREAD``, with scores drawn at random; the
desk runs over it as `moderation serve` would run it, and Chromium presses A. Timed in the page,
from the key to the frame in which the next comment stands there, with the scorers' explanations
of it; what the browser draws is part of it.
"""

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent / "e2e"))

from desk_server import find_browser, idle, launch, serve
from playwright.sync_api import Page, sync_playwright

from moderation.frames import comment_key
from moderation.schema import ATTRIBUTES, Article, Comment, Thread
from moderation.store import Store
from moderation.store.tables import key_of

THREAD = 200
ASKED_MS = 300
DECISIONS = 40
FIRST_MS = 120_000
"""For the first page: models are loaded."""
READ_MS = 1500
"""How long each comment is looked at: nobody reads faster, and the desk works ahead meanwhile."""
SEED = 20261126
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = (
    "the", "council", "harbour", "ferry", "timetable", "winter", "school", "budget",
    "bridge", "river", "market", "ticket", "driver", "nobody", "asked", "answer", "promise",
    "report", "repair", "season", "summer", "island", "station", "platform", "concert",
    "price", "rent", "garden", "library", "street", "traffic", "crossing", "signal",
    "engine", "weather", "storm", "flood", "shelter", "meeting", "petition", "signature",
    "volunteer", "vote", "motion", "minutes", "reader", "editor", "idiot", "liar",
    "nonsense", "agree",
)  # fmt: skip
MADE = 10_000
"""Comments made through the store; more are copies in SQL, with numbers, addresses and keys of
their own: a million would take hours otherwise."""
ARTICLES = "title, text, author, published, platform, source, ingested_at, comments, scored"
COMMENTS = "author, text_key, published, posted_at, waiting, scorer_set, language"
COPIES = (
    f"""INSERT INTO articles (id, key, url, off_topic, {ARTICLES})
    SELECT id + :made, key_of(url || '?' || :copy), url || '?' || :copy, off_topic, {ARTICLES}
    FROM articles WHERE id <= {MADE}""",  # noqa: S608 - our own names
    f"""INSERT INTO comments
      (id, key, article, platform_id, text, parent, position, worth, {COMMENTS})
    SELECT comments.id + :made,
      key_of(articles.url || '?' || :copy || '#' || comments.platform_id), comments.article + :made,
      comments.platform_id, comments.text || ' ' || :copy,
      CASE WHEN comments.parent IS NULL THEN NULL
        ELSE key_of(articles.url || '?' || :copy || '#' || above.platform_id) END,
      comments.position, comments.worth,
      {", ".join(f"comments.{name}" for name in COMMENTS.split(", "))}
    FROM comments JOIN articles ON articles.id = comments.article
      LEFT JOIN comments above ON above.key = comments.parent
    WHERE comments.id <= {MADE}""",  # noqa: S608
    f"""INSERT INTO scores (comment, scoring, value, newest)
    SELECT comment + :made, scoring, value, newest FROM scores WHERE comment <= {MADE}""",  # noqa: S608
    f"""INSERT INTO comment_words (rowid, words)
    SELECT rowid + :made, words FROM comment_words WHERE rowid <= {MADE}""",  # noqa: S608
)
# Resolves with the milliseconds from pressing the key until another comment is drawn.
WATCH = """() => {
  let host = null;
  const shown = () => {
    if (!host?.isConnected) {
      host = [...document.querySelectorAll('*')]
        .find((one) => one.shadowRoot?.querySelector('.comment'));
    }
    return host?.shadowRoot.querySelector('.comment.current .text')?.textContent ?? '';
  };
  const before = shown();
  window.decided = new Promise((resolve) => {
    let start = 0;
    window.addEventListener('keydown', () => { start = performance.now(); },
      { capture: true, once: true });
    const look = () => {
      if (start && shown() && shown() !== before) resolve(performance.now() - start);
      else if (start && performance.now() - start > 30_000) resolve(Infinity);
      else requestAnimationFrame(look);
    };
    look();
  });
}"""


def measure_desk(comments: int, decisions: int, folder: Path | None = None) -> bool:
    """Print the desk's latency and memory on a store of so many comments.

    Args:
        comments: How many the store holds.
        decisions: How many are timed.
        folder: Where the store is kept, and used again if it holds as many.

    Returns:
        Whether the median is above what is asked.
    """
    executable = find_browser()
    if executable is None:
        click.echo("no browser: the desk is not measured")
        return False
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve(folder or Path(scratch)) as desk,
        sync_playwright() as playwright,
    ):
        start = time.perf_counter()
        if desk.store.counts()["comments"] != comments:
            fill(desk.store, desk.database, comments)
        made_s = time.perf_counter() - start
        browser = launch(playwright, executable)
        page = desk.open(browser)
        page.locator(".comment.current .text").wait_for(timeout=FIRST_MS)
        idle(page)
        times = [_decide(page) for _ in range(decisions + 5)][5:]  # the first load models
        browser.close()
        share = statistics.quantiles(times, n=20)
        click.echo(
            f"{'desk, decide to next':<34}{comments:>12,} comments: median"
            f" {statistics.median(times):,.0f} ms, p95 {share[-1]:,.0f} ms of {decisions};"
            f" server {desk.memory_bytes() / 2**20:,.0f} MiB; made in {made_s:,.0f} s"
        )
    return statistics.median(times) > ASKED_MS


def fill(store: Store, path: Path, count: int) -> None:
    """Put in made-up threads and scores, and copies of them under other addresses."""
    _make(store, min(count, MADE))
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("key_of", 1, key_of, deterministic=True)
        for copy in range(1, -(-count // MADE)):
            with connection:
                for statement in COPIES:
                    connection.execute(statement, {"copy": copy, "made": copy * MADE})


def _make(store: Store, count: int) -> None:
    drawn = random.Random(SEED)  # noqa: S311 - made-up texts
    numbers = np.random.default_rng(SEED)
    versions = dict.fromkeys(ATTRIBUTES, "bench-1")
    for number in range(-(-count // THREAD)):
        url = f"https://news.example/{number}"
        size = min(THREAD, count - number * THREAD)
        store.add_thread(_thread(url, size, drawn), source="bench")
        ids = [comment_key(url, str(place)) for place in range(size)]
        index = pd.Index(ids, dtype=object, name="comment_id")
        values = numbers.beta(0.4, 3.0, (size, len(ATTRIBUTES))).astype("float32")
        scores = pd.DataFrame(values, index=index, columns=list(ATTRIBUTES))
        store.add_scores(scores, versions, scores.max(axis=1))
        store.set_languages(dict.fromkeys(ids, "en"))


def _thread(url: str, size: int, drawn: random.Random) -> Thread:
    members = tuple(
        Comment(
            id=str(place),
            parent_id=None if drawn.random() < 0.4 or not place else str(drawn.randrange(place)),
            author=f"reader {drawn.randrange(50_000)}",
            text=" ".join(drawn.choices(WORDS, k=drawn.randint(5, 60))) + f" {url[-6:]}/{place}",
            posted_at=START + timedelta(minutes=drawn.randrange(400_000)),
        )
        for place in range(size)
    )
    text = "\n".join(" ".join(drawn.choices(WORDS, k=60)) for _ in range(8))
    return Thread(Article(url, " ".join(drawn.choices(WORDS, k=8)), text), members, "bench")


def _decide(page: Page) -> float:
    page.wait_for_timeout(READ_MS)
    page.evaluate(WATCH)
    page.keyboard.press("a")
    took: float = page.evaluate("window.decided")
    idle(page)
    return took


@click.command()
@click.option("--comments", multiple=True, type=int, default=(1_000, 100_000))
@click.option("--decisions", default=DECISIONS, show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Keep the store there, for one size."
)
def main(comments: tuple[int, ...], decisions: int, folder: Path | None) -> None:
    """Measure the desk alone."""
    slow = [measure_desk(count, decisions, folder) for count in comments]
    sys.exit(any(slow))


if __name__ == "__main__":
    main()
