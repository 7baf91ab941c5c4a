"""The campaigns page, run by AppTest on a real store."""

from collections.abc import Callable

import pytest
from newsroom import BATHS_THREAD, PORT_THREAD, START, fill
from streamlit.testing.v1 import AppTest

from moderation import review
from moderation.frames import comment_key
from moderation.schema import Action, Article, Comment, Thread
from moderation.store import Store

Run = Callable[..., AppTest]
TEXT = "Old <b>lanterns</b> along the country canal deserve replacement, petition closes Thursday"
FIRST = "https://news.example/campaign/0#c1"


@pytest.fixture
def campaign(store: Store) -> list[str]:
    """Three copies under three articles, one of them changed, among other comments."""
    ids = []
    for number, text in enumerate((TEXT, TEXT, TEXT.replace("country", "market town"))):
        article = Article(f"https://news.example/campaign/{number}", f"Article {number}", "Words.")
        posted = START.isoformat()
        copy = Comment("c1", None, f"name {number}", text, published=posted, posted_at=START)
        fill(store, Thread(article, (copy,), "isso"))
        ids.append(comment_key(article.url, "c1"))
    fill(store, BATHS_THREAD, PORT_THREAD)
    return ids


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def searched(page: Run, **query: str) -> AppTest:
    page("campaigns").button(key="search").click().run()
    return page("campaigns", **query)


def test_nothing_is_searched_until_it_is_asked_for(campaign: list[str], page: Run) -> None:
    app = page("campaigns")
    assert "Not searched yet" in html(app)
    app = app.button(key="search").click().run()
    assert "1 campaigns of 3 comments among 13" in html(app)
    assert "3 comments by 3 authors under 3 articles" in html(app)
    assert "<b>3</b> undecided" in html(app)


def test_wordings_stand_side_by_side_with_their_differences_marked(
    campaign: list[str], page: Run
) -> None:
    app = searched(page, campaign=FIRST)
    assert "<del>country</del>" in html(app)
    assert "<ins>market town</ins>" in html(app)
    assert "&lt;b&gt;lanterns&lt;/b&gt;" in html(app)
    assert "<b>lanterns" not in html(app)


def test_all_members_are_decided_at_once_and_taken_back(
    store: Store, campaign: list[str], page: Run
) -> None:
    review.decide(store, campaign[0], Action.APPROVE, moderator="Ben")
    app = searched(page, campaign=FIRST)
    assert "2 of 3 are undecided" in html(app)
    app.button(key="bulk-reject").click().run()
    app.button(key="bulk-confirm").click().run()
    standing = [store.standing(own) for own in campaign]
    assert [one.action for one in standing if one] == ["approve", "reject", "reject"]
    assert set(store.labels()["reason"]) == {"political_spam"}
    app.button(key="undo-batch").click().run()
    assert [store.standing(own) is None for own in campaign] == [False, True, True]


def test_a_store_without_campaigns_says_so(store: Store, page: Run) -> None:
    fill(store, PORT_THREAD)
    assert "No campaigns" in html(searched(page))


def test_a_campaign_that_is_gone_shows_the_list(campaign: list[str], page: Run) -> None:
    assert "1 campaigns" in html(searched(page, campaign="nowhere#1"))
