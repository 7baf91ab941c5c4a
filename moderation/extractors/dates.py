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

_MONTHS = (
    (
        "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari január"
        " ianuarie січня ιανουαρίου siječnja styczeń stycznia sty января янв ocak oca leden ledna"
        " tammikuuta"
    ),
    (
        "february feb februar february février fevrier févr fev febrero feb febbraio"
        " fevereiro fév februari február februarie лютого φεβρουαρίου veljače luty lutego lut"
        " февраля фев şubat şub únor února helmikuuta"
    ),
    (
        "march mar märz mär mrz mars marzo março maart mrt marzec marca marts március martie"
        " maret березня μαρτίου ožujka марта мар mart březen března maaliskuuta"
    ),
    (
        "april apr avril avr abril abr aprile április aprilie квітня απριλίου travnja"
        " kwiecień kwietnia kwi апреля апр nisan nis duben dubna huhtikuuta"
    ),
    (
        "may mai mayo maggio mag maio mei maj maja мая май may\u0131s květen května május травня"
        " μαΐου svibnja toukokuuta"
    ),
    (
        "june jun juni juin junio giugno giu junho június iunie червня ιουνίου lipnja"
        " czerwiec czerwca cze июня июн haziran haz červen června kesäkuuta"
    ),
    (
        "july jul juli juillet juil julio luglio lug julho július iulie липня ιουλίου srpnja"
        " lipiec lipca июля июл temmuz červenec července heinäkuuta"
    ),
    (
        "august aug août aout agosto ago augustus augusti augusztus agustus серпня αυγούστου"
        " kolovoza sierpień sierpnia августа авг ağustos ağu srpen srpna elokuuta"
    ),
    (
        "september sep sept septembre septiembre settembre set setembro szeptember septembrie"
        " вересня σεπτεμβρίου rujna wrzesień września wrz сентября сен eylül eyl září syyskuuta"
    ),
    (
        "october oct oktober okt octobre octubre ottobre ott outubro out október octombrie"
        " жовтня οκτωβρίου październik października paź октября окт ekim eki říjen října lokakuuta"
    ),
    (
        "november nov novembre noviembre novembro noiembrie листопада νοεμβρίου studenoga"
        " listopad listopada lis ноября ноя kas\u0131m kas marraskuuta"
    ),
    (
        "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro"
        " decembrie грудня δεκεμβρίου prosinca desember grudzień grudnia gru декабря дек"
        " aral\u0131k prosinec prosince joulukuuta"
    ),
)
MONTHS = {name: number for number, row in enumerate(_MONTHS, 1) for name in row.split()}

_MONTH = "(?:" + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True)) + r")\b\.?"
_TIME = (
    r"(?:(?:오전|오후|午前|午後|上午|下午|凌晨|晚上)\s?)?"
    r"(?:\d{1,2}(?:[:.h]|\s?[시時时点點]\s?|\s?h\s?)\d{2}(?:\s?min\b|\s?[분分])?"
    r"(?:[:.]\d{2}|\s?\d{2}\s?[초秒])?(?:\s*[ap]\.?m\b\.?)?)"
)
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?)\b\.?"
)
_RELATIVE = (
    rf"(?:(?:about|over|almost)\s+)?(?:an?|\d+)\s+{_UNIT}(?:,?\s*(?:and\s+)?\d+\s+{_UNIT})?\s+ago\b",
    r"\b\d+\s?(?:s|m|min|h|hr|d|w|mo|y|yr)s?\s+ago\b",
    (
        r"\b(?:vor|seit)\s+(?:etwa\s+|über\s+)?(?:\d+|eine[rmn]?)\s+"
        r"(?:Sekunden?|Minuten?|Min\.?|Stunden?|Std\.?|Tag(?:en)?|Wochen?|Monat(?:en)?"
        r"|Jahr(?:en)?)\b"
    ),
    r"\b\d+\s+(?:Sekunden?|Minuten?|Stunden?|Tage?|Wochen?|Monate?|Jahre?)\s+her\b",
    (
        r"\bil y a\s+(?:environ\s+)?(?:\d+|une?)\s+(?:secondes?|minutes?|heures?|jours?|semaines?"
        r"|mois|ans?|années?)\b"
    ),
    r"\b(?:hace|há|fa)\s+(?:\d+|una?|um|uma)\s+\w+",
    r"\b\d+\s+(?:minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi])\s+fa\b",
    r"\b\d+\s+(?:horas?|minutos?|dias?|semanas?|meses|mês|anos?)\s+atrás\b",
    r"\b(?:\d+|een)\s+(?:minuut|minuten|uur|uren|dag|dagen|weken|maanden|jaar)\s+geleden\b",
    r"\b\d+\s+(?:minut\w*|godzin\w*|dni|dzień|tygodni\w*|miesi\w+|lat\w*|rok)\s+temu\b",
    r"\b\d+\s+(?:минут\w*|час\w*|дн\w+|день|недел\w+|месяц\w*|лет|год\w*)\s+назад\b",
    r"\d+\s?(?:초|분|시간|일|주|개월|달|년)\s?전",
    r"\d+\s?(?:秒|分鐘|分钟|分|小時|小时|時間|天|日|週間|週|周|個月|个月|か月|ヶ月|月|年)(?:以)?前",
    r"\bför\s+(?:\d+|en|ett)\s+\w+\s+sedan\b",
    r"\b(?:for\s+)?(?:\d+|en|et)\s+(?:sekund|minutt?|time|dag|uke|uge|måned|år)\w*\s+siden\b",
    r"\b(?:\d+|bir)\s+(?:saniye|dakika|saat|gün|hafta|ay|y\u0131l)\s+önce\b",
    r"\bpřed\s+(?:\d+\s+)?(?:sekund|minut|hodin|dn|týdn|měsíc|rok|let)\w*",
    r"\b(?:\d+\s+)?(?:sekunti|minuutti|tunti|päivä|viikko|kuukau|vuo)\w*\s+sitten\b",
    r"\bacum\s+(?:\d+|o|un)\s+(?:de\s+)?\w+",
    r"\b\d+\s+(?:\w+vel\s+ezelőtt|órája|napja|perce|hete|éve)\b",
    r"\b(?:\d+\s+)?(?:секунд|хвилин|годин|дн|день|тиж|місяц|рок|рік)\w*\s+тому\b",
    r"\b\d+\s+(?:giây|phút|giờ|ngày|tuần|tháng|năm)\s+trước\b",
    r"\b\d+\s+(?:detik|menit|jam|hari|minggu|bulan|tahun)\s+(?:yang\s+)?lalu\b",
    r"منذ\s+\d+\s+\w+",
    r"\b(?:just now|gerade eben|à l'instant)\b",
)
_DAY_WORD = (
    r"\b(?:today|yesterday|heute|gestern|vorgestern|aujourd.hui|hier|hoy|ayer|oggi|ieri|hoje"
    r"|ontem|vandaag|gisteren|dzisiaj|dziś|wczoraj|сегодня|вчера)"
    rf"(?:,|\s+(?:at|um|à|a las|alle|às|om|o|в))?\s*{_TIME}"
)
_DAY_FIRST = (
    (
        r"\b\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\s?(?:Z\b"
        r"|[+-]\d{2}:?\d{2})?)?"
    ),
    r"\b\d{4}[/.]\s?\d{1,2}[/.]\s?\d{1,2}\b",
    r"\b\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})\b(?!\.\d)",
    r"\b\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})\b",
    r"\b\d{1,2}\.\d{1,2},\s?\d{4}\b",
    (
        rf"\b(?!00?\b)\d{{1,2}}(?:st|nd|rd|th|er|º|ª)?\.?(?:-|\s*)(?:de\s+|of\s+|d[\u2019'])?{_MONTH}"
        r"(?:,|\s+(?:de|del|\u0433\.?))?[\s-]*(?:\d{4}|['\u2019]?\d{2}\b)?(?!\d)"
    ),
    rf"\b\d{{1,2}}[./]\d{{1,2}}\.?[\s,]+(?:à|um|at|alle|às|a las|-)?\s*{_TIME}",
    r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]",
    rf"\b\d{{4}}\.?\s+{_MONTH}\s+\d{{1,2}}\b\.?",
)
_MONTH_FIRST = rf"{_MONTH}[\s-]*\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s*(?:\d{{4}}|['\u2019]\d{{2}})\b)?"
_TIME_AFTER = (
    rf"(?:[\s,;@|·•\u2013\u2014()-]*(?:um|at|à|a las|alle(?: ore)?|às|om|kl\.?|o|в|as)?"
    rf"[\s,@-]*{_TIME}"
    r"(?:\s*(?:Uhr|h\b|Z\b|UTC|GMT(?:[+-]\d+)?|[A-Z]{2,4}T\b|[+-]\d{2}:?\d{2}))?)?"
)
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?:mo|di|mi|do|fr|sa|so)(?=[.,])"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes"
    r"|sábado|domingo|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica)\.?,?\s+(?:den\s|le\s)?"
)
_BEFORE_DAY = r"(?=[^\W\d_]{3,12}\.?[\s-]*\d)"
"""Looks ahead before the months are tried one by one."""
_ABSOLUTE_FORM = (
    rf"(?:\b{_WEEKDAY})?(?:(?=\d)(?:{'|'.join(_DAY_FIRST)})|\b{_BEFORE_DAY}{_MONTH_FIRST})"
    rf"{_TIME_AFTER}"
)
_ABSOLUTE = re.compile(_ABSOLUTE_FORM, re.IGNORECASE)
_ABSOLUTE_IN_LOWER = re.compile(
    re.sub(
        r"\\.|[A-Z]", lambda one: one[0] if one[0][0] == "\\" else one[0].lower(), _ABSOLUTE_FORM
    )
)
"""The same in lower case, which is found several times as fast."""
_RELATIVE_FORM = re.compile("|".join((*_RELATIVE, _DAY_WORD)), re.IGNORECASE)
_RELATIVE_HINT = re.compile(
    r"ago\b|vor\b|seit\b|her\b|il y a|hace\b|há\b|fa\b|atrás|geleden|temu|назад|전|前"
    r"|just now|gerade eben|instant|sedan\b|siden\b|önce\b|před\b|sitten\b|acum\b"
    r"|ezelőtt|ája\b|perce\b|тому\b|trước\b|lalu\b|منذ"
)
_RELATIVE_WORDS = (
    *(" ago", "vor ", "seit ", " her", "il y a", "hace ", "há ", "fa ", " fa", " atrás", "geleden"),
    *("temu", "назад", "전", "前", "just now", "gerade eben", "instant", "sedan", "siden"),
    *("önce", "před ", "sitten", "acum ", "ezelőtt", "ája", "perce", "тому", "trước", "lalu"),
    "منذ",
)
_DAY_WORDS = (
    *("today", "yesterday", "heute", "gestern", "aujourd", "hier", "hoy", "ayer", "oggi", "ieri"),
    *("hoje", "ontem", "vandaag", "gisteren", "dzisiaj", "dziś", "wczoraj", "сегодня", "вчера"),
)
"""Of both lists, one stands in every text that ``_RELATIVE_FORM`` finds something in."""


def find(text: str) -> re.Match[str] | None:
    """Return the first date in ``text``; a relative one, or else an absolute one."""
    return _find_again(text) if len(text) <= MAX_DATE_CHARS else _find(text)


def _find(text: str) -> re.Match[str] | None:
    lower = text.lower().replace("\xa0", " ")
    # Plain searches first: most lines hold no date, and this is what every line pays.
    relative = any(map(lower.__contains__, _RELATIVE_WORDS)) and _RELATIVE_HINT.search(lower)
    today = ":" in lower and any(map(lower.__contains__, _DAY_WORDS))
    if (relative or today) and (found := _RELATIVE_FORM.search(text)):
        return found
    if not _DIGIT.search(text):
        return None
    there = _ABSOLUTE_IN_LOWER.search(wording.lowered(text))
    return _ABSOLUTE.match(text, there.start()) if there else None


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

_TIME_ONLY = re.compile(rf"\W*{_TIME}(?:\s*Uhr)?\W*", re.IGNORECASE)


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
