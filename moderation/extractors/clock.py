"""When comments were posted, by the page they stand on.

A date that is certain by itself is read by ``dates.moment``. The others need the page: "vor 8
Stunden" and "3月1日" need the time it was shown, 03/04/2020 needs to know whether its days come
first. dateparser reads what is left, in the page's language; it takes 0.5 ms a string, which is
why it is asked last, once per string, and not more than ``MAX_ASKED`` times a page.

What comes out is as coarse as what the page says: "3 years ago" may be half a year off.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

from moderation.extractors import dates
from moderation.extractors.document import Document
from moderation.schema import Article, Thread

LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ko", "ja", "zh", "sv", "tr"),
    *("cs", "fi", "da", "uk", "ro", "hu", "vi", "id"),
)
"""Asked where a page does not say its language."""
MAX_ASKED = 2000
"""Different strings of one page that dateparser is asked about, some 2 s."""
SLACK = timedelta(days=1)
"""Zones that pages do not state may set a comment this far before its article or after now."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a page says about how its dates are meant.

    Args:
        now: When the page was shown, UTC; None where nothing tells.
        since: When its article appeared, UTC; no comment is older.
        languages: Its language as BCP 47 has it, such as ``en-GB``; several are guesses.
        day_first: Whether 03/04/2020 is in April; None where nothing tells.
    """

    now: datetime | None = None
    since: datetime | None = None
    languages: tuple[str, ...] = LANGUAGES
    day_first: bool | None = None


def dated(thread: Thread, document: Document) -> Thread:
    """Set ``posted_at`` of the comments whose extractor left it open, where it can be told."""
    open_dates = {one.published for one in thread.comments if one.published and not one.posted_at}
    if not open_dates:
        return thread
    clock = _clock(thread, document)
    asked = sorted(open_dates)[:MAX_ASKED]
    moments = {published: moment(published, clock) for published in asked}
    comments = tuple(
        replace(one, posted_at=one.posted_at or moments.get(one.published or ""))
        for one in thread.comments
    )
    return replace(thread, comments=comments)


@lru_cache(maxsize=4096)
def moment(text: str, clock: Clock) -> datetime | None:
    """Return the time a date string names on a page, UTC; None where it cannot be told."""
    if len(text) > 2 * dates.MAX_DATE_CHARS:
        return None
    told = dates.moment(text, day_first=clock.day_first)
    if told or dates.is_numeric(text) or dates.is_time(text):
        return told
    found = dates.find(text)
    told = _ask(found[0].strip() if found else text, clock.now, clock.languages)
    late = told is not None and clock.now is not None and told > clock.now + SLACK
    early = told is not None and clock.since is not None and told < clock.since - SLACK
    return None if late or early else told


def _ask(text: str, now: datetime | None, languages: tuple[str, ...]) -> datetime | None:
    """Ask dateparser; without the page's time, only for what states day, month and year."""
    settings: dict[str, object] = {
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PREFER_DATES_FROM": "past",
        "PARSERS": ["relative-time", "absolute-time"],
    }
    if now is None and not _YEAR.search(text):
        return None
    if now is None:
        settings |= {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    else:
        settings["RELATIVE_BASE"] = now.replace(tzinfo=None)
    import dateparser  # noqa: PLC0415 - takes 0.2 s, and most pages do without

    try:
        return dateparser.parse(text, languages=list(languages), settings=settings)
    except (ValueError, OverflowError, TypeError, RecursionError):
        return None  # it raises now and then on what is no date at all


_YEAR = re.compile(r"\d{4}")


# -- What the page says ------------------------------------------------------------------------


def _clock(thread: Thread, document: Document) -> Clock:
    language = _language(document)
    published = [one.published for one in thread.comments]
    day_first = _day_first([thread.article.published, *published], language)
    since = _since(thread.article, day_first)
    stated = [dates.moment(text, day_first=day_first) for text in published]
    shown = document.page.fetched_at or max(filter(None, [since, *stated]), default=None)
    languages = (language.partition("-")[0].lower(),) if language else LANGUAGES
    return Clock(shown and shown.astimezone(UTC), since, _known(languages), day_first)


def _language(document: Document) -> str:
    """Return the language the page declares, empty if it declares none."""
    if document.kind != "html":
        return ""
    root = document.tree
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    if not declared:
        declared = next(iter(root.xpath(_DECLARED)), "")
    tag = declared.strip().replace("_", "-")
    return tag if _TAG.fullmatch(tag) else ""


_DECLARED = (
    "//meta[@property='og:locale']/@content"
    "|//meta[translate(@http-equiv, 'CL', 'cl')='content-language']/@content"
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def _day_first(texts: Iterable[str | None], language: str) -> bool | None:
    """Tell whether days come first: by the dates of the page that tell, or by its language.

    "en" alone does not: it is written in London as well as in Boston.
    """
    told = {dates.day_first(text) for text in texts if text} - {None}
    if told:
        return told.pop() if len(told) == 1 else None
    order = None if language.lower() in {"", "en"} else _date_order(language)
    return {"DMY": True, "MDY": False}.get(order or "")


@cache
def _date_order(language: str) -> str | None:
    """Return the order of the numbers in dates as CLDR has it, such as ``"DMY"``."""
    from dateparser.languages.loader import default_loader  # noqa: PLC0415 - as above

    for locale in (language, language.partition("-")[0]):
        try:
            order = default_loader.get_locale(locale).info.get("date_order")
        except ValueError:
            continue
        return order if isinstance(order, str) else None
    return None


@cache
def _known(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages dateparser knows, else the usual ones."""
    from dateparser.data.languages_info import language_order  # noqa: PLC0415 - as above

    known = tuple(language for language in languages if language in language_order)
    return known or LANGUAGES


def _since(article: Article, day_first: bool | None) -> datetime | None:
    return dates.moment(article.published, day_first=day_first)
