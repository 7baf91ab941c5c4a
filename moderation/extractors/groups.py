"""Groups of elements that look alike: whatever on a page could be its comments.

Elements that share a class name, an id pattern, a data attribute or a place in the markup
make a group. Where names and dates stand in one element and the words in the next (``dt``
and ``dd``, two table rows), a group's records run from one such element to the next.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise

from moderation.extractors import wording
from moderation.extractors.evidence import Evidence
from moderation.extractors.outline import Outline, Range

_RECORD_TAGS = frozenset(
    {
        *("article", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset", "li", "p"),
        *("section", "table", "tbody", "td", "tr", "ul", "ol", "h3", "h4", "h5", "header", "a"),
    }
)
_RECURSIVE_TAGS = frozenset({"article", "blockquote", "dd", "details", "dl", "li"})
"""What replies without a class name stand in, each in what it answers."""
_HEAD_TAGS = frozenset({"dt", "tr", "div", "li", "p", "h2", "h3", "h4", "h5", "header", "a"})
_DIGITS = re.compile(r"\d+|(?<![a-z])[0-9a-f]{12,}")
MAX_ATTRIBUTES = 40
"""How many attributes of an element are looked at; real pages stay under 30."""
_MAX_HEADINGS = 12
"""How many headings are looked below; pages announce their comments once or twice."""
_MAX_BOXES = 4
"""How many boxes may stand around a heading alone."""
_LEAST_MARKS = 2
"""How many names or dates alike make a group without any other sign."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that look alike, in document order; ranges of elements, nested ones included."""

    records: tuple[Range, ...]
    names: frozenset[str]
    is_stretched: bool = False


def groups(evidence: Evidence) -> Iterator[Group]:
    """Yield every group of a page that could be its comments."""
    outline = evidence.outline
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(outline)):
        for key in _keys(outline, index):
            members[key].append(index)
    names: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for key, indices in members.items():
        said = wording.words(key[2]) if key[0] not in {"path", "nest"} else frozenset[str]()
        if len(indices) > 1 or any(map(wording.COMMENT.fullmatch, said)):
            names[tuple(indices)] |= said
    for alike, shared in names.items():
        yield Group(tuple((index, outline.last[index]) for index in alike), frozenset(shared))
        if str(outline.elements[alike[0]].tag) in _HEAD_TAGS:
            yield from _stretched(outline, alike, frozenset(shared))
    known = set(names)
    yield from _around_marks(evidence, known)
    yield from _under_headings(evidence, known)


def _keys(outline: Outline, index: int) -> Iterator[tuple[str, ...]]:
    element = outline.elements[index]
    tag = str(element.tag)
    if tag not in _RECORD_TAGS and "-" not in tag:
        return
    tokens = outline.tokens[index]
    for token in set(tokens):
        yield "class", tag, _stem(token)
    if not tokens and tag != "a":
        yield "path", tag, *_place(outline, outline.parent[index])
        if tag in _RECURSIVE_TAGS:
            yield "nest", tag, *_outer_place(outline, index)
    if "-" in tag:
        yield "tag", tag, tag
    # Pairs, not names: a name such as {x cannot be asked for again.
    for name, value in element.items()[:MAX_ATTRIBUTES]:
        yield from _attribute_keys(tag, str(name), str(value))


def _attribute_keys(tag: str, name: str, value: str) -> Iterator[tuple[str, ...]]:
    if name in {"id", "name"}:
        stem = _DIGITS.sub("#", value)
        if stem != value:
            yield "id", tag, stem
    elif name in {"itemprop", "itemtype"}:
        yield "type", tag, value.rpartition("/")[2]
    elif name.startswith("data-") and "id" in name:
        yield "data", tag, name


@lru_cache(maxsize=1024)
def _stem(name: str) -> str:
    """Return a class name with its numbers left out; a page has few, many times over."""
    return _DIGITS.sub("#", name)


def _place(outline: Outline, index: int) -> tuple[str, ...]:
    """Name a place in the markup: up to three elements upwards, to the first with a class."""
    path: list[str] = []
    while index >= 0 and len(path) < 6:
        path.append(str(outline.elements[index].tag))
        if outline.tokens[index]:
            path.extend(sorted(map(_stem, outline.tokens[index])))
            break
        index = outline.parent[index]
    return tuple(path)


def _outer_place(outline: Outline, index: int) -> tuple[str, ...]:
    """Name the place of the outermost of elements of one kind that stand in each other.

    Lists of replies have no class name either; anything else in between ends the search.
    """
    tag, top = outline.elements[index].tag, index
    for up in islice(outline.ancestors(index), _MAX_NESTED):
        if outline.tokens[up] or outline.elements[up].tag not in {tag, "ul", "ol", "dl"}:
            break
        if outline.elements[up].tag == tag:
            top = up
    return _place(outline, outline.parent[top])


_MAX_NESTED = 40
"""How many elements upwards are looked through; threads nest ten deep at most."""


def _around_marks(evidence: Evidence, known: set[tuple[int, ...]]) -> Iterator[Group]:
    """Yield groups told by their names or dates alone, where no class name or id shows them.

    Around each mark, the largest element that holds no other mark of its kind is a record, or
    the first of the elements that make one.
    """
    outline = evidence.outline
    kinds: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for mark in evidence.dates:
        kinds["date", *_place(outline, mark.element)].append(mark.element)
    for index in evidence.name_elements:
        kinds["name", *_place(outline, index)].append(index)
    for marks in kinds.values():
        if len(marks) < _LEAST_MARKS:
            continue
        records = tuple(_lifted(outline, sorted(set(marks))))
        if records not in known and len(records) > 1:
            known.add(records)
            yield Group(tuple((at, outline.last[at]) for at in records), frozenset())
            yield from _stretched(outline, records, frozenset())


def _under_headings(evidence: Evidence, known: set[tuple[int, ...]]) -> Iterator[Group]:
    """Yield what stands below each heading that announces comments, and what stands in that."""
    outline = evidence.outline
    heads = [
        line.owner
        for line, before, after in zip(
            evidence.segments, evidence.announcing, evidence.announcing[1:], strict=False
        )
        if after > before
    ]
    for head in heads[:_MAX_HEADINGS]:
        below = _below(outline, head)
        inside = _children(outline, below[0]) if len(below) == 1 else []
        for found in (below, inside):
            records = tuple(at for at in found if evidence.size(at) and _is_record(outline, at))
            if records and records not in known:
                known.add(records)
                yield Group(tuple((at, outline.last[at]) for at in records), frozenset())


def _is_record(outline: Outline, index: int) -> bool:
    return str(outline.elements[index].tag) in _RECORD_TAGS


def _below(outline: Outline, index: int) -> list[int]:
    """Return the elements after a heading, up to the next of its kind, or those after its box."""
    for _ in range(_MAX_BOXES):
        tag, parent = outline.elements[index].tag, outline.parent[index]
        if parent < 0 or tag == "body":
            break
        after = []
        at = outline.last[index]
        while at < outline.last[parent] and not _is_next(outline, index, at):
            after.append(at)
            at = outline.last[at]
        if after:
            return after
        index = parent
    return []


def _is_next(outline: Outline, head: int, at: int) -> bool:
    """Tell whether an element is the next heading: of the same tag, and class if it is a box."""
    tag = outline.elements[head].tag
    if outline.elements[at].tag != tag:
        return False
    return tag not in _BOX_TAGS or outline.tokens[at] == outline.tokens[head]


_BOX_TAGS = frozenset({"div", "section"})


def _children(outline: Outline, index: int) -> list[int]:
    found = []
    at = index + 1
    while at < outline.last[index]:
        found.append(at)
        at = outline.last[at]
    return found


def _lifted(outline: Outline, marks: Sequence[int]) -> Iterator[int]:
    """Yield the largest element around each mark that holds none of its neighbours."""
    for before, mark, after in zip((-1, *marks), marks, (*marks[1:], len(outline)), strict=False):
        top = mark
        for up in outline.ancestors(mark):
            if up <= before or after < outline.last[up] or outline.elements[up].tag == "body":
                break
            top = up
        yield top


def _stretched(outline: Outline, heads: Sequence[int], said: frozenset[str]) -> Iterator[Group]:
    """Yield the group whose records run from each head to the next under the same parent."""
    families: dict[int, list[int]] = defaultdict(list)
    for head in heads:
        families[outline.parent[head]].append(head)
    records: list[Range] = []
    for family in families.values():
        gaps = [_steps(outline, first, second) for first, second in pairwise(family)]
        usual = max(set(gaps), key=gaps.count) if gaps else 2
        if usual < 2:
            return
        records.extend((first, second) for first, second in pairwise(family))
        records.append((family[-1], _end_of_last(outline, family, usual)))
    yield Group(tuple(sorted(records)), said, is_stretched=True)


def _end_of_last(outline: Outline, family: Sequence[int], usual: int) -> int:
    """Return where the last record ends: at what ends the others, or after as many siblings."""
    end = _after(outline, family[-1], usual)
    rules = {_tag_before(outline, first, second) for first, second in pairwise(family)}
    if rules == {"hr"}:
        at = outline.last[family[-1]]
        while at < end and outline.elements[at].tag != "hr":
            at = outline.last[at]
        return min(at, end)
    return end


def _tag_before(outline: Outline, first: int, second: int) -> str:
    """Return the tag of the last sibling from one element to a later one."""
    at = first
    while outline.last[at] < second:
        at = outline.last[at]
    return str(outline.elements[at].tag)


def _steps(outline: Outline, first: int, second: int) -> int:
    """Count the siblings from one element to a later one."""
    steps = 0
    while first < second:
        first = outline.last[first]
        steps += 1
    return steps


def _after(outline: Outline, index: int, steps: int) -> int:
    """Return the end of the ``steps``-th sibling from here, or of the last there is."""
    parent = outline.parent[index]
    end = outline.last[index]
    for _ in range(steps - 1):
        if end >= len(outline) or outline.parent[end] != parent:
            break
        end = outline.last[end]
    return end
