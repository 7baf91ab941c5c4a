"""Articles in pages and orders, and threads seen from afar."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from samples import URL, decide, make_scores, make_thread, score

from moderation.schema import Action, Article, Comment, Thread


@pytest.fixture
def filled(store):
    for name, size, off in (("Ferry 100%", 1, 0.9), ("Trams", 3, 0.1), ("ferry_boats", 2, 0.9)):
        url = f"{URL}/{name[:5]}"
        store.add_thread(make_thread(*map(str, range(size)), url=url, title=name), source="p")
        if name != "Trams":
            score(store, {f"{url}#c0": {"off_topic": off}})
    return store


def titles(store, **options):
    return store.articles(**options)["title"].tolist()


def test_articles_come_in_orders_and_pages(filled):
    assert titles(filled) == ["ferry_boats", "Trams", "Ferry 100%"]
    assert titles(filled, order="waiting") == ["Trams", "ferry_boats", "Ferry 100%"]
    assert titles(filled, order="off topic")[-1] == "Trams"
    assert titles(filled, limit=1, offset=1) == ["Trams"]
    assert titles(filled, limit=0) == []


def test_articles_are_found_by_what_their_titles_hold(filled):
    assert titles(filled, search=" FERRY ") == ["ferry_boats", "Ferry 100%"]
    assert titles(filled, search="0%") == ["Ferry 100%"]
    assert titles(filled, search="y_b") == ["ferry_boats"]
    assert filled.count_articles("ferry") == 2
    assert filled.count_articles() == 3
    assert filled.count_articles("zeppelin") == 0


def test_what_stands_is_told_of_many_comments_at_once(filled):
    ids = [f"{URL}/Trams#c{number}" for number in range(3)]
    decide(filled, ids[0], Action.REJECT)
    decide(filled, ids[1], Action.ESCALATE)
    expected = {ids[0]: "reject", ids[1]: "escalate", ids[2]: ""}
    assert filled.actions([*ids, "nowhere#1"]) == expected


def test_drift_is_told_in_page_order_with_what_is_known(store):
    when = datetime(2026, 11, 20, tzinfo=UTC)
    members = (Comment("b", None, "", "x", posted_at=when), Comment("a", "b", "", "y"))
    store.add_thread(Thread(Article(URL, "", ""), members, "isso"), source="p")
    table = make_scores({f"{URL}#b": {"off_topic": 0.25}})
    store.add_scores(table, dict.fromkeys(table.columns, "v"), table["off_topic"])
    drift = store.drift(URL)
    assert drift["comment_id"].tolist() == [f"{URL}#b", f"{URL}#a"]
    assert drift["off_topic"].tolist()[0] == 0.25
    assert pd.isna(drift["off_topic"].tolist()[1])
    assert drift["posted_at"].tolist()[0] == when
    assert pd.isna(drift["posted_at"].tolist()[1])
    assert store.drift("nowhere").empty
