"""The quality page, run by AppTest on a real store."""

from collections.abc import Callable

import pytest
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from streamlit.testing.v1 import AppTest

from moderation import review
from moderation.errors import ConflictError
from moderation.frames import comment_key
from moderation.schema import Action, Sampling
from moderation.store import Store

Run = Callable[..., AppTest]


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def test_without_decisions_the_page_says_where_figures_come_from(store: Store, page: Run) -> None:
    assert "No decisions yet" in html(page("quality"))


def test_what_is_not_known_is_said(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD)
    review.decide(store, comment_key(BATHS.url, "c1"), Action.APPROVE, moderator="Ana")
    said = html(page("quality"))
    assert "no comment of the random audit has been decided" in said
    assert "no comment has been decided by two moderators" in said
    assert "no label of toxicity has a score" in said


def test_every_figure_stands_in_a_sentence(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    for number, action in ((1, Action.APPROVE), (3, Action.REJECT), (6, Action.APPROVE)):
        own = comment_key(BATHS.url, f"c{number}")
        reason = "toxicity" if action is Action.REJECT else ""
        review.decide(store, own, action, moderator="Ana", reason=reason, sampling=Sampling.RANDOM)
        with pytest.raises(ConflictError):
            review.decide(store, own, Action.APPROVE, moderator="Ben")
    app = page("quality")
    said = html(app)
    assert (
        "of 1 comments drawn at random that no threshold flagged, moderators rejected 0.0%" in said
    )
    assert "of 2 that a threshold flagged, moderators approved 50.0%" in said
    assert "Krippendorff&#x27;s alpha is 0.00" in said
    assert "Overturned: of 3 comments" in said
    assert "Decisions that stand: 3, on days: 1." in said
    assert "1 labels by tenths of their score" in said
    assert "over 10 comments" in said
    assert "Ana" not in said
    assert len(app.get("download_button")) == 3
