"""Saved JSON answers of comment APIs become threads; broken ones one clear line."""

import json

import pytest

from moderation.errors import ExtractionError
from moderation.extractors import extract
from moderation.extractors.api_answers import API_ANSWERS
from moderation.schema import Page, Thread


def read(answer: object) -> Thread:
    return extract(Page("answer.json", json.dumps(answer).encode()), API_ANSWERS)


def guardian_comment(number, *responses, body="<p>At <b>last</b>!</p>"):
    return {
        "id": number,
        "body": body,
        "isoDateTime": "2021-03-04T12:00:00Z",
        "userProfile": {"displayName": f"user{number}"},
        "responses": list(responses),
    }


def test_the_guardians_answer_keeps_responses_under_their_comment():
    thread = read(
        {
            "status": "ok",
            "discussion": {
                "webUrl": "https://news.example/ferry",
                "title": "Ferry runs again",
                "comments": [guardian_comment(1, guardian_comment(2)), guardian_comment(3)],
            },
        }
    )
    assert thread.platform == "guardian-api"
    assert thread.article.title == "Ferry runs again"
    said = [(comment.id, comment.parent_id, comment.author) for comment in thread.comments]
    assert said == [("1", None, "user1"), ("2", "1", "user2"), ("3", None, "user3")]
    assert thread.comments[0].text == "At last!"
    assert thread.comments[0].posted_at.isoformat() == "2021-03-04T12:00:00+00:00"


def coral_comment(number, **more):
    return {
        "id": f"c{number}",
        "body": f"<p>Number&nbsp;{number}</p><p>{number * 2}</p>",
        "createdAt": "2026-03-04T12:00:00.000Z",
        "author": {"id": "u", "username": f"user{number}"},
        "status": "NONE",
        **more,
    }


def coral_story(connection):
    about = {"title": "Ferry runs again", "author": "Desk", "publishedAt": "2026-03-01"}
    story = {"id": "s1", "url": "https://news.example/ferry", "metadata": about}
    return {"data": {"story": {**story, "comments": connection}}}


def test_corals_answer_keeps_replies_under_their_comment():
    reply = coral_comment(2, replies={"nodes": [coral_comment(3)]})
    first = coral_comment(1, replies={"edges": [{"node": reply}], "pageInfo": {}})
    gone = coral_comment(4, body=None, author=None, replies=None)
    hidden = coral_comment(5, status="REJECTED")
    nodes = [first, gone, hidden, coral_comment(6)]
    thread = read(coral_story({"edges": [{"node": node} for node in nodes]}))
    assert thread.platform == "coral-api"
    assert (thread.article.url, thread.article.title) == (
        "https://news.example/ferry",
        "Ferry runs again",
    )
    assert [(one.id, one.parent_id, one.author) for one in thread.comments] == [
        ("c1", None, "user1"),
        ("c2", "c1", "user2"),
        ("c3", "c2", "user3"),
        ("c6", None, "user6"),
    ]
    assert thread.comments[0].text == "Number 1\n2"


def test_corals_flat_answer_names_parents():
    nodes = [coral_comment(1), coral_comment(2, parent={"id": "c1"}), coral_comment(3, parent=None)]
    thread = read(coral_story({"nodes": nodes}))
    assert [one.parent_id for one in thread.comments] == [None, "c1", None]


def test_a_discourse_topic_is_its_first_post_and_the_replies():
    def post(number, **more):
        return {
            "id": 100 + number,
            "post_number": number,
            "username": f"user{number}",
            "cooked": f"<p>Post {number}</p>",
            "created_at": "2021-03-04T12:00:00.000Z",
            **more,
        }

    posts = [
        post(1),
        post(2, reply_to_post_number=1),
        post(3, reply_to_post_number=2),
        post(4, post_type=3),
    ]
    thread = read({"id": 9, "title": "Ferry", "post_stream": {"posts": posts}})
    assert (thread.article.text, thread.article.author) == ("Post 1", "user1")
    said = [(comment.id, comment.parent_id) for comment in thread.comments]
    assert said == [("102", None), ("103", "102")]


def test_a_hacker_news_item_nests_at_any_depth():
    node = {"id": 10_000, "author": "deep", "text": "deepest", "children": []}
    for number in range(200, 1, -1):
        node = {"id": number, "author": "a", "text": f"<p>Number {number}", "children": [node]}
    thread = read({"id": 1, "created_at_i": 5, "title": "Ask", "text": "Why?", "children": [node]})
    assert thread.article.url == "https://news.ycombinator.com/item?id=1"
    assert len(thread.comments) == 200
    assert thread.comments[-1].parent_id == "200"


def test_a_reddit_answer_is_read_without_what_was_kept_for_later():
    def listing(*children):
        return {"kind": "Listing", "data": {"children": list(children)}}

    def comment(name, body, replies=""):
        data = {"id": name, "author": "ada", "body": body, "created_utc": 1.6e9, "replies": replies}
        return {"kind": "t1", "data": data}

    post = {"title": "Ferry", "permalink": "/r/town/comments/x/ferry/", "created_utc": 1.6e9}
    more = {"kind": "more", "data": {"count": 8}}
    inner = listing(comment("b", "Yes"), more)
    answer = [listing({"kind": "t3", "data": post}), listing(comment("a", "1 &lt; 2", inner), more)]
    thread = read(answer)
    assert thread.article.url == "https://www.reddit.com/r/town/comments/x/ferry/"
    said = [(comment.id, comment.parent_id, comment.text) for comment in thread.comments]
    assert said == [("a", None, "1 < 2"), ("b", "a", "Yes")]
    assert thread.comments[0].posted_at.year == 2020


@pytest.mark.parametrize(
    "answer",
    [
        {"discussion": {"comments": [{"id": 1}]}},
        {"discussion": {"comments": 5}},
        {"post_stream": {"posts": [{}]}},
        {"children": [3], "created_at_i": 1, "id": 1},
        [{"data": {"children": []}}, {"data": {"children": []}}],
    ],
)
def test_an_answer_without_its_fields_is_one_clear_line(answer):
    with pytest.raises(ExtractionError, match=r"looks like [\w-]+ JSON but lacks its fields"):
        read(answer)


@pytest.mark.parametrize(
    "body", [b'{"a": 1}', b"[1, 2]", b"[" * 50_000 + b"]", b'{"x": "\\ud800"}']
)
def test_other_json_is_left_to_others(body):
    with pytest.raises(ExtractionError, match="no extractor reads this json document"):
        extract(Page("answer.json", body), API_ANSWERS)


def test_lone_surrogates_in_a_comment_do_no_harm():
    body = json.dumps(
        {"discussion": {"title": "x", "comments": [guardian_comment(1, body="a \ud800 b")]}}
    )
    (comment,) = extract(Page("answer.json", body.encode()), API_ANSWERS).comments
    comment.text.encode("utf-8")
