"""Exports that hold many articles, parted into one page per article.

A WordPress export (WXR) is parted by ``item``, a Disqus export by ``thread``, an answer of
Coral's GraphQL API by ``story``, also where each of its ``comments`` names one; articles
nobody commented on are passed over. Each part is a small export of the same format, whose
source is the export's with ``#`` and the article's number.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lxml import etree

from moderation.schema import Page

_HEAD_BYTES = 10_000
_CORAL = re.compile(rb'\s*\{\s*"data"\s*:\s*\{\s*"(?:stories|comments)"')
_DISQUS_ID = "{http://disqus.com/disqus-internals}id"


def parts(page: Page) -> Iterator[Page]:
    """Yield a page per commented article; the page itself if it is no export of several."""
    head = page.body[:_HEAD_BYTES]
    fewest = 2
    if b"wordpress.org/export/" in head:
        bodies = _wordpress(page.body)
    elif b"http://disqus.com" in head and b"<disqus" in head:
        bodies = _disqus(page.body)
    elif _CORAL.match(head):
        bodies, fewest = _coral(page.body), 1  # the form of one is another than of several
    else:
        bodies = []
    if len(bodies) < fewest:
        yield page
        return
    for number, body in bodies:
        yield Page(f"{page.source}#{number}", body, charset="utf-8")


def _wordpress(body: bytes) -> list[tuple[str, bytes]]:
    items = _root(body).iterfind(".//{*}item")
    commented = [item for item in items if item.find("{*}comment") is not None]
    return [
        (item.findtext("{*}post_id") or str(n), _wrapped("rss", [item]))
        for n, item in enumerate(commented, 1)
    ]


def _disqus(body: bytes) -> list[tuple[str, bytes]]:
    root = _root(body)
    threads = {node.get(_DISQUS_ID): node for node in root.iterfind("{*}thread")}
    posts: defaultdict[str, list[etree._Element]] = defaultdict(list)
    for post in root.iterfind("{*}post"):
        thread = post.find("{*}thread")
        posts["" if thread is None else thread.get(_DISQUS_ID, "")].append(post)
    return [
        (number, _wrapped(str(root.tag), [threads[number], *said] if number in threads else said))
        for number, said in posts.items()
    ]


def _coral(body: bytes) -> list[tuple[str, bytes]]:
    try:
        data = json.loads(body)["data"]
        stories = [story for story in _connected(data.get("stories")) if story.get("comments")]
        stories += [
            {**comment["story"], "comments": {"nodes": [comment]}}
            for comment in _connected(data.get("comments"))
        ]
        by_id: dict[str, dict[str, Any]] = {}
        for story in stories:
            whole = by_id.setdefault(str(story["id"]), {**story, "comments": {"nodes": []}})
            whole["comments"]["nodes"] += _connected(story["comments"])
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return []  # the extractor says what is wrong with it
    commented = ((name, story) for name, story in by_id.items() if story["comments"]["nodes"])
    return [(name, json.dumps({"data": {"story": story}}).encode()) for name, story in commented]


def _connected(connection: Any) -> list[dict[str, Any]]:
    """Return the nodes of a GraphQL connection."""
    if not connection:
        return []
    if "nodes" in connection:
        return list(connection["nodes"])
    return [edge["node"] for edge in connection["edges"]]


def _root(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True
    )
    root = etree.fromstring(body, parser)
    return etree.Element("empty") if root is None else root


def _wrapped(tag: str, nodes: list[etree._Element]) -> bytes:
    """Serialise nodes in a root element of their own; namespaces come along."""
    root = etree.Element(tag, nsmap=dict(nodes[0].nsmap))
    root.extend(nodes)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
