"""WordPress's own export (WXR), as Tools → Export writes it.

Format: RSS 2.0 with ``wp:comment`` in each ``item``; namespace
``http://wordpress.org/export/1.x/``, versions 1.0 to 1.2 seen. Comments that wait for
approval are kept, spam, trash, pingbacks and trackbacks are not.
"""

from collections.abc import Iterator

from lxml import etree

from moderation.extractors.article import made_up_address, normal_address
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.fragments import fragment_text, xml_root
from moderation.schema import Article, Comment, Thread


class WordpressExportExtractor:
    """Comments of a WordPress export; ids are the site's own.

    An export of several articles is one thread under the first commented article;
    ``moderation.sources`` parts exports beforehand.
    """

    name = "wordpress-export"

    def matches(self, document: Document) -> bool:
        """Look for the namespace of the format."""
        return document.kind == "xml" and "wordpress.org/export/" in document.text[:10_000]

    def extract(self, document: Document) -> Thread:
        """Read the comments of every item; raises ExtractionError if it is no XML."""
        root = xml_root(document)
        items = list(root.iterfind(".//{*}item"))
        commented = [item for item in items if item.find("{*}comment") is not None]
        article = _article((commented or items or [root])[0])
        comments = [comment for item in commented for comment in _comments(item)]
        return Thread(article, tuple(comments), self.name)


def _article(item: etree._Element) -> Article:
    title = _text(item, "title")
    body = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""
    text = fragment_text(body, lines=True)
    link = _text(item, "link")
    return Article(
        url=normal_address(link) if link else made_up_address(title, text),
        title=title,
        text=text,
        author=_text(item, "creator") or None,
        published=_text(item, "post_date_gmt") or _text(item, "pubDate") or None,
    )


def _comments(item: etree._Element) -> Iterator[Comment]:
    for node in item.iterfind("{*}comment"):
        hidden = _text(node, "comment_approved") in {"spam", "trash"}
        if hidden or _text(node, "comment_type") in {"pingback", "trackback"}:
            continue
        parent = _text(node, "comment_parent")
        published = _text(node, "comment_date_gmt") or _text(node, "comment_date") or None
        yield Comment(
            id=_text(node, "comment_id"),
            parent_id=parent if parent not in {"", "0"} else None,
            author=_text(node, "comment_author"),
            text=fragment_text(node.findtext("{*}comment_content") or "", lines=True),
            published=published,
            posted_at=moment(published),
        )


def _text(node: etree._Element, name: str) -> str:
    return " ".join((node.findtext(f"{{*}}{name}") or "").split())
