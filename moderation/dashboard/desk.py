"""Which comment is open: served from the queue, walked back and forth, or named by the URL.

Every action is bound to the comment it was drawn for and does nothing once another is open:
a key pressed twice, or a click that comes late, must not decide what nobody has read.

The URL's ``comment`` is the truth, so that a link, a reload and the back button show the same
comment. The session keeps the way the moderator came (``Desk``), how each comment came to be
looked at, and what has been passed over.
"""

import random
import time
from dataclasses import dataclass, field, replace

import streamlit as st

from moderation.dashboard.resources import moderator, role, store
from moderation.schema import Role, Sampling
from moderation.store import QueueFilter

LEASE_S = 300
RENEW_S = 60
"""A claim is renewed when it is older than this: not at every keystroke."""
RANDOM_TRIES = 5
SECOND_SHARE = 0.25
"""Of the comments served from the whole queue, while second looks are due."""


@dataclass
class Desk:
    """One browser session's way through the queue.

    Args:
        trail: Comments opened so far, in order.
        at: Position in ``trail``; -1 before the first.
        passed: Comments left undecided; not served again until the rest is done.
        served: How each comment this desk handed out came to be looked at.
        claimed: (comment, moderator) -> monotonic seconds at which it was claimed.
        listed: The comments of the list, as last drawn.
        fresh: Whether the next visit without a comment in the URL is served one; false once it
            was, so that the browser's back button can get past that address.
        message: What the last action did, shown once more until the next.
        problem: What went wrong with it; empty if nothing did.
    """

    trail: list[str] = field(default_factory=list)
    at: int = -1
    passed: set[str] = field(default_factory=set)
    served: dict[str, Sampling] = field(default_factory=dict)
    claimed: dict[tuple[str, str], float] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)
    fresh: bool = True
    message: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Which comments the moderator wants.

    Args:
        where: The filters.
        audit: Draw at random from everything that waits, so that figures are honest.
        listed: Show them as a list, one of them open, instead of one at a time.
    """

    where: QueueFilter
    audit: bool = False
    listed: bool = False

    @property
    def sampling(self) -> Sampling:
        """How a comment served in this view comes to be looked at."""
        if self.audit:
            return Sampling.RANDOM
        return Sampling.QUEUE if self.where == QueueFilter() else Sampling.SEARCH


def desk() -> Desk:
    """Return this session's desk."""
    if "desk" not in st.session_state:
        st.session_state["desk"] = Desk()
    found: Desk = st.session_state["desk"]
    return found


def clear_messages() -> Desk:
    """Forget what the last action did; return this session's desk."""
    here = desk()
    here.message = here.problem = ""
    return here


def open_comment(view: View) -> str | None:
    """Return the comment to show, serving one if the URL names none; None: nothing waits."""
    named = st.query_params.get("comment")
    if named:
        _arrive(named, view)
        return named
    here = desk()
    if not here.fresh and here.at >= 0:
        return here.trail[here.at]
    if view.listed:
        if here.listed:
            visit(here.listed[0])
        return here.listed[0] if here.listed else None
    return _serve(view)


def is_open(comment_id: str) -> bool:
    """Tell whether this is the comment the desk shows."""
    here = desk()
    return here.at >= 0 and here.trail[here.at] == comment_id


def visit(comment_id: str) -> None:
    """Open this comment, after whatever is open now."""
    here = desk()
    here.fresh = False
    del here.trail[here.at + 1 :]
    here.trail.append(comment_id)
    here.at = len(here.trail) - 1
    st.query_params["comment"] = comment_id


def forward(view: View, *, decided: bool) -> None:
    """Go on: along the trail if the moderator had gone back, else to the next that waits."""
    here = desk()
    current = here.trail[here.at] if here.at >= 0 else None
    if current and not decided:
        here.passed.add(current)
        _release(current)
    elif current:
        here.passed.discard(current)
        here.claimed.pop((current, moderator()), None)  # a decision ends the claim
    if view.listed:
        _down(current)
    elif here.at + 1 < len(here.trail):
        here.at += 1
        st.query_params["comment"] = here.trail[here.at]
    else:
        _serve(view)


def back() -> None:
    """Go back to the comment opened before this one."""
    here = desk()
    if here.at > 0:
        _release(here.trail[here.at])
        here.at -= 1
        st.query_params["comment"] = here.trail[here.at]


def restart(view: View) -> None:
    """Serve what was passed over again."""
    desk().passed.clear()
    _serve(view)


def sampling(comment_id: str) -> Sampling:
    """Tell how a comment came to be looked at; opened by a link counts as searched for."""
    return desk().served.get(comment_id, Sampling.SEARCH)


def claim(comment_id: str) -> bool:
    """Hold a comment for this moderator; False if another desk has it open."""
    here = desk()
    holder = (comment_id, moderator())
    age_s = time.monotonic() - here.claimed.get(holder, -LEASE_S)
    if age_s < RENEW_S:
        return True
    if not store().claim(*holder, lease_s=LEASE_S):
        return False
    here.claimed[holder] = time.monotonic()
    return True


def _arrive(comment_id: str, view: View) -> None:
    """Take note of a comment the URL names, which may be from a link, a reload or "back"."""
    here = desk()
    if 0 <= here.at < len(here.trail) and here.trail[here.at] == comment_id:
        return
    if comment_id in here.trail:
        here.at = here.trail.index(comment_id)
        return
    here.trail.append(comment_id)
    here.at = len(here.trail) - 1
    top = store().queue(waiting_for(view.where), limit=1)
    if not view.audit and comment_id in set(top["comment_id"]):
        here.served[comment_id] = view.sampling


def waiting_for(where: QueueFilter) -> QueueFilter:
    """Leave out of a view what this moderator may not settle, and what others have open."""
    if where.state == "waiting" and role() is Role.MODERATOR:
        where = replace(where, state="undecided")
    return replace(where, free_for=moderator())


def _down(current: str | None) -> None:
    """Open what stands below in the list; it begins anew when its end is reached."""
    here = desk()
    below = here.listed[here.listed.index(current) + 1 :] if current in here.listed else []
    if below:
        visit(below[0])
    else:
        here.fresh = True
        st.query_params.pop("comment", None)


def _release(comment_id: str) -> None:
    here, me = desk(), moderator()
    if here.claimed.pop((comment_id, me), None) is not None:
        store().release([comment_id], me)


def _serve(view: View) -> str | None:
    comment_id = _random() if view.audit else _next(view.where)
    if comment_id is None:
        desk().fresh = True
        st.query_params.pop("comment", None)
        return None
    desk().served[comment_id] = view.sampling
    visit(comment_id)
    return comment_id


def _next(where: QueueFilter) -> str | None:
    """Take what is most worth a look; from the whole queue, now and then a second look."""
    here, me = desk(), moderator()
    whole = where == QueueFilter()
    if whole and random.SystemRandom().random() < SECOND_SHARE and (due := _second()):
        return due
    found = store().take(waiting_for(where), me, passed=here.passed, lease_s=LEASE_S)
    if found is None:
        return _second() if whole else None
    here.claimed[found, me] = time.monotonic()
    return found


def _second() -> str | None:
    due = store().second_looks(moderator(), limit=len(desk().passed) + 1)
    return next((one for one in due if one not in desk().passed and claim(one)), None)


def _random() -> str | None:
    waiting = store().counts()["waiting"]
    for _ in range(RANDOM_TRIES if waiting else 0):
        offset = random.SystemRandom().randrange(waiting)
        rows = store().queue(QueueFilter(), limit=1, offset=offset)
        for comment_id in rows["comment_id"]:
            if str(comment_id) not in desk().passed and claim(str(comment_id)):
                return str(comment_id)
    return None
