"""An hour of moderation, compressed: everything that was done is in the store afterwards."""

import csv
import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from desk_server import Desk, idle
from moderator import Moderator, Said, logged, meant
from newsroom import fill, hand_scores
from playwright.sync_api import Browser, Page, expect

from moderation.frames import comment_key
from moderation.schema import Action, Article, Comment, Sampling, Thread

DECISIONS = 200
WAITING, IN_ALL = 230, 500
"""Comments of the hour, and of the batch."""
RUDE, ASTRAY = "you clueless idiot", "any winter tyres"
CROWD = "https://news.example/crowd"
PETITION = "Old lanterns along the {} canal deserve replacement, the petition closes on Thursday"

Label = tuple[str, str, float]


def _threads() -> Iterator[Thread]:
    """What waits: most urgent the hour's comments, every fourth of them flagged."""
    drawn = random.Random(6)  # noqa: S311 - made-up texts
    hour = []
    for number in range(WAITING):
        flag = {0: RUDE, 1: ASTRAY}.get(number % 8, "")
        hour.append(f"{number}: {_words(drawn, 40)} {flag}".strip())
    for start in range(0, WAITING, 46):
        yield _thread(f"https://news.example/hour/{start}", hour[start : start + 46])
    yield _thread(CROWD, [_words(drawn, 9) for _ in range(IN_ALL)])
    for number in range(5):
        text = PETITION.format("city" if number == 4 else "country")
        yield _thread(f"https://news.example/petition/{number}", [text])


def _words(drawn: random.Random, count: int) -> str:
    """Make so many words up: no two texts are alike, so none is taken for a campaign."""
    return " ".join("".join(drawn.choices("abdefgiklmnoprstu", k=6)) for _ in range(count))


def _thread(url: str, texts: list[str]) -> Thread:
    members = (Comment(f"c{n}", None, f"reader {n}", text) for n, text in enumerate(texts))
    return Thread(Article(url, f"What readers say {url[-4:]}", "It is so."), tuple(members), "isso")


@pytest.mark.timeout(600)  # a guard against hanging, not a measure
def test_an_hour_of_moderation_is_kept_whole(desk: Desk, browser: Browser, tmp_path: Path) -> None:
    threads = list(_threads())
    fill(desk.store, *threads)
    texts = {comment_key(t.article.url, c.id): c.text for t in threads for c in t.comments}
    page = desk.open(browser)
    page.locator(".comment.current .text").wait_for()
    moderator = Moderator(page, texts)
    _review(moderator)
    _batch_and_back(desk, page)
    _new_threshold(desk, page)
    _campaign(desk, page)

    hour = {own: said for own, said in logged(desk.store, texts).items() if "/hour/" in own}
    assert hour == meant(moderator.told)
    assert sum(not said.undone for _, said in moderator.told) == DECISIONS
    assert {one.sampling for own in hour for one in desk.store.history(own)} == {Sampling.QUEUE}
    assert {one.decided_by for own in texts for one in desk.store.history(own)} == {"Ana"}
    assert all(desk.store.standing(own) is None for own in moderator.skipped)
    undone = len(moderator.told) - DECISIONS
    events = desk.store.decisions(after=0, limit=10_000)
    assert len(events) == DECISIONS + 2 * undone + 2 * IN_ALL + 3 * 5
    assert desk.store.audit() == []

    wanted = [
        one
        for own, said in moderator.told
        if not said.undone
        for one in _labels(texts[own], own, said)
    ]
    wanted += [(f"https://news.example/petition/{n}#c0", "political_spam", 1.0) for n in range(5)]
    assert sorted(_exported(page, tmp_path / "labels.csv")) == sorted(wanted)
    assert desk.outside == []


def _review(moderator: Moderator) -> None:
    """Decide by keyboard: mostly plain, with everything else a moderator does in between."""
    for number in range(DECISIONS):
        step = number % 20
        if step == 3:
            moderator.skip()
        elif step == 7:
            moderator.skip()
            moderator.return_to_skipped()
        elif step == 10:
            moderator.decide(Action.APPROVE)
            moderator.undo()
        if step == 12:
            moderator.override("threat")
        elif step == 14:
            moderator.next_reason()
        elif step == 16:
            moderator.note(f"Second time, {number}")
        if step in {0, 10, 12, 14, 16, 17}:
            moderator.decide(Action.REJECT)
        else:
            moderator.decide(Action.ESCALATE if step == 19 else Action.APPROVE)


def _batch_and_back(desk: Desk, page: Page) -> None:
    before = desk.store.counts()
    page.goto(f"{desk.url}/batch?article={quote(CROWD, safe='')}")
    approve = page.get_by_role("button", name="Approve all")
    expect(page.get_by_text("5 of 20 looked at")).to_be_visible()
    expect(approve).to_be_disabled()
    idle(page)
    for looked_at in (10, 15, 20):
        page.keyboard.press("n")
        expect(page.get_by_text(f"{looked_at} of 20 looked at")).to_be_visible()
        idle(page)
    expect(approve).to_be_enabled()
    page.keyboard.press("a")
    expect(page.get_by_role("dialog").get_by_text("500 comments under 1 articles")).to_be_visible()
    expect(page.get_by_role("button", name="Approve 500 comments")).to_be_enabled()
    page.keyboard.press("y")
    expect(page.get_by_text("500 comments approved")).to_be_visible(timeout=120_000)
    assert desk.store.counts()["approved"] == before["approved"] + IN_ALL
    idle(page)  # until then the button may be there twice
    expect(page.get_by_role("button", name="Undo the last batch")).to_be_enabled()
    page.keyboard.press("u")
    expect(page.get_by_text("500 decisions taken back")).to_be_visible(timeout=120_000)
    assert desk.store.counts() == before


def _new_threshold(desk: Desk, page: Page) -> None:
    page.get_by_role("link", name="Policy").click()
    page.get_by_text("Thresholds: from which score").click()
    threshold = page.get_by_label("Off topic", exact=True)
    threshold.fill("0.9")
    threshold.press("Tab")
    note = page.get_by_label("Why it changes, for colleagues")
    note.fill("Drift is for the forum")
    note.press("Tab")
    page.get_by_role("button", name="Put the draft in force").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    (saved,) = desk.store.policies()
    assert (saved.saved_by, saved.note) == ("Ana", "Drift is for the forum")
    page.get_by_role("link", name="Queue").click()
    score = page.get_by_role("img", name=re.compile(r"Off topic .*threshold 0\.90"))
    expect(score).to_be_visible()


def _campaign(desk: Desk, page: Page) -> None:
    page.get_by_role("link", name="Campaigns").click()
    expect(page.get_by_role("button", name="Search the store")).to_be_enabled()
    page.keyboard.press("s")
    expect(page.get_by_text("1 campaigns of 5 comments")).to_be_visible()
    idle(page)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("5 of 5 are undecided.")).to_be_visible()
    for turn in ("taken back", "kept"):
        expect(page.get_by_role("button", name="Reject all")).to_be_enabled()
        page.keyboard.press("x")
        expect(page.get_by_role("button", name="Reject 5 comments")).to_be_enabled()
        page.keyboard.press("y")
        expect(page.get_by_text("5 comments rejected")).to_be_visible()
        if turn == "taken back":
            expect(page.get_by_role("button", name="Undo the last batch")).to_be_enabled()
            page.keyboard.press("u")
            expect(page.get_by_text("5 decisions taken back")).to_be_visible()


def _exported(page: Page, path: Path) -> list[Label]:
    """The labels of the exported file."""
    page.get_by_role("link", name="Labels").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the labels").click()
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "Ana" not in path.read_text(encoding="utf-8")
    return [(row["comment_id"], row["attribute"], float(row["value"])) for row in rows]


def _labels(text: str, comment_id: str, said: Said) -> list[Label]:
    """What a decision means for retraining, as docs/label-format.md says."""
    values = {}
    if said.action is Action.REJECT and said.reason != "other":
        values[said.reason] = 1.0
    if said.action is Action.APPROVE:
        scores = hand_scores(text)
        values |= {name: 0.0 for name, score in scores.items() if score >= 0.5}
    return [(comment_id, name, value) for name, value in (values | said.overrides).items()]
