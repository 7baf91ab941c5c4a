"""Dates as comment pages write them: found in text, read from attributes, turned into UTC.

``find`` knows ISO stamps, numeric dates, dates with month names in fourteen languages, and
relative ones ("3 hours ago", "vor 8 Stunden", "3시간 전"). ``moment`` turns only those into a
time whose day is certain: 03/04/2020 is not, and nothing relative is; ``clock`` reads the rest.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

from lxml import html

from moderation.extractors import wording
from moderation.extractors.date_forms import (
    ABSOLUTE,
    ABSOLUTE_IN_LOWER,
    DAY_WORDS,
    MONTHS,
    RELATIVE,
    RELATIVE_HINT,
    RELATIVE_WORDS,
    TIME,
)


def find(text: str) -> re.Match[str] | None:
    """Return the first date in ``text``; a relative one, or else an absolute one."""
    return _find_again(text) if len(text) <= MAX_DATE_CHARS else _find(text)


def _find(text: str) -> re.Match[str] | None:
    lower = text.lower().replace("\xa0", " ")
    # Plain searches first: most lines hold no date, and this is what every line pays.
    relative = any(map(lower.__contains__, RELATIVE_WORDS)) and RELATIVE_HINT.search(lower)
    today = ":" in lower and any(map(lower.__contains__, DAY_WORDS))
    if (relative or today) and (found := RELATIVE.search(text)):
        return found
    if not _DIGIT.search(text):
        return None
    there = ABSOLUTE_IN_LOWER.search(wording.lowered(text))
    return ABSOLUTE.match(text, there.start()) if there else None


def as_shown(text: str, found: re.Match[str]) -> str:
    """Return a date that was found in a text, with the time of day that may stand before it."""
    before = _TIME_BEFORE.search(text[max(found.start() - _MAX_TIME_CHARS, 0) : found.start()])
    shown = f"{before[0] if before else ''}{found[0]}"
    return " ".join(shown.split()).replace(" ,", ",")


_MAX_TIME_CHARS = 20
_TIME_BEFORE = re.compile(rf"{TIME}\s+on\s+$", re.IGNORECASE)
"""As Nairaland writes it: "7:12am On Oct 14, 2022"."""
_find_again = lru_cache(maxsize=4096)(_find)
"""Several readers ask about the same short line of a page."""
_DIGIT = re.compile(r"\d")
MAX_DATE_CHARS = 80
"""Longest text that can be a date line; measured longest on real pages: 46."""


def is_date(text: str) -> bool:
    """Tell whether a short text is little more than a date."""
    if not 3 < len(text) <= MAX_DATE_CHARS:
        return False
    found = find(text)
    if not found:
        return False
    rest = text[: found.start()] + text[found.end() :]
    return sum(map(str.isalnum, rest)) <= _MAX_REST_CHARS


_MAX_REST_CHARS = 16
"""Letters beside the date: a weekday, "Uhr", "Posted on", a comment number."""

_TIME_ONLY = re.compile(rf"\W*{TIME}(?:\s*Uhr)?\W*", re.IGNORECASE)


def is_time(text: str) -> bool:
    """Tell whether a text is a time of day and nothing else."""
    return _TIME_ONLY.fullmatch(text) is not None


_AGE = re.compile(
    r"\W*(\d{1,3}\s?(?:s|m|h|hrs?|d|w|wks?|mo|mos|y|yrs?|Std|Tg|j|sem|horas?|d\u00edas?))\.?\W*"
    r"(?:\(?(?:edited|bearbeitet|modifi\u00e9|editado)\)?)?\W*",
    re.IGNORECASE,
)


_AGE_AFTER = re.compile(r"[\s·•|]+\d{1,3}\s?(?:s|m|h|hrs?|d|w|wks?|mo|mos|y|yrs?)\W*$")


def age_after(text: str) -> re.Match[str] | None:
    """Return the age at the end of a line that says who wrote: "Ann Lee · 3h"."""
    return _AGE_AFTER.search(text)


def age(text: str) -> str | None:
    """Return how old something is where that is all a text says: "3h", "2y", "· 5 d · Edited".

    Only in a place of its own does this mean a date; among words it may be anything.
    """
    found = _AGE.fullmatch(text)
    return found[1] if found else None


_STAMP_ATTRIBUTES = (
    *("datetime", "data-datetime", "data-date", "data-time", "data-timestamp", "data-utime"),
    *("data-published", "data-created", "data-created-at", "data-time-string"),
)
_STAMPED = frozenset({*_STAMP_ATTRIBUTES, "itemprop", "title"})
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}\S*(?: ?[+-]\d\d:?\d\d)?)?$")
_EPOCH = re.compile(r"1[0-9]{9}(?:\d{3}|\.\d+)?$")


def stamp(element: html.HtmlElement) -> str | None:
    """Return an element's machine-readable date, from its attributes; None if it has none."""
    if _STAMPED.isdisjoint(element.keys()):
        return None
    for name in _STAMP_ATTRIBUTES:
        value = (element.get(name) or "").strip()
        if value and (_ISO.match(value) or _EPOCH.match(value) or _short_date(value)):
            return value
    if element.get("itemprop") in _DATE_PROPERTIES:
        value = (element.get("content") or "").strip()
        if value:
            return value
    value = (element.get("title") or "").strip()
    if _ISO.match(value):
        return value
    found = find(value) if _short_date(value) else None
    if found and RELATIVE.match(found[0]) and find("".join(element.itertext())):
        return None  # the day is shown, and the title only says how long ago that was
    return found[0].strip() if found else None


_DATE_PROPERTIES = frozenset(
    {"datePublished", "dateCreated", "commentTime", "uploadDate", "dateModified"}
)


def _short_date(value: str) -> bool:
    return len(value) <= MAX_DATE_CHARS and is_date(value)


# -- To UTC ------------------------------------------------------------------------------------

_CLOCK = re.compile(
    r"([오午上下][전前後午후])?\s?(\d{1,2})(?:[:h]|\s?[hH시時时点點]\s?)(\d{2})"
    r"(?:[:.](\d{2}))?(?:\s*([ap])\.?m\b)?",
    re.IGNORECASE,
)
_AFTERNOON = ("오후", "午後", "下午")
_NAMED_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|ª)?\.?[\s-]*(?:de\s+"
    r"|of\s+)?([^\W\d_]+)\.?,?[\s-]*(?:del?\s+)?(\d{4})"
)
_NAMED_MONTH_FIRST = re.compile(r"\b([^\W\d_]+)\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4})")
_NAMED_YEAR_FIRST = re.compile(r"\b(\d{4})\.?\s+([^\W\d_]+)\.?\s+(\d{1,2})\b")
_NAMED = (
    (_NAMED_YEAR_FIRST, (1, 2, 3)),
    (_NAMED_DAY_FIRST, (3, 2, 1)),
    (_NAMED_MONTH_FIRST, (3, 1, 2)),
)
"""Forms with a month's name, and which groups are year, month and day."""
_YEAR_FIRST = re.compile(r"\b(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})")
_NUMERIC = re.compile(r"\b(\d{1,2})([./-])\s?(\d{1,2})(?:\2\s?|,\s?)(\d{4}|\d{2})\b")


def moment(text: str | None, *, day_first: bool | None = None) -> datetime | None:
    """Return the time a date string names, in UTC; None unless its day is certain.

    A date without a time of day is its midnight; one without a time zone is taken as UTC, so
    it may be off by as much as zones differ.

    Args:
        text: One date, with or without words around it.
        day_first: Whether 03/04/2020 is in April; without it, no day.
    """
    if not text:
        return None
    text = text.strip()
    try:
        if _EPOCH.match(text):
            seconds = float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1)
            return datetime.fromtimestamp(seconds, UTC)
        if text[:4].isdecimal():
            exact = _from_iso(text)
            if exact:
                return exact
        day = _day(text.casefold(), day_first)
        return None if day is None else datetime(*day, *_clock(text), tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _from_iso(text: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def _day(text: str, day_before_month: bool | None) -> tuple[int, int, int] | None:
    """Return (year, month, day), or None where the order cannot be told."""
    if found := _YEAR_FIRST.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    for form, (year, month, day) in _NAMED:
        for found in form.finditer(text):
            if found[month] in MONTHS:
                return int(found[year]), MONTHS[found[month]], int(found[day])
    found = _NUMERIC.search(text)
    if not found:
        return None
    order = day_before_month if (told := day_first(text)) is None else told
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if year < 100 else 0
    if order is None and first != second:
        return None
    return (year, second, first) if order else (year, first, second)


def day_first(text: str) -> bool | None:
    """Tell which of two numbers is the day; None where both may be, or there is no such date."""
    found = _NUMERIC.search(text)
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    if found[2] == "." or first > 12:  # only day-first writes dots
        return True
    return False if second > 12 else None


def is_numeric(text: str) -> bool:
    """Tell whether the day and month of a date are two numbers, the year behind them."""
    return _NUMERIC.search(text) is not None


def _clock(text: str) -> tuple[int, int, int]:
    found = _CLOCK.search(text)
    if not found:
        return 0, 0, 0
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    half = (found[5] or "").lower()
    if half or found[1]:
        hour = hour % 12 + (12 if half == "p" or found[1] in _AFTERNOON else 0)
    return hour, minute, second
