"""Fields of a request as Google's JSON reader takes them: either spelling, null is not given."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from moderation.perspective.errors import Json, invalid_field, refusal


def field(fields: Json, name: str) -> object:
    """Return a field under its JSON or its proto name; null is not given."""
    value = fields.get(name)
    if value is None:
        value = fields.get(_proto_name(name))
    return value


def as_object(value: object, name: str) -> Json:
    """Return an object; null is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid_field(name or "request", "must be an object")
    return value


def as_list(value: object, name: str) -> list[Any]:
    """Return a list; null is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid_field(name, "must be a list")
    return value


def string(fields: Json, name: str) -> str:
    """Return a string field; empty where it is not given."""
    value = field(fields, name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid_field(name, "must be a string")
    return value


def boolean(fields: Json, name: str) -> bool:
    """Return a true-or-false field; false where it is not given."""
    value = field(fields, name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise invalid_field(name, "must be true or false")
    return value


def as_number(value: object, name: str) -> float:
    """Return a finite number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise invalid_field(name, "must be a number")


def enum(fields: Json, name: str, known: Sequence[str], shown: str) -> str:
    """Return an enum's name; proto JSON also takes its number."""
    value = field(fields, name)
    if value is None:
        return known[0]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(known):
        return known[value]
    if not isinstance(value, str) or value not in known:
        raise refusal("INVALID_REQUEST", f"Unknown {shown}")
    return value


@lru_cache(maxsize=64)
def _proto_name(name: str) -> str:
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name)
