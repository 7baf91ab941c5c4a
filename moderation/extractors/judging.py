"""How much each group of look-alike elements looks like a page's comments.

A group's signs are numbers between 0 and 1, most of them shares of its records. Their weights
are learnt (``moderation.training.records``) and lie in ``moderation/models/records``: the odds
of a group are those of its being the comments against the page's having none.
"""

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from moderation.extractors import wording
from moderation.extractors.evidence import Evidence
from moderation.extractors.groups import Group
from moderation.extractors.learnt import packaged_weights
from moderation.extractors.tallies import (
    MIN_PROSE_CHARS,
    OVER_ELEMENTS,
    OVER_PIECES,
    Tallies,
    tallies,
    totals_of,
)

_LEAST_OF_ONE = 4
"""How many records by one writer are a live blog or a list of articles."""
_NEAR_LINES = 10
"""How many lines above the first record a heading may stand."""

MOST = 3
"""How many dates or names one record may hold: posted, edited, in a quotation."""
NEARLY = -2.0
"""Odds from which a group is kept: it may be what stands around the comments."""

SIGNS = {
    "named": "words for a comment (1), for comments or posts (0.5) in what the records are called;"
    " 0.5 if only what holds them is called so",
    "headed": "a heading above that announces comments",
    "count": "how many records: logarithm, 1 from 64 on",
    "dated": "records with one to three dates",
    "crowded": "records with more dates or names than that",
    "prose": "records with words that are neither link, date nor button",
    "whole": "records with a name, words and at most two dates",
    "replied": "records with a reply button",
    "controls": "records with any button or counter",
    "headlined": "records with a headline",
    "titled": "records with a linked line that leads to another page, or a headline right above",
    "pictured": "records with a portrait",
    "profiled": "records with a link to a profile",
    "says": 'records with a short line such as "Ann wrote"',
    "spoken": "records that say I or you, thank, ask or exclaim",
    "varied": "spread of the records' lengths",
    "form": "the page has a text field to write in",
    "aside": "the group stands in a sidebar or the like",
    "lone": "all of four and more records name one writer",
    "elsewhere": "records with a link to comments on other pages, if those are several",
}
"""What each sign means; a share of the records where it says "records with"."""
AGAINST = frozenset({"crowded", "headlined", "titled", "aside", "lone", "elsewhere"})
"""The signs that speak against comments; the others speak for them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A group, what speaks for and against it, and the outcome.

    Args:
        group: The group.
        signs: Name of the sign -> its value, between 0 and 1.
        odds: Log-odds of being the page's comments.
    """

    group: Group
    signs: dict[str, float]
    odds: float


Weights = Mapping[str, float]
"""What each sign adds to the log-odds, and their ``bias``."""


def weights() -> Weights:
    """Return the packaged weights; raises ModelError if they are not those of the manifest."""
    return packaged_weights("records")


def judge(evidence: Evidence, found: Sequence[Group], learnt: Weights) -> Iterator[Judged]:
    """Weigh groups; what cannot be the comments, whatever else its records hold, is left out."""
    if not found:
        return
    for group, most in zip(found, _best_cases(evidence, found, learnt), strict=True):
        known = _group_signs(evidence, group)
        if _odds(known, learnt) + most > NEARLY and (signs := signs_of(evidence, group, known)):
            yield Judged(group, signs, _odds(signs, learnt))


def is_talk(evidence: Evidence, found: Judged) -> bool:
    """Tell whether anything says that people talk here, not only that a list is signed and dated.

    Releases and columns have names, dates and words, too. Linked headlines are a list of other
    pages unless the records are called comments or can be answered.
    """
    signs = found.signs
    called = signs["named"] == 1 or signs["replied"] >= _SOME
    if signs["elsewhere"] >= _MOST or (signs["titled"] >= _MOST and not called):
        return False
    return bool(
        found.odds > _SURE
        or called
        or signs["headed"]
        or signs["form"]
        or signs["says"] >= _SOME
        or _is_nested(found.group)
        or (signs["spoken"] >= _SOME and _has_article_before(evidence, found.group))
    )


def _is_nested(group: Group) -> bool:
    """Tell whether records stand in each other, as answers do."""
    return any(second[0] < first[1] for first, second in pairwise(group.records))


def _has_article_before(evidence: Evidence, group: Group) -> bool:
    """Tell whether something stands above that people can talk about: a list is a page's all."""
    first = evidence.outline.piece_from[group.records[0][0]]
    return evidence.prose[first] >= _LEAST_ARTICLE_CHARS


_SOME, _MOST = 0.3, 0.6
"""Shares of the records."""
_LEAST_ARTICLE_CHARS = 100
_SURE = 2.0
"""Odds from which a list need not say that it is talk: entries of a change log reach 2.8."""


def _odds(signs: Mapping[str, float], learnt: Weights) -> float:
    return learnt["bias"] + sum(learnt[name] * value for name, value in signs.items())


def signs_of(
    evidence: Evidence, group: Group, known: Mapping[str, float] | None = None
) -> dict[str, float] | None:
    """Return every sign of a group; None if its records say nothing.

    Args:
        evidence: The page.
        group: The group.
        known: The signs that do not depend on what the records hold, if they were found before.
    """
    own = tallies(evidence, group.records)
    if own.column("prose").sum() < MIN_PROSE_CHARS:
        return None
    first = group.records[0][0]
    return {
        **(_group_signs(evidence, group) if known is None else known),
        **_record_signs(own),
        "aside": float(_is_aside(evidence, first)),
        "lone": float(_has_one_writer(evidence, group)),
        "elsewhere": _leads_elsewhere(evidence, group),
    }


def _group_signs(evidence: Evidence, group: Group) -> dict[str, float]:
    first = group.records[0][0]
    return {
        "named": _named(group.names) or 0.5 * _is_held_by_comments(evidence, first),
        "headed": float(evidence.is_headed(evidence.outline.piece_from[first], lines=_NEAR_LINES)),
        "count": min(math.log2(len(group.records)) / 6, 1.0),
        "form": float(evidence.has_form),
    }


_SEEN_BY = {
    "dated": "dates",
    "replied": "replies",
    "pictured": "pictures",
    "profiled": "profiles",
    "says": "says",
    "spoken": "spoken",
    "controls": "controls",
    "headlined": "headings",
}
"""Signs that are 0 where the whole group holds nothing of the kind."""


def _best_cases(evidence: Evidence, found: Sequence[Group], learnt: Weights) -> list[float]:
    """Return the most that what its records hold could add to the odds of each group."""
    ends = [(one.records[0][0], max(stop for _, stop in one.records)) for one in found]
    seen = np.hstack(totals_of(evidence).within(np.array(ends, dtype=np.int64))) > 0
    most = {name: max(learnt[name], 0.0) for name in _OF_RECORDS}
    added = dict.fromkeys((*OVER_ELEMENTS, *OVER_PIECES), 0.0)
    added |= {_SEEN_BY[name]: most.pop(name) for name in _SEEN_BY}
    best: list[float] = (sum(most.values()) + seen @ np.array(list(added.values()))).tolist()
    return best


_OF_RECORDS = frozenset(SIGNS) - {"named", "headed", "count", "form"}


def _record_signs(own: Tallies) -> dict[str, float]:
    count = len(own)
    dates, prose = own.column("dates"), own.column("prose")
    shares = {
        "dated": (dates >= 1) & (dates <= MOST),
        "crowded": (dates > MOST) | (own.column("names") > MOST),
        "prose": prose >= MIN_PROSE_CHARS,
        "whole": own.whole,
        "replied": own.column("replies") > 0,
        "controls": own.column("controls") > 0,
        "headlined": own.column("headings") > 0,
        "titled": (own.column("titles") > 0) | (own.led & (np.count_nonzero(own.led) > 1)),
        "pictured": own.column("pictures") > 0,
        "profiled": own.column("profiles") > 0,
        "says": own.column("says") > 0,
        "spoken": own.column("spoken") > 0,
    }
    signs = {name: float(np.count_nonzero(share)) / count for name, share in shares.items()}
    signs["varied"] = min(float(prose.std() / max(prose.mean(), 1.0)), 1.0)
    return signs


def _named(names: frozenset[str]) -> float:
    """Rate what the records are called: a comment is one, "comments" hold several."""
    if any(map(wording.COMMENT.fullmatch, names - wording.PLURALS)):
        return 1.0
    known = names & wording.PLURALS or any(map(wording.POST.fullmatch, names))
    return 0.5 if known else 0.0


def _is_held_by_comments(evidence: Evidence, index: int) -> bool:
    """Tell whether the element around a record is called comments: ``ol.comments``."""
    parent = evidence.outline.parent[index]
    return parent >= 0 and not wording.PLURALS.isdisjoint(evidence.words[parent])


def _is_aside(evidence: Evidence, index: int) -> bool:
    outline = evidence.outline
    half = outline.length[-1] / 2
    for up in outline.ancestors(index):
        if _is_live(evidence.words[up]):
            return True
        if evidence.size(up) > half or outline.elements[up].tag == "body":
            return False
        if outline.elements[up].tag in wording.SIDE_TAGS:
            return True
        if any(map(wording.ASIDE.fullmatch, evidence.words[up])):
            return True
        if any(map(wording.COMMENT.fullmatch, evidence.words[up])):
            return False
    return False


def _is_live(words: frozenset[str]) -> bool:
    """Tell whether class names say that this is a live report, which may be all of a page."""
    return not words.isdisjoint({"liveblog", "liveticker"}) or words >= {"live", "blog"}


def _has_one_writer(evidence: Evidence, group: Group) -> bool:
    """Tell whether all of four or more records name the same person, as in a live blog."""
    if len(group.records) < _LEAST_OF_ONE:
        return False
    names = evidence.name_elements
    said: set[str] = set()
    for start, stop in group.records:
        for at in range(bisect_left(names, start), bisect_left(names, stop)):
            said.add(evidence.outline.text(names[at]))
            if len(said) > 1:
                return False
    return len(said) == 1


def _leads_elsewhere(evidence: Evidence, group: Group) -> float:
    """Return the share of records that link to comments on other pages, if those are several."""
    links = totals_of(evidence).links_to_comments
    if not links:
        return 0.0
    pages: set[str] = set()
    leading = 0
    for start, stop in group.records:
        found = links[bisect_left(links, (start, "")) : bisect_left(links, (stop, ""))]
        pages.update(page for _, page in found)
        leading += bool(found)
    return leading / len(group.records) if len(pages) > 1 else 0.0
