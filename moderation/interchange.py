"""The public JSON form of a thread: one object a line, a contract with its own version.

``moderation extract`` writes it, ``moderation ingest`` and ``score`` read it back.
The fields are described in docs/thread-format.md; a change that breaks a reader
raises ``VERSION``, added fields do not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from moderation.errors import InputError
from moderation.schema import Article, Comment, Confidence, Thread

VERSION = 1
SUFFIXES = (".jsonl", ".ndjson")
"""What a file of threads is called."""


def thread_to_json(thread: Thread, *, source: str) -> dict[str, Any]:
    """Describe a thread as plain JSON values.

    Args:
        thread: In page order. Some pages show the newest first, so a parent may stand
            after its replies.
        source: Where the page came from, as the user named it.

    Returns:
        ``version, source, url, platform, title, article, comments``; ``parent`` is an index
        into ``comments`` (smaller or larger than the comment's own) or None, ``depth`` counts
        from 0 at top level. A parent that is not in the thread, or that is among its own
        replies, is None.
    """
    parents = _parents(thread.comments)
    depths = _depths(parents)
    article = thread.article
    return {
        "version": VERSION,
        "source": source,
        "url": article.url,
        "platform": thread.platform,
        "title": article.title,
        "article": {
            "title": article.title,
            "author": article.author,
            "published": article.published,
            "text": article.text,
        },
        "comments": [
            {
                "id": comment.id,
                "author": comment.author,
                "published": comment.published,
                "text": comment.text,
                "quoted": comment.quoted,
                "parent": parent,
                "depth": depth,
                "confidence": comment.confidence and asdict(comment.confidence),
            }
            for comment, parent, depth in zip(thread.comments, parents, depths, strict=True)
        ],
    }


def thread_from_json(value: object, *, source: str) -> Thread:
    """Read a thread back; unknown fields are passed over, ``depth`` is not needed.

    Args:
        value: What ``json.loads`` made of one line.
        source: File and line, for the error message.

    Returns:
        The thread; ``posted_at`` is not part of the format and is None.

    Raises:
        InputError: Another version, or a field that breaks the format; names the field.
    """
    record = _Record(value, source, "thread")
    version = record.fields.get("version")
    if version != VERSION:
        raise InputError(source, f"thread format version {version!r}; this reads {VERSION}")
    about = _Record(record.fields.get("article"), source, "article")
    article = Article(
        url=record.text("url"),
        title=record.text("title"),
        text=about.text("text"),
        author=about.maybe_text("author"),
        published=about.maybe_text("published"),
    )
    listed = record.fields.get("comments")
    if not isinstance(listed, list):
        raise InputError(source, f"comments is {_kind(listed)}; expected a list")
    entries = [_Record(entry, source, f"comment {n}") for n, entry in enumerate(listed)]
    ids = [entry.text("id") for entry in entries]
    comments = tuple(
        Comment(
            id=ids[n],
            parent_id=_parent_id(entry, ids),
            author=entry.maybe_text("author") or "",
            text=entry.text("text"),
            published=entry.maybe_text("published"),
            quoted=entry.maybe_text("quoted") or "",
            confidence=_confidence(entry),
        )
        for n, entry in enumerate(entries)
    )
    return Thread(article, comments, record.text("platform"))


def read_threads(path: Path) -> Iterator[tuple[str, Thread] | InputError]:
    """Read a file of threads; a line that is none is yielded as an error, in its place.

    Yields:
        The page's source as ``moderation extract`` noted it, and the thread.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _read_line(line, f"{path}:{number}")
    except OSError as error:
        yield InputError(str(path), f"cannot be read ({error.strerror})")


def holds_threads(path: Path) -> bool:
    """Tell whether a JSON Lines file holds threads rather than single comments."""
    try:
        with path.open("rb") as lines:
            value = json.loads(lines.readline())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "comments" in value and "text" not in value


def oddities(comments: Sequence[Comment]) -> str:
    """Say in one line what is mended in a thread: repeated ids, parents in a circle; or nothing."""
    ids = [comment.id for comment in comments if comment.text.strip()]
    repeated = len(ids) - len(set(ids)) - max(ids.count("") - 1, 0)
    parents = {comment.id: comment.parent_id for comment in comments}
    cut = _circles(parents)
    found = [f"{repeated} repeated id{'s' * (repeated > 1)} told apart"] if repeated else []
    found += [f"{cut} circle{'s' * (cut > 1)} of parents cut"] if cut else []
    return ", ".join(found)


def _circles(parents: Mapping[str, str | None]) -> int:
    walk_of: dict[str, str] = {}
    circles = 0
    for start in parents:
        at: str | None = start
        while at is not None and at in parents and at not in walk_of:
            walk_of[at] = start
            at = parents[at]
        circles += at is not None and walk_of.get(at) == start
    return circles


def _read_line(line: bytes, where: str) -> tuple[str, Thread] | InputError:
    try:
        value = json.loads(line)
        thread = thread_from_json(value, source=where)
    except InputError as error:
        return error
    except (ValueError, RecursionError):
        return InputError(where, "is no JSON object; expected a thread as extract writes it")
    source = value.get("source")
    return (source if isinstance(source, str) else where), thread


class _Record:
    """One JSON object whose fields are checked as they are read."""

    def __init__(self, value: object, source: str, name: str) -> None:
        if not isinstance(value, Mapping):
            raise InputError(source, f"{name} is {_kind(value)}; expected an object")
        self.fields = value
        self.source = source
        self.name = name

    def text(self, field: str) -> str:
        value = self.maybe_text(field)
        if value is None:
            raise InputError(self.source, f"{self.name} has no {field}")
        return value

    def maybe_text(self, field: str) -> str | None:
        value = self.fields.get(field)
        if value is not None and not isinstance(value, str):
            problem = f"{self.name} has {_kind(value)} for {field}; expected text"
            raise InputError(self.source, problem)
        return value

    def share(self, field: str) -> float:
        value = self.fields.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            problem = f"{self.name} has {_kind(value)} for {field}; expected a number from 0 to 1"
            raise InputError(self.source, problem)
        return float(value)


def _kind(value: object) -> str:
    """What JSON calls it: an error may say so without quoting the value."""
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    kinds |= {str: "text", dict: "an object", type(None): "missing"}
    return kinds.get(type(value), type(value).__name__)


def _parent_id(entry: _Record, ids: list[str]) -> str | None:
    parent = entry.fields.get("parent")
    if parent is None:
        return None
    if isinstance(parent, bool) or not isinstance(parent, int) or not 0 <= parent < len(ids):
        problem = f"{entry.name} has a parent that is no index into the {len(ids)} comments"
        raise InputError(entry.source, problem)
    return ids[parent]


def _confidence(entry: _Record) -> Confidence | None:
    value = entry.fields.get("confidence")
    if value is None:
        return None
    record = _Record(value, entry.source, f"{entry.name}: confidence")
    return Confidence(
        comment=record.share("comment"),
        author=record.share("author"),
        parent=record.share("parent"),
    )


def _parents(comments: tuple[Comment, ...]) -> list[int | None]:
    """Index of each comment's parent; links that close a circle are cut where first met."""
    position: dict[str, int] = {}
    for index, comment in enumerate(comments):
        position.setdefault(comment.id, index)
    parents = [
        None if comment.parent_id is None else position.get(comment.parent_id)
        for comment in comments
    ]
    walk_of = [-1] * len(comments)
    for start in range(len(comments)):
        at: int | None = start
        while at is not None and walk_of[at] == -1:
            walk_of[at] = start
            up = parents[at]
            if up is not None and walk_of[up] == start:
                parents[at] = None
            at = parents[at]
    return parents


def _depths(parents: list[int | None]) -> list[int]:
    """Steps from each comment to its top-level one; without recursion, for deep threads."""
    depths: dict[int | None, int] = {None: -1}
    for start in range(len(parents)):
        path: list[int] = []
        at: int | None = start
        while at is not None and at not in depths:
            path.append(at)
            at = parents[at]
        depths.update(zip(reversed(path), range(depths[at] + 1, len(parents)), strict=False))
    return [depths[index] for index in range(len(parents))]
