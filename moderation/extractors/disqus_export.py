"""Disqus's XML export, as Moderation → Export writes it.

Format: namespace ``http://disqus.com``, ``thread`` elements followed by ``post`` elements that
name their thread and parent by ``dsq:id``; exports of 2013 to 2022. Deleted posts and spam are left
out. Posts whose thread is gone are kept.
"""

from collections.abc import Iterator

from lxml import etree

from moderation.extractors.article import made_up_address, normal_address
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.fragments import fragment_text, xml_root
from moderation.schema import Article, Comment, Thread

_ID = "{http://disqus.com/disqus-internals}id"


class DisqusExportExtractor:
    """Comments of a Disqus export; ids are Disqus's own.

    An export of several threads is one thread under the first; ``moderation.sources`` parts
    exports beforehand.
    """

    name = "disqus-export"

    def matches(self, document: Document) -> bool:
        """Look for the namespace of the format."""
        return document.kind == "xml" and "http://disqus.com" in document.text[:2_000]

    def extract(self, document: Document) -> Thread:
        """Read every post; raises ExtractionError if it is no XML."""
        root = xml_root(document)
        threads = [node for node in root.iterfind("{*}thread") if node.find("{*}link") is not None]
        article = _article((threads or [root])[0])
        return Thread(article, tuple(_comments(root)), self.name)


def _article(node: etree._Element) -> Article:
    title = _text(node, "title")
    link = _text(node, "link")
    text = fragment_text(node.findtext("{*}message") or "")
    return Article(
        url=normal_address(link) if link else made_up_address(title, text),
        title=title,
        text=text,
        author=_text(node, "author/{*}name") or None,
        published=_text(node, "createdAt") or None,
    )


def _comments(root: etree._Element) -> Iterator[Comment]:
    for post in root.iterfind("{*}post"):
        if "true" in {_text(post, "isDeleted"), _text(post, "isSpam")}:
            continue
        parent = post.find("{*}parent")
        published = _text(post, "createdAt") or None
        yield Comment(
            id=post.get(_ID, ""),
            parent_id=None if parent is None else parent.get(_ID),
            author=_text(post, "author/{*}name") or _text(post, "author/{*}username"),
            text=fragment_text(post.findtext("{*}message") or ""),
            published=published,
            posted_at=moment(published),
        )


def _text(node: etree._Element, path: str) -> str:
    return " ".join((node.findtext(f"{{*}}{path}") or "").split())
