"""Name, date and words of each record, told by comparing the records of a page.

What stands in the same place of most records is the same field: a short text that differs
from record to record is the name, the place with most of the prose the body. A line that
reads the same in most records is a button or a label. Class names break ties.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moderation.extractors import dates, wording
from moderation.extractors.evidence import MAX_META_CHARS, DateMark, Evidence, Segment
from moderation.extractors.names import NameReader, Place, Record
from moderation.extractors.nesting import own_elements
from moderation.extractors.outline import HEADINGS, Outline, Range

_DIGITS = re.compile(r"\d+")
_ALTERNATING = frozenset({"odd", "even", "alt", "alternate", "first", "last"})
"""Class names that colour every other record, and so say nothing about the place."""
_NUMBER_AFTER = re.compile(r"\s*#\s?\d+$")
_LEAST_SUBJECT_CHARS = 12
"""A shorter line may stand in the title by chance."""
_HELD = 0.85
"""Share of a record's prose that its body must hold: the rest is signature, edit mark, title."""
_HELD_IF_NAMED = 0.5
"""The same for a body whose class name says so; signatures can be long."""
_LEAST_ALIKE = 3
"""So many records must share a line word for word; two may be by the same person."""
_COMMON = 0.5
"""Share of the records in which a line must stand to be a label rather than words."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What one record says; ``published`` and ``author`` may be missing."""

    author: str
    published: str | None
    text: str


def read_fields(evidence: Evidence, records: Sequence[Range]) -> list[Fields]:
    """Read every record of a group.

    Args:
        evidence: The page.
        records: Ranges of elements in document order; records inside records are left out
            of what is around them.
    """
    return _Reader(evidence, records).read()


class _Reader:
    """The records of one page side by side."""

    def __init__(self, evidence: Evidence, records: Sequence[Range]) -> None:
        self.evidence = evidence
        self.outline: Outline = evidence.outline
        self.places: dict[int, Place] = {}
        self._stems: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.records = self._gather(records)
        self.labels = self._labels()

    def read(self) -> list[Fields]:
        self._choose_dates()
        names = NameReader(self.evidence, self.places, self.labels).read(self.records)
        self._choose_bodies()
        self._leave_out_subjects()
        return [
            Fields(name, record.date.published if record.date else None, self._text(record, name))
            for record, name in zip(self.records, names, strict=True)
        ]

    def _gather(self, records: Sequence[Range]) -> list[Record]:
        gathered = []
        owned = own_elements(self.outline, records)
        for (start, stop), elements in zip(records, owned, strict=True):
            inside = [index for index in elements if start <= index < stop]
            mine = set(inside)
            span = self.outline.span(start, stop)
            segments = [
                segment for segment in self.evidence.segments_in(span) if segment.owner in mine
            ]
            said = self._without_signature(segments, inside)
            gathered.append(Record(span, inside, _above_ruler(said), None))
            for index in inside:
                self.places[index] = self._place(index, start)
        return gathered

    def _without_signature(self, segments: list[Segment], inside: Sequence[int]) -> list[Segment]:
        """Leave out edit marks, and what a class name calls a signature below a post.

        What follows the words and holds the comment's date signs the comment itself.
        """
        kept = [one for one in segments if not wording.EDITED.match(one.text)]
        dated = self.evidence.dates_in
        for index in inside:
            if any(map(wording.SIGNATURE.fullmatch, self.evidence.words[index])) and (
                dated(inside[0], index) and not dated(index, inside[-1] + 1)
            ):
                last = self.outline.last[index]
                kept = [one for one in kept if not index <= one.owner < last]
        return kept

    def _place(self, index: int, top: int) -> Place:
        raw = self.outline.tokens[index]
        if raw not in self._stems:
            stems = (_DIGITS.sub("#", token).rstrip("#") for token in raw)
            self._stems[raw] = tuple(sorted(set(filter(None, stems)) - _ALTERNATING))
        tokens = self._stems[raw]
        if tokens or index == top:
            return (str(self.outline.elements[index].tag), *tokens)
        above = self.places.get(self.outline.parent[index], ())
        return (*above[:8], ">", str(self.outline.elements[index].tag))

    def _labels(self) -> set[str]:
        """Return the lines that most records share: word for word, or but for a short rest.

        "Likes: 3" and "From: Oslo" are lines of that kind, and so is "Answers 2".
        """
        shared: Counter[str] = Counter()
        for record in self.records:
            shared.update({kind for one in record.segments for kind in self._kinds(one)})
        least = max(_LEAST_ALIKE, _COMMON * len(self.records))
        both = 2 if len(self.records) == 2 else least
        return {
            one.text
            for record in self.records
            for one in record.segments
            for kind in self._kinds(one)
            if shared[kind] >= (least if kind == one.text else both)
        }

    def _kinds(self, segment: Segment) -> Iterator[str]:
        """Yield what a line may share with the lines of other records."""
        line = segment.text
        yield line
        if len(line) > MAX_META_CHARS:
            return
        is_label = len(line) <= _MAX_LABEL_CHARS
        if is_label:
            before, colon, _after = line.partition(":")
            if colon and before.replace(" ", "").isalpha():
                yield f"{before}:"
        bare = _DIGITS.sub("#", line)
        if bare == line or not any(map(str.isalpha, line)):
            return
        if (is_label and line.count(" ") < _MAX_LABEL_WORDS) or self._is_row(segment):
            yield bare

    def _is_row(self, segment: Segment) -> bool:
        """Tell whether a line is put together of short parts, as a row of links and counts is."""
        pieces = self.outline.pieces[segment.start : segment.stop]
        parts = [piece for piece in pieces if any(map(str.isalnum, piece))]
        return len(parts) >= _LEAST_PARTS and max(map(len, parts)) <= _MAX_LABEL_CHARS

    def _is_words(self, record: Record, segment: Segment) -> bool:
        """Tell whether a line may be something a person wrote in the comment."""
        return (
            not self._is_date_line(record, segment)
            and not self._in_heading(segment)
            and not self._is_subject_line(segment)
            and not self._is_name_line(record, segment)
            and not self._is_chrome(segment)
        )

    def _is_name_line(self, record: Record, segment: Segment) -> bool:
        """Tell whether a line holds the name and little else, such as a place or a rank."""
        if record.name_element is None:
            return False
        at = self.outline.piece_from[record.name_element]
        beside = len(segment.text) - self.evidence.size(record.name_element)
        return segment.start <= at < segment.stop and beside <= _BESIDE_NAME_CHARS

    def _is_subject_line(self, segment: Segment) -> bool:
        """Tell whether a line repeats the page's title, as the posts of a forum do."""
        subject = _NUMBER_AFTER.sub("", segment.text)
        if len(subject) < _LEAST_SUBJECT_CHARS:
            return False
        return wording.ANSWERED.sub("", subject.casefold()) in self.evidence.title

    def _in_heading(self, segment: Segment) -> bool:
        places = (segment.owner, max(self.outline.parent[segment.owner], 0))
        return any(self.outline.elements[at].tag in HEADINGS for at in places)

    def _is_date_line(self, record: Record, segment: Segment) -> bool:
        """Tell whether a line is there for its date: people write about dates, too."""
        shown = self.evidence.dated.get(segment.start)
        if record.date is not None and (shown or dates.is_time(record.date.published)):
            at = self.outline.piece_from[record.date.element]
            if segment.start <= at < segment.stop or segment.owner == record.date.element:
                return True
        return shown is not None and len(segment.text) - len(shown) <= _BESIDE_DATE_CHARS

    # -- Date ----------------------------------------------------------------------------------

    def _choose_dates(self) -> None:
        """Give each record the date in the place where most records have one."""
        marks = [self._marks(record) for record in self.records]
        count = Counter(
            place for found in marks for place in {self.places[mark.element] for mark in found}
        )
        for record, every in zip(self.records, marks, strict=True):
            found = [mark for mark in every if not self._is_mentioned(mark, count)]
            if found:
                record.date = max(
                    found,
                    key=lambda mark: (
                        count[self.places[mark.element]] + 0.5 * mark.is_stamp,
                        -mark.element,
                    ),
                )
            else:
                record.date = self._time(record, count)

    def _time(self, record: Record, count: Counter[Place]) -> DateMark | None:
        """Return the time of day that a record shows where others show a date: today's do."""
        for index in record.elements:
            if count[self.places[index]] * 2 >= len(self.records):
                shown = self.outline.text(index)
                if dates.is_time(shown):
                    return DateMark(index, shown, is_stamp=False)
        return None

    def _is_mentioned(self, mark: DateMark, count: Counter[Place]) -> bool:
        """Tell whether a date stands among words, in a place where few records have one."""
        if mark.is_stamp or count[self.places[mark.element]] >= _LEAST_DATED * len(self.records):
            return False
        return self.evidence.size(mark.element) - len(mark.published) > _BESIDE_DATE_CHARS

    def _marks(self, record: Record) -> list[DateMark]:
        if not record.elements:
            return []
        mine = set(record.elements)
        found = self.evidence.dates_in(record.elements[0], record.elements[-1] + 1)
        return [mark for mark in found if mark.element in mine]

    def _leave_out_subjects(self) -> None:
        """Leave out the lines above name and date where the words stand below: subjects."""
        above = below = 0
        subjects: list[tuple[Record, int]] = []
        for record in self.records:
            if record.body is not None or record.date is None:
                return
            at = self.outline.piece_from[record.date.element]
            heads = [one for one in record.segments if one.stop <= at]
            said = sum(len(one.text) for one in heads if self._is_words(record, one))
            rest = sum(len(one.text) for one in record.segments if self._is_words(record, one))
            if said and rest > said:
                subjects.append((record, at))
            above += said
            below += rest - said
        if below > above and len(subjects) >= 0.9 * len(self.records):
            for record, at in subjects:
                record.segments = [one for one in record.segments if one.stop > at]

    # -- Body ----------------------------------------------------------------------------------

    def _choose_bodies(self) -> None:
        """Find the place that holds most of the prose and neither date nor reply button."""
        prose: dict[Place, int] = defaultdict(int)
        present: Counter[Place] = Counter()
        split: set[Place] = set()
        total = 0
        holders: list[dict[Place, int]] = []
        for record in self.records:
            masses = self._masses(record)
            total += sum(len(s.text) for s in record.segments if self._is_words(record, s))
            best: dict[Place, tuple[int, int]] = {}
            for index, mass in masses.items():
                place = self.places[index]
                if place in best and ">" in place:
                    split.add(place)
                if mass > best.get(place, (0, -1))[0]:
                    best[place] = (mass, index)
            holders.append({place: index for place, (_, index) in best.items()})
            for place, (mass, _) in best.items():
                prose[place] += mass
                present[place] += 1
        for place in split:  # one of several paragraphs is not the body
            del prose[place]
        chosen = self._best_place(prose, present, total)
        for record, holder in zip(self.records, holders, strict=True):
            record.body = holder.get(chosen) if chosen else None
            if chosen and record.body is None:  # what was said reads like a button: "+1"
                at = (index for index in record.elements if self.places[index] == chosen)
                record.body = next(at, None)

    def _masses(self, record: Record) -> dict[int, int]:
        """Return the prose in each element that holds no date."""
        masses: dict[int, int] = defaultdict(int)
        mine = set(record.elements)
        top = record.elements[0] if record.elements else -1
        for segment in record.segments:
            if self._is_words(record, segment):
                index = segment.owner
                while index in mine:
                    masses[index] += len(segment.text)
                    if index == top:
                        break
                    index = self.outline.parent[index]
        for field in (record.date.element if record.date else -1, record.name_element):
            index = -1 if field is None else field
            while index in mine:
                masses.pop(index, None)
                index = self.outline.parent[index]
        return masses

    def _best_place(
        self, prose: dict[Place, int], present: Counter[Place], total: int
    ) -> Place | None:
        best, best_score = None, 0.0
        for place, mass in prose.items():
            share = mass / max(total, 1)
            named = ">" not in place and any(
                map(wording.BODY.fullmatch, wording.words(" ".join(place[1:])))
            )
            least = _HELD_IF_NAMED if named else _HELD
            if share < least or present[place] < 0.6 * len(self.records):
                continue
            score = share + 0.1 * named + 0.2 * present[place] / len(self.records)
            if score > best_score:
                best, best_score = place, score
        return best

    # -- Text ----------------------------------------------------------------------------------

    def _text(self, record: Record, author: str) -> str:
        mine = set(record.elements)
        if record.body is not None:
            last = self.outline.last[record.body]
            inside = [s for s in record.segments if record.body <= s.owner < last]
            said = [s for s in inside if s.text not in self.labels]
            return "\n".join(s.text for s in self._trimmed(inside) or said)
        segments = [
            segment
            for segment in record.segments
            if segment.owner in mine
            and not self._is_date_line(record, segment)
            and not (author and wording.name(segment.text).casefold() == author.casefold())
            and segment.text not in self.labels
            and not self._is_subject_line(segment)
        ]
        return "\n".join(segment.text for segment in self._trimmed(segments))

    def _trimmed(self, segments: Sequence[Segment]) -> list[Segment]:
        """Leave out buttons and labels before and after the words."""
        kept = list(segments)
        while kept and self._is_chrome(kept[-1]):
            kept.pop()
        while kept and self._is_chrome(kept[0]):
            kept.pop(0)
        return kept

    def _is_chrome(self, segment: Segment) -> bool:
        return segment.text in self.labels or segment.start in self.evidence.controls


_MAX_LABEL_CHARS = 40
"""Longest line that is a label with something behind it."""
_MAX_LABEL_WORDS = 5
"""Most words of a label with a number in it: more are a sentence."""
_LEAST_PARTS = 3
"""Fewer parts of a line may be a sentence with a link in it."""


def _above_ruler(segments: list[Segment]) -> list[Segment]:
    """Return the lines before a forum's ruler of underscores and the signature under it."""
    rulers = (at for at, one in enumerate(segments) if at and wording.RULER.fullmatch(one.text))
    return segments[: next(rulers, len(segments))]


_BESIDE_NAME_CHARS = 30
"""What stands beside a name at most in a line that says who wrote."""
_BESIDE_DATE_CHARS = 30
"""What stands beside a date at most where the line is about the comment, not part of it."""
_LEAST_DATED = 0.2
"""Share of the records that have a date in the place where comments show theirs."""
