"""Comments as the nodes ``thread_view`` draws: the family of one comment, or a whole thread."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from moderation.dashboard.components import NAMES
from moderation.dashboard.live import Node, TopScore
from moderation.policy import HARM, Policy
from moderation.schema import ATTRIBUTES, Comment, Thread
from moderation.scorers.spans import Explanation, Span
from moderation.store import Family

NEAREST_PARENTS = 4
"""Parents shown in place, besides the one that started the branch."""
REPLIES = 12


def around(family: Family) -> list[Comment | str]:
    """Return a comment's parents, itself and its direct replies, in reading order.

    A string stands where comments were left out and says how many.
    """
    comments = family.thread.comments
    place = comments.index(family.comment)
    parents, replies = comments[:place], comments[place + 1 :]
    shown: list[Comment | str] = list(parents)
    left_out = len(parents) - 1 - NEAREST_PARENTS
    if left_out > 1:
        shown = [parents[0], f"… {left_out} comments between …", *parents[-NEAREST_PARENTS:]]
    shown += [family.comment, *replies]
    if family.replies > len(replies):
        shown.append(f"… {family.replies - len(replies)} more replies …")
    return shown


def tree(thread: Thread) -> list[tuple[Comment, int]]:
    """Return every comment with its depth, each followed by its replies (page order kept)."""
    children: dict[str | None, list[Comment]] = defaultdict(list)
    for comment in thread.comments:
        children[comment.parent_id].append(comment)
    ordered: list[tuple[Comment, int]] = []
    waiting = [(comment, 0) for comment in reversed(children[None])]
    while waiting:
        comment, depth = waiting.pop()
        ordered.append((comment, depth))
        waiting += [(reply, depth + 1) for reply in reversed(children[comment.id])]
    return ordered


def drift_starts(
    ordered: Sequence[tuple[Comment, int]],
    ids: Sequence[str],
    off_topic: Mapping[str, float],
    threshold: float,
) -> dict[str, str]:
    """Say where branches leave the topic: a comment that does, below one that does not.

    Args:
        ordered: As ``tree`` returns them.
        ids: Their ids in the store.
        off_topic: Id -> score; NaN = not scored.
        threshold: From here on a comment counts as off topic.

    Returns:
        Id -> what to say of such a comment that has replies.
    """
    off = [off_topic.get(comment_id, math.nan) >= threshold for comment_id in ids]
    path: list[bool] = []
    said: dict[str, str] = {}
    for place, (_, depth) in enumerate(ordered):
        above = path[depth - 1] if depth else False
        path[depth:] = [off[place]]
        if not off[place] or above:
            continue
        end = place + 1
        while end < len(ordered) and ordered[end][1] > depth:
            end += 1
        below = off[place + 1 : end]
        if below:
            said[ids[place]] = f"drift starts here: {sum(below)} of {len(below)} below off topic"
    return said


def top_score(scores: Mapping[str, float], policy: Policy) -> TopScore | None:
    """Pick the score that stands for a comment: the flagged one that does most harm.

    If none is flagged, the one nearest to its threshold.
    """
    margins = {
        name: scores[name] - policy.thresholds[name]
        for name in ATTRIBUTES
        if name in scores and not math.isnan(scores[name])
    }
    if not margins:
        return None
    flagged = [name for name, margin in margins.items() if margin >= 0]
    harmful = max(flagged, key=lambda name: scores[name] * HARM[name], default=None)
    name = harmful or max(margins, key=margins.__getitem__)
    return TopScore(NAMES[name], scores[name], flagged=margins[name] >= 0)


def node(
    comment: Comment,
    comment_id: str,
    *,
    depth: int,
    top: TopScore | None,
    state: str = "",
    current: bool = False,
) -> Node:
    """Describe one comment for ``thread_view``."""
    return Node(
        id=comment_id,
        depth=depth,
        author=comment.author,
        when=published(comment),
        text=comment.text,
        quoted=comment.quoted,
        state=state,
        top=top,
        current=current,
    )


def explained(node: Node, explanations: Sequence[Explanation]) -> Node:
    """Mark the words that made some of a comment's scores, and say below which and how much."""
    shares: dict[tuple[int, int], list[str]] = {}
    places = sorted({end for one in explanations for span in one.spans for end in _ends(span)})
    for start, end in pairwise(places):
        names = [
            NAMES.get(one.attribute, one.attribute)
            for one in explanations
            if any(span.start <= start and end <= span.end for span in one.spans)
        ]
        if names:
            shares[start, end] = names
    falls = [
        f"{NAMES.get(one.attribute, one.attribute)} "
        f"({min(1.0, sum(span.score for span in one.spans)):.2f} less without them)"
        for one in explanations
        if one.spans
    ]
    marks = tuple((start, end, ", ".join(names)) for (start, end), names in shares.items())
    why = f"Marked: the words that made {'; '.join(falls)}." if falls else ""
    return replace(node, marks=marks, why=why)


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def published(comment: Comment) -> str:
    """Say when a comment was published: the parsed time if there is one, else as shown."""
    if comment.posted_at is not None:
        return comment.posted_at.strftime("%d %b %Y %H:%M UTC")
    return comment.published or ""
