"""Groups of elements that look alike, and how much each looks like a page's comments.

Elements that share a class name, an id pattern, a data attribute or a place in the markup
make a group. Where names and dates stand in one element and the words in the next (``dt``
and ``dd``, two table rows), a group's records run from one such element to the next.
"""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from moderation.extractors import wording
from moderation.extractors.evidence import Evidence
from moderation.extractors.outline import Outline, Range

_RECORD_TAGS = frozenset(
    {
        *("article", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset", "li", "p"),
        *("section", "table", "tbody", "td", "tr", "ul", "ol", "h3", "h4", "h5", "header", "a"),
    }
)
_HEAD_TAGS = frozenset({"dt", "tr", "div", "li", "p", "h2", "h3", "h4", "h5", "header", "a"})
_DIGITS = re.compile(r"\d+|(?<![a-z])[0-9a-f]{12,}")
_COMMENT_LINK = re.compile(
    r"^([^#]*)#(?:(?P<mark>[\w-]*comment[\w-]*\d+)|(?:comments?|respond|disqus_thread)$)",
    re.IGNORECASE,
)
MAX_ATTRIBUTES = 40
"""How many attributes of an element are looked at; real pages stay under 30."""
_LEAST_MARKS = 3
"""How many names or dates alike make a group without any other sign."""
_LEAST_OF_ONE = 4
"""How many records by one writer are a live blog or a list of articles."""
_NEAR_LINES = 10
"""How many lines above the first record a heading may stand."""
_MIN_PROSE_CHARS = 8
"""Shortest comment counted as prose: "Thanks!" with a mark more."""


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
        said = wording.words(key[2]) if key[0] != "path" else frozenset[str]()
        if len(indices) > 1 or any(map(wording.COMMENT.fullmatch, said)):
            names[tuple(indices)] |= said
    for alike, known in names.items():
        yield Group(tuple((index, outline.last[index]) for index in alike), frozenset(known))
        if str(outline.elements[alike[0]].tag) in _HEAD_TAGS:
            yield from _stretched(outline, alike, frozenset(known))
    yield from _around_marks(evidence, set(names))


def _keys(outline: Outline, index: int) -> Iterator[tuple[str, ...]]:
    element = outline.elements[index]
    tag = str(element.tag)
    if tag not in _RECORD_TAGS and "-" not in tag:
        return
    tokens = outline.tokens[index]
    for token in set(tokens):
        yield "class", tag, _DIGITS.sub("#", token)
    if not tokens and tag != "a":
        yield "path", tag, *_place(outline, outline.parent[index])
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


def _place(outline: Outline, index: int) -> tuple[str, ...]:
    """Name a place in the markup: up to three elements upwards, to the first with a class."""
    path: list[str] = []
    while index >= 0 and len(path) < 6:
        path.append(str(outline.elements[index].tag))
        if outline.tokens[index]:
            path.extend(sorted(_DIGITS.sub("#", token) for token in outline.tokens[index]))
            break
        index = outline.parent[index]
    return tuple(path)


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
        records.append((family[-1], _after(outline, family[-1], usual)))
    yield Group(tuple(sorted(records)), said, is_stretched=True)


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


# -- Judging -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A group, what speaks for and against it, and the outcome.

    Args:
        group: The group.
        signs: Name of the sign -> share of the records, or 0/1.
        mass: Characters of prose in all records.
        odds: Log-odds of being comments.
    """

    group: Group
    signs: dict[str, float]
    mass: int
    odds: float


WEIGHTS = {
    "bias": -7.0,
    "named": 2.5,
    "within": 1.5,
    "dated": 3.0,
    "signed": 1.5,
    "prose": 2.0,
    "replied": 1.5,
    "headed": 1.5,
    "count": 1.5,
    "linked": -3.0,
    "aside": -3.0,
    "elsewhere": -4.0,
    "lone": -2.5,
    "headlined": -2.0,
    "crowded": -4.0,
    "stretched": -0.5,
    "whole": 1.5,
}
"""Log-odds that each sign adds."""


def judge(evidence: Evidence, group: Group) -> Judged | None:
    """Weigh a group; None if it cannot be the comments, whatever else its records hold."""
    first = group.records[0][0]
    signs = {
        "named": _named(group.names),
        "within": float(evidence.within_comments[first]),
        "headed": float(evidence.is_headed(evidence.outline.piece_from[first], lines=_NEAR_LINES)),
        "count": min(math.log2(len(group.records)) / 4, 1.0),
        "stretched": float(group.is_stretched),
    }
    if _odds(signs) + _best_case(evidence, group) <= 0:
        return None
    own = tallies(evidence, group.records)
    mass = sum(own.prose)
    if mass < _MIN_PROSE_CHARS:
        return None
    signs |= _record_signs(own)
    if _odds(signs) > 0:
        signs["aside"] = float(_is_aside(evidence, first))
        signs["lone"] = float(_has_one_writer(evidence, group))
        signs["elsewhere"] = float(_leads_elsewhere(evidence.outline, group))
    return Judged(group, signs, mass, _odds(signs))


def _odds(signs: dict[str, float]) -> float:
    return WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in signs.items())


def _best_case(evidence: Evidence, group: Group) -> float:
    """Return the most that dates, names, reply buttons and prose could add."""
    start, stop = group.records[0][0], max(stop for _, stop in group.records)
    seen = {
        "dated": evidence.date_totals,
        "signed": evidence.names,
        "replied": evidence.replies,
    }
    present = [name for name, total in seen.items() if total[stop] > total[start]]
    return WEIGHTS["prose"] + WEIGHTS["whole"] + sum(WEIGHTS[name] for name in present)


def _record_signs(own: "Tallies") -> dict[str, float]:
    count = len(own.dates)
    return {
        "dated": sum(1 <= dates <= 3 for dates in own.dates) / count,
        "signed": sum(names > 0 for names in own.names) / count,
        "prose": sum(prose >= _MIN_PROSE_CHARS for prose in own.prose) / count,
        "replied": sum(replies > 0 for replies in own.replies) / count,
        "linked": sum(own.linked) / max(sum(own.length), 1),
        "headlined": sum(headlines > 0 for headlines in own.headlines) / count,
        "crowded": sum(dates > 3 for dates in own.dates) / count,
        "whole": sum(own.is_whole(at) for at in range(count)) / count if count > 2 else 0.0,
    }


@dataclass(frozen=True, slots=True)
class Tallies:
    """What each record of a group holds outside the records inside it; counts and characters."""

    dates: list[int]
    names: list[int]
    replies: list[int]
    headlines: list[int]
    prose: list[int]
    length: list[int]
    linked: list[int]

    def is_whole(self, position: int) -> bool:
        """Tell whether a record has one name or two, one date or two, and words."""
        return (
            1 <= self.dates[position] <= 2
            and self.names[position] > 0
            and self.prose[position] >= _MIN_PROSE_CHARS
        )

    def speaks(self, position: int) -> bool:
        """Tell whether a record has words and a date of its own."""
        return self.dates[position] > 0 and self.prose[position] > 0


def tallies(evidence: Evidence, records: Sequence[Range]) -> Tallies:
    """Count what each record holds."""
    outline = evidence.outline
    spans = [outline.span(start, stop) for start, stop in records]
    pairs = list(enclosing(records))

    def own(totals: list[int], ranges: Sequence[Range]) -> list[int]:
        counts = [totals[stop] - totals[start] for start, stop in ranges]
        for child, parent in reversed(pairs):
            start, stop = ranges[child]
            counts[parent] -= totals[stop] - totals[start]
        return counts

    return Tallies(
        dates=own(evidence.date_totals, records),
        names=own(evidence.names, records),
        replies=own(evidence.replies, records),
        headlines=own(evidence.headlines, records),
        prose=own(evidence.prose, spans),
        length=own(outline.length, spans),
        linked=own(outline.linked, spans),
    )


def enclosing(records: Sequence[Range]) -> Iterator[tuple[int, int]]:
    """Yield (record, innermost record around it), as positions."""
    around: list[int] = []
    for position, (start, _stop) in enumerate(records):
        while around and records[around[-1]][1] <= start:
            around.pop()
        if around:
            yield position, around[-1]
        around.append(position)


def _named(names: frozenset[str]) -> float:
    if any(map(wording.COMMENT.fullmatch, names)):
        return 1.0
    return 0.5 if any(map(wording.POST.fullmatch, names)) else 0.0


def _is_aside(evidence: Evidence, index: int) -> bool:
    outline = evidence.outline
    half = outline.length[-1] / 2
    for up in outline.ancestors(index):
        if evidence.size(up) > half or outline.elements[up].tag == "body":
            return False
        if outline.elements[up].tag in wording.SIDE_TAGS:
            return True
        if any(map(wording.ASIDE.fullmatch, evidence.words[up])):
            return True
        if any(map(wording.COMMENT.fullmatch, evidence.words[up])):
            return False
    return False


def _has_one_writer(evidence: Evidence, group: Group) -> bool:
    """Tell whether all of four or more records name the same person, as in a live blog."""
    if len(group.records) < _LEAST_OF_ONE:
        return False
    names = evidence.name_elements
    said = {
        evidence.outline.text(names[at])
        for start, stop in group.records
        for at in range(bisect_left(names, start), bisect_left(names, stop))
    }
    return len(said) == 1


def _leads_elsewhere(outline: Outline, group: Group) -> bool:
    """Tell whether the records link to the comments of two or more other pages.

    A link to a mark on this page is a permalink, whatever address it gives the page.
    """
    pages: set[str] = set()
    for start, stop in group.records[:50]:
        for element in outline.elements[start:stop]:
            if element.tag == "a":
                found = _COMMENT_LINK.match(element.get("href", ""))
                if found and found[1] and found["mark"] not in outline.anchors:
                    pages.add(found[1].partition("?")[0])
    return len(pages) > 1
