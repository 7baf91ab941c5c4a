"""The queue page, run by AppTest on a real store."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from newsroom import (
    BATHS,
    BATHS_THREAD,
    HOSTILE,
    HOSTILE_TEXTS,
    RUDE_AND_HIDDEN,
    TRAMS,
    TRAMS_THREAD,
    deep_thread,
    fill,
    hostile_thread,
)
from streamlit.testing.v1 import AppTest

from moderation import review
from moderation.dashboard.inert import visible
from moderation.dashboard.verdict import widget_key
from moderation.frames import comment_key
from moderation.moderators import appoint
from moderation.schema import Action, Role, Sampling
from moderation.store import Store

Run = Callable[..., AppTest]
INSULT = comment_key(BATHS.url, "c3")
RANT = comment_key(BATHS.url, "c5")
COPY = comment_key(TRAMS.url, "c2")


def opened(app: AppTest) -> str:
    """Return the id of the open comment, as the URL has it."""
    assert not app.exception
    return str(app.query_params["comment"])


def nodes(app: AppTest) -> list[dict[str, object]]:
    """Return what the thread component was given to draw."""
    return drawn(app, "The comment in its thread") or []


def drawn(app: AppTest, label: str) -> list[dict[str, object]] | None:
    """Return the comments that the view of that name draws; None if it is not there."""
    for view in app.get("bidi_component"):
        data = json.loads(view.proto.json or "{}")
        if data.get("label") == label:
            shown: list[dict[str, object]] = data["nodes"]
            return shown
    return None


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def click(app: AppTest, name: str) -> AppTest:
    """Press a button; those that decide belong to the open comment."""
    key = name if name in {"undo", "next", "previous"} else widget_key(name, opened(app))
    return app.button(key=key).click().run()


def test_what_made_the_score_of_political_spam_is_said_beside_it(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue(comment=RANT)
    assert opened(app) == RANT
    assert "olitical in what it says (" in html(app)


def test_the_comment_most_worth_a_look_comes_first_with_its_parents_and_replies(
    store: Store, queue: Run
) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    assert opened(app) == INSULT
    assert [node["author"] for node in nodes(app)] == [
        "Hanne B.",
        "tollkeeper",
        "Rasmus",
        "Hanne B.",
    ]
    assert [node["current"] for node in nodes(app)] == [False, False, True, False]


def test_reject_needs_one_key_the_top_flagged_attribute_is_the_reason(
    store: Store, queue: Run
) -> None:
    fill(store, BATHS_THREAD)
    app = click(queue(), "reject")
    standing = store.standing(INSULT)
    assert standing is not None
    assert (standing.action, standing.reason, standing.decided_by) == (
        Action.REJECT,
        "insult",
        "Ana",
    )
    assert standing.sampling is Sampling.QUEUE
    assert opened(app) == RANT


def test_nothing_flagged_means_other_so_that_no_label_is_made_up(store: Store, queue: Run) -> None:
    fill(store, TRAMS_THREAD)
    app = queue(comment=comment_key(TRAMS.url, "c3"))
    click(app, "reject")
    standing = store.standing(comment_key(TRAMS.url, "c3"))
    assert standing is not None
    assert standing.reason == "other"
    assert store.labels().empty


def test_a_chosen_reason_and_a_note_are_recorded(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    app.button_group(key=widget_key("reason", INSULT)).set_value("toxicity").run()
    app.text_input(key=widget_key("note", INSULT)).input(" second time this week ").run()
    click(app, "reject")
    standing = store.standing(INSULT)
    assert standing is not None
    assert (standing.reason, standing.note) == ("toxicity", "second time this week")


def test_an_override_goes_from_contradicting_to_confirming_to_nothing(
    store: Store, queue: Run
) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    labels = []
    for _ in range(3):
        app = click(app, "override-insult")
        labels.append(app.button(key=widget_key("override-insult", INSULT)).label)
    assert labels == ["not an insult", "is an insult", "not an insult"]
    click(click(app, "override-political_spam"), "approve")
    standing = store.standing(INSULT)
    assert standing is not None
    assert standing.overrides == {"political_spam": 1.0}


def test_denying_the_suggested_reason_moves_the_suggestion(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    click(click(queue(), "override-insult"), "reject")
    standing = store.standing(INSULT)
    assert standing is not None
    assert (standing.reason, standing.overrides) == ("toxicity", {"insult": 0.0})


def test_undo_takes_back_and_opens_the_comment_again(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = click(click(queue(), "reject"), "undo")
    assert store.standing(INSULT) is None
    assert opened(app) == INSULT
    assert len(store.history(INSULT)) == 2


def test_without_a_decision_there_is_nothing_to_undo(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    assert app.button(key="undo").disabled
    assert not click(app, "reject").button(key="undo").disabled


def test_next_passes_over_and_previous_returns(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = click(queue(), "next")
    assert opened(app) == RANT
    app = click(app, "previous")
    assert opened(app) == INSULT
    assert store.standing(INSULT) is None


def test_an_escalated_comment_waits_but_not_for_the_one_who_escalated(
    store: Store, queue: Run
) -> None:
    fill(store, BATHS_THREAD)
    app = click(queue(), "escalate")
    assert opened(app) == RANT
    assert store.counts()["escalated"] == 1
    assert opened(queue(escalated="true")) == INSULT


def test_a_click_that_comes_late_decides_nothing(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    late = app.button(key=widget_key("reject", INSULT)).click()
    app = click(app, "reject")
    assert opened(app) == RANT
    late.click()
    app.run()
    assert opened(app) == RANT
    assert store.standing(RANT) is None
    assert len(store.history(INSULT)) == 1


def test_a_conflict_shows_the_first_decision_and_keeps_both(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    review.decide(store, INSULT, Action.APPROVE, moderator="Ben <b>", note="satire")
    app = click(app, "reject")
    assert opened(app) == INSULT
    assert "Somebody was first: Ben &lt;b&gt; approved" in html(app)
    assert len(store.history(INSULT)) == 2
    click(app, "reject")
    standing = store.standing(INSULT)
    assert standing is not None
    assert standing.decided_by == "Ana"


def test_a_comment_open_at_another_desk_is_not_served(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    store.claim(INSULT, "Ben")
    assert opened(queue()) == RANT
    assert "Another moderator has this comment open" in html(queue(comment=INSULT))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"q": "petition"}, INSULT),
        ({"article": TRAMS.url}, COPY),
        ({"attribute": "off_topic", "range": ["0.85", "1.0"]}, comment_key(BATHS.url, "c6")),
    ],
)
def test_the_url_holds_the_filters_and_what_they_find_counts_as_searched(
    store: Store, queue: Run, query: dict[str, str], first: str
) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    app = queue(**query)
    assert opened(app) == first
    click(app, "approve")
    standing = store.standing(first)
    assert standing is not None
    assert standing.sampling is Sampling.SEARCH


def test_a_comment_opened_by_link_counts_as_searched(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    click(queue(comment=RANT), "approve")
    standing = store.standing(RANT)
    assert standing is not None
    assert standing.sampling is Sampling.SEARCH


def test_a_random_audit_is_recorded_as_random(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    app = queue(audit="true")
    drawn = opened(app)
    click(app, "approve")
    standing = store.standing(drawn)
    assert standing is not None
    assert standing.sampling is Sampling.RANDOM


def test_the_moderators_name_is_signed_and_rules_names_are_refused(
    store: Store, queue: Run
) -> None:
    fill(store, BATHS_THREAD)
    app = queue()
    app.text_input(key="moderator").input("policy:7").run()
    assert "this name cannot be used" in html(app)
    app.text_input(key="moderator").input("Benedikt").run()
    click(app, "approve")
    standing = store.standing(INSULT)
    assert standing is not None
    assert standing.decided_by == "Benedikt"


def test_an_empty_store_says_what_to_do(store: Store, queue: Run) -> None:
    assert "No comments yet" in html(queue())


def test_the_last_decision_leaves_an_empty_queue(store: Store, queue: Run) -> None:
    fill(store, TRAMS_THREAD)
    app = queue()
    for _ in TRAMS_THREAD.comments:
        app = click(app, "approve")
    assert "Nothing waits for review" in html(app)


def test_passed_over_comments_can_be_gone_through_again(store: Store, queue: Run) -> None:
    fill(store, TRAMS_THREAD)
    app = queue()
    for _ in TRAMS_THREAD.comments:
        app = click(app, "next")
    assert "3 passed over" in html(app)
    assert opened(app.button(key="again").click().run()) == COPY


def test_filters_that_find_nothing_can_be_cleared(store: Store, queue: Run) -> None:
    fill(store, TRAMS_THREAD)
    app = queue(q="zeppelin")
    assert "Nothing in this view" in html(app)
    assert opened(app.button(key="clear").click().run()) == COPY


def test_an_unknown_comment_in_the_url_is_no_dead_end(store: Store, queue: Run) -> None:
    fill(store, TRAMS_THREAD)
    app = queue(comment="https://elsewhere.example/#1")
    assert "not in the store" in html(app)
    assert opened(app.button(key="leave").click().run()) == COPY


def test_a_deep_branch_shows_its_start_and_the_nearest_parents(store: Store, queue: Run) -> None:
    thread = deep_thread(34)
    fill(store, thread)
    drawn = nodes(queue(comment=comment_key(thread.article.url, "c32")))
    assert [node["gap"] for node in drawn if node["gap"]] == ["… 27 comments between …"]
    assert len(drawn) == 1 + 1 + 4 + 1 + 1


def test_what_a_comment_quotes_is_drawn_apart_and_inert(store: Store, queue: Run) -> None:
    thread = hostile_thread()
    first, *rest = thread.comments
    fill(store, replace(thread, comments=(replace(first, quoted=HOSTILE_TEXTS[1]), *rest)))
    drawn = nodes(queue(comment=comment_key(HOSTILE.url, "c0")))
    assert [node["quoted"] for node in drawn[:2]] == [visible(HOSTILE_TEXTS[1]), ""]
    assert drawn[0]["text"] == visible(HOSTILE_TEXTS[0])


def test_hostile_text_reaches_the_page_as_data_or_escaped_only(store: Store, queue: Run) -> None:
    fill(store, hostile_thread())
    app = queue(comment=comment_key(HOSTILE.url, "c0"))
    texts = [node["text"] for node in nodes(app)]
    assert texts == [visible(text) for text in HOSTILE_TEXTS]
    drawn = html(app)
    assert "<script" not in drawn.replace("<style>", "")
    assert "onerror='" not in drawn
    markdown = [element.value for element in app.markdown] + [one.value for one in app.caption]
    assert not any("hacked" in text for text in markdown)


def test_a_database_that_cannot_be_opened_is_named_in_one_line(
    store: Store, queue: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATION_DATABASE_URL", "sqlite:////dev/null/desk.db")
    app = queue()
    assert not app.exception
    assert "The desk cannot go on" in html(app)


def test_the_words_that_made_the_score_are_marked_in_the_open_comment(
    store: Store, queue: Run
) -> None:
    fill(store, BATHS_THREAD)
    drawn = nodes(queue(comment=INSULT))
    (current,) = [node for node in drawn if node["current"]]
    text = str(current["text"])
    marks = current["marks"]
    assert isinstance(marks, list)
    idiot = next(what for start, end, what in marks if "idiot" in text[start:end])
    assert {"Toxicity", "Insult"} <= set(idiot.split(", "))
    assert str(current["why"]).startswith("Marked: the words that made Toxicity (0.")
    assert [node["marks"] for node in drawn if not node["current"]] == [[], [], []]


def test_marks_lie_on_the_same_words_where_hidden_characters_are_shown(
    store: Store, queue: Run
) -> None:
    fill(store, hostile_thread())
    number = HOSTILE_TEXTS.index(RUDE_AND_HIDDEN)
    app = queue(comment=comment_key(HOSTILE.url, f"c{number}"))
    (current,) = [node for node in nodes(app) if node["current"]]
    text, marks = str(current["text"]), current["marks"]
    assert text == visible(RUDE_AND_HIDDEN)
    assert isinstance(marks, list)
    marked = " ".join(text[start:end] for start, end, _ in marks)
    assert "id\u27e8U+200B\u27e9iot" in marked
    assert "moron" in marked


def test_a_list_shows_the_view_and_what_is_open_in_it(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    app = queue(list="true")
    rows = drawn(app, "Comments of this view") or []
    assert len(rows) == 10
    assert [row["current"] for row in rows[:2]] == [True, False]
    assert rows[0]["place"] == BATHS.title
    assert opened(app) == INSULT
    app = click(app, "reject")
    assert opened(app) == RANT
    assert len(drawn(app, "Comments of this view") or []) == 9
    assert opened(click(app, "next")) == COPY
    standing = store.standing(INSULT)
    assert standing is not None
    assert standing.sampling is Sampling.SEARCH


def test_decided_comments_are_found_by_state_and_moderator(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    review.decide(store, INSULT, Action.REJECT, moderator="Ben", reason="insult")
    review.decide(store, RANT, Action.APPROVE, moderator="Chi")
    assert opened(queue(state="rejected")) == INSULT
    assert opened(queue(state="decided", by="Chi")) == RANT
    assert opened(queue(state="all", author="truth_2026")) == COPY
    assert "Nothing in this view" in html(queue(author="truth"))


def test_days_and_languages_are_filters_too(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    store.set_languages({COPY: "de"})
    assert opened(queue(language="de")) == COPY
    assert opened(queue(since="2026-11-20", until="2026-11-20")) == INSULT
    assert "Nothing in this view" in html(queue(since="2026-11-21"))
    assert "Nothing in this view" in html(queue(until="2026-11-19"))


def test_all_filters_are_cleared_at_once(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    app = queue(q="tyres", author="Ada", since="2026-11-20", state="waiting", newest="true")
    assert opened(app) == comment_key(BATHS.url, "c6")
    app = app.button(key="clear-filters").click().run()
    assert opened(app) == INSULT
    assert set(app.query_params) <= {"comment"}


def test_the_same_text_elsewhere_and_the_authors_record_are_shown(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD, TRAMS_THREAD)
    review.decide(store, COPY, Action.REJECT, moderator="Ben", reason="political_spam")
    app = queue(comment=RANT)
    (copy,) = drawn(app, "Comments that say nearly the same") or []
    assert (copy["id"], copy["state"], copy["place"]) == (COPY, "rejected", TRAMS.title)
    assert "2 comments under this name · 1 rejected" in html(app)
    assert "Last decisions: rejected (political spam)" in html(app)
    app = app.button(key=widget_key("author", RANT)).click().run()
    assert (app.query_params["author"], app.query_params["state"]) == ("truth_2026", "all")


def test_the_nearest_passage_of_the_article_is_told(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    shown = html(queue(comment=comment_key(BATHS.url, "c2")))
    assert "Nearest passage of the article (similarity 0." in shown
    assert "Repairs to the wooden piers would cost" in shown


def test_a_second_look_is_blind_until_it_is_taken(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    first = review.decide(
        store, INSULT, Action.APPROVE, moderator="Ben", note="satire", second_looks=1.0
    )
    assert first.second_look
    app = queue(comment=INSULT)
    assert "Second look" in html(app)
    assert "Ben" not in html(app)
    assert "satire" not in html(app)
    app = click(app, "reject")
    assert "you rejected what Ben had approved" in html(app)
    standing = store.standing(INSULT)
    assert standing is not None
    assert (standing.sampling, standing.decided_by) == (Sampling.SECOND, "Ana")
    assert store.second_looks("Chi", limit=9) == []


def test_the_setting_makes_a_share_of_decisions_ask_for_a_second_look(
    store: Store, queue: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATION_SECOND_LOOK_SHARE", "1")
    fill(store, BATHS_THREAD)
    click(queue(), "approve")
    assert store.second_looks("Ben", limit=9) == [INSULT]
    assert store.second_looks("Ana", limit=9) == []


def test_second_looks_are_served_when_nothing_else_waits(store: Store, queue: Run) -> None:
    fill(store, TRAMS_THREAD)
    for one in TRAMS_THREAD.comments:
        comment_id = comment_key(TRAMS.url, one.id)
        review.decide(store, comment_id, Action.APPROVE, moderator="Ben", second_looks=1.0)
    app = queue()
    assert "Second look" in html(app)
    assert "last: approved; Ben had approved it too" in html(click(app, "approve"))


def test_who_is_no_senior_may_not_overrule_but_escalate(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    appoint(store, "Ben", Role.SENIOR, by="Chi")
    review.decide(store, INSULT, Action.APPROVE, moderator="Ben")
    app = queue(comment=INSULT)
    assert "a senior can overrule" in html(app)
    assert app.button(key=widget_key("reject", INSULT)).disabled
    app = click(app, "escalate")
    assert store.counts()["escalated"] == 1
    assert opened(app) == RANT
    assert "Nothing in this view" not in html(queue())


def test_what_awaits_a_senior_is_not_served_to_others(store: Store, queue: Run) -> None:
    fill(store, BATHS_THREAD)
    appoint(store, "Ben", Role.SENIOR, by="Chi")
    review.decide(store, INSULT, Action.ESCALATE, moderator="Ben")
    assert opened(queue()) == RANT
    appoint(store, "Ana", Role.SENIOR, by="Chi")
    assert opened(queue()) == INSULT
