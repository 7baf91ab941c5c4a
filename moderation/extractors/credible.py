"""Whether the records that were read are a thread: somebody said something at some time."""

from collections.abc import Sequence

from moderation.extractors import wording
from moderation.extractors.evidence import Evidence
from moderation.extractors.outline import Range
from moderation.schema import Comment


def said_by_somebody(comments: Sequence[Comment]) -> list[Comment]:
    """Leave out what nobody said at no time, where the rest has names and dates: notices."""
    whole = sum(bool(one.author and one.published) for one in comments)
    if whole < 0.8 * len(comments):
        return list(comments)
    return [one for one in comments if one.author or one.published]


def is_credible(evidence: Evidence, records: Sequence[Range], comments: Sequence[Comment]) -> bool:
    """Tell whether what was read looks like a thread: who and when, and no notices of a form.

    Names and words without a date are a list of people, unless the page calls them comments or
    they can be answered.
    """
    said = [one for one in comments if one.text.strip()]
    if any(wording.NOTICE.search(one.text[:300]) for one in said) and len(said) < 3:
        return False
    if not any(one.published for one in said) and not _are_comments(evidence, records):
        return False
    whole = sum(bool(one.author and one.published) for one in said)
    part = sum(bool(one.author or one.published) for one in said)
    return whole * 2 > len(said) or (len(said) >= 3 and part * 2 > len(said))


def _are_comments(evidence: Evidence, records: Sequence[Range]) -> bool:
    """Tell whether records have reply buttons, or a class name or heading speaks of comments."""
    if not records:
        return False
    first, last = records[0][0], records[-1][1]
    around = (first, *evidence.outline.ancestors(first))
    return (
        evidence.replies[last] > evidence.replies[first]
        or evidence.is_headed(evidence.outline.piece_from[first], lines=_NEAR_LINES)
        or any(
            map(
                wording.COMMENT.fullmatch, frozenset().union(*(evidence.words[at] for at in around))
            )
        )
    )


_NEAR_LINES = 10
"""How many lines above the first record a heading may stand."""
