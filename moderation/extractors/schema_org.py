"""Comments that a page states in schema.org's words: JSON-LD, microdata or RDFa Lite.

Vocabulary: ``Comment``, ``UserComments`` (until 2014) and ``Answer``, and whatever stands as
``comment`` or answer of an article, a ``DiscussionForumPosting`` or a ``QAPage``'s question.
schema.org 1.0 to 28; Google's guides for forums and questions. What is commented on is never
a comment, and neither are reviews, the answers of an ``FAQPage`` or the entries of a listing.

Often only a few of a page's comments are stated: see ``coverage``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from moderation.errors import ExtractionError
from moderation.extractors.coverage import checked_thread
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.evidence import evidence_of
from moderation.extractors.fragments import prose
from moderation.extractors.identity import comment_id, native_id
from moderation.extractors.microdata import INSIDE, items
from moderation.extractors.quotes import apart_in_prose
from moderation.extractors.script_data import linked_data
from moderation.schema import Comment, Thread

_COMMENTS = frozenset({"Comment", "UserComments", "Answer", "CorrectionComment"})
_NO_COMMENTS = frozenset(
    {"Review", "UserReview", "CriticReview", "Rating", "FAQPage", "ItemList", "Quiz", "Product"}
)
_COMMENT_KEYS = ("comment", "comments", "acceptedAnswer", "suggestedAnswer", INSIDE)
_PAGE_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", *_COMMENT_KEYS)
_TEXT_KEYS = ("text", "commentText", "articleBody", "description")
_AUTHOR_KEYS = ("author", "creator")
_DATE_KEYS = ("dateCreated", "datePublished", "commentTime", "dateModified")
_PARENT_KEYS = ("parentItem", "replyToUrl", "inReplyTo")
_NAME_KEYS = ("identifier", "@id", "url")
_MAX_NODES = 300_000
"""How many values are looked at; a page of 10,000 comments has about 100,000."""

Node = dict[str, Any]


class SchemaOrgExtractor:
    """Comments in a page's JSON-LD, microdata or RDFa Lite."""

    name: ClassVar[str] = "schema-org"

    def matches(self, document: Document) -> bool:
        """Look for the vocabulary and its comments."""
        text = document.text
        return (
            document.kind == "html"
            and "schema.org" in text
            and any(kind in text for kind in ("Comment", "Answer", '"comment"'))
        )

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if little of it is stated this way."""
        stated = _read(linked_data(document.tree))
        has_items = "itemtype" in document.text or "typeof" in document.text
        marked = _read(items(evidence_of(document).outline) if has_items else ())
        best = stated if len(stated.entries) > len(marked.entries) else marked
        if not best.entries:
            raise ExtractionError(document.page.source, "schema-org: no comments stated")
        if len(best.subjects) > 1:
            problem = "schema-org: comments on several articles; expected those of one page"
            raise ExtractionError(document.page.source, problem)
        return checked_thread(document, self.name, _comments(best), best.about)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One comment as stated, and the position of the comment it stands in."""

    author: str
    published: str | None
    text: str
    quoted: str
    names: tuple[str, ...]
    parents: tuple[str, ...]
    inside: int | None


class _Reader:
    """Walks from what stands for the page down to its comments.

    Attributes:
        entries: The comments, in the order stated.
        about: Texts of what they are about.
        subjects: What the comments hang on, articles and questions, by identity.
        places: Names of everything that is no comment.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self.roots = list(roots)
        self.entries: list[_Entry] = []
        self.about: list[str] = []
        self.subjects: set[int] = set()
        self.places: set[str] = set()
        self._known = _named(self.roots)
        self._seen: set[int] = set()
        self._said: dict[tuple[str, ...], int] = {}

    def read(self) -> "_Reader":
        stack: list[tuple[Any, bool, int | None, int]] = [
            (root, False, None, 0) for root in reversed(self.roots)
        ]
        left = _MAX_NODES
        while stack and left:
            left -= 1
            value, answers, inside, subject = stack.pop()
            if isinstance(value, list):
                stack.extend((one, answers, inside, subject) for one in reversed(value))
                continue
            node = self._resolved(value)
            kinds = _kinds(node)
            if not node or id(node) in self._seen or kinds & _NO_COMMENTS:
                continue
            self._seen.add(id(node))
            if kinds & _COMMENTS or answers:
                inside = self._add(node, inside, subject)
            elif kinds:
                subject = id(node)
                self.about.append(prose(_text(node, _TEXT_KEYS)))
                self.places.update(_name(node.get(key)) for key in _NAME_KEYS)
            for key in reversed([key for key in node if key in _PAGE_KEYS]):
                says_comment = key in _COMMENT_KEYS and key != INSIDE
                stack.append((node[key], says_comment, inside, subject))
        return self

    def _resolved(self, value: Any) -> Node:
        """Return a node for what may only name one; empty if it is none."""
        if not isinstance(value, dict):
            return {}
        known = self._known.get(str(value.get("@id")))
        return known if known is not None and len(known) > len(value) else value

    def _add(self, node: Node, inside: int | None, subject: int) -> int | None:
        """Keep a comment that says what and by whom or when; returns its position."""
        text, quoted = apart_in_prose(_text(node, _TEXT_KEYS))
        author = self._author(node)
        published = _text(node, _DATE_KEYS) or None
        names = tuple(_name(node.get(key)) for key in _NAME_KEYS)
        if not text or not (author or published):
            return inside
        same = (author, text, published or "", next(filter(None, names), ""))
        if same in self._said:
            return self._said[same]
        self._said[same] = len(self.entries)
        parents = tuple(name for key in _PARENT_KEYS if (name := _name(node.get(key))))
        self.entries.append(_Entry(author, published, text, quoted, names, parents, inside))
        if subject:
            self.subjects.add(subject)
        return self._said[same]

    def _author(self, node: Node) -> str:
        for key in _AUTHOR_KEYS:
            for value in _listed(node.get(key)):
                person = self._resolved(value)
                name = _text(person, ("name", "alternateName", "@value")) if person else value
                if isinstance(name, str) and name.strip() and not name.startswith("http"):
                    return " ".join(prose(name).split())
        return ""


def _read(roots: Iterable[Any]) -> _Reader:
    return _Reader(roots).read()


def _named(roots: list[Any]) -> dict[str, Node]:
    """Map each ``@id`` to the node that says most under it."""
    known: dict[str, Node] = {}
    stack: list[Any] = list(roots)
    for _ in range(_MAX_NODES):
        if not stack:
            break
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and len(value) > len(known.get(name, ())):
                known[name] = value
            stack.extend(value.values())
    return known


def _kinds(node: Node) -> set[str]:
    """Return the node's types without their vocabulary."""
    named = (kind for kind in _listed(node.get("@type")) if isinstance(kind, str))
    return {re.split(r"[/#:]", kind)[-1] for kind in named}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(node: Node, keys: Iterable[str]) -> str:
    """Return the first text under any of the keys."""
    for key in keys:
        for value in _listed(node.get(key)):
            said = value.get("@value") or value.get("text") if isinstance(value, dict) else value
            if isinstance(said, str) and said.strip():
                return said.strip()
    return ""


def _name(value: Any) -> str:
    """Return what a reference names: an id, an address or a node with either."""
    for one in _listed(value):
        names = (
            [one.get(key) for key in ("@id", "url", "value")] if isinstance(one, dict) else [one]
        )
        for name in names:
            for text in _listed(name):
                if isinstance(text, (str, int)) and str(text).strip():
                    return str(text).strip()
    return ""


def _comments(found: "_Reader") -> list[Comment]:
    """Give the entries their ids and parents."""
    entries = found.entries
    positions: dict[str, int] = {}
    for at, entry in enumerate(entries):
        for name in filter(None, entry.names):
            for key in _keys(name):
                positions.setdefault(key, at)
    ids = _ids(found)
    comments = []
    for at, entry in enumerate(entries):
        named = (positions.get(key) for name in entry.parents for key in _keys(name))
        parent = next((one for one in named if one is not None and one != at), entry.inside)
        comments.append(
            Comment(
                id=ids[at],
                parent_id=None if parent is None else ids[parent],
                author=entry.author,
                text=entry.text,
                published=entry.published,
                posted_at=moment(entry.published),
                quoted=entry.quoted,
            )
        )
    return comments


def _keys(name: str) -> list[str]:
    """Return what a name may be referred to by: itself, its fragment, the id in that."""
    address, mark, fragment = name.rpartition("#")
    if mark:
        return [name, fragment, native_id(fragment)]
    return [name] if "/" in address + fragment else [name, native_id(name)]


def _ids(found: "_Reader") -> list[str]:
    """Return the platform's ids, of the first kind of name that gives every comment its own."""
    made = [comment_id(entry.author, entry.text) for entry in found.entries]
    for pick in range(len(_NAME_KEYS)):
        names = [entry.names[pick] for entry in found.entries]
        usable = ["" if name in found.places or name[:2] == "_:" else name for name in names]
        ids = [native_id(name.rpartition("#")[2]) for name in usable]
        if all(ids) and len(set(ids)) == len(ids):
            return ids
    return made
