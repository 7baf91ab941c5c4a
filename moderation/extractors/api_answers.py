"""JSON answers of comment APIs, saved to a file.

| API | shape |
|---|---|
| Guardian discussion API | ``{"discussion": {"comments": [{"body", "responses": […]}]}}`` |
| Discourse topic (``/t/ID.json``) | ``{"post_stream": {"posts": [{"cooked", "post_number"}]}}`` |
| Hacker News (Algolia ``items/ID``) | ``{"type": "story", "children": [{"text", "children"}]}`` |
| Coral (GraphQL) | ``{"data": {"story": {"comments": {"edges": [{"node": {"body"}}]}}}}`` |
| reddit (``….json``) | ``[listing of the post, listing of {"kind": "t1", "data": …}]`` |

As answered in 2014 (Guardian) to 2024 (the rest); Coral's from its schema, versions 6 to 9, with
``nodes`` or ``edges``, replies inside comments or named by ``parent { id }``. What an API
keeps for the next request ("load more") is not in the file and not fetched.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from moderation.errors import ExtractionError
from moderation.extractors.article import made_up_address, normal_address
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.fragments import fragment_text, prose
from moderation.extractors.quotes import apart_in_markup
from moderation.schema import Article, Comment, Thread

Node = Mapping[str, Any]


@dataclass(frozen=True)
class ApiAnswerExtractor:
    """Comments in one API's JSON.

    Args:
        name: What ``platform`` says.
        recognises: Tells whether a parsed answer is this API's.
        reads: Makes a thread of it; may fail with KeyError, TypeError, ValueError or
            AttributeError where the answer is not what it seemed.
    """

    name: str
    recognises: Callable[[Any], bool]
    reads: Callable[[Any, str], Thread]

    def matches(self, document: Document) -> bool:
        """Look at the outermost keys."""
        return document.json is not None and self.recognises(document.json)

    def extract(self, document: Document) -> Thread:
        """Read the answer; raises ExtractionError if it lacks what the API always gives."""
        try:
            return self.reads(document.json, self.name)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            problem = f"looks like {self.name} JSON but lacks its fields ({type(error).__name__})"
            raise ExtractionError(document.page.source, problem) from error


def _article(url: str, title: str, text: str, author: str | None, published: str | None) -> Article:
    address = normal_address(url) if url else made_up_address(title, text)
    return Article(address, title, text, author, published)


def _has(value: object, *path: str) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _walk(
    roots: Sequence[Node], children: Callable[[Node], Sequence[Node]]
) -> Iterator[tuple[Node, Node | None]]:
    """Yield each node with its parent, in page order, at any depth."""
    stack: list[tuple[Node, Node | None]] = [(root, None) for root in reversed(roots)]
    while stack:
        node, parent = stack.pop()
        yield node, parent
        stack.extend((child, node) for child in reversed(children(node)))


# -- The APIs ----------------------------------------------------------------------------------


def _guardian(answer: Any, name: str) -> Thread:
    discussion = answer["discussion"]
    nodes = _walk(discussion["comments"], lambda node: node.get("responses") or [])
    comments = tuple(
        Comment(
            id=str(node["id"]),
            parent_id=None if parent is None else str(parent["id"]),
            author=node["userProfile"]["displayName"],
            text=fragment_text(node["body"]),
            published=node.get("isoDateTime"),
            posted_at=moment(node.get("isoDateTime")),
        )
        for node, parent in nodes
    )
    title, url = discussion.get("title") or "", discussion.get("webUrl") or ""
    return Thread(_article(url, title, "", None, None), comments, name)


def _discourse(answer: Any, name: str) -> Thread:
    posts = answer["post_stream"]["posts"]
    ids = {post["post_number"]: str(post["id"]) for post in posts}
    opening = next((post for post in posts if post["post_number"] == 1), None)
    comments = tuple(
        Comment(
            id=str(post["id"]),
            parent_id=_discourse_parent(post, ids),
            author=post["username"],
            text=text,
            published=post.get("created_at"),
            posted_at=moment(post.get("created_at")),
            quoted=quoted,
        )
        for post in posts
        for text, quoted in [apart_in_markup(post["cooked"])]
        if post is not opening and post.get("post_type", 1) == 1
    )
    text = fragment_text(opening["cooked"]) if opening else ""
    author, published = (opening["username"], opening["created_at"]) if opening else (None, None)
    article = _article("", answer["title"], text, author, published)
    return Thread(article, comments, name)


def _discourse_parent(post: Node, ids: Mapping[int, str]) -> str | None:
    number = post.get("reply_to_post_number")
    return ids.get(number) if number not in {None, 1} else None


def _hacker_news(answer: Any, name: str) -> Thread:
    nodes = _walk(answer["children"], lambda node: node.get("children") or [])
    comments = tuple(
        Comment(
            id=str(node["id"]),
            parent_id=None if parent is None else str(parent["id"]),
            author=node.get("author") or "",
            text=fragment_text(node.get("text") or ""),
            published=node.get("created_at"),
            posted_at=moment(node.get("created_at")),
        )
        for node, parent in nodes
    )
    url = f"https://news.ycombinator.com/item?id={answer['id']}"
    text = fragment_text(answer.get("text") or "")
    author, published = answer.get("author"), answer.get("created_at")
    return Thread(_article(url, answer.get("title") or "", text, author, published), comments, name)


def _reddit(answer: Any, name: str) -> Thread:
    post = answer[0]["data"]["children"][0]["data"]
    nodes = _walk(_replies({"replies": answer[1]}), _replies)
    comments = []
    for node, parent in nodes:
        at = datetime.fromtimestamp(node["created_utc"], UTC)
        comments.append(
            Comment(
                id=node["id"],
                parent_id=None if parent is None else parent["id"],
                author=node.get("author") or "",
                text=unescape(node["body"]).strip(),
                published=at.isoformat(),
                posted_at=at,
            )
        )
    url = f"https://www.reddit.com{post['permalink']}"
    text = unescape(post.get("selftext") or "").strip()
    published = datetime.fromtimestamp(post["created_utc"], UTC).isoformat()
    article = _article(url, post["title"], text, post.get("author"), published)
    return Thread(article, tuple(comments), name)


def _replies(node: Node) -> list[Node]:
    """Return the comments of a listing; ``""`` stands for none, ``more`` for what was kept."""
    listing = node.get("replies") or {"data": {"children": []}}
    return [child["data"] for child in listing["data"]["children"] if child["kind"] == "t1"]


def _coral(answer: Any, name: str) -> Thread:
    story = (answer.get("data") or answer)["story"]
    nodes = _walk(_connected(story["comments"]), lambda node: _connected(node.get("replies")))
    comments = tuple(
        Comment(
            id=str(node["id"]),
            parent_id=_coral_parent(node, parent),
            author=(node.get("author") or {}).get("username") or "",
            text=prose(node.get("body") or ""),
            published=node.get("createdAt"),
            posted_at=moment(node.get("createdAt")),
        )
        for node, parent in nodes
        if node.get("status") not in _CORAL_HIDDEN
    )
    about = story.get("metadata") or {}
    title, url = about.get("title") or "", story.get("url") or ""
    article = _article(url, title, "", about.get("author"), about.get("publishedAt"))
    return Thread(article, comments, name)


_CORAL_HIDDEN = frozenset({"REJECTED", "SYSTEM_WITHHELD"})


def _coral_parent(node: Node, around: Node | None) -> str | None:
    named = node.get("parent") or around
    return None if named is None else str(named["id"])


def _connected(connection: Any) -> list[Node]:
    """Return the nodes of a GraphQL connection, or of a plain list."""
    if isinstance(connection, list):
        return connection
    if not connection:
        return []
    if "nodes" in connection:
        return list(connection["nodes"] or ())
    return [edge["node"] for edge in connection["edges"]]


API_ANSWERS = (
    ApiAnswerExtractor(
        "guardian-api", lambda answer: _has(answer, "discussion", "comments"), _guardian
    ),
    ApiAnswerExtractor(
        "discourse-api", lambda answer: _has(answer, "post_stream", "posts"), _discourse
    ),
    ApiAnswerExtractor(
        "coral-api",
        lambda answer: (
            _has(answer, "data", "story", "comments") or _has(answer, "story", "comments")
        ),
        _coral,
    ),
    ApiAnswerExtractor(
        "hacker-news-api",
        lambda answer: _has(answer, "children") and _has(answer, "created_at_i"),
        _hacker_news,
    ),
    ApiAnswerExtractor(
        "reddit-api",
        lambda answer: (
            isinstance(answer, list)
            and len(answer) == 2
            and all(_has(part, "data", "children") for part in answer)
        ),
        _reddit,
    ),
)
"""One extractor per API; ``extractors.BUILTIN`` takes them all."""
