"""Comments on any page: the general method, for pages no platform module knows.

Elements that share a class name, an id pattern or a place in the markup make a group
(``groups``). Each group is judged by what its members have in common: one date each, a name,
prose that is no link, reply buttons, comment words in class names or in the heading above,
and by what speaks against it: teasers, sidebars, links to comments on other pages. The best
group wins.

What each field of a record is, is then told by comparing the records (``fields``), and who
answers whom by parent attributes, levels, nesting or indent (``nesting``).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import numpy as np

from moderation.extractors import wording
from moderation.extractors.article import read_article
from moderation.extractors.credible import is_credible, said_by_somebody
from moderation.extractors.dates import moment
from moderation.extractors.document import Document
from moderation.extractors.evidence import Evidence, evidence_of
from moderation.extractors.fields import Fields, read_fields
from moderation.extractors.groups import Group, groups
from moderation.extractors.identity import comment_id, platform_ids
from moderation.extractors.judging import Judged, Weights, is_talk, judge, weights
from moderation.extractors.nesting import own_elements, parents
from moderation.extractors.outline import Outline, Range
from moderation.extractors.quotes import apart
from moderation.extractors.tallies import enclosing, tallies
from moderation.schema import Comment, Thread


class RecordsExtractor:
    """Comment-like records that repeat in the markup of a page.

    Args:
        learnt: Weights of the signs; by default the packaged ones.
    """

    name: ClassVar[str] = "records"

    def __init__(self, learnt: Weights | None = None) -> None:
        self.learnt = learnt

    def matches(self, document: Document) -> bool:
        """Any HTML page may hold comments."""
        return document.kind == "html"

    def extract(self, document: Document) -> Thread:
        """Read the thread; a page without comments gives one without."""
        evidence = evidence_of(document)
        records = find_records(evidence, self.learnt or weights())
        comments = said_by_somebody(read_comments(evidence, records))
        if not is_credible(evidence, records, comments):
            return Thread(read_article(document), (), self.name)
        elements = [
            evidence.outline.elements[index]
            for start, stop in records
            for index in _tops(evidence.outline, start, stop)
        ]
        return Thread(read_article(document, elements), tuple(comments), self.name)


def find_records(evidence: Evidence, learnt: Weights) -> list[Range]:
    """Return the ranges of elements that are the page's comments, in document order.

    Args:
        evidence: The page.
        learnt: Weights of the signs.
    """
    return without_pingbacks(evidence, chosen_records(evidence, judged_groups(evidence, learnt)))


def judged_groups(evidence: Evidence, learnt: Weights) -> list[Judged]:
    """Return the page's groups that may be comments or stand around them, likeliest first."""
    judged = list(judge(evidence, list(groups(evidence)), learnt))
    judged.sort(key=lambda found: (found.odds, not found.group.is_stretched), reverse=True)
    return judged


def chosen_records(evidence: Evidence, judged: Sequence[Judged]) -> list[Range]:
    """Return the records of the likeliest group, with those that belong to them."""
    likely = [found for found in judged if found.odds > 0 and is_talk(evidence, found)]
    if not likely:
        return []
    likely = _without_parts_and_wholes(evidence, likely[:_MAX_GROUPS])
    best = max(
        (found for found in likely if found.odds > likely[0].odds - _SAME_ODDS),
        key=lambda found: (len(found.group.records), -_extent(found.group)),
    )
    records = _wrapped(evidence, best.group.records, judged)
    for other in likely:
        records = _joined(evidence, records, other.group)
    return records


def _extent(group: Group) -> int:
    """Count the elements of a group's records."""
    return sum(stop - start for start, stop in group.records)


def without_pingbacks(evidence: Evidence, records: Sequence[Range]) -> list[Range]:
    """Leave out the records that say they are another site's link to this page."""
    return [one for one in records if not evidence.is_called(one[0], wording.PINGBACK)]


_MAX_GROUPS = 60
"""How many groups are looked at; each look costs a pass over its records."""


def _wrapped(evidence: Evidence, records: Sequence[Range], judged: Sequence[Judged]) -> list[Range]:
    """Return the elements around the records that add their name or date, if there are any.

    A forum's post may keep its words and date in one cell and the writer in the next.
    """
    best = list(records)
    own = tallies(evidence, best)
    for found in judged:
        around = found.group.records
        if len(around) != len(records) or found.group.is_stretched or found.odds < _WRAPPING_ODDS:
            continue
        if not all(a <= b and c >= d for (a, c), (b, d) in zip(around, best, strict=True)):
            continue
        wider = tallies(evidence, around)
        named = np.count_nonzero(wider.column("names")) > np.count_nonzero(own.column("names"))
        dates = wider.column("dates")
        dated = dates.sum() > own.column("dates").sum() and dates.max() <= 3
        unnamed = np.count_nonzero(own.column("names")) * 2 <= len(best)
        if named or dated or (unnamed and _names_more(evidence, around, best)):
            best, own = list(around), wider
    return best


def _names_more(evidence: Evidence, around: Sequence[Range], best: Sequence[Range]) -> bool:
    """Tell whether names stand in what is around records, where next to none are in them."""
    known = sum(bool(one.author) for one in read_fields(evidence, best))
    if known * 2 > len(best):
        return False
    return sum(bool(one.author) for one in read_fields(evidence, around)) > known


_WRAPPING_ODDS = -2.0
"""An element around records is no stranger than this: it need not look like comments itself."""


def _without_parts_and_wholes(evidence: Evidence, likely: list[Judged]) -> list[Judged]:
    """Drop groups that hold several records of another each, and those that are cut too fine.

    Where every one of three or more records holds the same number of smaller ones, those are
    its parts (a forum post's user and message cells); else the larger one is a container,
    unless it says something itself (an answer with comments on it).
    """
    dropped: set[int] = set()
    for large in likely:
        tops = _outermost(large.group.records)
        for small in likely:
            if _is_share(evidence, large, small) or _is_short_of(large, small):
                dropped.add(id(large))
                break
            if len(small.group.records) <= len(large.group.records):
                continue
            counts = _counts(tops, small.group.records)
            if min(counts) < 1 or sum(counts) < 2 * len(large.group.records):
                continue
            if _speaks_itself(evidence, large.group.records, small.group.records):
                continue
            if large.odds > small.odds + _FAR_ODDS:
                dropped.add(id(small))
                continue
            regular = len(counts) >= 3 and min(counts) == max(counts)
            if len(counts) == len(large.group.records) or not regular:
                dropped.add(id(small if regular else large))
    return [found for found in likely if id(found) not in dropped] or likely[:1]


def _is_short_of(some: Judged, every: Judged) -> bool:
    """Tell whether a group lacks some of the records of another that is nearly as likely."""
    if every.odds <= some.odds - _LUCKY_ODDS:
        return False
    starts, more = ({start for start, _ in one.group.records} for one in (some, every))
    return starts < more


_LUCKY_ODDS = 1.2
"""A few records of a group may look likelier by so much than all of them."""
_FAR_ODDS = 4.0
"""A group is no mere container where its odds are higher than its parts' by so much."""
_SAME_ODDS = 0.2
"""Groups whose odds differ by less are as likely: more and smaller records are better."""


def _is_share(evidence: Evidence, some: Judged, every: Judged) -> bool:
    """Tell whether one group only wraps some of another's records: lists of replies do."""
    inside, records = some.group.records, every.group.records
    if not len(inside) < len(records) or every.group.is_stretched:
        return False
    area = _area(evidence.outline, inside)
    if not all(area[0] <= start < area[1] for start, _ in records):
        return False
    union = sorted({*inside, *records}, key=lambda one: (one[0], -one[1]))
    around = dict(enclosing(union))
    wraps = set(inside)
    wrapped = [at for at, up in around.items() if union[up] in wraps and union[at] not in wraps]
    if len(wrapped) != len(inside) or len({around[at] for at in wrapped}) != len(inside):
        return False
    own = tallies(evidence, union)
    left = sum(own.column("prose")[at] for at, one in enumerate(union) if one in wraps)
    mass = tallies(evidence, inside).column("prose").sum()
    return bool(left <= 0.1 * mass and own.whole[wrapped].all())


def _speaks_itself(evidence: Evidence, large: Sequence[Range], small: Sequence[Range]) -> bool:
    """Tell whether most large records keep name, date and words without the small ones."""
    union = sorted({*large, *small}, key=lambda one: (one[0], -one[1]))
    known = set(large)
    own = tallies(evidence, union)
    outer = [at for at, one in enumerate(union) if one in known]
    speaking = own.speaking & (own.column("names") > 0)
    return bool(speaking[outer].mean() > 0.8)


def _outermost(records: Sequence[Range]) -> list[Range]:
    tops: list[Range] = []
    for one in records:
        if not tops or tops[-1][1] <= one[0]:
            tops.append(one)
    return tops


def _counts(tops: Sequence[Range], records: Sequence[Range]) -> list[int]:
    """Count the records inside each of ``tops``."""
    starts = [start for start, _ in records]
    return [bisect_left(starts, stop) - bisect_left(starts, start + 1) for start, stop in tops]


def _joined(evidence: Evidence, records: list[Range], group: Group) -> list[Range]:
    """Add the group's records that are comments beside, around or inside those found.

    What is left of either record without the other must still have its own date, name and
    words: a reply inside its parent does, a comment's body inside the comment does not.
    """
    named = any(map(wording.COMMENT.fullmatch, group.names))
    if group.is_stretched or not named or any(map(wording.AUTHOR.fullmatch, group.names)):
        return records
    known = set(records)
    candidates = [one for one in group.records if one not in known]
    if not candidates or is_quoted(evidence, candidates[0], records):
        return records
    area = _area(evidence.outline, records)
    if not all(area[0] <= start < area[1] for start, _ in candidates):
        return records
    union = sorted({*records, *candidates}, key=lambda one: (one[0], -one[1]))
    if any(a[0] < b[0] < a[1] < b[1] for a, b in pairwise(union)):
        return records
    return union if _all_speak(evidence, union, {*candidates}) else records


def _all_speak(evidence: Evidence, union: list[Range], added: set[Range]) -> bool:
    """Tell whether the added records and those around them keep words, name and date."""
    around = dict(enclosing(union))
    touched = {union[around[at]] for at, one in enumerate(union) if one in added and at in around}
    touched |= added
    speaking = tallies(evidence, union).speaking
    return bool(speaking[[at for at, one in enumerate(union) if one in touched]].mean() >= 0.9)


def _area(outline: Outline, records: Sequence[Range]) -> Range:
    """Return the smallest element around all records, as a range; one level more for a single."""
    first, last = records[0][0], records[-1][0]
    top = outline.parent[first]
    while top >= 0 and outline.last[top] <= last:
        top = outline.parent[top]
    up = outline.parent[top] if top >= 0 else -1
    top = up if up >= 0 and outline.elements[up].tag != "body" else max(top, 0)
    return top, outline.last[top]


def is_quoted(evidence: Evidence, record: Range, records: Sequence[Range]) -> bool:
    """Tell whether a record inside another is what that one quotes."""
    outline = evidence.outline
    for up in (record[0], *outline.ancestors(record[0])):
        if any(start == up for start, _ in records):
            return False
        if outline.elements[up].tag == "blockquote":
            return True
        if any(map(wording.QUOTE.fullmatch, evidence.words[up])):
            return True
    return False


def read_comments(evidence: Evidence, records: Sequence[Range]) -> list[Comment]:
    """Read the comments in ``records``."""
    return comments_of(evidence, records, read_fields(evidence, records))


def comments_of(
    evidence: Evidence,
    records: Sequence[Range],
    fields: Sequence[Fields],
    *,
    ids: Sequence[str] | None = None,
) -> list[Comment]:
    """Put together what each record says, its id and its parent.

    Args:
        evidence: The page.
        records: Ranges of elements in document order.
        fields: What each of them says.
        ids: The platform's; empty where a record has none. By default they are looked for.
    """
    answered = parents(evidence, records)
    times = [moment(one.published) for one in fields]
    given = platform_ids(evidence.outline, records, times) if ids is None else ids
    names = _distinct(
        [own or comment_id(one.author, one.text) for own, one in zip(given, fields, strict=True)]
    )
    owned = own_elements(evidence.outline, records)
    said = [
        apart(evidence.outline, elements, one.text)
        for elements, one in zip(owned, fields, strict=True)
    ]
    return [
        Comment(
            id=names[position],
            parent_id=None if parent is None else names[parent],
            author=one.author,
            text=said[position][0],
            published=one.published,
            posted_at=times[position],
            quoted=said[position][1],
        )
        for position, (one, parent) in enumerate(zip(fields, answered, strict=True))
    ]


def _distinct(ids: Sequence[str]) -> list[str]:
    """Number repeated ids, so that a reply's parent is one of them and not both."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in ids:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return distinct


def _tops(outline: Outline, start: int, stop: int) -> list[int]:
    """Return the outermost elements of a range."""
    tops = []
    while start < stop:
        tops.append(start)
        start = outline.last[start]
    return tops
