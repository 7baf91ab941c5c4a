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
