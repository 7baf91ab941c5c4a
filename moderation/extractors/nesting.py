"""Who answers whom: parent attributes, levels, nesting or indent, whichever the page has."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from moderation.extractors import wording
from moderation.extractors.evidence import Evidence
from moderation.extractors.groups import MAX_ATTRIBUTES
from moderation.extractors.outline import Outline, Range
from moderation.extractors.tallies import enclosing

Parents = list[int | None]
"""For each record the position of the record it answers, or None at top level."""

_PARENT_ATTRIBUTE = re.compile(
    r"data-(?:[\w-]*parent[\w-]*|reply-?to(?:-?id)?|in-reply-to(?:-?id)?)|parent-?id|parent"
)
_ID_ATTRIBUTE = re.compile(r"(?:data-)?(?:[\w-]*-)?(?:id|thingid|name|cid)")
_LEVEL_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:depth|level|indent|indentation|indented|nest(?:ing|ed)?|lvl)[-_]*(\d{1,2})$",
    re.IGNORECASE,
)
_INDENT_CLASS = re.compile(r"(?:ml|pl|ms|ps)-\[?(\d{1,3})(?:px|rem)?\]?")
"""Utility classes that indent."""
_LEVEL_ATTRIBUTE = re.compile(r"(?:data-)?(?:[\w-]*-)?(?:depth|level|indent)")
_INDENT = re.compile(r"(?:margin|padding)-left\s*:\s*(\d{1,4})", re.IGNORECASE)
_NAME = re.compile(r"\d+|[0-9a-f][0-9a-f-]{15,}|t\d_\w+")
_REPLY_CLASS = re.compile(
    r"(?!has|with|no|can|js|allow|show)(?:[\w-]*[-_])?(?:indented|indent|sub|child|reply|nested|answer|antwort"
    r"|response|subcomment|replied|respuesta|reponse|re|odp|odpowiedz|risposta|reaktion)(?:[-_]?(?:comment|item|post))?",
    re.IGNORECASE,
)
_MAX_WRAPPING = 12
"""How many elements may open around a record before it does."""
_SPACER = re.compile(
    r"(?:^|/)(?:s|spacer|blank|pixel|clear|dot|trans(?:parent)?)\.gif", re.IGNORECASE
)
_TEXT_TAGS = frozenset({"a", "blockquote", "img", "li", "p", "span"})


def parents(evidence: Evidence, records: Sequence[Range]) -> Parents:
    """Return each record's parent as the page's own markup tells it.

    Args:
        evidence: The page.
        records: Ranges of elements in document order.
    """
    if len(records) < 2:
        return [None] * len(records)
    readers = [
        *(_by_attribute, _by_level, _by_nesting, _by_reply_class, _by_indent),
        _by_class_number,
    ]
    if next(enclosing(records), None):  # replies stand in what they answer
        readers = [_by_attribute, _by_nesting]
    for read in readers:
        found = read(evidence.outline, records)
        if any(parent is not None for parent in found):
            return found
    return [None] * len(records)


def own_elements(outline: Outline, records: Sequence[Range]) -> list[list[int]]:
    """Return the elements of each record that are not in a record inside it.

    The elements around a record that hold no other record before it belong to it too: an
    ``li`` with the id may stand around the ``div`` that was found.
    """
    inner: list[list[int]] = [[] for _ in records]
    for child, parent in enclosing(records):
        inner[parent].append(child)
    owned: list[list[int]] = []
    for position, (start, stop) in enumerate(records):
        elements = list(_wrappers(outline, records, position))
        at = start
        for child in inner[position]:
            elements.extend(range(at, records[child][0]))
            at = max(at, records[child][1])
        elements.extend(range(at, stop))
        owned.append(elements)
    return owned


def _wrappers(outline: Outline, records: Sequence[Range], position: int) -> Iterator[int]:
    """Yield the ancestors that are this record's alone: none of its equals stands in them."""
    start = records[position][0]
    before = records[position - 1][0] if position else -1
    for up in outline.ancestors(start):
        if up <= before or start - up > _MAX_WRAPPING:
            return
        if outline.elements[up].tag == "body" or _holds_equal(outline, records, position, up):
            return
        yield up


def _holds_equal(outline: Outline, records: Sequence[Range], position: int, up: int) -> bool:
    """Tell whether an element around a record holds a later one that is no deeper."""
    depth, last = outline.depth[records[position][0]], outline.last[up]
    for other, _ in records[position + 1 : position + 200]:
        if other >= last:
            return False
        if outline.depth[other] <= depth:
            return True
    return False


# -- Stated parents ----------------------------------------------------------------------------


def _by_attribute(outline: Outline, records: Sequence[Range]) -> Parents:
    """Read attributes that name the parent, such as ``data-parent-id``."""
    owned = own_elements(outline, records)
    stated: list[str | None] = []
    names: list[set[str]] = []
    for elements in owned:
        parent, known = None, set[str]()
        for index in elements[:80]:
            element = outline.elements[index]
            for key, value in element.items()[:MAX_ATTRIBUTES]:
                says = _says(str(key))
                if says == "parent":
                    parent = parent or _name(str(value))
                elif says == "id" and len(value) < 200:
                    known |= {str(value), *_NAME.findall(str(value))}
        stated.append(parent)
        names.append(known)
    if not any(stated):
        return [None] * len(records)
    return _resolve(stated, names)


@lru_cache(maxsize=1024)
def _says(attribute: str) -> str:
    """Tell whether an attribute names the parent, the element itself, or nothing."""
    if _PARENT_ATTRIBUTE.fullmatch(attribute):
        return "parent"
    return "id" if _ID_ATTRIBUTE.fullmatch(attribute) else ""


def _name(value: str) -> str | None:
    found = _NAME.findall(value)
    return found[-1] if found and found[-1].strip("0") else None


def _resolve(stated: Sequence[str | None], names: Sequence[set[str]]) -> Parents:
    count = Counter(name for known in names for name in known)
    owner = {
        name: position for position, known in enumerate(names) for name in known if count[name] == 1
    }
    found = [None if name is None else owner.get(name) for name in stated]
    return [None if parent == position else parent for position, parent in enumerate(found)]


# -- Levels ------------------------------------------------------------------------------------


def _by_level(outline: Outline, records: Sequence[Range]) -> Parents:
    """Read levels from class names or attributes, such as ``depth-2``."""
    levels: list[int | None] = []
    for elements in own_elements(outline, records):
        found = (_level(outline, index) for index in elements[:12])
        levels.append(next((level for level in found if level is not None), None))
    return _from_levels(levels)


def _level(outline: Outline, index: int) -> int | None:
    element = outline.elements[index]
    for token in outline.tokens[index]:
        if found := _LEVEL_CLASS.match(token):
            return int(found[1])
    for key, value in element.items()[:MAX_ATTRIBUTES]:
        if _LEVEL_ATTRIBUTE.fullmatch(str(key)) and str(value).isdecimal() and len(value) < 3:
            return int(value)
    return None


def _by_class_number(outline: Outline, records: Sequence[Range]) -> Parents:
    """Read levels from a number in a class name that begins lowest and rises by one at most.

    ``stufe-2`` after ``stufe-1`` is a level, whatever the word means. A number that only
    alternates or counts up is none.
    """
    numbers: dict[str, list[int | None]] = {}
    for position, elements in enumerate(own_elements(outline, records)):
        for index in elements[:_NEAR]:
            for token in outline.tokens[index]:
                if found := _NUMBERED_CLASS.fullmatch(token):
                    row = numbers.setdefault(found[1], [None] * len(records))
                    row[position] = int(found[2]) if row[position] is None else row[position]
    for row in numbers.values():
        levels = [level for level in row if level is not None]
        if len(levels) == len(records) and _are_levels(levels):
            return _from_levels(levels)
    return [None] * len(records)


def _are_levels(levels: Sequence[int]) -> bool:
    steps = [second - first for first, second in pairwise(levels)]
    rises = sum(step == 1 for step in steps)
    alternates = all(steps) and len(set(levels)) == 2
    return (
        len(levels) >= _LEAST_LEVELS
        and min(levels) == levels[0] <= 1
        and max(steps) == 1
        and rises < len(steps)
        and not alternates
    )


_NUMBERED_CLASS = re.compile(r"([^\d\s]{2,40})(\d{1,2})")
_NEAR = 4
"""How many elements from a record's beginning its level may stand."""
_LEAST_LEVELS = 4
"""So few numbers may rise by chance."""


def _by_reply_class(outline: Outline, records: Sequence[Range]) -> Parents:
    """Read replies from a class name that only some records have, such as ``comment--reply``."""
    levels = []
    for elements in own_elements(outline, records):
        tokens = {token for index in elements[:4] for token in outline.tokens[index]}
        levels.append(int(any(map(_REPLY_CLASS.fullmatch, tokens))))
    if levels[0]:
        return [None] * len(records)
    return _from_levels(levels)


def _by_indent(outline: Outline, records: Sequence[Range]) -> Parents:
    """Read levels from left margins or the width of a spacer in front."""
    levels: list[int | None] = []
    for elements, (start, _stop) in zip(own_elements(outline, records), records, strict=True):
        before = range(min(elements, default=start), start)  # a spacer stands in a cell of its own
        found = (_indent(outline, index) for index in (*elements[:12], *before[:12]))
        levels.append(next((level for level in found if level is not None), 0))
    return _from_levels(levels)


def _indent(outline: Outline, index: int) -> int | None:
    element = outline.elements[index]
    for token in outline.tokens[index]:
        if found := _INDENT_CLASS.fullmatch(token):
            return int(found[1])
    width = element.get("width", "")
    if element.tag == "img" and width.isdecimal() and len(width) < 5:
        return int(width) if _SPACER.search(element.get("src", "")) else None
    found = _INDENT.search(element.get("style", ""))
    return int(found[1]) if found and element.tag not in _TEXT_TAGS else None


def _from_levels(levels: Sequence[int | None]) -> Parents:
    """Take the nearest record before with a lower level for the parent."""
    known = {level for level in levels if level is not None}
    if len(known | {None for level in levels if level is None}) < 2:
        return [None] * len(levels)
    found: Parents = []
    path: list[tuple[int, int]] = []
    for position, level in enumerate(levels):
        height = min(known) - 1 if level is None else level
        while path and path[-1][0] >= height:
            path.pop()
        found.append(path[-1][1] if path else None)
        path.append((height, position))
    return found


# -- Nesting -----------------------------------------------------------------------------------


def _by_nesting(outline: Outline, records: Sequence[Range]) -> Parents:
    """Read replies from standing deeper in the markup than the record they follow."""
    around = dict(enclosing(records))
    found: Parents = []
    path: list[int] = []
    for position, (start, _stop) in enumerate(records):
        while path and outline.depth[records[path[-1]][0]] >= outline.depth[start]:
            path.pop()
        if position in around:
            found.append(around[position])
        elif not path:
            found.append(None)
        elif _answers(outline, records, path[-1], position):
            found.append(path[-1])
        else:
            found.append(found[path[-1]])
        path.append(position)
    return found


def _answers(outline: Outline, records: Sequence[Range], first: int, second: int) -> bool:
    """Tell whether a deeper record stands in a place of the shallower one's own."""
    start, target = records[first][0], records[second][0]
    shared, branch = target, target
    while shared >= 0 and not (shared <= start < outline.last[shared]):
        branch, shared = shared, outline.parent[shared]
    if shared < 0:
        return False
    names = wording.words(
        f"{outline.elements[branch].get('class', '')} {outline.elements[branch].get('id', '')}"
    )
    if any(map(wording.CHILDREN.fullmatch, names)):
        return True
    depth = outline.depth[start]
    inside = [
        position
        for position, (other, _) in enumerate(records)
        if shared <= other < outline.last[shared] and outline.depth[other] <= depth
    ]
    return inside == [first]
