"""Invented pages, so that the records model meets more layouts than the real pages show.

Each page is put together at random: what its records are made of and in which order, whether
class names mean anything, how dates are written, and what else on the page repeats (teasers,
search results, events, newest comments elsewhere, tickers). Real pages decide what the model is
worth; these only keep it from leaning on the habits of the few sites those come from.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Final

_NAMES = (
    """
Anna Lindt,Bo,Carl M.,dora_77,Ernesto Paz,Fritz,Greta,H. Okoye,ivanka,Joost de Wit,kilo9,Lea
Mr Brown,Nadia F,oldtimer,Petra Holm,Quentin,rasmus.b,Sofia Leone,TomTom,Ulla,Victor Amadi
willow,Xenia,Yusuf,Zoë,김하나,はな,Дмитрий,admin,Guest,a reader from the north
""".strip()
    .replace("\n", ",")
    .split(",")
)
_SPOKEN = """
I do not agree with you at all
Thanks, this helped me a lot!
My brother works there and tells it differently
Why does nobody ask what it costs?
You forget that we paid for it twice
I have waited for this since spring
Can you tell me where to get one?
So true!
What a shame
I would rather walk
Das glaube ich Ihnen nicht
Ich habe es gestern selbst probiert
Warum fragt mich eigentlich niemand?
Je suis tout à fait d'accord avec vous
Merci pour cet article
Yo no lo veo así
Gracias por la información
저도 그렇게 생각해요
私もそう思います
""".strip().splitlines()
_PLAIN = """
The second stage was finished a year later than planned
Nobody was hurt
It rained for most of the week
The old rule was better for small shops
Prices rose again in the autumn
Half of it is still empty
The bridge will be closed until further notice
Eine Entscheidung fällt erst im Herbst
Das Gelände gehört der Stadt
Les travaux durent huit mois
El proyecto cuesta dos millones
Three teams are still in the running
The museum shows forty drawings
A spokesman said that talks would go on
비용은 아직 정해지지 않았다
計画は来年に延期された
""".strip().splitlines()
_TITLES = """
Ferry timetable changes again
Why the old mill keeps flooding
School kitchen wins a prize
What you pay for water and why
Volunteers clear the north beach
Late goal saves the point
Ein Café ohne Bildschirme
La piscine rouvre en juin
Ten quiet walks near the city
The last bookbinder closes shop
Neue Linie fährt ab Montag
Un mercado para todos
Tides
School lunch
Vote
""".strip().splitlines()
_DATES = """
%d %B %Y
%B %d, %Y at %I:%M %p
%d.%m.%Y, %H:%M Uhr
%Y-%m-%d %H:%M
%d/%m/%Y
%Y.%m.%d %H:%M
%a %b %d, %Y %I:%M %p
%b %d
%d-%m-%y %H:%M
%d. %B %Y um %H:%M
%A, %d %B %Y
{} hours ago
vor {} Stunden
{}h
{}시간 전
il y a {} heures
hace {} horas
{} days ago
{}d
""".strip().splitlines()
_REPLIES = ("Reply", "Antworten", "Répondre", "Responder", "답글", "返信", "Quote")
_BUTTONS = ("Like", "Report", "Share", "Melden", "Permalink", "+1", "3", "0", "Signaler", "추천 2")
_HEADINGS = """
Comments
{} comments
Kommentare
Réactions
댓글 {}
Discussion
What readers say
Comentarios ({})
""".strip().splitlines()
_SAYS = (*("",) * 12, " says:", " schrieb am", " a écrit :", " wrote")
_KINDS: Final[Mapping[str, Sequence[str]]] = {
    "comment": ("comment", "commentList", "reply", "kommentar", "reactie", "comment-item"),
    "post": ("post", "message", "entry", "beitrag", "postbit"),
    "other": ("item", "row", "box", "card", "talk-line", "zuschrift", "unit", "media"),
}
_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "name": ("author", "username", "name", "nick", "user"),
    "date": ("date", "time", "when", "meta"),
    "body": ("text", "content", "body", "message"),
    "title": ("title", "headline", "subject"),
    "image": ("avatar", "pic", "thumb"),
}
_TAGS = ("div", "div", "li", "li", "article", "section", "tr", "table", "dl", "two", "two tr")
_PAIRS = {"dl": ("dt", "dd"), "two": ("p", "div"), "two tr": ("tr", "tr")}
"""Records made of two elements, without one around them."""
_LISTS = {"li": "ul", "tr": "table", "dl": "dl", "two tr": "table"}


@dataclass(frozen=True, slots=True)
class Invented:
    """A page and the comments on it, ``author`` and ``text`` each."""

    body: bytes
    comments: tuple[dict[str, Any], ...]


def invent(seed: int) -> Invented:
    """Make up a page; the same number makes the same page. One in four has no comments."""
    dice = random.Random(seed)  # noqa: S311 - layouts, not secrets
    title = dice.choice(_TITLES)
    comments: list[dict[str, Any]] = []
    if dice.random() < 0.1:  # a page that is a list of other pages
        kind = dice.choice(("teaser", "column", "result", "event", "release", "topic"))
        parts = [_distraction(dice, kind), *_distractions(dice, (0, 0, 1))]
    else:
        parts = _distractions(dice, (0, 1, 1, 2, 3))
        if dice.random() < 0.8:
            parts.append(_thread(dice, comments))
            parts.append("<form><textarea></textarea></form>" if dice.random() < 0.6 else "")
        elif dice.random() < 0.3:
            parts.append(
                f"<div class=comments><h3>{_heading(dice, 0)}</h3><textarea></textarea></div>"
            )
        dice.shuffle(parts)
        parts.insert(0, _article(dice) if dice.random() < 0.85 else "")
    nav = "".join(f'<li><a href="/n{n}">{word}</a></li>' for n, word in enumerate(_FIELDS))
    page = f"<h1>{title}</h1><ul>{nav}</ul>{''.join(parts)}<footer>Imprint</footer>"
    html = f"<html><head><title>{title}</title></head><body>{page}</body></html>"
    return Invented(html.encode(), tuple(comments))


def _article(dice: random.Random) -> str:
    lines = [f"<p>{_words(dice, 4, 9, spoken=0.1)}</p>" for _ in range(dice.randint(1, 6))]
    by = f"<p class=byline>{dice.choice(_NAMES)}, {_date(dice, _DATES[0], 0)}</p>"
    return f"<div class={dice.choice(('article', 'entry', 'c1'))}>{by}{''.join(lines)}</div>"


def _words(dice: random.Random, least: int, most: int, *, spoken: float) -> str:
    said = [
        dice.choice(_SPOKEN if dice.random() < spoken else _PLAIN)
        for _ in range(dice.randint(least, most))
    ]
    return " ".join(one if one[-1] in "!?" else f"{one}." for one in said)


def _date(dice: random.Random, form: str, number: int) -> str:
    if "{}" in form:
        return form.format(number + 2)
    at = datetime(2021, 1, 1, 9, tzinfo=UTC) + timedelta(hours=7 * number, days=dice.randint(0, 3))
    return at.strftime(form)


def _heading(dice: random.Random, count: int) -> str:
    return dice.choice(_HEADINGS).format(count)


class _Style:
    """What all records of a list have in common, drawn once."""

    def __init__(self, dice: random.Random, kinds: Sequence[str]) -> None:
        self.dice = dice
        self.naming = dice.choice(("plain", "plain", "joined", "joined", "hash", "none"))
        self.kind = dice.choice(_KINDS[dice.choice(kinds)])
        self.joint = dice.choice(("-", "_", "__"))
        self.tag = dice.choice(_TAGS)
        self.name_tag = dice.choice(("a", "b", "span", "strong", "cite", "div"))
        self.date_form = dice.choice(_DATES)
        self.says = dice.choice(_SAYS)
        self.reply = dice.choice(_REPLIES) if dice.random() < 0.5 else ""
        self.buttons = dice.sample(_BUTTONS, 2) if dice.random() < 0.5 else []
        self.in_one_line = dice.random() < 0.4
        self.is_dated = dice.random() < 0.82
        self.shows = {
            name: dice.random() < 0.4 for name in ("image", "profile", "id", "rank", "text")
        }

    def named(self, field: str) -> str:
        """Return a class attribute for a field or for the record, or nothing."""
        if self.naming == "none":
            return ""
        known = _FIELDS.get(field, (self.kind,))
        word = known[len(self.kind) % len(known)]
        if self.naming == "hash":
            return f' class="x{sum(map(ord, word)) * 7919 % 99991:x}"'
        if self.naming == "joined" and field in _FIELDS:
            word = f"{self.kind}{self.joint}{word}"
        return f' class="{word}"'

    def wrapped(self, field: str, tag: str, text: str) -> str:
        return f"<{tag}{self.named(field)}>{text}</{tag}>"

    def date(self, number: int) -> str:
        return self.wrapped("date", "span", _date(self.dice, self.date_form, number))

    def writer(self, number: int, who: str) -> str:
        """Return a name with what stands around it."""
        link = f' href="/user/{number}"' if self.shows["profile"] else ""
        name = (
            f"<{self.name_tag}{self.named('name')}{link}>{escape(who)}</{self.name_tag}>{self.says}"
        )
        if self.shows["rank"]:
            name = f"{name}<div>Member</div><div>Posts: {number * 37 + 5}</div>"
        if self.shows["image"]:
            name = f'<img{self.named("image")} src="/avatar/{number}.png">{name}'
        return name

    def record(self, number: int, parts: Sequence[str]) -> str:
        """Put a record together."""
        name = f' id="{self.kind[0]}{number + 210}"' if self.shows["id"] else ""
        rest = "".join(parts[1:])
        if self.tag in _PAIRS:
            first, second = _PAIRS[self.tag]
            head = f"<{first}{self.named('name')}{name}>{parts[0]}</{first}>"
            return f"{head}<{second}{self.named('body')}>{rest}</{second}>"
        held = parts[0] + rest
        if self.tag == "tr":
            held = f"<td>{parts[0]}</td><td>{rest}</td>"
        elif self.tag == "table":
            held = f"<tr><td>{parts[0]}</td></tr><tr><td>{rest}</td></tr>"
        return f"<{self.tag}{self.named('record')}{name}>{held}</{self.tag}>"

    def around(self, records: Sequence[str]) -> str:
        """Put a list together."""
        tag = _LISTS.get(self.tag, "div")
        name = f' class="{self.kind}s"' if self.naming in {"plain", "joined"} else ""
        return f"<{tag}{name}>{''.join(records)}</{tag}>"


def _thread(dice: random.Random, comments: list[dict[str, Any]]) -> str:
    """Make a list of comments and write down what they say."""
    style = _Style(dice, ("comment", "comment", "post", "other"))
    count = dice.choice((1, 1, 2, 3, 3, 4, 5, 6, 8, 12, 25))
    order = dice.choice(("meta body", "meta body", "meta body", "body meta", "date body name"))
    is_nested = style.tag in {"div", "li", "article"} and dice.random() < 0.3
    written: list[str] = []
    for number in range(count):
        who = dice.choice(_NAMES)
        text = _words(dice, 1, dice.choice((1, 2, 3, 6)), spoken=0.6)
        comments.append({"author": who, "text": text})
        record = style.record(number, _parts(style, order, number, who, text))
        if is_nested and written and dice.random() < 0.4:
            end = written[-1].rindex("</")
            written[-1] = f"{written[-1][:end]}<div>{record}</div>{written[-1][end:]}"
        else:
            written.append(record)
    head = f"<h3>{_heading(dice, count)}</h3>" if dice.random() < 0.7 else ""
    return f"<div>{head}{style.around(written)}</div>"


def _parts(style: _Style, order: str, number: int, who: str, text: str) -> list[str]:
    name, date = style.writer(number, who), style.date(number) if style.is_dated else ""
    meta = f"<div>{name} {date}</div>"
    if not style.in_one_line:
        meta = f"<div>{name}</div><div>{date}</div>"
    body = style.wrapped("body", "div" if style.in_one_line else "p", text)
    tools = "".join(f'<a href="#">{one}</a> ' for one in (style.reply, *style.buttons) if one)
    made = {"meta body": [meta, body], "body meta": [body, meta]}
    return [*made.get(order, [date, body, name]), f"<div>{tools}</div>" if tools else ""]


def _distractions(dice: random.Random, counts: Sequence[int]) -> list[str]:
    return [_distraction(dice, dice.choice(list(_MAKERS))) for _ in range(dice.choice(counts))]


def _distraction(dice: random.Random, kind: str) -> str:
    """Make a list of things that are no comments."""
    often = "comment" if kind in {"latest", "ticker"} else "post"
    style = _Style(dice, ("post", "other", "other", often))
    only = dice.choice(_NAMES) if dice.random() < 0.4 else ""
    length, button = dice.randint(1, 3), dice.choice(_BUTTONS) if dice.random() < 0.3 else ""
    records = []
    for number in range(dice.randint(2, 12)):
        text = style.wrapped("body", "p", _words(dice, length, length, spoken=0.08))
        name = style.wrapped("name", "span", escape(only or dice.choice(_NAMES)))
        parts = _MAKERS[kind](style, number, name, text)
        records.append(style.record(number, [*parts, f"<div>{button}</div>" if button else ""]))
    head = dice.choice(("", "<h3>More</h3>", "<h3>Live</h3>"))
    if kind == "latest":
        head = dice.choice(("", "<h3>Latest comments</h3>"))
    box = dice.choice(("div", "div", "aside"))
    where = dice.choice(("sidebar", "more", "c7", "related", "list"))
    return f"<{box} class={where}>{head}{style.around(records)}</{box}>"


_Maker = Callable[[_Style, int, str, str], list[str]]


def _link(style: _Style, number: int) -> str:
    title = f"{style.dice.choice(_TITLES)} {number}"
    return style.wrapped("title", "h3", f'<a href="/s/{number}.html">{title}</a>')


def _teaser(style: _Style, number: int, name: str, text: str) -> list[str]:
    date = style.date(number) if style.is_dated else ""
    meta = f"<div>{'' if style.shows['image'] else name}{date}</div>"
    count = f'<a href="/s/{number}.html#comments">{number + 1} comments</a>'
    said = "" if style.shows["text"] else text
    return [_link(style, number), meta, said, count if style.shows["rank"] else ""]


def _result(style: _Style, number: int, name: str, text: str) -> list[str]:
    return [_link(style, number), text, f"<div>{name} {style.date(number)}</div>"]


def _event(style: _Style, number: int, name: str, text: str) -> list[str]:
    title = style.wrapped("title", "h4", style.dice.choice(_TITLES))
    return [style.date(number), _link(style, number) if style.shows["id"] else title, name, text]


def _latest(style: _Style, number: int, name: str, text: str) -> list[str]:
    title = style.dice.choice(_TITLES)
    link = f'{name} on <a href="/s/{number}.html#comment-{number}">{title}</a>'
    return [link, text if style.shows["text"] else "", style.date(number)]


def _ticker(style: _Style, number: int, name: str, text: str) -> list[str]:
    clock = f"{19 - number % 9}:0{number % 10}" if style.shows["id"] else f"{90 - number}'"
    return [style.wrapped("date", "b", clock), text, name if style.shows["image"] else ""]


def _release(style: _Style, number: int, name: str, text: str) -> list[str]:
    title = style.wrapped("title", "h3", f"{4 - number / 10:.1f}")
    return [title, f"<div>{name} {style.date(number)}</div>", text]


def _person(style: _Style, number: int, name: str, text: str) -> list[str]:
    role = style.wrapped("title", "p", f"{number + 3} years with us")
    return [name, role, text]


def _step(style: _Style, number: int, name: str, text: str) -> list[str]:
    tool = name if style.shows["rank"] else ""
    return [style.wrapped("title", "h4", f"{number + 1}"), text, tool]


def _column(style: _Style, number: int, name: str, text: str) -> list[str]:
    head = f'<img{style.named("image")} src="/avatar/{number}.png">{name}'
    return [head, _link(style, number), text, style.date(number) if style.is_dated else ""]


def _topic(style: _Style, number: int, name: str, text: str) -> list[str]:
    last = f'<a href="/member/{number}">{name}</a> {style.date(number)}'
    said = text if style.shows["text"] else ""
    return [_link(style, number), said, f"<div>{last}</div><div>{number * 37}</div>"]


def _praise(style: _Style, number: int, name: str, text: str) -> list[str]:
    firm = style.wrapped("title", "div", f"Company {number}")
    return [text, style.writer(number, "Ada Quist"), firm if style.shows["rank"] else name]


_MAKERS: Final[Mapping[str, _Maker]] = {
    "teaser": _teaser,
    "result": _result,
    "event": _event,
    "latest": _latest,
    "ticker": _ticker,
    "release": _release,
    "people": _person,
    "column": _column,
    "topic": _topic,
    "praise": _praise,
    "step": _step,
}
