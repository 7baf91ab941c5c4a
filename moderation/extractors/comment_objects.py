"""Comments in JSON of no known format, found by their shape.

An object is a comment if it has words under a key such as ``body``, somebody under one such
as ``author``, an id or a date, and something that says comment: the name of the list it
stands in, its ``__typename``, a key such as ``parentId``. Objects with a headline or a price
are articles and products, lists called ``latest`` or ``related`` belong to other pages.

Replies stand inside what they answer, or name it, or are named by it. References of Apollo's
cache (``{"__ref": "Comment:7"}``) and ids into tables of a Redux store are followed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from moderation.extractors import wording
from moderation.extractors.dates import moment
from moderation.extractors.fragments import prose
from moderation.extractors.identity import comment_id
from moderation.extractors.quotes import apart_in_prose
from moderation.extractors.rich_text import MAX_BLOCKS, rich_text, written_out
from moderation.schema import Comment

Node = dict[str, Any]
MAX_NODES = 500_000
"""How many values are looked at; 20,000 comments have about that many."""

_TEXT = (
    *("body", "text", "content", "comment", "commenttext", "commentbody", "commentcontent"),
    *("message", "bodytext", "bodyhtml", "texthtml", "contenthtml", "htmlbody", "html"),
    *("plaintext", "rawtext", "raw", "rendered", "cooked", "markdown", "texto", "kommentar"),
)
_AUTHOR = (
    *("authorname", "authordisplayname", "userdisplayname", "displayname", "username"),
    *("nickname", "screenname", "author", "user", "creator", "commenter", "poster", "createdby"),
    *("postedby", "owner", "member", "profile", "account", "person", "writer", "sender", "by"),
    *("name", "nick", "pseudo", "login", "autor", "authorid", "userid", "from", "actoruuid"),
)
_MERE_IDS = frozenset({"authorid", "userid", "actoruuid"})
"""Say who it was only where the data has a table of people."""
_NAME = (
    *("displayname", "name", "fullname", "username", "screenname", "nickname", "nick", "login"),
    *("pseudo", "handle", "firstname", "profile", "user", "attributes"),
)
_ID = ("id", "commentid", "uuid", "contentuuid", "databaseid", "cid", "pk", "guid", "key", "nodeid")
_DATE = (
    *("createdat", "created", "datecreated", "createdate", "creationdate", "createdtime"),
    *("createdon", "publishedat", "published", "datepublished", "publishdate", "postedat"),
    *("postedon", "postdate", "submittedat", "insertedat", "commentdate", "date", "datetime"),
    *("dategmt", "timestamp", "time", "ts", "fecha", "datum"),
)
_PARENT = (
    *("parentid", "parentcommentid", "parent", "parentcomment", "inreplyto", "inreplytoid"),
    *("replyto", "replytoid", "replytocommentid", "replyingto", "parentuuid", "answerto"),
)
_CHILDREN = frozenset(
    {
        *("replies", "children", "comments", "answers", "responses", "childcomments", "reply"),
        *("subcomments", "nestedcomments", "kids", "childrencomments", "antworten"),
    }
)
_ABOUT = (
    "storyid",
    "post",
    "articleid",
    "assetid",
    "threadid",
    "discussionid",
    "topicid",
    "entryid",
)
_OTHER = frozenset(
    {
        *("headline", "slug", "excerpt", "teaser", "standfirst", "seotitle", "categories"),
        *("price", "sku", "rating", "ratingvalue", "stars"),
    }
)
"""Keys of articles, products and their reviews."""
_GONE = ("deleted", "isdeleted", "hidden", "ishidden", "spam", "isspam", "removed")
_ELSEWHERE = frozenset({*_PARENT, "quote", "quoted", "quotedcomment", "replycomment"})
"""Keys under which another comment is repeated."""
_GENERIC = re.compile(
    r"(?:data|items?|nodes?|edges?|lists?|results?|records?|rows|entries|entities|byid|pages?"
    r"|all|values?|content|payload|collection|objects?|\W*\d[\w-]*|[0-9a-f]{8,}[0-9a-f-]*)",
    re.IGNORECASE,
)
"""Keys that say nothing: what stands in them is named by the key above."""
_COMMENT_WORD = re.compile(
    r"comments?|repl(?:y|ies)|responses?|answers?|kommentare?|comentarios?|commentaires?|commenti"
)


def comments_in(values: list[Any]) -> tuple[list[Comment], int]:
    """Find the comments in parsed JSON.

    Args:
        values: The documents of one page.

    Returns:
        The comments, in the order of the data, and how many articles they are about, as far
        as the data says.
    """
    reader = _Reader(_Tables(values))
    for value in values:
        reader.read(value)
    return reader.comments(), len(reader.subjects)


@dataclass(slots=True)
class _Entry:
    """A comment as found; ``inside`` is the position of the one it stands in."""

    id: str
    author: str
    published: str | None
    text: str
    quoted: str
    parent: str
    inside: int | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: the words naming it, the comment and the article around it.

    ``is_listed`` tells whether it is one of a list or table; a lone ``comments`` object may
    be the labels of a form.
    """

    words: frozenset[str] = frozenset()
    inside: int | None = None
    subject: str = ""
    is_listed: bool = False


class _Tables:
    """What references lead to: objects by their cache key, people's names by their id."""

    def __init__(self, values: list[Any]) -> None:
        self.objects: dict[str, Node] = {}
        self.people: dict[str, str] = {}
        stack: list[Any] = list(values)
        for _ in range(MAX_NODES):
            if not stack:
                break
            value = stack.pop()
            if isinstance(value, list):
                stack.extend(value)
            elif isinstance(value, dict):
                self._keep(value)
                stack.extend(value.values())

    def _keep(self, node: Node) -> None:
        for key, value in node.items():
            if ":" in key and isinstance(value, dict):
                self.objects[key] = value
        plain = _plain_keys(node)
        name = _first_text(plain, _NAME[:9])
        if name and not any(key in plain for key in _TEXT[:8]):
            self.people.setdefault(_id_text(_first(plain, _ID)), name)

    def resolved(self, value: Any) -> Any:
        """Return what a reference of Apollo's cache names, anything else as it is."""
        if isinstance(value, dict) and len(value) <= 4:
            ref = value.get("__ref") or (value.get("type") == "id" and value.get("id"))
            if isinstance(ref, str):
                return self.objects.get(ref, value)
        return value


@dataclass(slots=True)
class _Reader:
    """Walks the data and keeps what has the shape of a comment.

    Attributes:
        subjects: What the comments say or show they are about.
    """

    tables: _Tables
    entries: list[_Entry] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    _position: dict[int, int] = field(default_factory=dict)
    _said: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _claims: dict[str, int] = field(default_factory=dict)
    _left: int = MAX_NODES

    def read(self, value: Any) -> None:
        stack: list[tuple[Any, _Place]] = [(value, _Place())]
        while stack and self._left:
            self._left -= 1
            found, place = stack.pop()
            node = self.tables.resolved(found)
            if isinstance(node, list):
                listed = replace(place, is_listed=True)
                stack.extend((one, listed) for one in reversed(node))
            elif isinstance(node, dict):
                if id(node) in self._seen:
                    self._claim(node, place)
                else:
                    self._seen.add(id(node))
                    stack.extend(reversed(list(self._parts(node, place))))

    def _claim(self, node: Node, place: _Place) -> None:
        """Note who answers whom where the reply was met before."""
        at = self._position.get(id(node))
        if at is not None and place.inside is not None and self.entries[at].inside is None:
            self.entries[at].inside = place.inside if place.inside != at else None

    def _parts(self, node: Node, place: _Place) -> Iterator[tuple[Any, _Place]]:
        """Keep the node if it is a comment; yields what to look at next."""
        plain = _plain_keys(node)
        position = self._comment(node, plain, place)
        subject = place.subject
        if position is None and not subject and "id" in plain and _OTHER.intersection(plain):
            subject = _id_text(plain["id"])
        for key, value in node.items():
            bare = _bare(key)
            if not isinstance(value, (list, dict)) or bare in _ELSEWHERE:
                continue
            if _GENERIC.fullmatch(key) or _is_own_id(key, value):
                yield value, _Place(place.words, place.inside, subject, is_listed=True)
                continue
            words = wording.words(key)
            if any(map(wording.ASIDE.fullmatch, words)):
                continue
            inside = position if bare in _CHILDREN else None
            if inside is not None:
                self._claim_ids(value, inside)
                words |= {"reply"}
            yield value, _Place(words, inside, subject)

    def _claim_ids(self, value: Any, inside: int) -> None:
        for one in value if isinstance(value, list) else ():
            if isinstance(one, (str, int)):
                self._claims.setdefault(str(one), inside)

    def _comment(self, node: Node, plain: Node, place: _Place) -> int | None:
        """Keep a comment; returns its position, or that of the one around it if it is silent."""
        if not _looks_like_comment(node, plain, place):
            return None
        text, quoted = apart_in_prose(_words(_first(plain, _TEXT)))
        author = self._author(plain)
        published = _date(_first(plain, _DATE))
        if any(plain.get(key) is True for key in _GONE) or not text or not (author or published):
            return place.inside
        name = _id_text(_first(plain, _ID))
        same = (name, author, text)
        if same not in self._said:
            self._said[same] = len(self.entries)
            parent = _id_text(self.tables.resolved(_first(plain, _PARENT)))
            entry = _Entry(name, author, published, text, quoted, parent, place.inside)
            self.entries.append(entry)
            subject = _id_text(_first(plain, _ABOUT)) or place.subject
            if subject and place.inside is None:
                self.subjects.add(subject)
        self._position[id(node)] = self._said[same]
        return self._said[same]

    def _author(self, plain: Node) -> str:
        for key in _AUTHOR:
            value = self.tables.resolved(plain.get(key))
            if isinstance(value, (str, int)) and str(value) in self.tables.people:
                return self.tables.people[str(value)]
            if isinstance(value, str) and key not in _MERE_IDS:
                name = " ".join(prose(value).split())
            else:
                name = _person(value)
            if name:
                return name
        return ""

    def comments(self) -> list[Comment]:
        """Return what was found, with ids and parents."""
        ids = [one.id for one in self.entries]
        if not all(ids) or len(set(ids)) < len(ids):
            ids = [one.id or comment_id(one.author, one.text) for one in self.entries]
        position = {one.id: at for at, one in enumerate(self.entries) if one.id}
        found = []
        for at, one in enumerate(self.entries):
            claimed = self._claims.get(one.id) if one.id else None
            parent = position.get(one.parent, one.inside if one.inside is not None else claimed)
            found.append(
                Comment(
                    id=ids[at],
                    parent_id=None if parent is None or parent == at else ids[parent],
                    author=one.author,
                    text=one.text,
                    published=one.published,
                    posted_at=moment(one.published),
                    quoted=one.quoted,
                )
            )
        return found


def _looks_like_comment(node: Node, plain: Node, place: _Place) -> bool:
    if not any(key in plain for key in _AUTHOR) or not any(key in plain for key in _TEXT):
        return False
    if not any(key in plain for key in (*_ID, *_DATE)) or _OTHER.intersection(plain):
        return False
    said = place.words | wording.words(str(node.get("__typename", "")))
    listed = place.is_listed or "__typename" in node
    named = listed and any(map(_COMMENT_WORD.fullmatch, said))
    return named or any(key in plain for key in (*_PARENT, "commentid", "commenttext"))


def _is_own_id(key: str, value: Any) -> bool:
    """Tell whether a table has an object under its own id."""
    return isinstance(value, dict) and key == _id_text(value.get("id"))


# -- Values ------------------------------------------------------------------------------------


def _bare(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _plain_keys(node: Node) -> dict[str, Any]:
    return {_bare(key): value for key, value in node.items()}


def _first(plain: Node, keys: tuple[str, ...]) -> Any:
    """Return the first value under any of the keys that is there at all."""
    return next((plain[key] for key in keys if plain.get(key) not in (None, "", [], {})), None)


def _first_text(plain: Node, keys: tuple[str, ...]) -> str:
    values = (plain.get(key) for key in keys)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def _id_text(value: Any) -> str:
    """Return an id, or the id of an object; zero and nothing are none."""
    for _ in range(3):
        if not isinstance(value, dict):
            break
        value = value.get("__ref") or value.get("$oid") or _first(_plain_keys(value), _ID)
    usable = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).strip() if usable and value not in (0, "0", "-1", -1) else ""


def _person(value: Any) -> str:
    """Return the name in an object that stands for somebody."""
    for _ in range(3):
        if not isinstance(value, dict):
            return ""
        plain = _plain_keys(value)
        name = _first_text(plain, _NAME)
        if name:
            last = _first_text(plain, ("lastname",)) if plain.get("firstname") == name else ""
            return " ".join(f"{name} {last}".split())
        value = _first(plain, ("profile", "user", "attributes"))
    return ""


def _date(value: Any) -> str | None:
    if isinstance(value, dict):
        value = _first(_plain_keys(value), ("$date", "iso", "value", *_DATE))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        at = moment(f"{value:.0f}")
        return at.isoformat() if at else None
    return value.strip() or None if isinstance(value, str) else None


def _words(value: Any) -> str:
    """Return the text of a value: a string, an object around one, or rich text in blocks."""
    if isinstance(value, str):
        return written_out(value)
    if isinstance(value, dict):
        said = _first_text(_plain_keys(value), ("rendered", "html", "text", "plain", "raw"))
        if said:
            return said
        if isinstance(value.get("blocks"), list):
            return "\n".join(map(_words, value["blocks"][:MAX_BLOCKS]))
    return rich_text(value)
