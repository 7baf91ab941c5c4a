"""The orders in which a comment template may show name, date and text.

Each function reads a run of stamps, or the lines under a heading, as records under one order,
right or wrong; ``dump_records`` judges which reading is right.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from moderation.extractors import dump_lines as dump
from moderation.extractors import dump_words as words
from moderation.extractors.dump_lines import Line

HEADING_WITHIN = 14
"""Lines between a comment heading and the first comment: a form, a notice, sort buttons."""
HEAD_LINES = 14
"""Lines a template puts between a name and its date: rank, number of posts, buttons."""
TEMPLATE_SHARE = 0.4
"""A line of one shape in this share of the records belongs to the template."""
MAX_TEMPLATE_CHARS = 60
"""Longer lines that recur are no template but spam."""
COMMON_SHARE = 0.7
"""A word or line that opens or closes this share of the records belongs to the template."""
SURE_DOUBT = 0.2
"""Names beside the dates that are doubted less are the names; no others are looked for."""
MAX_GAP = 150
"""Lines between two comments of one run; the longest real comment has 60."""


@dataclass(frozen=True, slots=True)
class Record:
    """One comment: where it starts and ends, who wrote it when, and the lines of its text.

    ``answers`` says that it is an answer to the nearest record above that is none itself.
    """

    start: int
    end: int
    author: str
    published: str | None
    body: tuple[int, ...]
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line with a date, and what stands before and after the date."""

    line: int
    before: str
    date: str
    after: str


def orders(lines: Sequence[Line], run: Sequence[Stamp]) -> Iterator[tuple[float, list[Record]]]:
    """Yield the records of a run under every order a template may have, and how usual it is.

    The figures only part readings that are otherwise as good: names mostly stand above texts.
    """
    block = heading_above(lines, run[0].line)
    above = block + 1 if block is not None else max(run[0].line - HEADING_WITHIN, 0)
    here = [stamp.line for stamp in run]
    inline = _inline_names(run)
    if dump.name_doubt(inline) < SURE_DOUBT:
        yield 1.0, _text_below(lines, run, inline, here)
        yield 0.9, _text_above(run, inline, 0, above)
        yield 0.92, _name_text_date(lines, run, above)
        return
    over = [max(stamp.line - 1, 0) for stamp in run]
    for heads in (
        _name_lines(lines, run),
        over,
        _item_lines(lines, run),
        _opening_lines(lines, run),
    ):
        yield 1.0, _text_below(lines, run, _names(_texts(lines, run, heads)), heads)
    yield 0.95, _name_text_date(lines, run, above)
    yield 0.93, _date_name_text(lines, run)
    yield 1.0, _text_below(lines, run, inline, here)
    yield 0.9, _text_above(run, _names(_texts(lines, run, over)), 1, above)
    yield 0.9, _text_above(run, inline, 0, above)


def _texts(lines: Sequence[Line], run: Sequence[Stamp], heads: Sequence[int]) -> list[str]:
    """Return the lines of the names; of a line with the date itself, what stands beside it."""
    return [
        lines[head].text if head != stamp.line else stamp.before or stamp.after
        for head, stamp in zip(heads, run, strict=True)
    ]


def _inline_names(run: Sequence[Stamp]) -> list[str]:
    before = _names([stamp.before for stamp in run])
    after = _names([stamp.after for stamp in run])
    return before if dump.name_doubt(before) <= dump.name_doubt(after) else after


def _name_lines(lines: Sequence[Line], run: Sequence[Stamp]) -> list[int]:
    """Return the lines of the names, above the dates and what recurs between the two."""
    windows = _windows(run)
    shapes = template(lines, windows, COMMON_SHARE)
    found = []
    for window, stamp in zip(windows, run, strict=True):
        free = (
            i
            for i in reversed(window)
            if not is_template(lines[i], shapes) and lines[i].stamp is None
        )
        found.append(next(free, stamp.line))
    return found


def _item_lines(lines: Sequence[Line], run: Sequence[Stamp]) -> list[int]:
    """Return the lines that open the list items the dates stand in."""
    found = []
    for window, stamp in zip(_windows(run), run, strict=True):
        indent = lines[stamp.line].indent
        opens = (i for i in reversed(window) if lines[i].marker and lines[i].indent < indent)
        found.append(next(opens, stamp.line))
    return found


def _opening_lines(lines: Sequence[Line], run: Sequence[Stamp]) -> list[int]:
    """Return the lines behind the buttons that close the record before.

    Above the first record stands anything: if that is no name, it is as far up as most are.
    """
    found = []
    for window, stamp in zip(_windows(run), run, strict=True):
        closes = (i for i in reversed(window) if lines[i].is_button or _is_sign(lines[i]))
        found.append(min(next(closes, stamp.line - 2) + 1, stamp.line))
    usual = Counter(stamp.line - head for head, stamp in zip(found[1:], run[1:], strict=True))
    if usual and not dump.is_name(lines[found[0]].name):
        found[0] = max(run[0].line - usual.most_common(1)[0][0], 0)
    return found


def _windows(run: Sequence[Stamp]) -> list[range]:
    """Return the lines above each stamp that may hold its head."""
    floors = [-1, *(stamp.line for stamp in run)]
    return [
        range(max(floor + 1, stamp.line - HEAD_LINES), stamp.line)
        for floor, stamp in zip(floors, run, strict=False)
    ]


def _names(texts: Sequence[str]) -> list[str]:
    """Clean names of what all of them begin or end with."""
    split = [words.SCORE.sub("", text[: dump.MAX_STAMP_CHARS]).split() for text in texts]
    for at in (0, -1):
        while len(split) > 2:
            ends = Counter(parts[at] for parts in split if len(parts) > 1)
            word, count = ends.most_common(1)[0] if ends else ("", 0)
            if count < COMMON_SHARE * len(split):
                break
            split = [
                (parts[1:] if at == 0 else parts[:-1]) if parts and parts[at] == word else parts
                for parts in split
            ]
    return [dump.clean_name(" ".join(parts)) for parts in split]


def _text_below(
    lines: Sequence[Line], run: Sequence[Stamp], names: Sequence[str], heads: Sequence[int]
) -> list[Record]:
    """Read name and date as the head of a record."""
    starts = [
        _with_copies(lines, head, name, run[i - 1].line if i else -1)
        for i, (head, name) in enumerate(zip(heads, names, strict=True))
    ]
    ends = [*starts[1:], _end_below(lines, run[-1].line + 1)]
    return [
        Record(start, end, name, stamp.date, tuple(range(stamp.line + 1, end)))
        for start, end, name, stamp in zip(starts, ends, names, run, strict=True)
    ]


def _with_copies(lines: Sequence[Line], start: int, name: str, floor: int) -> int:
    """Move ``start`` up over an avatar's label and over the list item it stands in."""
    while name and start - 1 > floor:
        above = lines[start - 1]
        copy = above.name.casefold() == name.casefold() or name.startswith(f"{above.name} |")
        item = above.marker and not lines[start].marker and above.indent < lines[start].indent
        if not (copy or item) or above.is_pingback:
            break
        start -= 1
    return max(start, floor + 1)


def _text_above(run: Sequence[Stamp], names: Sequence[str], reach: int, above: int) -> list[Record]:
    """Read name and date as the foot of a record."""
    starts = [above, *(stamp.line + 1 for stamp in run[:-1])]
    return [
        Record(start, stamp.line + 1, name, stamp.date, tuple(range(start, stamp.line - reach)))
        for start, name, stamp in zip(starts, names, run, strict=True)
    ]


def _name_text_date(lines: Sequence[Line], run: Sequence[Stamp], above: int) -> list[Record]:
    """Read the name as the head and the date as the foot of a record."""
    starts = [above, *(stamp.line + 1 for stamp in run[:-1])]
    spans = [range(start, stamp.line) for start, stamp in zip(starts, run, strict=True)]
    shapes = template(lines, spans, COMMON_SHARE)  # a busy author recurs too
    heads = [next((i for i in span if not is_template(lines[i], shapes)), None) for span in spans]
    forms = Counter(_form(lines[head]) for head in heads[1:] if head is not None)
    if forms:  # above the first record, anything may stand
        named = (i for i in reversed(spans[0]) if _form(lines[i]) in forms)
        heads[0] = next((i for i in named if dump.is_name(lines[i].name)), heads[0])
    found = [(head, stamp) for head, stamp in zip(heads, run, strict=True) if head is not None]
    ends = [*(head for head, _ in found), run[-1].line + 2][1:]
    names = _names([lines[head].text for head, _ in found])
    return [
        Record(head, end, name, stamp.date, tuple(range(head + 1, stamp.line)))
        for (head, stamp), end, name in zip(found, ends, names, strict=False)
    ]


def _date_name_text(lines: Sequence[Line], run: Sequence[Stamp]) -> list[Record]:
    """Read the date as the first line of a record and the name as the next of its own."""
    ends = [*(stamp.line for stamp in run[1:]), _end_below(lines, run[-1].line + 1)]
    spans = [range(stamp.line + 1, end) for stamp, end in zip(run, ends, strict=True)]
    shapes = template(lines, spans, COMMON_SHARE)
    records = []
    for stamp, span in zip(run, spans, strict=True):
        name = next((i for i in span if not is_template(lines[i], shapes)), span.start)
        body = tuple(range(name + 1, span.stop))
        author = lines[name].name if span else ""
        records.append(Record(stamp.line, max(span.stop, span.start), author, stamp.date, body))
    return records


def _form(line: Line) -> tuple[str, bool]:
    return line.marker, line.gap


def heading_above(lines: Sequence[Line], first: int, within: int = HEADING_WITHIN) -> int | None:
    """Return the nearest comment heading close above a line."""
    for index in range(first - 1, max(first - 1 - within, -1), -1):
        if lines[index].heading_count is not None:
            return index
    return None


def _end_below(lines: Sequence[Line], start: int) -> int:
    """Return where the last comment's text ends: at a form, a heading, or less indentation."""
    if start >= len(lines):
        return start
    said = (line for line in lines[start : start + HEAD_LINES] if not line.is_button)
    indent = next((line.indent for line in said), 0)
    for index in range(start, min(start + MAX_GAP, len(lines))):
        line = lines[index]
        if line.ends_block or line.is_pingback or line.indent < indent:
            return index
        if index > start and line.heading_count is not None:
            return index
    return min(start + MAX_GAP, len(lines))


# -- Dumps without dates -----------------------------------------------------------------------


def undated(lines: Sequence[Line]) -> Iterator[list[Record]]:
    """Yield the records under each comment heading, told by list items or in turn."""
    for index, line in enumerate(lines):
        if line.heading_count is None:
            continue
        yield _list_items(lines, index + 1)
        yield _in_turn(lines, index + 1)
        yield _as_counted(lines, index + 1, line.heading_count)


def _list_items(lines: Sequence[Line], start: int) -> list[Record]:
    """Read list items whose first line is a name and whose text is indented below it."""
    while start < len(lines) and not lines[start].marker and lines[start].is_button:
        start += 1
    if start >= len(lines) or not lines[start].marker:
        return []
    outer = lines[start].indent
    end = start
    while end < len(lines) and lines[end].indent >= outer and not _is_sign(lines[end]):
        end += 1
    heads = [i for i in range(start, end) if lines[i].marker]
    heads = [i for i in heads if i + 1 < end and not lines[i + 1].marker]
    return [
        Record(head, stop, lines[head].name, None, tuple(range(head + 1, stop)))
        for head, stop in pairwise([*heads, end])
    ]


def _in_turn(lines: Sequence[Line], start: int) -> list[Record]:
    """Read name and text on every other line, with no blank lines between."""
    end = start + 1
    while end < len(lines) and not lines[end].gap and not _is_sign(lines[end]):
        end += 1
    pairs = range(start, end - 1, 2)
    if len(pairs) < 3 or any(len(lines[i].text) > dump.MAX_NAME_CHARS for i in pairs):
        return []
    return [Record(i, i + 2, lines[i].name, None, (i + 1,)) for i in pairs]


def _as_counted(lines: Sequence[Line], start: int, count: int) -> list[Record]:
    """Read every line that may be a name as the head of a record, if they are as many as stated."""
    end = start
    while end < min(start + MAX_GAP, len(lines)) and not _is_sign(lines[end]):
        end += 1
    shown = [i for i in range(start, end) if not lines[i].is_button]
    heads = [i for i, below in pairwise(shown) if _heads(lines[i]) and not _heads(lines[below])]
    if len(heads) != count or count < 2:
        return []
    return [
        Record(head, stop, lines[head].name, None, tuple(range(head + 1, stop)))
        for head, stop in pairwise([*heads, end])
    ]


def _heads(line: Line) -> bool:
    return dump.is_name(line.name) and line.text[-1] not in ".!。"


def _is_sign(line: Line) -> bool:
    return line.ends_block or line.heading_count is not None


def template(
    lines: Sequence[Line], bodies: Sequence[Iterable[int]], share: float = TEMPLATE_SHARE
) -> set[str]:
    """Return the shapes of short lines that recur in a share of the records."""
    if len(bodies) < 3:
        return set()
    seen = Counter(
        shape
        for body in bodies
        for shape in {lines[i].shape for i in body if len(lines[i].text) <= MAX_TEMPLATE_CHARS}
    )
    return {shape for shape, count in seen.items() if count >= max(3, share * len(bodies))}


def is_template(line: Line, shapes: set[str]) -> bool:
    """Tell whether a line is the template's: buttons, numbers, or one of its shapes."""
    return line.is_button or line.shape in shapes
