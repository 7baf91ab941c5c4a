"""The threads page, run by AppTest on a real store, with real pages and scorers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, deep_thread, fill, long_thread
from streamlit.testing.v1 import AppTest

from moderation import review
from moderation.dashboard.verdict import widget_key
from moderation.extractors import extract
from moderation.frames import comment_key
from moderation.schema import Action, Article, Comment, Page, Thread
from moderation.store import QueueFilter, Store

Run = Callable[..., AppTest]
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "text-dump-robot-ferry.txt"
"""Five comments: the browser test puts in more, with the encoders."""


@pytest.fixture
def few_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Score toxicity with what loads at once; AppTest's clock runs while models load."""
    monkeypatch.setenv("MODERATION_TOXICITY", "bulk")


def nodes(app: AppTest) -> list[dict[str, object]]:
    assert not app.exception
    (view,) = app.get("bidi_component")
    drawn: list[dict[str, object]] = json.loads(view.proto.json)["nodes"]
    return drawn


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def test_articles_are_listed_with_their_counts(store: Store, threads: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    review.decide(store, comment_key(BATHS.url, "c1"), Action.APPROVE, moderator="Ana")
    drawn = html(threads())
    assert "<b>7</b> comments" in drawn
    assert "<b>6</b> waiting" in drawn
    assert "<b>1</b> decided" in drawn
    assert "<b>29%</b> off topic" in drawn


def test_an_article_opens_as_a_tree_with_scores_and_states(store: Store, threads: Run) -> None:
    fill(store, BATHS_THREAD)
    review.decide(store, comment_key(BATHS.url, "c3"), Action.REJECT, moderator="Ana")
    review.decide(store, comment_key(BATHS.url, "c6"), Action.ESCALATE, moderator="Ana")
    app = threads()
    app = app.button(key=widget_key("open", BATHS.url)).click().run()
    assert app.query_params["article"] == BATHS.url
    drawn = nodes(app)
    assert [node["depth"] for node in drawn] == [0, 1, 2, 3, 0, 0, 0]
    assert [node["state"] for node in drawn] == [
        *("waiting", "waiting", "rejected", "waiting", "waiting", "escalated", "waiting")
    ]
    assert drawn[2]["top"] == {
        "name": "Insult",
        "value": pytest.approx(0.97, abs=1e-6),
        "flagged": True,
    }


def test_a_comment_in_the_url_opens_its_thread(store: Store, threads: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    assert len(nodes(threads(comment=comment_key(BATHS.url, "c3")))) == 7
    assert "2 articles" in html(threads(comment="nowhere#1"))


def test_replies_follow_their_parent_whatever_the_page_order(store: Store, threads: Run) -> None:
    article = Article("https://news.example/order", "Order", "Text.")
    comments = (
        Comment("1", None, "A", "first"),
        Comment("2", None, "B", "second"),
        Comment("3", "1", "C", "answer to the first"),
    )
    fill(store, Thread(article, comments, "isso"))
    drawn = nodes(threads(article=article.url))
    assert [(node["author"], node["depth"]) for node in drawn] == [("A", 0), ("C", 1), ("B", 0)]


@pytest.mark.parametrize("levels", [34, 150])
def test_deep_threads_are_drawn_to_the_last_level(store: Store, threads: Run, levels: int) -> None:
    thread = deep_thread(levels)
    fill(store, thread)
    drawn = nodes(threads(article=thread.article.url))
    assert [node["depth"] for node in drawn] == list(range(levels))


def test_long_threads_are_shown_by_pages(store: Store, threads: Run) -> None:
    thread = deep_thread(450)
    fill(store, thread)
    assert len(nodes(threads(article=thread.article.url))) == 200


def test_a_long_comment_is_sent_whole(store: Store, threads: Run) -> None:
    thread = long_thread()
    fill(store, thread)
    assert len(str(nodes(threads(article=thread.article.url))[0]["text"])) == 10_000


@pytest.mark.usefixtures("few_models")
def test_pages_are_uploaded_scored_and_reported_one_by_one(store: Store, threads: Run) -> None:
    page = SAMPLE.read_bytes()
    app = threads()
    app.file_uploader[0].set_value(
        [("ferry <b>.txt", page, "text/plain"), ("photo.bin", bytes(range(32)) * 9, "image/png")]
    )
    app = app.button(key="ingest").click().run()
    drawn = html(app)
    found = len(extract(Page("page", page)).comments)
    assert 'ferry &lt;b&gt;.txt</td><td dir="auto">' in drawn
    assert f'<td class="number">{found}</td>' in drawn
    assert "photo.bin" in drawn
    counts = store.counts()
    assert found > 0
    assert (counts["articles"], counts["comments"]) == (1, found)
    assert store.queue(QueueFilter(), limit=found)["worth"].notna().all()


@pytest.mark.usefixtures("few_models")
def test_a_pasted_page_is_read_as_one(store: Store, threads: Run) -> None:
    app = threads()
    app.text_area[0].input(SAMPLE.read_text(encoding="utf-8"))
    app = app.button(key="ingest").click().run()
    assert "pasted page" in html(app)
    assert app.text_area[0].value == ""
    assert store.counts()["articles"] == 1
    assert store.counts()["comments"] > 0


def test_reading_nothing_asks_for_a_page(store: Store, threads: Run) -> None:
    assert "Choose a file" in html(threads().button(key="ingest").click().run())


def test_an_empty_store_says_what_to_do(store: Store, threads: Run) -> None:
    assert "No articles yet" in html(threads())


def test_articles_are_found_by_title_and_ordered(store: Store, threads: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    found = html(threads(title="night"))
    assert "Night trams" in found
    assert "river baths" not in found
    assert "No such article" in html(threads(title="zeppelin"))
    newest, waiting = html(threads()), html(threads(order="waiting"))
    assert newest.index("Night trams") < newest.index("river baths")
    assert waiting.index("river baths") < waiting.index("Night trams")


def test_thousands_of_articles_come_in_pages(store: Store, threads: Run) -> None:
    for number in range(60):
        article = Article(f"https://news.example/{number}", f"Article {number:03d}", "")
        store.add_thread(Thread(article, (), "isso"), source="made")
    assert html(threads()).count("desk-row-title") == 25
    last = html(threads(**{"articles-page": "3"}))
    assert last.count("desk-row-title") == 10
    assert "Article 000" in last


def test_a_branch_that_leaves_the_topic_is_marked_where_it_does(store: Store, threads: Run) -> None:
    article = Article("https://news.example/drift", "Drift", "Text.")
    members = (
        Comment("1", None, "A", "about it"),
        Comment("2", "1", "B", "any winter tyres?"),
        Comment("3", "2", "C", "winter tyres, yes"),
        Comment("4", "3", "D", "back to it"),
        Comment("5", None, "E", "winter tyres again"),
    )
    fill(store, Thread(article, members, "isso"))
    app = threads(article=article.url)
    marks = [node["mark"] for node in nodes(app)]
    assert marks == ["", "drift starts here: 1 of 2 below off topic", "", "", ""]
    assert "3 of 5 scored comments are off topic (60%)" in html(app)


def test_an_address_that_is_none_is_named_and_nothing_is_read(store: Store, threads: Run) -> None:
    for wrong in ("/etc/passwd", "file:///etc/passwd", "-", "javascript:alert(1)"):
        app = threads()
        app.text_area[1].input(wrong)
        assert "is no address" in html(app.button(key="ingest").click().run())
    assert store.counts()["articles"] == 0


@pytest.mark.enable_socket
def test_an_address_inside_the_network_is_reported_not_fetched(store: Store, threads: Run) -> None:
    app = threads()
    app.text_area[1].input("http://127.0.0.1:9/a http://169.254.169.254/latest")
    drawn = html(app.button(key="ingest").click().run())
    assert "http://127.0.0.1:9/a" in drawn
    assert "http://169.254.169.254/latest" in drawn
    assert store.counts()["articles"] == 0
