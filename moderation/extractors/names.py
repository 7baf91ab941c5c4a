"""Who wrote each record: the short text in the place that fits best.

A name stands in the same place of most records and differs from record to record, near the
date or first of all; class names and attributes break ties.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lxml import html

from moderation.extractors import dates, wording
from moderation.extractors.evidence import DateMark, Evidence, Segment
from moderation.extractors.outline import HEADINGS, Range, tidy

Place = tuple[str, ...]
"""Where an element stands in its record, by tag and class names."""


@dataclass(slots=True)
class Record:
    """One record: what is its own, without the records inside it, and the fields found so far."""

    span: Range
    elements: list[int]
    segments: list[Segment]
    date: DateMark | None
    name_element: int | None = None
    body: int | None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    """A text that may be a record's author."""

    element: int
    name: str
    is_first: bool
    is_near_date: bool
    is_by_date: bool
    is_label: bool = False


@dataclass(frozen=True, slots=True)
class NameReader:
    """Reads the names of all records together.

    Args:
        evidence: The page.
        places: Of every element in a record.
        labels: Lines that most records share.
    """

    evidence: Evidence
    places: Mapping[int, Place]
    labels: AbstractSet[str]

    def read(self, records: Sequence[Record]) -> list[str]:
        """Return each record's author: the short text in the place that fits best."""
        offers = [self._offers(record) for record in records]
        seen: dict[Place, list[_Offer]] = defaultdict(list)
        for offer in offers:
            for place, one in offer.items():
                seen[place].append(one)
        score = {
            place: self._name_score(place, found, len(records))
            for place, found in seen.items()
            if not all(one.is_label for one in found)
        }
        names = []
        chosen_from: Counter[Place] = Counter()
        for record, offer in zip(records, offers, strict=True):
            usable = [place for place in reversed(offer) if place in score]
            best = max(usable, key=lambda place: score[place], default=())
            if best and score[best] >= _LEAST_NAME_SCORE:
                chosen = self._innermost(offer, best, seen, offers)
                record.name_element = chosen.element
                chosen_from[self.places[chosen.element]] += 1
                names.append(chosen.name)
            else:
                names.append("")
        return self._with_numbers(records, names, chosen_from)

    def _with_numbers(
        self, records: Sequence[Record], names: list[str], chosen_from: Counter[Place]
    ) -> list[str]:
        """Take a name without letters, such as "1" or "...", from where the others have theirs."""
        usual, count = max(chosen_from.items(), key=lambda one: one[1], default=((), 0))
        if count * 2 <= len(records):
            return names
        for at, record in enumerate(records):
            if record.name_element is not None and self.places[record.name_element] == usual:
                continue
            for index in record.elements:
                if self.places[index] == usual and self.evidence.size(index):
                    shown = self._spaced(index)
                    if len(shown) <= wording.MAX_NAME_CHARS and not any(map(str.isalpha, shown)):
                        record.name_element, names[at] = index, shown
                    break
        return names

    def _innermost(
        self,
        offer: Mapping[Place, _Offer],
        best: Place,
        seen: Mapping[Place, Sequence[_Offer]],
        offers: Sequence[Mapping[Place, _Offer]],
    ) -> _Offer:
        """Return the name alone where a part of the chosen text is it: "Ann Lee, Oslo".

        What follows is no part of the name, either, if others have no such thing: a badge.
        """
        outline, chosen = self.evidence.outline, offer[best]
        for place, one in offer.items():
            inside = chosen.element < one.element < outline.last[chosen.element]
            rest = chosen.name.removeprefix(one.name).lstrip()
            if not inside or one.is_label or rest == chosen.name:
                continue
            if len(seen[place]) < _MOST_NAMED * len(offers):
                continue
            if rest[:1] in set(_AFTER_NAMES) or any(
                best in other and place in other and other[best].name == other[place].name
                for other in offers[:_MAX_COMPARED]
            ):
                return one
        return chosen

    def _name_score(self, place: Place, found: Sequence[_Offer], total: int) -> float:
        """Rate a place: how often, how different, how near the date, how named, how short."""
        named = any(map(wording.AUTHOR.fullmatch, wording.words(" ".join(place))))
        sure = _is_marked(place)
        count = len(found)
        by_date = sum(one.is_by_date for one in found) / count
        titled = not sure and not _TITLES.isdisjoint(wording.words(" ".join(place)))
        in_heading = bool(HEADINGS.intersection(place)) and not by_date and not named
        distinct = len({_DIGITS.sub("", one.name) for one in found}) / count
        if count == total >= _LEAST_ALIKE and distinct * count == 1 and not (named or sure):
            return 0.0  # a label: "Answered on 3 May"
        long = sum(max(one.name.count(" ") - 2, 0) for one in found) / count
        wordy = sum(one.name.count(" ") > 1 for one in found) * 2 > count
        return (
            count / total
            + (distinct if count > 2 else 0.5)
            + 0.8 * named
            + 0.6 * sure
            + 0.35 * ("@byline" in place)
            + 0.2 * any(tag in place for tag in ("a", "cite", "b", "strong"))
            + 0.3 * sum(one.is_near_date for one in found) / count
            + 0.4 * by_date
            + 0.3 * sum(one.is_first for one in found) / count
            - (0.5 if wordy else 0.2) * (not sure and in_heading)
            - 0.3 * long
            - 0.5 * titled
        )

    def _offers(self, record: Record) -> dict[Place, _Offer]:
        """Return the short texts of a record that may be a name, by place, in page order."""
        offers: dict[Place, _Offer] = {}
        dated = [s for s in record.segments if s.start in self.evidence.dated]
        first: int | None = None
        for index in record.elements:
            element = self.evidence.outline.elements[index]
            if not 0 < self.evidence.size(index) <= 2 * wording.MAX_NAME_CHARS:
                continue
            if element.get("role") == "button":
                continue
            place = self.places[index]
            if _says_author(element):
                place = (*place, "@author")
            name = self._as_name(self._spaced(index))
            if name:
                start = self.evidence.outline.piece_from[index]
                stop = self.evidence.outline.piece_to[index]
                first = start if first is None else first
                ahead = self.evidence.outline.length[start] - self.evidence.outline.length[first]
                offers.setdefault(
                    place,
                    _Offer(
                        element=index,
                        name=name,
                        is_first=ahead <= _FIRST_CHARS,
                        is_near_date=any(abs(start - s.start) <= _NEAR_PIECES for s in dated),
                        is_by_date=any(s.start < stop and start <= s.stop for s in dated),
                        is_label=name in self.labels and not _is_marked(place),
                    ),
                )
        return offers | self._bylines(record, dated)

    def _bylines(self, record: Record, dated: Sequence[Segment]) -> dict[Place, _Offer]:
        """Return what lines such as "by Ann Lee, 3 May 2026" introduce as a name.

        A line without a date does so next to a dated one: "From: Ann Lee" above "Date: 3 May".
        """
        offers: dict[Place, _Offer] = {}
        known = set(dated)
        for at, line in enumerate(record.segments):
            beside = known.intersection(record.segments[max(at - 1, 0) : at + 3])
            if not beside or not wording.is_introduced(line.text):
                continue
            name = self._as_name(line.text)
            if name and line.owner in self.places:
                place = (*self.places[line.owner], "@byline")
                offer = _Offer(line.owner, name, is_first=False, is_near_date=True, is_by_date=True)
                offers.setdefault(place, offer)
        return offers

    def _spaced(self, index: int) -> str:
        """Return an element's text, its parts set apart as they look on screen."""
        pieces = self.evidence.outline.pieces
        return tidy(
            " ".join(
                pieces[
                    self.evidence.outline.piece_from[index] : self.evidence.outline.piece_to[index]
                ]
            )
        )

    def _as_name(self, text: str) -> str:
        """Return the name in a short text, or nothing if it cannot be one."""
        if "\n" in text or not any(map(str.isalpha, text)):
            return ""
        line = text
        found = dates.find(line) or dates.age_after(line)
        before_date = False
        if found:
            before, after = line[: found.start()], line[found.end() :]
            line = before if any(map(str.isalpha, before)) else after
            before_date = True
        name = wording.name(line, before_date=before_date)
        usable = (
            0 < len(name) <= wording.MAX_NAME_CHARS
            and any(map(str.isalpha, name))
            and name[-1] != ":"
            and not wording.is_control(name)
            and not (found and dates.find(name))
            and not dates.is_time(name)
            and not wording.ANSWERED.match(name.casefold())
            and not wording.MEMBERSHIP.match(name)
        )
        return name if usable else ""


def _is_marked(place: Place) -> bool:
    """Tell whether class names or attributes say outright that this is the author."""
    return "@author" in place or wording.says_name(wording.words(" ".join(place)))


def _says_author(element: html.HtmlElement) -> bool:
    """Tell whether an attribute says that this is the author."""
    return element.get("rel") == "author" or element.get("itemprop") in _NAME_PROPERTIES


_TITLES = frozenset({"title", "subject", "headline", "heading", "quote", "rank"})
"""Words in class names of what is short and differs, too, and is no name."""
_NAME_PROPERTIES = frozenset({"author", "creator", "name"})
_DIGITS = re.compile(r"\d+")
"""Left out of names before they are compared: "Reply #3" is a label, whatever its number."""
_NEAR_PIECES = 12
"""How far from the date's line, in text pieces, a name usually stands."""
_FIRST_CHARS = 6
"""What may stand before a name that still comes first: "By", "Mrs", a number."""
_AFTER_NAMES = ",(·|-\u2013"
"""What may follow a name in the same line: a place, a number, a rank."""
_LEAST_ALIKE = 3
"""So many records that say the same show a label; two may be by the same person."""
_MAX_COMPARED = 50
"""How many records are looked at for one without a badge."""
_MOST_NAMED = 0.6
"""Share of the records in which a part of the line must stand to be the name."""
_LEAST_NAME_SCORE = 1.7
"""A place in most records, with most of the texts different, and one sign more."""
