"""The policy page, run by AppTest on a real store."""

from collections.abc import Callable

import pytest
from newsroom import BATHS, BATHS_THREAD, TRAMS_THREAD, fill
from streamlit.testing.v1 import AppTest

from moderation import moderators, review, rules
from moderation.frames import comment_key
from moderation.policy import Policy, Rule, worth
from moderation.schema import ATTRIBUTES, Action, Role
from moderation.store import QueueFilter, Store

Run = Callable[..., AppTest]


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def add_rule(app: AppTest, attribute: str, low: float) -> AppTest:
    app.selectbox[0].set_value(Action.REJECT)
    app.selectbox[1].set_value(attribute)
    app.slider[0].set_value((low, 1.0))
    return app.button(key="add-0").click().run()


def test_without_a_saved_policy_the_setting_holds(store: Store, page: Run) -> None:
    app = page("policy")
    assert "the setting review_threshold holds. Nothing is decided automatically." in html(app)
    assert "There is nothing to try the draft on" in html(app)
    assert app.button(key="policy-save").disabled


def test_a_draft_shows_what_it_would_do_and_counts_once_saved(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    review.decide(store, comment_key(BATHS.url, "c6"), Action.APPROVE, moderator="Ben")
    app = add_rule(page("policy"), "off_topic", 0.8)
    assert "Reject where off topic is 0.80 to 1.00" in html(app)
    assert '<td dir="auto">would be rejected by a rule</td><td class="number">2</td>' in html(app)
    assert "Of 1 comments the rules would have rejected, moderators rejected 0%" in html(app)
    app.text_input(key="policy-note").set_value("too much drift").run()
    app = app.button(key="policy-save").click().run()
    assert "Version 1, saved by Ana" in html(app)
    assert "too much drift" in html(app)
    saved = rules.in_force(store)
    assert saved.rules == (Rule("off_topic", 0.8, 1.0, Action.REJECT),)
    assert store.counts()["rejected"] == 0


def test_thresholds_of_the_policy_are_the_queues(store: Store, queue: Run, page: Run) -> None:
    fill(store, BATHS_THREAD)
    app = page("policy")
    app.number_input(key="threshold-0-insult").set_value(0.99).run()
    app.button(key="policy-save").click().run()
    shown = html(queue(comment=comment_key(BATHS.url, "c3")))
    assert "Insult 0.97, threshold 0.99" in shown
    assert "Toxicity 0.94, threshold 0.50" in shown
    rows = store.queue(QueueFilter(), limit=20)
    wanted = worth(rows[list(ATTRIBUTES)], rules.in_force(store))
    assert rows["worth"].tolist() == pytest.approx(wanted.tolist())


def test_an_earlier_version_can_be_put_back(store: Store, page: Run) -> None:
    rules.save(store, Policy(rules=(Rule("spam", 0.9, 1, Action.REJECT),)), "Ben", "first")
    rules.save(store, Policy(), "Ben", "second")
    app = page("policy").button(key="back-to-1").click().run()
    shown = html(app)
    assert "Version 3 is in force." in shown
    assert "first · new: Reject where advertising is 0.90 to 1.00" in shown
    assert "second · gone: Reject where advertising is 0.90 to 1.00" in shown
    now = rules.in_force(store)
    assert now.rules == (Rule("spam", 0.9, 1, Action.REJECT),)
    assert store.policies()[0].note == "back to version 1"


def test_rules_do_not_act_by_themselves_without_evidence(store: Store, page: Run) -> None:
    fill(store, BATHS_THREAD)
    app = add_rule(page("policy"), "insult", 0.8)
    app = app.toggle(key="automatic-0").set_value(True).run()
    assert app.button(key="policy-save").disabled
    assert "only after 30 decisions of moderators" in html(app)


def test_moderators_without_a_higher_role_may_try_but_not_save(store: Store, page: Run) -> None:
    moderators.appoint(store, "Ben", Role.ADMIN, by="Ben")
    app = add_rule(page("policy"), "insult", 0.8)
    assert app.button(key="policy-save").disabled
    assert "Only senior moderators and admins change the policy" in html(app)
