"""The batch page, run by AppTest on a real store."""

import json
from collections.abc import Callable

import pytest
from newsroom import BATHS, BATHS_THREAD, HOSTILE_TEXTS, TRAMS_THREAD, fill, hostile_thread
from streamlit.testing.v1 import AppTest

from moderation import review
from moderation.dashboard.inert import visible
from moderation.frames import comment_key
from moderation.review import LARGE, SAMPLE
from moderation.schema import Action, Article, Comment, Thread
from moderation.store import Store

Run = Callable[..., AppTest]
INSULT = comment_key(BATHS.url, "c3")
CROWD = Thread(
    Article("https://news.example/crowd", "Crowd", "Many came."),
    tuple(Comment(f"c{n}", None, f"reader {n}", f"I was there, row {n}.") for n in range(LARGE)),
    "isso",
)


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def nodes(app: AppTest) -> list[dict[str, object]]:
    view = app.get("bidi_component")[0]
    drawn: list[dict[str, object]] = json.loads(view.proto.json)["nodes"]
    return drawn


def confirm(app: AppTest, action: Action) -> AppTest:
    app = app.button(key=f"bulk-{action}").click().run()
    return app.button(key="bulk-confirm").click().run()


def test_without_comments_the_page_says_so(store: Store, page: Run) -> None:
    assert "No undecided comment with this score" in html(page("batch"))


def test_the_range_of_the_url_is_counted_and_listed(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    app = page("batch", attribute="off_topic", between=["0.8", "1.0"])
    assert "3 of 10 undecided comments score 0.80 to 1.00." in html(app)
    assert sorted(round(float(one), 2) for one in app.dataframe[0].value["Score"]) == [
        0.83,
        0.83,
        0.88,
    ]
    assert "If all are approved: about 3 to which off topic applies." in html(app)
    assert "If all are rejected: about 0 of them wrongly." in html(app)


def test_an_action_decides_the_range_and_one_key_takes_it_back(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    app = confirm(page("batch", attribute="off_topic", between=["0.8", "1.0"]), Action.REJECT)
    assert store.counts()["rejected"] == 3
    assert set(store.labels()["sampling"]) == {"batch"}
    assert set(store.labels()["attribute"]) == {"off_topic"}
    assert "3 comments rejected" in html(app)
    app.button(key="undo-batch").click().run()
    assert store.counts()["rejected"] == 0
    assert len(store.labels()) == 0
    assert "3 decisions taken back" in html(app)


def test_what_was_decided_meanwhile_is_passed_over(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD)
    app = page("batch", attribute="insult", between=["0.9", "1.0"])
    app = app.button(key="bulk-approve").click().run()
    review.decide(store, INSULT, Action.REJECT, moderator="Ben", reason="insult")
    app = app.button(key="bulk-confirm").click().run()
    standing = store.standing(INSULT)
    assert standing is not None
    assert standing.decided_by == "Ben"
    assert "0 comments approved; 1 had been decided meanwhile" in html(app)


def test_a_large_range_needs_a_look_at_a_sample(store: Store, page: Run) -> None:
    fill(store, CROWD)
    app = page("batch")
    assert app.button(key="bulk-approve").disabled
    assert f"{SAMPLE - 5} more of the sample to look at" in html(app)
    first = [node["id"] for node in nodes(app)]
    for _ in range(3):
        app.button(key="batch-next").click().run()
    assert first != [node["id"] for node in nodes(app)]
    assert f"{SAMPLE} of {SAMPLE} looked at" in html(app)
    confirm(app, Action.APPROVE)
    assert store.counts()["approved"] == LARGE


def test_a_comment_can_be_left_out(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    app = page("batch", attribute="off_topic", between=["0.8", "1.0"])
    app.session_state["batch-left-out"] = {comment_key(BATHS.url, "c6")}
    app = app.run()
    assert "left out" in {node["state"] for node in nodes(app)}
    confirm(app, Action.REJECT)
    assert store.counts()["rejected"] == 2
    assert store.standing(comment_key(BATHS.url, "c6")) is None


def test_the_slider_sets_the_range(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD)
    app = page("batch")
    app.slider(key="between").set_value((0.9, 1.0)).run()
    assert "score 0.90 to 1.00" in html(app)


@pytest.mark.parametrize("bad", ["nonsense", "<script>"])
def test_an_unknown_attribute_in_the_url_is_the_summary(store: Store, page: Run, bad: str) -> None:
    fill(store, BATHS_THREAD)
    assert "7 of 7 undecided" in html(page("batch", attribute=bad))


def test_hostile_texts_stay_text(store: Store, page: Run) -> None:
    fill(store, hostile_thread())
    app = page("batch")
    drawn = {str(node["text"]) for node in nodes(app)}
    assert drawn <= {visible(text) for text in HOSTILE_TEXTS}
    assert "<script>" not in html(app)
