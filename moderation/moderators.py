"""Who may do what at the desk.

As long as nobody has a role, everybody may do everything: one person needs no roles. From the
first appointment on, whoever has none is a moderator. Without a login (settings ``login_…``)
names are taken on trust: roles then guard against mistakes, not against colleagues.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from moderation.errors import ModerationError
from moderation.schema import Moderator, Role
from moderation.store import Store

RANKS = tuple(Role)
_ADDRESS = re.compile(r"[^@\s:]{1,100}@[^@\s:]{1,90}")


def role_of(store: Store, name: str) -> Role:
    """Return the role somebody has; an admin's as long as nobody has any."""
    known = store.moderators()
    given = {one.name: one.role for one in known}
    return given.get(name, Role.MODERATOR if known else Role.ADMIN)


def may(role: Role, needed: Role) -> bool:
    """Tell whether a role allows what ``needed`` allows."""
    return RANKS.index(role) >= RANKS.index(needed)


def name_from(claims: Mapping[str, object], allowed: Sequence[str]) -> str:
    """Return the name of somebody who has signed in; empty: they may not come in.

    It is their e-mail address, in small letters. One that the provider says is not theirs
    (``email_verified`` is false) is none.

    Args:
        claims: What the OpenID Connect provider says of them.
        allowed: Addresses and ``@domain``s that may come in; none: everybody.
    """
    address = str(claims.get("email") or "").lower()
    if claims.get("email_verified") is False or not _ADDRESS.fullmatch(address):
        return ""
    domain = address[address.index("@") :]
    admitted = {one.lower() for one in allowed}
    return address if not admitted or admitted & {address, domain} else ""


def appoint(store: Store, name: str, role: Role, *, by: str) -> None:
    """Give somebody a role; the one who gives the first becomes an admin.

    Raises:
        ModerationError: ``by`` is no admin, or would leave the desk without one.
    """
    name = name.strip()
    _check(store, name, by=by, stays_admin=role is Role.ADMIN)
    now = datetime.now(UTC)
    if not store.moderators() and name != by:
        store.appoint(Moderator(by, Role.ADMIN, by, now))
    store.appoint(Moderator(name, role, by, now))


def dismiss(store: Store, name: str, *, by: str) -> None:
    """Take somebody's role away: they are a moderator like any other.

    Raises:
        ModerationError: ``by`` is no admin, or would leave the desk without one.
    """
    _check(store, name, by=by, stays_admin=False)
    store.dismiss(name)


def _check(store: Store, name: str, *, by: str, stays_admin: bool) -> None:
    if role_of(store, by) is not Role.ADMIN:
        msg = f"{by[:80]!r} is no admin; only admins give and take roles"
        raise ModerationError(msg)
    admins = {one.name for one in store.moderators() if one.role is Role.ADMIN} or {by}
    if not stays_admin and admins == {name}:
        msg = f"{name[:80]!r} is the only admin; expected another one first"
        raise ModerationError(msg)
