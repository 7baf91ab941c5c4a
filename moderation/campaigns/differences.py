"""Where two texts differ, word by word."""

import re
from collections.abc import Iterator

from rapidfuzz.distance import LCSseq

Spans = list[tuple[int, int]]
"""Starts and ends in code points, in order."""
MOST_WORDS = 2000
"""Of each text, from its start; what comes after counts as the same."""
_WORD = re.compile(r"\S+")


def differences(one: str, other: str) -> tuple[Spans, Spans]:
    """Return the parts of each text that the other does not have in that order.

    Words are compared as they are written but for case; neighbouring words make one part.
    Lowest number of words kept out of both: longest common subsequence.
    """
    left, right = _words(one), _words(other)
    steps = LCSseq.opcodes(
        [one[start:end].casefold() for start, end in left],
        [other[start:end].casefold() for start, end in right],
    )
    changed = [step for step in steps if step.tag != "equal"]
    return (
        list(_joined(left, [(step.src_start, step.src_end) for step in changed])),
        list(_joined(right, [(step.dest_start, step.dest_end) for step in changed])),
    )


def _words(text: str) -> Spans:
    return [match.span() for _, match in zip(range(MOST_WORDS), _WORD.finditer(text), strict=False)]


def _joined(words: Spans, runs: Spans) -> Iterator[tuple[int, int]]:
    """Spans of runs of words; runs that touch become one."""
    begin = end = -1
    for start, stop in (run for run in runs if run[0] < run[1]):
        if start != end:
            if end > 0:
                yield words[begin][0], words[end - 1][1]
            begin = start
        end = stop
    if end > 0:
        yield words[begin][0], words[end - 1][1]
