"""Forms of the dates that comment pages show, in two dozen languages, as regular expressions.

``ABSOLUTE`` finds ISO stamps, numeric dates and dates with month names, ``RELATIVE`` ages and
days ("3 hours ago", "vor 8 Stunden", "yesterday at 5:03 PM", "Monday at 9:15"). Each is linear on
hostile input.
"""

import re

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
TIME = (
    r"(?:(?:오전|오후|午前|午後|上午|下午|凌晨|晚上)\s?)?"
    r"(?:\d{1,2}(?:[:.h]|\s?[시時时点點]\s?|\s?h\s?)\d{2}(?:\s?min\b|\s?[분分])?"
    r"(?:[:.]\d{2}|\s?\d{2}\s?[초秒])?(?:\s*[ap]\.?m\b\.?)?)"
)
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?)\b\.?"
)
_AGES = (
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
    (
        r"\b(?:today|yesterday|heute|gestern|vorgestern|aujourd.hui|hier|hoy|ayer|oggi|ieri|hoje"
        r"|ontem|vandaag|gisteren|dzisiaj|dziś|wczoraj|сегодня|вчера)"
        rf"(?:,|\s+(?:at|um|à|a las|alle|às|om|o|в))?\s*{TIME}"
    ),
    # Of weekdays only where no word stands before: "see you Monday at 9:15" is no comment's date.
    (
        r"(?<!\w\s)\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams)tag"
        r"|sonntag|mittwoch|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
        r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche"
        r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
        rf"(?:,|\s+(?:at|um|à|a las|om))?\s*{TIME}"
    ),
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
    rf"\b\d{{1,2}}[./]\d{{1,2}}\.?[\s,]+(?:à|um|at|alle|às|a las|-)?\s*{TIME}",
    r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]",
    rf"\b\d{{4}}\.?\s+{_MONTH}\s+\d{{1,2}}\b\.?",
)
_MONTH_FIRST = (
    rf"{_MONTH}[\s-]*\d{{1,2}}(?:st|nd|rd|th)?\b(?:\s?,?\s*(?:\d{{4}}|['\u2019]\d{{2}})\b)?"
)
_TIME_AFTER = (
    rf"(?:[\s,;@|·•\u2013\u2014()-]*(?:um|at|à|a las|alle(?: ore)?|às|om|klo?\.?|o|в|as)?"
    rf"[\s,@-]*{TIME}"
    r"(?:\s*(?:Uhr|h\b|Z\b|UTC|GMT(?:[+-]\d+)?|[A-Z]{2,4}T\b|[+-]\d{2}:?\d{2}))?)?"
)
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?:mo|di|mi|do|fr|sa|so)(?=[.,])"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes"
    r"|sábado|domingo|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica"
    r"|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|luni|mar[țţt]i|miercuri|joi|vineri"
    r"|s[âa]mb[ăa]t[ăa]|duminic[ăa]|pondělí|úterý|středa|čtvrtek|pátek|neděle|(?:m[åa]n|tis|tirs|ons"
    r"|tors|fre|l[öø]r|s[öø]n)dag|(?:maanan|tiis|tors|perjan|lauan|sunnun)tai|keskiviikko"
    r"|pazar(?:tesi)?|sal\u0131|çarşamba|perşembe|cuma(?:rtesi)?"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|\u0441\u0440|чт|пт|\u0441\u0431|вс"
    # Short ones are names, too: "Sam, 3 May" starts with one, "by Ann, sam, 3 May" does not.
    r"|(?<=\s)(?:dom|seg|ter|qua|qui|sex|s[áa]b|lun|mar|mi[ée]|jue|vie|mer|jeu|ven|sam|dim|gio)"
    r"(?=[.,]))"
    r"\.?,?\s+(?:den\s|le\s)?"
)
_BEFORE_DAY = r"(?=[^\W\d_]{3,12}\.?[\s-]*\d)"
"""Looks ahead before the months are tried one by one."""
_ABSOLUTE_FORM = (
    rf"(?:\b{_WEEKDAY})?(?:(?=\d)(?:{'|'.join(_DAY_FIRST)})|\b{_BEFORE_DAY}{_MONTH_FIRST})"
    rf"{_TIME_AFTER}"
)
ABSOLUTE = re.compile(_ABSOLUTE_FORM, re.IGNORECASE)
ABSOLUTE_IN_LOWER = re.compile(
    re.sub(
        r"\\.|[A-Z]", lambda one: one[0] if one[0][0] == "\\" else one[0].lower(), _ABSOLUTE_FORM
    )
)
"""The same in lower case, which is found several times as fast."""
RELATIVE = re.compile("|".join((*_AGES, *_DAY_WORD)), re.IGNORECASE)
RELATIVE_HINT = re.compile(
    r"ago\b|vor\b|seit\b|her\b|il y a|hace\b|há\b|fa\b|atrás|geleden|temu|назад|전|前"
    r"|just now|gerade eben|instant|sedan\b|siden\b|önce\b|před\b|sitten\b|acum\b"
    r"|ezelőtt|ája\b|perce\b|тому\b|trước\b|lalu\b|منذ"
)
RELATIVE_WORDS = (
    *(" ago", "vor ", "seit ", " her", "il y a", "hace ", "há ", "fa ", " fa", " atrás", "geleden"),
    *("temu", "назад", "전", "前", "just now", "gerade eben", "instant", "sedan", "siden"),
    *("önce", "před ", "sitten", "acum ", "ezelőtt", "ája", "perce", "тому", "trước", "lalu"),
    "منذ",
)
DAY_WORDS = (
    *("today", "yesterday", "heute", "gestern", "aujourd", "hier", "hoy", "ayer", "oggi", "ieri"),
    *("hoje", "ontem", "vandaag", "gisteren", "dzisiaj", "dziś", "wczoraj", "сегодня", "вчера"),
    *("day", "tag", "dag", "mittwoch", "lundi", "mardi", "credi", "jeudi", "vendredi", "samedi"),
    *("dimanche", "lunes", "martes", "coles", "jueves", "viernes", "sábado", "domingo"),
)
"""Of both lists, one stands in every text that ``RELATIVE`` finds something in."""
