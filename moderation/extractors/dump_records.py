"""Comment records in the lines of a text dump, found by the rhythm their template gives them.

A template shows name, date, text and buttons in one order, over and over. Lines with a date
(stamps) are grouped by form and split where a heading or a form stands between; each order is
tried on each run, and the reading with the most names and texts near comment-like signs wins.
Dumps without dates are read by their list items, or by name and text in turn.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from moderation.extractors import dump_lines as dump
from moderation.extractors import dump_words as words
from moderation.extractors.dump_lines import Line
from moderation.extractors.dump_orders import (
    COMMON_SHARE,
    HEADING_WITHIN,
    MAX_GAP,
    Record,
    Stamp,
    heading_above,
    is_template,
    orders,
    template,
    undated,
)

MIN_QUALITY = 0.55
SURE_QUALITY = 0.9
"""Asked of a reading for which little but a heading speaks."""
MIN_EVIDENCE = 0.5
SURE_EVIDENCE = 1.0
SPOKEN_CHARS = 20
"""Letters from which a text counts in full; shorter ones may be scraps of a template."""
SWOLLEN = 0.7
"""What is left of a reading's quality if its first text is out of proportion."""
TORN = 0.3
"""Lost by a reading that finds the buttons of its records in the middle of their texts."""
FEW = 4
"""Records up to which, with little else to speak for them, there must be an article above."""
MAX_LONE_CHARS = 4000
"""Longest text of a few comments; many platforms allow no more."""
RAGGED_LINES = 6
"""Lines from which a text of mostly headlines and labels is none."""
COUNTED = 0.8
"""What a short line above says for as many records as its number."""
ALWAYS_SHARE = 0.8
"""Records with buttons below their text from which the next record begins behind those."""
AS_STATED = 0.15
"""Won by a reading with exactly as many records as a heading states."""
LEFT = 0.05
"""Lost by a reading that leaves lines over between its texts and its heads."""
ANSWERED_SHARE = 0.2
"""Fewer records than this with an answer inside are taken for quotations."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a stretch of lines.

    Args:
        records: In page order.
        worth: Compares readings; 0 is none at all.
        quality: How well the records look like comments, in [0, 1].
        evidence: How much speaks for comments rather than any other list, in [0, 2].
    """

    records: tuple[Record, ...] = ()
    worth: float = 0.0
    quality: float = 0.0
    evidence: float = 0.0


def find_records(lines: Sequence[Line]) -> Reading:
    """Return the comments of a page dump; none rather than doubtful ones."""
    runs = {tuple(stamp.line for stamp in run): run for run in _runs(lines)}
    readings = [
        _judged(lines, records, usual)
        for run in runs.values()
        for usual, records in orders(lines, run)
    ]
    if not any(reading.worth for reading in readings):
        readings = [_judged(lines, records) for records in undated(lines)]
    best = max(readings, key=lambda reading: reading.worth, default=Reading())
    if not best.worth:
        return Reading()
    return replace(best, records=tuple(_with_answers(lines, best.records)))


# -- Runs of stamps ----------------------------------------------------------------------------


def _runs(lines: Sequence[Line]) -> Iterator[list[Stamp]]:
    """Yield stamps that follow each other without a heading between, by form and all together."""
    forms: defaultdict[tuple[object, ...], list[Stamp]] = defaultdict(list)
    for index, line in enumerate(lines):
        found = None if line.is_pingback else line.stamp
        if found:
            stamp = Stamp(index, *found)
            named = any(dump.is_name(dump.clean_name(text)) for text in (found[0], found[2]))
            timed = ":" in stamp.date
            exact = any(part.isdigit() and len(part) != 1 for part in re.split(r"\W", stamp.date))
            for form in (
                (line.marker, named, timed),
                ("listed", bool(line.marker)),
                ("named", named),
                ("exact", exact),
                (),
            ):
                forms[form].append(stamp)
    for stamps in forms.values():
        for breaks in (_is_heading, _is_break):
            yield from _split(lines, stamps, breaks)


def _split(
    lines: Sequence[Line], stamps: Sequence[Stamp], breaks: Callable[[Line], bool]
) -> Iterator[list[Stamp]]:
    run: list[Stamp] = []
    for stamp in stamps:
        between = range(run[-1].line + 1 if run else stamp.line, stamp.line)
        if len(between) > MAX_GAP or any(breaks(lines[i]) for i in between):
            yield run
            run = []
        run.append(stamp)
    yield run


def _is_heading(line: Line) -> bool:
    return line.heading_count is not None


def _is_break(line: Line) -> bool:
    return _is_heading(line) or line.ends_block


# -- Which reading is right --------------------------------------------------------------------


def _judged(lines: Sequence[Line], found: Sequence[Record], usual: float = 1.0) -> Reading:
    """Take the template out of the texts and say how much the reading is worth."""
    records = tuple(record for record in _cleaned(lines, found) if record.body)
    if not records:
        return Reading()
    quality = _quality(lines, records) * len(records) / len(found)
    evidence = _evidence(lines, records)
    lone = len(records) == 1 and (usual < 1 or _is_byline(lines, records[0]))
    if evidence < SURE_EVIDENCE:
        lone = lone or (len(records) <= FEW and _stands_alone(lines, records))
    asked = MIN_QUALITY if evidence >= SURE_EVIDENCE else SURE_QUALITY
    if lone or quality < asked or evidence < MIN_EVIDENCE:
        return Reading(records)
    usual -= LEFT * left_over(lines, records)
    if _announced(lines, records[0].start, len(records)) == 1.0:
        usual += AS_STATED
    worth = usual * quality**2 * evidence * math.log2(1 + len(records))
    return Reading(records, worth, quality, evidence)


def left_over(lines: Sequence[Line], records: Sequence[Record]) -> float:
    """Return the share of records with lines between their text and the next head."""
    tails = [range(record.body[-1] + 1, record.end) for record in records[:-1]]
    shapes = template(lines, tails, COMMON_SHARE)
    left = sum(any(not is_template(lines[i], shapes) for i in tail) for tail in tails)
    return left / len(records)


def _is_byline(lines: Sequence[Line], record: Record) -> bool:
    """Tell whether a lone record begins as articles do, or with a date inside a sentence."""
    head = lines[record.start : record.body[0]]
    stamps = [line.stamp for line in head if line.stamp]
    beside = max((len(stamp[0].split()) for stamp in stamps), default=0)
    return beside > dump.MAX_NAME_WORDS or any(words.BYLINE.match(line.text) for line in head)


def _stands_alone(lines: Sequence[Line], records: Sequence[Record]) -> bool:
    """Tell whether a few records are more likely the article, or teasers, than comments.

    An article has more prose than its few comments, and stands above them; a teaser list has
    line after line without a sentence.
    """
    above = sum(line.prose for line in lines[: records[0].start])
    inside = sum(line.prose for line in lines[records[0].start : records[-1].end])
    longest = max(sum(len(lines[i].text) for i in record.body) for record in records)
    ragged = any(
        len(record.body) >= RAGGED_LINES
        and 2 * sum(lines[i].is_label for i in record.body) > len(record.body)
        for record in records
    )
    return not above or above < inside or longest > MAX_LONE_CHARS or ragged


def _cleaned(lines: Sequence[Line], records: Sequence[Record]) -> Iterator[Record]:
    """Yield the records without template lines, the last one no longer than its kind."""
    bodies = [record.body for record in records]
    shapes = template(lines, bodies)
    closers = template(lines, bodies, COMMON_SHARE)
    trailing = any(_sidebar(lines, body) < len(body) for body in bodies[:-1])
    stops = [_closing(lines, body, shapes) for body in bodies]
    ends = [_last_button(lines, body, closers) for body in bodies]
    closed = sum(stop is not None for stop in stops[:-1])
    always = sum(end is not None for end in ends) >= max(3, ALWAYS_SHARE * len(records))
    for record, stop, end in zip(records, stops, ends, strict=True):
        body = record.body
        if always and end is not None:  # what follows the buttons heads the next record
            body = tuple(index for index in body if index < end)
        elif record is records[-1] and stop is not None and 2 * closed >= len(records) - 1:
            body = tuple(index for index in body if index < stop)
        if record is records[-1] and not trailing:
            body = body[: _sidebar(lines, body)]
        yield replace(record, body=_own(lines, body, shapes, record.author))


def _own(
    lines: Sequence[Line], body: tuple[int, ...], shapes: set[str], author: str
) -> tuple[int, ...]:
    """Return a text from its first to its last line that is not the template's."""
    own = [not is_template(lines[index], shapes) for index in body]
    kept = body[own.index(True) : len(own) - own[::-1].index(True)] if any(own) else ()
    pingback = next((index for index in kept if lines[index].is_pingback), None)
    if pingback is not None:
        kept = tuple(index for index in kept if index < pingback)
    if not kept:  # a short comment that others have copied
        kept = tuple(index for index in body if not lines[index].is_button)[:1]
    for at in (0, -1):  # an avatar's label, or the name beside the rank
        if len(kept) > -at and lines[kept[at]].text.casefold() == author.casefold():
            kept = kept[1:] if at == 0 else kept[:-1]
    return kept


def _sidebar(lines: Sequence[Line], body: Sequence[int]) -> int:
    """Return how many lines of a text stand above its first two labels in a row, at least one."""
    for at in range(1, len(body) - 1):
        if lines[body[at]].is_label and lines[body[at + 1]].is_label:
            return at
    return len(body)


def _closing(lines: Sequence[Line], body: Sequence[int], shapes: set[str]) -> int | None:
    """Return the first template line after a line of text."""
    spoken = False
    for index in body:
        if not is_template(lines[index], shapes):
            spoken = True
        elif spoken:
            return index
    return None


def _last_button(lines: Sequence[Line], body: Sequence[int], shapes: set[str]) -> int | None:
    """Return the last line of words that is a button or recurs, if text stands above it."""
    closers = [i for i in body if lines[i].is_word_button or lines[i].shape in shapes]
    above = range(body[0], closers[-1]) if body and closers else range(0)
    spoken = any(not is_template(lines[index], shapes) for index in above)
    return closers[-1] if spoken else None


def _quality(lines: Sequence[Line], records: Sequence[Record]) -> float:
    """Return how well the records look like comments, in [0, 1]."""
    count = len(records)
    names = 1 - dump.name_doubt([record.author for record in records])
    said = [sum(lines[i].spoken for i in record.body) for record in records]
    spoken = sum(min(chars / SPOKEN_CHARS, 1) for chars in said) / count
    heads = sum(bool(lines[record.start].marker) for record in records)
    inner = sum(any(lines[i].marker for i in record.body) for record in records)
    headed = 1 - max(inner - heads, 0) / count
    hanging = sum(
        all(lines[i].indent >= lines[record.start].indent for i in record.body)
        for record in records
    )
    longest = max((len(record.body) for record in records[1:]), default=MAX_GAP)
    swollen = len(records[0].body) > 2 * longest + 6  # swallowed what stands above
    torn = sum(any(lines[i].is_reply_button for i in record.body) for record in records)
    quality = 0.4 * names + 0.3 * spoken + 0.15 * headed + 0.15 * hanging / count
    quality -= TORN * torn / count
    return SWOLLEN * quality if swollen else quality


def _evidence(lines: Sequence[Line], records: Sequence[Record]) -> float:
    """Return how much speaks for comments rather than any other list, in [0, 2].

    That is a heading, buttons to answer, vote or report, ``says:`` and running numbers.
    """
    count = len(records)
    spans = [range(record.start, min(record.end, len(lines))) for record in records]
    replies = sum(any(lines[i].is_reply_button for i in span) for span in spans) / count
    buttons = sum(any(lines[i].is_word_button for i in span) for span in spans) / count
    says = sum(any(lines[i].says for i in span[:2]) for span in spans) / count
    numbers = [next((n for i in span if (n := lines[i].ordinal)), 0) for span in spans]
    running = sum(later == number + 1 for number, later in pairwise(numbers)) / max(count - 1, 1)
    signs = 0.6 * max(replies, buttons) + 0.6 * says + 0.6 * running
    return min(_announced(lines, records[0].start, count) + signs, 2.0)


def _announced(lines: Sequence[Line], first: int, count: int) -> float:
    """Return how much a heading above speaks for ``count`` comments: 1 if it states as many."""
    if count > 1:
        reach = range(max(first - MAX_GAP, 0), first)
        if any(lines[i].heading_count == count for i in reach):
            return 1.0
    if count > 2:  # in a language whose word for comments is not known
        reach = range(max(first - HEADING_WITHIN, 0), first)
        if any(lines[i].number == count and not lines[i].counter for i in reach):
            return COUNTED
    near = heading_above(lines, first, min(HEADING_WITHIN, 2 + 2 * count))
    stated = lines[near].heading_count if near is not None else 0
    if not stated:
        return 0.0
    return 0.6 + 0.4 * (0 if stated < 0 else min(stated, count) / max(stated, count))


# -- Answers inside a record -------------------------------------------------------------------


def _with_answers(lines: Sequence[Line], records: Sequence[Record]) -> Iterator[Record]:
    """Split off answers that stand inside a record and end in a name and date of their own."""
    feet = [
        [i for i in range(record.body[0] + 1, min(record.end, len(lines))) if _is_foot(lines[i])]
        for record in records
    ]
    if sum(map(bool, feet)) < ANSWERED_SHARE * len(records):
        yield from records
        return
    for record, ends in zip(records, feet, strict=True):
        floor = record.body[0]
        rest = record.body
        answers = []
        for end in ends:
            inside = [i for i in record.body if floor < i < end]
            start = next((i for i in reversed(inside) if lines[i].marker), None)
            if start is not None:
                before, date, _ = lines[end].stamp or ("", "", "")
                body = tuple(i for i in inside if i >= start)
                author = dump.clean_name(before)
                answers.append(Record(start, end + 1, author, date, body, answers=True))
                rest = tuple(i for i in rest if i not in body)
            rest = tuple(i for i in rest if i != end)
            floor = end
        yield replace(record, body=rest)
        yield from answers


def _is_foot(line: Line) -> bool:
    stamp = line.stamp
    return stamp is not None and dump.is_name(dump.clean_name(stamp[0])) and len(stamp[2]) < 20
