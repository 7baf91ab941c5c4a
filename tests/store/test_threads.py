"""Threads go in and come out unchanged; pages that come again add only what is new."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import (
    URL,
    VERSIONS,
    comment_ids,
    decide,
    make_thread,
    score,
)

from moderation.errors import StoreError
from moderation.frames import comment_key, thread_frame, thread_text
from moderation.schema import Article, Comment, Thread
from moderation.store import Added, QueueFilter

text = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(["\0", "\ud800", "\udfff", "\ufffe", "\U0010fffe", "'", "\\", "%"]),
    ),
    max_size=40,
)


@st.composite
def hostile_threads(draw):
    count = draw(st.integers(0, 5))
    members = []
    for number in range(count):
        own = f"{number}{draw(text)}"
        parent = draw(st.sampled_from([None, *members])) if members else None
        stamp = draw(st.none() | st.datetimes(timezones=st.just(UTC)))
        answered = parent.id if parent else None
        members.append(
            Comment(own, answered, draw(text), draw(text), draw(text), stamp, draw(text))
        )
    if draw(st.booleans()):
        members.reverse()
    url = f"https://example.org/{draw(text)}"
    article = Article(url, draw(text), draw(text), draw(st.none() | text), draw(st.none() | text))
    return Thread(article, tuple(members), draw(text))


def under_an_address_of_its_own(thread):
    """The store is shared by the examples."""
    article = replace(thread.article, url=f"{thread.article.url}/{uuid.uuid4()}")
    return replace(thread, article=article)


on_one_store = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=40,
)


@given(thread=hostile_threads())
@on_one_store
def test_any_thread_comes_back_as_it_went_in(store, thread):
    thread = under_an_address_of_its_own(thread)
    count = len(thread.comments)
    assert store.add_thread(thread, source="page.html") == Added(1, count, 0)
    assert store.thread(thread.article.url) == thread


@given(thread=hostile_threads())
@on_one_store
def test_the_same_page_again_changes_nothing(store, thread):
    thread = under_an_address_of_its_own(thread)
    store.add_thread(thread, source="page.html")
    assert store.add_thread(thread, source="page.html") == Added(0, 0, 0)
    assert store.thread(thread.article.url) == thread


@given(thread=hostile_threads())
@on_one_store
def test_context_is_what_a_frame_of_the_thread_holds(store, thread):
    thread = under_an_address_of_its_own(thread)
    store.add_thread(thread, source="page.html")
    frame = store.context(comment_ids(thread))
    expected = [tuple(row) for row in _rows(thread)]
    got = [tuple(row) for row in frame.drop(columns="copies").itertuples(index=False)]
    assert got == expected


def _rows(thread):
    """``thread_frame`` row by row: pandas' strings refuse what these texts may hold."""
    texts = {comment.id: comment.text for comment in thread.comments}
    article = thread.article
    before = []
    for comment in thread.comments:
        parent = comment.parent_id
        yield (
            comment_key(article.url, comment.id),
            None if parent is None else comment_key(article.url, parent),
            article.url,
            article.title,
            article.text,
            comment.author,
            comment.published or "",
            comment.text,
            texts.get(parent, ""),
            thread_text(before),
        )
        before.append(comment.text)


def test_context_agrees_with_thread_frame_on_a_long_thread(store):
    thread = make_thread(*(f"number {number} says ferry" * 40 for number in range(60)))
    members = tuple(
        replace(comment, parent_id=f"c{place // 2}" if place else None)
        for place, comment in enumerate(thread.comments)
    )
    thread = replace(thread, comments=members)
    store.add_thread(thread, source="page.html")
    expected = thread_frame(thread)
    got = store.context(list(expected["comment_id"]))
    assert got.astype(object).equals(expected.astype(object).where(expected.notna(), None))


def test_a_grown_thread_adds_only_its_new_comments_and_keeps_decisions(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    kept = decide(store, f"{URL}#c0")
    assert store.add_thread(make_thread("first", "second", "third"), source="p") == Added(0, 1, 0)
    assert store.standing(f"{URL}#c0") == kept
    assert len(store.thread(URL).comments) == 3
    assert store.counts()["waiting"] == 2


def test_new_comments_stand_where_the_page_shows_them(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    newest = Comment("new", None, "", "newest first")
    old = make_thread("first", "second")
    store.add_thread(replace(old, comments=(newest, *old.comments)), source="page.html")
    assert [comment.id for comment in store.thread(URL).comments] == ["new", "c0", "c1"]


def test_a_comment_that_left_the_page_stays_in_its_place(store):
    thread = make_thread("first", "second", "third")
    store.add_thread(thread, source="page.html")
    without = replace(thread, comments=(thread.comments[0], thread.comments[2]))
    assert store.add_thread(without, source="page.html") == Added(0, 0, 0)
    assert store.thread(URL) == thread


def test_a_second_page_of_comments_follows_the_first(store):
    thread = make_thread(*"abcd")
    store.add_thread(replace(thread, comments=thread.comments[:2]), source="page 1")
    store.add_thread(replace(thread, comments=thread.comments[2:]), source="page 2")
    assert store.thread(URL) == thread


def test_an_edited_comment_takes_the_new_text_and_is_scored_again(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    score(store, {f"{URL}#c0": 0.9, f"{URL}#c1": 0.1})
    assert store.add_thread(make_thread("edited", "second"), source="p") == Added(0, 0, 1)
    assert store.thread(URL).comments[0].text == "edited"
    assert f"{URL}#c0" in list(store.unscored(VERSIONS, limit=9)["comment_id"])
    assert store.scores([f"{URL}#c0"]).isna().all(axis=None)
    assert store.queue(QueueFilter(), limit=9)["worth"].isna().tolist() == [False, True]


def test_a_label_keeps_the_text_that_was_judged_when_the_comment_is_edited(store):
    store.add_thread(make_thread("what was judged"), source="page.html")
    first = decide(store, f"{URL}#c0")
    store.add_thread(make_thread("what it says now"), source="page.html")
    store.add_thread(make_thread("nobody judged this one"), source="page.html")
    store.add_thread(make_thread("and now this"), source="page.html")
    decide(store, f"{URL}#c0", expected=first.id)
    assert store.labels()["text"].tolist() == ["what was judged", "and now this"]
    assert store.standing(f"{URL}#c0") is not None


def test_an_edited_comment_is_found_by_its_new_words_only(store):
    store.add_thread(make_thread("apples"), source="page.html")
    store.add_thread(make_thread("pears"), source="page.html")
    assert store.queue(QueueFilter(search="apples"), limit=9).empty
    assert len(store.queue(QueueFilter(search="pears"), limit=9)) == 1


def test_what_a_changed_article_means_for_scores_is_found_out_anew(store):
    store.add_thread(make_thread("first"), source="page.html")
    score(store, {f"{URL}#c0": 0.9})
    longer = make_thread("first", title="Ferry cancelled", text="No ferry today.")
    assert store.add_thread(longer, source="page.html") == Added(0, 0, 0)
    assert store.unscored(VERSIONS, limit=9)["article_title"].tolist() == ["Ferry cancelled"]
    assert store.queue(QueueFilter(search="cancelled"), limit=9)["worth"].tolist() == [
        pytest.approx(0.9)
    ]


def test_a_page_that_shows_less_takes_nothing_away(store):
    thread = make_thread("first")
    store.add_thread(thread, source="page.html")
    bare = Thread(Article(URL, "", ""), (Comment("c0", None, "", "first"),), "records")
    store.add_thread(bare, source="page.html")
    assert store.thread(URL) == thread


def test_a_circle_over_two_pages_is_not_closed(store):
    one = Comment("a", "b", "", "one"), Comment("b", None, "", "two")
    other = Comment("a", None, "", "one"), Comment("b", "a", "", "two")
    article = Article(URL, "Ferry", "")
    store.add_thread(Thread(article, one, "records"), source="page.html")
    store.add_thread(Thread(article, other, "records"), source="page.html")
    parents = {comment.id: comment.parent_id for comment in store.thread(URL).comments}
    assert parents == {"a": "b", "b": None}


def test_a_parent_that_a_later_page_shows_is_taken_over(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    thread = make_thread("first", "second")
    reply = replace(thread.comments[1], parent_id="c0")
    told = replace(thread, comments=(thread.comments[0], reply))
    store.add_thread(told, source="page.html")
    store.add_thread(thread, source="a page without nesting")
    assert store.thread(URL) == told


def test_two_comments_with_the_same_id_are_refused_as_a_whole(store):
    twins = (Comment("a", None, "", "one"), Comment("a", None, "", "two"))
    with pytest.raises(StoreError, match="two comments have the same id"):
        store.add_thread(Thread(Article(URL, "", ""), twins, "records"), source="page.html")
    assert store.counts()["articles"] == 0


def test_an_unknown_article_is_named_in_the_error(store):
    with pytest.raises(StoreError, match=r"article 'https://example\.org/none' is not"):
        store.thread("https://example.org/none")


def test_copies_are_counted_over_the_whole_store(store):
    store.add_thread(make_thread("Buy gold!", "..."), source="page.html")
    store.add_thread(make_thread("buy GOLD", "...", url=URL + "2"), source="page.html")
    frame = store.unscored(VERSIONS, limit=9)
    assert frame["copies"].tolist() == [2, 1, 2, 1]


def test_articles_are_listed_newest_first_with_their_numbers(store):
    store.add_thread(make_thread("a", "b", "c"), source="one.html")
    store.add_thread(make_thread("d", url=URL + "2"), source="two.html")
    score(store, {f"{URL}#c0": 0.9, f"{URL}#c1": 0.1})
    decide(store, f"{URL}#c2")
    listed = store.articles()
    assert listed["article_url"].tolist() == [URL + "2", URL]
    assert listed["source"].tolist() == ["two.html", "one.html"]
    row = listed.iloc[1]
    assert (row.comments, row.waiting, row.decided, row.off_topic_share) == (3, 2, 1, 0.5)
    assert listed["off_topic_share"].isna().tolist() == [True, False]
    assert (datetime.now(UTC) - row.ingested_at).total_seconds() < 60


def test_context_leaves_unknown_comments_out_and_keeps_the_order_asked_for(store):
    store.add_thread(make_thread("a", "b"), source="page.html")
    asked = [f"{URL}#c1", f"{URL}#none", f"{URL}#c0"]
    assert store.context(asked)["comment_id"].tolist() == [asked[0], asked[2]]
    assert store.context([]).empty


def test_a_quotation_that_a_page_now_tells_apart_is_kept_with_its_comment(store):
    whole = make_thread("Ann wrote: no. Yes.", "fine")
    store.add_thread(whole, source="p")
    first, second = whole.comments
    parted = replace(whole, comments=(replace(first, text="Yes.", quoted="no."), second))
    assert store.add_thread(parted, source="p").changed == 1
    assert store.thread(URL) == parted
    assert store.add_thread(parted, source="p") == Added(articles=0, comments=0, changed=0)
