"""Partial replies: the ``fields`` parameter of Google's APIs.

``a,b/c,d(e,f/g),*`` keeps those fields; a list's elements are each cut down. Source: Google
APIs, "Partial response".
"""

from collections.abc import Collection, Iterator
from typing import Any

from moderation.perspective.errors import ApiError, error_info

MOST_CHARS = 2_000
DEEPEST = 20
Mask = dict[str, Any]
"""Field -> mask of what is inside; empty: all of it."""


def parse_mask(text: str) -> Mask:
    """Read a ``fields`` value; raises ApiError."""
    tokens = list(_tokens(text))
    mask, rest = _fields(tokens, 0)
    if rest != len(tokens) or not mask or len(text) > MOST_CHARS:
        raise _refused(text)
    return mask


def cut_down(reply: Any, mask: Mask, known: Collection[str] = ()) -> Any:
    """Return what a mask keeps.

    Args:
        reply: JSON.
        mask: As ``parse_mask`` gives it.
        known: Names that may stand outermost; empty: any.

    Raises:
        ApiError: Another name stands outermost.
    """
    for name in mask:
        if known and name != "*" and name not in known:
            raise _refused(name)
    return _kept(reply, mask)


def _kept(value: Any, mask: Mask) -> Any:
    if not mask:
        return value
    if isinstance(value, list):
        return [_kept(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    chosen = {name: mask.get(name, mask.get("*")) for name in value}
    return {name: _kept(value[name], own) for name, own in chosen.items() if own is not None}


def _tokens(text: str) -> Iterator[str]:
    name = ""
    for character in text[: MOST_CHARS + 1]:
        if character in ",/()":
            if name:
                yield name
            yield character
            name = ""
        else:
            name += character
    if name:
        yield name


def _fields(tokens: list[str], at: int, depth: int = 0) -> tuple[Mask, int]:
    """Read a list of fields; return it and where it ends."""
    mask: Mask = {}
    while True:
        path, at = _path(tokens, at)
        inner: Mask = {}
        if at < len(tokens) and tokens[at] == "(":
            inner, at = _fields(tokens, at + 1, depth + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise _refused("".join(tokens))
            at += 1
        if depth + len(path) > DEEPEST:
            raise _refused("".join(tokens))
        place = mask
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place.setdefault(path[-1], {}).update(inner)
        if at >= len(tokens) or tokens[at] != ",":
            return mask, at
        at += 1


def _path(tokens: list[str], at: int) -> tuple[list[str], int]:
    """Read ``a/b/c``."""
    path: list[str] = []
    while at < len(tokens) and tokens[at] not in ",/()":
        path.append(tokens[at])
        at += 1
        if at >= len(tokens) or tokens[at] != "/":
            return path, at
        at += 1
    raise _refused("".join(tokens))


def _refused(text: str) -> ApiError:
    message = f"Invalid field selection {text[:100]}"
    return ApiError(400, message, error_info("INVALID_FIELD_SELECTION"))
