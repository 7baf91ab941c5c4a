"""How sure the reading of a text dump is: of a comment's bounds, its author, its parent.

Each is a probability, a logistic regression over a few signs whose weights are learnt
(``moderation.training.dumps``) and lie in ``moderation/models/dumps``. Its card says how well
they are calibrated: of the guesses at 0.9, how many are right.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from moderation.extractors.dump_lines import Line
from moderation.extractors.dump_orders import Record
from moderation.extractors.dump_records import Reading, left_over
from moderation.extractors.dump_replies import Reply
from moderation.extractors.learnt import packaged_weights
from moderation.schema import Confidence

GUESSES = ("comment", "author", "parent")
SIGNS: dict[str, tuple[tuple[str, ...], str]] = {
    "quality": (("comment",), "how well the records look like comments"),
    "evidence": (("comment",), "headings, buttons, numbers that speak for comments; 1 from 2 on"),
    "count": (("comment",), "how many records: logarithm, 1 from 64 on"),
    "writers": (("comment", "author"), "part of the records that are somebody's first"),
    "last": (("comment",), "it is the last, whose end nothing marks"),
    "long": (("comment",), "how much longer it is than most: logarithm, 1 from 16 times on"),
    "ragged": (("comment",), "part of its lines that are no sentences"),
    "holes": (("comment",), "buttons stand between lines of its text"),
    "left": (("comment", "author"), "part of the records with lines left over before the next"),
    "beside": (("author",), "the name stands in the line of the date"),
    "distance": (("author",), "lines between name and date; 1 from 8 on"),
    "words": (("author",), "words of the name; 1 from 6 on"),
    "indent": (("parent",), "told by indentation"),
    "named": (("parent",), "told by a line that names it"),
    "mention": (("parent",), "told by a mention"),
    "namesakes": (("parent",), "several comments of that name come into question"),
    "answerable": (("parent",), "nothing tells, on a page with buttons to answer"),
}
"""Which guesses each sign is for, and what it says; all are between 0 and 1."""


def confidences(
    lines: Sequence[Line], reading: Reading, records: Sequence[Record], replies: Sequence[Reply]
) -> list[Confidence]:
    """Return how sure each record's bounds, author and parent are."""
    weights = packaged_weights("dumps")
    return [
        Confidence(**{guess: _odds(weights, guess, signs) for guess in GUESSES})
        for signs in signs_of(lines, reading, records, replies)
    ]


def _odds(weights: Mapping[str, float], guess: str, signs: Mapping[str, float]) -> float:
    told = (weights[f"{guess}.{name}"] * signs[name] for name in signs_for(guess))
    return round(1 / (1 + math.exp(-weights[guess] - sum(told))), 3)


def signs_for(guess: str) -> tuple[str, ...]:
    """Return the names of the signs that a guess is judged by."""
    return tuple(name for name, (guesses, _) in SIGNS.items() if guess in guesses)


def signs_of(
    lines: Sequence[Line], reading: Reading, records: Sequence[Record], replies: Sequence[Reply]
) -> list[dict[str, float]]:
    """Return the signs of each record, by the names in ``SIGNS``."""
    if not records:
        return []
    wrote = Counter(record.author.casefold() for record in records)
    shared = {
        "quality": reading.quality,
        "evidence": reading.evidence / 2,
        "count": min(math.log2(len(records)), 6) / 6,
        "writers": len(wrote) / len(records),
        "left": left_over(lines, records),
    }
    sizes = sorted(_size(lines, record) for record in records)
    usual = max(sizes[len(sizes) // 2], 1)
    spans = [lines[record.start : record.end] for record in records]
    replied = sum(any(line.is_reply_button for line in span) for span in spans)
    answerable = 2 * replied >= len(records)
    found = []
    for record, reply in zip(records, replies, strict=True):
        called = "" if reply.parent is None else records[reply.parent].author.casefold()
        told = {how: float(reply.told_by == how) for how in ("indent", "named", "mention")}
        found.append(
            shared
            | _body_signs(lines, record, usual)
            | _name_signs(lines, record)
            | told
            | {
                "last": float(record is records[-1]),
                "namesakes": float(reply.told_by in {"named", "mention"} and wrote[called] > 1),
                "answerable": float(reply.told_by == "flat" and answerable),
            }
        )
    return found


def _size(lines: Sequence[Line], record: Record) -> int:
    return sum(len(lines[i].text) for i in record.body)


def _body_signs(lines: Sequence[Line], record: Record, usual: int) -> dict[str, float]:
    longer = max(math.log2(max(_size(lines, record), 1) / usual), 0)
    between = range(record.body[0], record.body[-1])
    return {
        "long": min(longer, 4) / 4,
        "ragged": sum(lines[i].is_label for i in record.body) / len(record.body),
        "holes": float(any(lines[i].is_button for i in between)),
    }


def _name_signs(lines: Sequence[Line], record: Record) -> dict[str, float]:
    span = range(record.start, min(record.end, len(lines)))
    wanted = record.author.casefold()
    name = next((i for i in span if wanted and wanted in lines[i].text.casefold()), record.start)
    stamp = next((i for i in span if lines[i].stamp), record.start)
    return {
        "beside": float(name == stamp and record.published is not None),
        "distance": min(abs(stamp - name), 8) / 8,
        "words": min(len(record.author.split()), 6) / 6,
    }
