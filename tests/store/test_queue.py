"""What waits, in which order, and what finds it."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import URL, VERSIONS, comment_ids, decide, make_thread, score, take_back

from moderation.errors import StoreError
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Thread
from moderation.store import STATES, QueueFilter, queue

HOSTILE_SEARCHES = (
    "'; DROP TABLE comments; --", '" OR "1"="1', "ferry AND", "NEAR(a b)", "text:ferry", "*", "%",
    "_", "\\", "\0", "\ud800", "(", "^ferry", "-ferry", "'':* & !x", "\U0010fffe", "x" * 100_000,
)  # fmt: skip


def waiting(store, **where):
    found = store.queue(QueueFilter(**where), limit=100)
    return [own.rpartition("#")[2] for own in found["comment_id"]]


def fill(store, *texts, worth=None, **article):
    thread = make_thread(*texts, **article)
    store.add_thread(thread, source="page.html")
    if worth:
        score(store, dict(zip(comment_ids(thread), worth, strict=False)))
    return thread


def test_the_most_worth_a_look_comes_first_and_the_unscored_last(store):
    fill(store, "a", "b", "c", "d", worth=[0.2, 0.9, 0.2])
    assert waiting(store) == ["c1", "c0", "c2", "c3"]


def test_a_row_of_the_queue_has_its_article_and_every_score(store):
    thread = make_thread("first")
    store.add_thread(thread, source="page.html")
    score(store, {f"{URL}#c0": {"toxicity": 0.25}}, worth={f"{URL}#c0": 0.5})
    frame = store.queue(QueueFilter(), limit=1)
    assert list(frame.columns) == list(queue.COLUMNS)
    row = frame.iloc[0]
    assert row["article_title"] == "Ferry"
    assert (row["text"], row["author"], row["published"]) == ("first", "reader 0", "")
    assert (row["worth"], row["escalated"], row["toxicity"]) == (0.5, False, 0.25)
    assert frame[list(ATTRIBUTES[1:])].isna().all(axis=None)


def test_decided_comments_leave_and_escalated_ones_stay(store):
    fill(store, "a", "b", "c", worth=[0.3, 0.2, 0.1])
    decide(store, f"{URL}#c0", Action.APPROVE)
    decide(store, f"{URL}#c1", Action.ESCALATE)
    assert waiting(store) == ["c1", "c2"]
    assert waiting(store, state="escalated") == ["c1"]
    assert store.queue(QueueFilter(), limit=9)["escalated"].tolist() == [True, False]


def test_undo_brings_a_comment_back_to_its_place(store):
    fill(store, "a", "b", worth=[0.9, 0.1])
    decision = decide(store, f"{URL}#c0")
    assert waiting(store) == ["c1"]
    take_back(store, decision)
    assert waiting(store) == ["c0", "c1"]


def test_the_queue_comes_in_pages(store):
    fill(store, *"abcde", worth=[0.5, 0.4, 0.3, 0.2, 0.1])
    page = store.queue(QueueFilter(), limit=2, offset=2)
    assert [own[-2:] for own in page["comment_id"]] == ["c2", "c3"]


def test_an_empty_queue_has_its_columns(store):
    frame = store.queue(QueueFilter(), limit=5)
    assert frame.empty
    assert list(frame.columns) == list(queue.COLUMNS)


def test_only_one_articles_comments(store):
    fill(store, "a", "b", worth=[0.1, 0.2])
    fill(store, "c", url=URL + "2")
    assert waiting(store, article_url=URL) == ["c1", "c0"]
    assert waiting(store, article_url="https://example.org/none") == []


@pytest.mark.parametrize("few", [0, 1, 3, 1000])
def test_a_score_range_holds_its_ends_whichever_way_it_is_searched(store, few, monkeypatch):
    monkeypatch.setattr(queue, "FEW", few)
    fill(store, *"abcde", worth=[0.0, 0.25, 0.5, 0.75, 1.0])
    assert waiting(store, attribute="insult", low=0.25, high=0.75) == ["c3", "c2", "c1"]
    assert waiting(store, attribute="insult") == ["c4", "c3", "c2", "c1", "c0"]
    assert waiting(store, attribute="no such", low=0.0) == []


def test_a_range_looks_at_the_newest_scores_only(store):
    fill(store, "a", worth=[0.9])
    score(store, {f"{URL}#c0": 0.1}, versions=dict.fromkeys(ATTRIBUTES, "test-2"))
    assert waiting(store, attribute="threat", low=0.5) == []


@pytest.mark.parametrize("few", [0, 1000])
def test_a_search_finds_words_of_text_author_and_title(store, few, monkeypatch):
    monkeypatch.setattr(queue, "FEW", few)
    texts = ("Good sails!", "pirates' parrot", "the caf\u00e9", "한국어 댓글", "東京都の")
    fill(store, *texts, worth=[0.9, 0.8, 0.7, 0.6, 0.5])
    every = ["c0", "c1", "c2", "c3", "c4"]
    expected = {
        "ferry": every,  # in the title
        "reader": every,  # in the author's name
        "SAIL": ["c0"],
        "sail good": ["c0"],
        "sail pirates": [],
        "pir": ["c1"],
        "pi": [],
        "ates": [],
        "cafe": ["c2"],
        "CAFÉ": ["c2"],
        "한국": ["c3"],
        "東": ["c4"],
        "京都": ["c4"],
        "2": ["c2"],
        "   ": every,
        "?!": [],
    }
    assert {search: waiting(store, search=search) for search in expected} == expected


def test_no_search_string_is_a_query(store):
    fill(store, "harmless")
    for search in HOSTILE_SEARCHES:
        waiting(store, search=search)
    assert store.counts()["comments"] == 1


@given(
    texts=st.lists(st.text(max_size=30), min_size=1, max_size=4),
    search=st.text(max_size=12),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_search_works_and_every_comment_is_found_by_its_own_words(store, texts, search):
    members = tuple(Comment(f"c{n}", None, "", text) for n, text in enumerate(texts))
    url = f"{URL}/{store.counts()['articles']}"
    store.add_thread(Thread(Article(url, "", ""), members, "records"), source="page.html")
    waiting(store, search=search)
    for comment in members:
        if any(char.isalnum() for char in comment.text):
            assert comment.id in waiting(store, article_url=url, search=comment.text)


def test_filters_work_together(store):
    fill(store, "red ferry", "blue ferry", "red boat", worth=[0.9, 0.8, 0.2])
    fill(store, "red ferry", worth=[0.9], url=URL + "2")
    where = {"article_url": URL, "attribute": "toxicity", "low": 0.5, "search": "red"}
    assert waiting(store, **where) == ["c0"]


def test_counts_follow_every_step(store):
    fill(store, "a", "b", "c", "d")
    decide(store, f"{URL}#c0", Action.APPROVE)
    decide(store, f"{URL}#c1", Action.REJECT)
    gone = decide(store, f"{URL}#c2", Action.ESCALATE)
    assert store.counts() == {
        "articles": 1, "comments": 4, "waiting": 2, "escalated": 1, "approved": 1,
        "rejected": 1, "labels": 3,
    }  # fmt: skip
    take_back(store, gone)
    counts = store.counts()
    assert (counts["waiting"], counts["escalated"], counts["labels"]) == (2, 0, 2)


def test_counts_of_an_empty_store_are_zero(store):
    assert set(store.counts().values()) == {0}


def test_a_claim_keeps_others_off_until_it_expires(store):
    fill(store, "a")
    comment_id = f"{URL}#c0"
    assert store.claim(comment_id, "anna")
    assert store.claim(comment_id, "anna")
    assert not store.claim(comment_id, "bert")
    assert store.claim(comment_id, "anna", lease_s=0)
    assert store.claim(comment_id, "bert")
    assert not store.claim(comment_id, "anna")


def test_an_unknown_comment_cannot_be_claimed(store):
    with pytest.raises(StoreError, match="'nowhere#1' is not in the store"):
        store.claim("nowhere#1", "anna")


def test_unscored_comments_come_in_the_order_they_were_stored(store):
    fill(store, "a", "b", "c")
    frame = store.unscored(VERSIONS, limit=2)
    assert [own[-2:] for own in frame["comment_id"]] == ["c0", "c1"]


def test_a_state_is_chosen_and_waiting_is_what_is_undecided_or_escalated(store):
    fill(store, *"abcd", worth=[0.4, 0.3, 0.2, 0.1])
    for name, action in zip("012", (Action.APPROVE, Action.REJECT, Action.ESCALATE), strict=True):
        decide(store, f"{URL}#c{name}", action, decided_by="bert" if name == "1" else "anna")
    assert {state: waiting(store, state=state) for state in STATES} == {
        "waiting": ["c2", "c3"],
        "undecided": ["c3"],
        "escalated": ["c2"],
        "approved": ["c0"],
        "rejected": ["c1"],
        "decided": ["c0", "c1"],
        "all": ["c0", "c1", "c2", "c3"],
    }
    assert store.count(QueueFilter(state="all"), most=3) == 3
    assert store.count(QueueFilter(state="decided"), most=9) == 2
    row = store.queue(QueueFilter(state="rejected"), limit=9).iloc[0]
    assert (row["action"], row["decided_by"], row["second_look"]) == ("reject", "bert", False)


@pytest.mark.parametrize("few", [0, 1, 1000])
def test_comments_are_found_by_author_language_day_and_moderator(store, few, monkeypatch):
    monkeypatch.setattr(queue, "FEW", few)
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)]
    long = "\u0000x" * 500
    members = (
        Comment("c0", None, "ann", "a", posted_at=days[0]),
        Comment("c1", None, "ann ", "b", posted_at=days[1]),
        Comment("c2", None, long, "c", posted_at=days[2]),
        Comment("c3", None, long + "y", "d"),
    )
    store.add_thread(Thread(Article(URL, "", ""), members, "records"), source="page.html")
    store.set_languages({f"{URL}#c0": "en", f"{URL}#c1": "de"})
    decide(store, f"{URL}#c3", Action.ESCALATE, decided_by="anna")
    gone = decide(store, f"{URL}#c2", Action.ESCALATE, decided_by="anna")
    decide(store, f"{URL}#c2", Action.ESCALATE, decided_by="bert", expected=gone.id)
    assert waiting(store, author="ann") == ["c0"]
    assert waiting(store, author=long) == ["c2"]
    assert waiting(store, language="de") == ["c1"]
    assert waiting(store, since=days[1]) == ["c1", "c2"]
    assert waiting(store, until=days[1]) == ["c0"]
    assert waiting(store, since=days[1], until=days[2], language="de") == ["c1"]
    assert waiting(store, decided_by="anna") == ["c3"]
    assert waiting(store, decided_by="anna", author="ann") == []
    assert waiting(store, newest=True) == ["c3", "c2", "c1", "c0"]


def test_each_desk_takes_another_comment_until_all_are_open(store):
    fill(store, *"abc", worth=[0.3, 0.2, 0.1])
    assert store.take(QueueFilter(), "anna") == f"{URL}#c0"
    assert store.take(QueueFilter(), "bert") == f"{URL}#c1"
    assert store.take(QueueFilter(), "anna") == f"{URL}#c0"
    assert store.take(QueueFilter(), "anna", passed=[f"{URL}#c0", "nowhere#1"]) == f"{URL}#c2"
    assert store.take(QueueFilter(), "chi") is None
    assert waiting(store, free_for="bert") == ["c1"]
    store.release([f"{URL}#c0"], "anna")
    assert store.take(QueueFilter(), "chi") == f"{URL}#c0"


def test_a_free_comment_is_found_however_many_are_open_or_passed_over(store):
    fill(store, *(str(number) for number in range(130)))
    for number in range(60):
        store.claim(f"{URL}#c{number}", "bert")
    passed = [f"{URL}#c{number}" for number in range(60, 128)]
    assert store.take(QueueFilter(), "anna", passed=passed) == f"{URL}#c128"
