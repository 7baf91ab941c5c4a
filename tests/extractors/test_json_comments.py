"""JSON that no extractor knows is read if its objects have the shape of comments."""

import json

import pytest

from moderation.errors import ExtractionError
from moderation.extractors import extract
from moderation.schema import Page, Thread

NOON = "2026-05-01T12:00:00"


def read(value: object) -> Thread:
    return extract(Page("answer.json", json.dumps(value).encode()))


def told(thread: Thread) -> list[tuple[str, str, str, str | None]]:
    return [(one.id, one.author, one.text, one.parent_id) for one in thread.comments]


def wordpress(number: int, parent: int, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "post": 7,
        "parent": parent,
        "author": 0,
        "author_name": f"Ann {number}",
        "date": NOON,
        "content": {"rendered": f"<p>Number {number}</p>"},
        "status": "approved",
        **more,
    }


def test_wordpress_comments_endpoint():
    thread = read([wordpress(1, 0), wordpress(2, 1)])
    assert thread.platform == "json-comments"
    assert told(thread) == [("1", "Ann 1", "Number 1", None), ("2", "Ann 2", "Number 2", "1")]


def test_disqus_list_of_posts():
    author = {"username": "ann", "name": "Ann", "profileUrl": "https://disqus.example/ann"}
    posts = [
        {"id": "11", "parent": None, "message": "<p>One</p>", "author": author, "createdAt": NOON},
        {"id": "12", "parent": 11, "message": "<p>Two</p>", "author": author, "createdAt": NOON},
    ]
    thread = read({"code": 0, "response": posts})
    assert told(thread) == [("11", "Ann", "One", None), ("12", "Ann", "Two", "11")]


def test_mastodon_context():
    def status(number: int, parent: int) -> dict[str, object]:
        return {
            "id": str(number),
            "in_reply_to_id": str(parent),
            "created_at": NOON,
            "content": f"<p>Number {number}</p>",
            "account": {"id": "5", "username": "ann", "display_name": "Ann"},
        }

    thread = read({"ancestors": [], "descendants": [status(2, 1), status(3, 2)]})
    assert told(thread) == [("2", "Ann", "Number 2", None), ("3", "Ann", "Number 3", "2")]


def test_viafoura_list_of_contents():
    def content(number: int, parent: str) -> dict[str, object]:
        return {
            "content_uuid": f"u{number}",
            "content_container_uuid": "page",
            "actor_uuid": "a7",
            "content": f"Number {number}",
            "date_created": 1714560000000,
            "parent_uuid": parent,
            "thread_uuid": "u1",
        }

    thread = read({"contents": [content(1, "page"), content(2, "u1")], "more_available": False})
    assert told(thread) == [("u1", "", "Number 1", None), ("u2", "", "Number 2", "u1")]
    assert thread.comments[0].published == "2024-05-01T10:40:00+00:00"


def test_hyvor_comments_whose_words_are_an_editors_tree():
    def comment(number: int, parent: int | None, *words: str) -> dict[str, object]:
        lines = [{"type": "paragraph", "content": [{"type": "text", "text": one}]} for one in words]
        return {
            "id": number,
            "parent_id": parent,
            "created_at": 1714560000,
            "body": json.dumps({"type": "doc", "content": lines}),
            "user": {"htid": "h1", "name": "Ann"},
        }

    thread = read([comment(7, None, "One", "Two"), comment(8, 7, "Three")])
    assert told(thread) == [("7", "Ann", "One\nTwo", None), ("8", "Ann", "Three", "7")]


@pytest.mark.parametrize("text", ['{"a": 1} is valid', '{"type"', '{"a": 1}', '{"' + "[" * 50_000])
def test_words_that_only_look_like_a_tree_are_kept(text):
    (one,) = read({"comments": [{"id": 1, "author": "Ann", "body": text}]}).comments
    assert one.text == text


def test_title_and_address_are_those_of_the_outermost_object():
    comments = [{"id": 1, "body": "One", "author": "Ann", "created": NOON}]
    story = {"headline": "The bell", "url": "https://news.example/bell#x", "comments": comments}
    thread = read({"data": story})
    assert (thread.article.title, thread.article.url) == ("The bell", "https://news.example/bell")
    nameless = read({"comments": comments})
    assert nameless.article.url.startswith("urn:moderation:")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"a": 1}, "holds no comments"),
        ([], "holds no comments"),
        ([wordpress(1, 0), wordpress(2, 0, post=8)], "comments on several articles"),
    ],
)
def test_anything_else_is_one_clear_line(value, problem):
    with pytest.raises(ExtractionError, match=problem):
        read(value)
