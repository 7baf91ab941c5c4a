"""Why a page was read as it was: who tried, what the general method weighed, what was left out.

Holds counts, tag paths and names of signs, never a word of a comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from moderation.extractors.credible import is_credible, said_by_somebody
from moderation.extractors.evidence import Evidence
from moderation.extractors.judging import Judged, Weights, is_talk
from moderation.extractors.records import (
    chosen_records,
    judged_groups,
    read_comments,
    without_pingbacks,
)

_MOST_CANDIDATES = 6
_MOST_STEPS = 5
_MAX_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Attempt:
    """An extractor that took the page for its own.

    Args:
        extractor: Its name.
        comments: How many it found.
        problem: Why it gave up, if it did.
    """

    extractor: str
    comments: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group of look-alike elements that the general method weighed.

    Args:
        where: Tag path of the first record.
        records: How many there are.
        odds: Log-odds of being the comments; taken for them above 0 only.
        added: What each sign added to the odds.
        verdict: What became of it.
    """

    where: str
    records: int
    odds: float
    added: Mapping[str, float]
    verdict: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a page was read.

    Args:
        platform: As in the thread.
        comments: How many the thread has.
        attempts: Those that matched, in the order they were tried; the last one read the page
            unless ``comments`` is 0.
        candidates: What the general method weighed, if it was asked; likeliest first.
        left_out: What was thrown away, and how many of each.
    """

    platform: str
    comments: int
    attempts: tuple[Attempt, ...]
    candidates: tuple[Candidate, ...] = ()
    left_out: Mapping[str, int] | None = None

    def lines(self) -> list[str]:
        """Return the explanation as lines for people."""
        lines = [f"read by {self.platform}: {self.comments} comments"]
        for one in self.attempts:
            found = one.problem or f"{one.comments} comments"
            lines.append(f"  tried {one.extractor}: {found}")
        for group in self.candidates:
            lines.append(f"  {group.odds:+.1f}  {group.records} x {group.where}: {group.verdict}")
            signs = sorted(group.added.items(), key=lambda item: -abs(item[1]))
            lines.append("        " + " ".join(f"{name} {by:+.1f}" for name, by in signs))
        lines += [f"  left out: {many} {what}" for what, many in (self.left_out or {}).items()]
        return lines


def weighed(evidence: Evidence, learnt: Weights) -> tuple[tuple[Candidate, ...], Mapping[str, int]]:
    """Tell what the general method weighs on a page.

    Args:
        evidence: The page.
        learnt: Weights of the signs.

    Returns:
        The likeliest groups, and how much of the chosen one was left out.
    """
    judged = judged_groups(evidence, learnt)
    every = chosen_records(evidence, judged)
    records = without_pingbacks(evidence, every)
    comments = read_comments(evidence, records)
    spoken = said_by_somebody(comments)
    credible = is_credible(evidence, records, spoken)
    candidates = tuple(
        Candidate(
            where=_path(evidence, found),
            records=len(found.group.records),
            odds=found.odds,
            added={
                "bias": learnt["bias"],
                **{name: learnt[name] * by for name, by in found.signs.items() if by},
            },
            verdict=_verdict(evidence, found, set(every), credible=credible),
        )
        for found in islice(judged, _MOST_CANDIDATES)
    )
    left_out = {
        "pingbacks": len(every) - len(records),
        "notices without name and date": len(comments) - len(spoken),
    }
    return candidates, {what: many for what, many in left_out.items() if many}


def _verdict(
    evidence: Evidence, found: Judged, taken: set[tuple[int, int]], *, credible: bool
) -> str:
    if found.odds <= 0:
        return "no comments"
    if not is_talk(evidence, found):
        return "refused: nothing says that people talk to each other"
    if taken.issuperset(found.group.records):
        return "taken" if credible else "refused: too few names and dates, or notices of a form"
    return "parts, wholes or neighbours of a likelier group"


def _path(evidence: Evidence, found: Judged) -> str:
    """Return where the first record stands, such as ``ol#comments > li.comment``."""
    outline = evidence.outline
    first = found.group.records[0][0]
    steps = []
    for index in (first, *islice(outline.ancestors(first), _MOST_STEPS - 1)):
        element = outline.elements[index]
        name = element.get("id") or ""
        mark = f"#{name}" if name else "".join(f".{token}" for token in outline.tokens[index][:2])
        steps.append(f"{element.tag!s}{mark[:_MAX_NAME_CHARS]}")
    stretched = " and what follows" if found.group.is_stretched else ""
    return " > ".join(reversed(steps)) + stretched
