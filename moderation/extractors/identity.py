"""Names for comments: the platform's own, or one made of what the comment says."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from moderation.extractors import wording
from moderation.extractors.nesting import own_elements
from moderation.extractors.outline import Outline, Range

_ATTRIBUTES = (
    "data-comment-id",
    "data-commentid",
    "data-post-id",
    "data-node-id",
    "data-id",
    "id",
    "name",
)
_NAME = re.compile(r"(.*?)(t\d_\w+|[0-9a-f]{8,}(?:-[0-9a-f]{4,}){0,4}|\d+)(?=\D*$)(.*)", re.DOTALL)
_MAX_NAME_CHARS = 100
_NEAR = 6
"""How many elements from a record's beginning its id may stand."""
_COMMON = 0.9
"""Share of the records that must be named alike for the names to be the platform's."""


def comment_id(author: str, text: str) -> str:
    """Name a comment by what it says; the same on every crawl, wherever it stands."""
    said = f"{author.strip()}\n{' '.join(text.split())}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def native_id(name: str) -> str:
    """Return the id in a name, such as 42 of ``comment-42``; the name itself if it has none."""
    found = _NAME.fullmatch(name) if len(name) <= _MAX_NAME_CHARS else None
    return found[2] if found else name


def platform_ids(
    outline: Outline, records: Sequence[Range], times: Sequence[datetime | None]
) -> list[str]:
    """Return the ids the page gives its records, such as 42 of ``id="comment-42"``.

    Args:
        outline: The page.
        records: Ranges of elements in document order.
        times: When each was posted, as far as it can be told.

    Returns:
        One id per record, empty where the record has none; all empty if the records are not
        named alike, share names, or are merely counted from 0 or 1: a young site's first
        comments are, but a count that says nothing of comments, or one that begins at the
        newest, names places and not comments.
    """
    offers = [_offers(outline, elements[:_NEAR]) for elements in own_elements(outline, records)]
    count = Counter(stem for offer in offers for stem in offer)
    order = {name: rank for rank, name in enumerate(_ATTRIBUTES)}
    for stem, number in sorted(count.items(), key=lambda item: (-item[1], order[item[0][0]])):
        ids = [offer.get(stem, "") for offer in offers]
        known = [name for name in ids if name]
        counted = len(known) > 1 and set(known) <= set(map(str, range(len(known) + 1)))
        places = counted and (not _means_comment(stem) or _newest_first(times))
        if number >= _COMMON * len(records) and len(set(known)) == len(known) and not places:
            return ids
    return [""] * len(records)


def _means_comment(stem: tuple[str, str, str]) -> bool:
    said = wording.words(" ".join(stem))
    return any(map(wording.COMMENT.fullmatch, said)) or any(map(wording.POST.fullmatch, said))


def _newest_first(times: Sequence[datetime | None]) -> bool:
    known = [time for time in times if time is not None]
    falls = [later < earlier for earlier, later in pairwise(known)]
    return sum(falls) * 2 > len(falls)


def _offers(outline: Outline, elements: Sequence[int]) -> dict[tuple[str, str, str], str]:
    """Map (attribute, what stands before and after the number) to the number."""
    offers: dict[tuple[str, str, str], str] = {}
    for index in elements:
        element = outline.elements[index]
        for attribute in _ATTRIBUTES:
            value = element.get(attribute, "")
            if 0 < len(value) <= _MAX_NAME_CHARS and (found := _NAME.fullmatch(value)):
                offers.setdefault((attribute, found[1], found[3]), found[2])
    return offers
