"""Text that tries to be more than text, on every page: nothing runs, and it reads as written."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, urlencode

from desk_server import Desk, after, idle
from newsroom import HOSTILE, HOSTILE_TEXTS, RUDE_AND_HIDDEN, comment, fill, hostile_thread
from playwright.sync_api import Browser, Locator, Page, expect

from moderation import moderators, review, rules
from moderation.dashboard.inert import one_line, visible
from moderation.dashboard.live import DENSE_LIMIT, TEXT_LIMIT
from moderation.frames import comment_key
from moderation.policy import Policy, Rule
from moderation.schema import Action, Role, Thread
from moderation.store import Store

NAME = "<b onmouseover='window.hacked=1'>Eve</b> **x** :smile:"
NOTE = "<script>window.hacked=1</script> [a](javascript:alert(1)) **note** :red[red] $x^2$"
SECTION = "<img src=x onerror='window.hacked=1'>"
PETITION = (
    "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'> **Every household** "
    "pays [double](https://outside.example/) for the new {} while the council looks away"
)
FIRST = comment_key(HOSTILE.url, "c0")
MARKUP = "[onerror], [onload], [onmouseover], [href^='javascript:'], img[src='x'], h1 b, strong b"
"""What would be in the document if any of the texts had been taken for markup."""


def test_hostile_text_is_drawn_as_text_on_every_page(desk: Desk, browser: Browser) -> None:
    _hostile_newsroom(desk.store)
    page = desk.open(browser)
    for name, (path, look) in VIEWS.items():
        page.goto(desk.url + path)
        page.locator("h1, .desk-empty").first.wait_for()
        idle(page)
        look(page)
        assert (name, page.locator(MARKUP).count()) == (name, 0)
        assert (name, page.evaluate("window.hacked")) == (name, None)
        assert (name, desk.dialogs, desk.outside) == (name, [], [])


def _hostile_newsroom(store: Store) -> None:
    """Hostile comments and copies, judged by hostile people under a hostile policy."""
    fill(store, hostile_thread())
    for number, what in enumerate(("bridge", "bridge", "dam")):
        article = replace(HOSTILE, url=f"{HOSTILE.url}&{number}")
        copy = comment(number, NAME, PETITION.format(what))
        fill(store, Thread(article, (copy,), "isso"))
    for number, action in enumerate((Action.REJECT, Action.APPROVE)):
        review.decide(
            store,
            comment_key(HOSTILE.url, f"c{number + 1}"),
            action,
            moderator=NAME,
            reason=f"other: {NOTE}" if action is Action.REJECT else "",
            note=NOTE,
            overrides={"off_topic": 1.0},
        )
    rule = Rule("toxicity", 0.5, 1.0, Action.REJECT, section=SECTION)
    rules.save(store, Policy(rules=(rule,)), NAME, NOTE)
    moderators.appoint(store, NAME, Role.SENIOR, by="Ana")


def _texts(found: Locator, count: int) -> list[str]:
    """Return the texts of so many elements, character by character, once they are drawn."""
    expect(found).to_have_count(count)
    return found.all_text_contents()


def _shown(texts: list[str], limit: int) -> list[str]:
    """What a list shows of texts unasked."""
    seen = map(visible, texts)
    return [text if len(text) <= limit else f"{text[:limit]}…" for text in seen]


def _one_at_a_time(page: Page) -> None:
    texts = page.get_by_label("The comment in its thread").locator(".text")
    assert _texts(texts, len(HOSTILE_TEXTS))[1:] == _shown(list(HOSTILE_TEXTS[1:]), TEXT_LIMIT)
    assert page.locator(".comment.current .text").text_content() == visible(HOSTILE_TEXTS[0])
    assert (
        page.locator(".comment.current .author").text_content()
        == hostile_thread().comments[0].author
    )
    assert page.locator(".desk-title").text_content() == one_line(HOSTILE.title)
    page.locator(".desk-article summary").click()
    assert page.locator(".desk-text").text_content() == visible(HOSTILE.text.strip())


def _marked_words(page: Page) -> None:
    text = page.locator(".comment.current .text")
    expect(page.locator(".comment.current .why")).to_contain_text("Marked: the words that made")
    assert text.text_content() == visible(RUDE_AND_HIDDEN)
    assert "moron" in " ".join(text.locator("mark").all_text_contents())


def _dense_list(page: Page) -> None:
    rows = page.get_by_label("Comments of this view")
    waiting = [*HOSTILE_TEXTS[:1], *HOSTILE_TEXTS[3:]]
    wanted = _shown(
        [*waiting, *(PETITION.format(what) for what in ("bridge", "bridge", "dam"))], DENSE_LIMIT
    )
    assert sorted(_texts(rows.locator(".text"), len(wanted))) == sorted(wanted)
    assert set(rows.locator(".place").all_text_contents()) == {one_line(HOSTILE.title, limit=80)}


def _near_duplicates(page: Page) -> None:
    alike = page.get_by_label("Comments that say nearly the same")
    assert _texts(alike.locator(".text"), 2) == _shown(
        [PETITION.format(what) for what in ("bridge", "dam")], DENSE_LIMIT
    )
    expect(alike.locator(".author").first).to_contain_text(one_line(NAME, limit=30))


def _decided(page: Page) -> None:
    said = page.get_by_role("list", name="Decisions so far")
    expect(said).to_contain_text(f"{NAME} rejected · other: {NOTE}")
    expect(said).to_contain_text(f"“{NOTE}”")
    expect(page.locator(".desk-notice", has_text="This comment is decided")).to_contain_text(NAME)


def _name_and_note(page: Page) -> None:
    """Sign with a hostile name, decide with a hostile note, look at it again."""
    signed = page.get_by_label("You decide as")
    signed.fill(NAME + "2")
    after(page, "Enter", changed="document.cookie")  # or what is drawn anew takes the note along
    note = page.get_by_label("Note for colleagues")
    note.fill(NOTE)
    note.press("Tab")
    page.get_by_role("button", name="Escalate").click()
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_role("list", name="Decisions so far")).to_contain_text(f"{NAME}2 escalated")
    expect(page.get_by_role("list", name="Decisions so far")).to_contain_text(NOTE)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("taken back: escalated")).to_be_visible()


def _chooser(page: Page) -> None:
    page.get_by_role("combobox", name="Article").click()
    titles = _texts(page.get_by_role("option"), 5)
    assert titles[0] == "Any"
    assert all(title.startswith(one_line(HOSTILE.title, limit=60)) for title in titles[1:])


def _articles(page: Page) -> None:
    assert _texts(page.locator(".desk-row-title"), 4) == [one_line(HOSTILE.title)] * 4


def _tree(page: Page) -> None:
    texts = page.get_by_label("Thread", exact=True).locator(".text")
    page.get_by_role("button", name="Show all 100,000 characters").click()
    assert _texts(texts, len(HOSTILE_TEXTS)) == [visible(text) for text in HOSTILE_TEXTS]
    assert page.locator("h1.desk-title").text_content() == visible(HOSTILE.title)


def _timeline(page: Page) -> None:
    page.get_by_text("Drift over the thread").click()
    expect(page.get_by_text("scored comments are off topic")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator(":is(canvas, svg)")).to_be_visible()


def _batch(page: Page) -> None:
    sample = page.get_by_label("A sample of the range").locator(".text")
    drawn = _texts(sample, 5)
    assert set(drawn) <= set(
        _shown([*HOSTILE_TEXTS, PETITION.format("bridge"), PETITION.format("dam")], TEXT_LIMIT)
    )
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    page.get_by_role("button", name="Approve all").click()
    against = page.get_by_role("dialog").get_by_label("Least sure of all")
    expect(against.locator(".text")).to_have_count(3)
    idle(page)


def _campaign(page: Page) -> None:
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".desk-row-title")).to_have_text(one_line(PETITION.format("bridge")))
    idle(page)
    page.get_by_role("button", name="Open").click()
    sides = _texts(page.locator(".desk-side"), 4)
    bridge, dam = PETITION.format("bridge"), PETITION.format("dam")
    assert sides == [bridge, bridge, bridge, dam]
    page.get_by_text("Members: 2 comments").click()
    expect(page.locator(".desk-table td").first).to_have_text(one_line(NAME, limit=60))


def _policy(page: Page) -> None:
    expect(page.locator(".desk-notice", has_text="In force")).to_contain_text(f"saved by {NAME}")
    expect(page.locator(".desk-notice", has_text="In force")).to_contain_text(NOTE)
    expect(page.get_by_text("Reject where toxicity is").first).to_contain_text(f"section {SECTION}")
    expect(page.get_by_text("would be rejected by a rule")).to_be_visible()
    page.get_by_label("in section").fill(SECTION + "2")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_text(f"section {SECTION}2")).to_be_visible()


def _quality(page: Page) -> None:
    expect(page.locator(".desk-table td").first).to_have_text(re.compile("moderator-"))


def _labels(page: Page) -> None:
    expect(page.get_by_role("heading", name="Newest labels")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()


def _settings(page: Page) -> None:
    expect(page.locator(".desk-table td", has_text="Eve")).to_have_text(NAME)


def _searched(page: Page) -> None:
    expect(page.get_by_label("Search")).to_have_value(SECTION)
    expect(page.get_by_label("Author", exact=True)).to_have_value(SECTION)
    expect(page.get_by_text("No comment matches these filters.")).to_be_visible()


def _unknown_comment(page: Page) -> None:
    expect(page.get_by_text("This comment is not in the store")).to_be_visible()


def _unknown_article(page: Page) -> None:
    expect(page.locator(".desk-empty")).to_contain_text(SECTION)


def _no_such_title(page: Page) -> None:
    expect(page.get_by_label("Find articles")).to_have_value(SECTION)


def _at(page: str, **query: str) -> str:
    return f"/{page}?{urlencode(query, quote_via=quote)}"


VIEWS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "queue, one at a time": (_at("", comment=FIRST), _one_at_a_time),
    "queue, words marked": (
        _at("", comment=comment_key(HOSTILE.url, f"c{HOSTILE_TEXTS.index(RUDE_AND_HIDDEN)}")),
        _marked_words,
    ),
    "queue, dense list": (_at("", list="true"), _dense_list),
    "queue, near-duplicates": (
        _at("", comment=comment_key(f"{HOSTILE.url}&0", "c0")),
        _near_duplicates,
    ),
    "queue, decided": (_at("", comment=comment_key(HOSTILE.url, "c1")), _decided),
    "queue, name and note": (_at(""), _name_and_note),
    "queue, chooser of articles": (_at(""), _chooser),
    "threads, articles": (_at("threads"), _articles),
    "threads, tree": (_at("threads", article=HOSTILE.url), _tree),
    "threads, timeline": (_at("threads", article=HOSTILE.url), _timeline),
    "batch": (_at("batch"), _batch),
    "campaigns": (_at("campaigns"), _campaign),
    "policy": (_at("policy"), _policy),
    "quality": (_at("quality"), _quality),
    "labels": (_at("labels"), _labels),
    "settings": (_at("settings"), _settings),
    "address of a view": (
        _at("", q=SECTION, author=SECTION, article=SECTION, language=SECTION, by=SECTION),
        _searched,
    ),
    "address of a comment": (_at("", comment=SECTION), _unknown_comment),
    "address of a thread": (_at("threads", article=SECTION), _unknown_article),
    "address of a search": (_at("threads", title=SECTION, order=SECTION), _no_such_title),
}
