"""Whom the comments of a text dump answer: by indentation, by what they say, or by a mention.

Indentation is what the renderer makes of nested lists and is believed where there is any. In a
flat thread a line such as "In reply to Ann" names the parent, so does an arrow between two names
("Bo ➤ Ann"), and ``@Ann`` at the beginning of a text. A quotation names nobody's parent: forums
quote in threads that are flat. The nearest comment of that author is meant; earlier ones are nearer
than later ones, since people answer what they have read, and a page that shows the newest first has
only later ones.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from moderation.extractors import dump_lines as dump
from moderation.extractors.dump_lines import Line
from moderation.extractors.dump_orders import Record

ARROW = re.compile(r"\s*[➤→▸►➜↪⮕]\s*")
"""What some platforms put between a name and the name it answers."""
_ANSWER = re.compile(
    r"\W*(?:in reply to|in response to|repl(?:y|ied|ying) to|responding to|en réponse à|réponse à"
    r"|a répondu à"
    r"|(?:als )?(?:antwort|reaktion) (?:auf|an)|antwortete?(?: auf)?|en respuesta a|responde a"
    r"|em resposta a|in risposta a|(?:als )?(?:reactie|antwoord) op|w odpowiedzi (?:na|do)"
    r"|odpověď na|svar (?:til|till|på)|vastaus|ответ(?:ил[аи]?)?(?: на| для)?|в ответ(?: на)?"
    r"|\u0443 відповідь|yan\u0131t|válasz|回复|回覆)[\s:]+(.{2,120}?)\W*$",
    re.IGNORECASE,
)
_BY = re.compile(r"\s+(?:by|von|par|por|di|door|af|av)\s+(\S.{0,60})$", re.IGNORECASE)
_MENTION = re.compile(r"(?:(?:回复|回覆|re:?|reply to|to)\s*)?@\s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is known about a record's parent: its index and what tells it.

    Attributes:
        parent: Index of the record it answers, None at top level.
        told_by: ``"indent"``, ``"named"``, ``"mention"``, or ``"flat"`` where nothing tells.
    """

    parent: int | None = None
    told_by: str = "flat"


def name_parents(
    lines: Sequence[Line], records: Sequence[Record]
) -> tuple[list[Record], list[Reply]]:
    """Return the records without the lines that only name a parent, and their replies."""
    authors = [ARROW.split(record.author)[0] for record in records]
    known = _Known.of(lines, records, authors)
    nested = _by_indent(lines, records)
    indented = any(parent is not None for parent in nested)
    parents: list[int | None] = nested if indented else [None] * len(records)
    replies = [Reply(parent, "indent" if indented else "flat") for parent in parents]
    stripped = []
    for index in range(len(records)):
        told, kept = _named(lines, records[index], known, index)
        stripped.append(replace(kept, author=authors[index]))
        if indented:
            continue
        if told is None:
            told = _mentioned(lines, kept, known, index)
            how = "mention"
        else:
            how = "named"
        if told is not None and not _answers(parents, told, index):
            parents[index] = told
            replies[index] = Reply(told, how)
    return stripped, replies


def _by_indent(lines: Sequence[Line], records: Sequence[Record]) -> list[int | None]:
    """Make each record the child of the nearest one above that is indented less."""
    parents: list[int | None] = []
    path: list[tuple[int, int]] = []
    for index, record in enumerate(records):
        indent = lines[record.start].indent
        while path and path[-1][0] >= indent and not record.answers:
            path.pop()
        parents.append(path[-1][1] if path else None)
        if not record.answers:
            path.append((indent, index))
    return parents


@dataclass(frozen=True, slots=True)
class _Known:
    """Where in the thread each author wrote and each first line stands, casefolded."""

    authors: Mapping[str, list[int]]
    titles: Mapping[str, list[int]]

    @classmethod
    def of(cls, lines: Sequence[Line], records: Sequence[Record], names: Sequence[str]) -> "_Known":
        authors: defaultdict[str, list[int]] = defaultdict(list)
        titles: defaultdict[str, list[int]] = defaultdict(list)
        for index, (record, name) in enumerate(zip(records, names, strict=True)):
            if name:
                authors[name.casefold()].append(index)
            titles[lines[record.body[0]].text.casefold()].append(index)
        return cls(authors, titles)

    def author(self, said: str, index: int) -> int | None:
        """Return the nearest other record whose author ``said`` begins with, longest name first."""
        said = said[: dump.MAX_NAME_CHARS + 20].casefold().lstrip()
        for length in range(len(said), 0, -1):
            if said[length : length + 1].isalnum() or said[:length] not in self.authors:
                continue
            others = _beside(self.authors[said[:length]], index)
            if others:
                return min(others, key=lambda at: (at > index, abs(at - index)))
        return None

    def title(self, said: str, index: int) -> int | None:
        """Return the last record above whose text begins with the line ``said``."""
        above = [at for at in _beside(self.titles.get(said.casefold(), []), index) if at < index]
        return max(above, default=None)


def _beside(places: Sequence[int], index: int) -> list[int]:
    """Return the places next to an index, at most one on each side."""
    at = bisect_left(places, index)
    after = bisect_right(places, index)
    return [*places[max(at - 1, 0) : at], *places[after : after + 1]]


def _named(
    lines: Sequence[Line], record: Record, known: _Known, index: int
) -> tuple[int | None, Record]:
    """Return whom a line of a record says it answers, and the record without that line."""
    beside = ARROW.split(record.author)[1:]
    told = known.author(beside[0], index) if beside else None
    for at in (*range(record.start, record.body[0]), *record.body[:1]):
        found = _ANSWER.match(lines[at].text)
        if not found or (at in record.body and len(record.body) == 1):
            continue
        body = tuple(i for i in record.body if i != at)
        by = _BY.search(found[1])
        about = found[1][: by.start()] if by else found[1]
        told = known.author(by[1] if by else found[1], index)
        told = told if told is not None else known.title(about, index)
        return told, replace(record, body=body)
    return told, record


def _mentioned(lines: Sequence[Line], record: Record, known: _Known, index: int) -> int | None:
    """Return the nearest comment of the author a text addresses at its beginning."""
    line = lines[record.body[0]]
    called = _MENTION.match(line.text)
    if called:
        return known.author(line.text[called.end() :], index)
    return None


def _answers(parents: Sequence[int | None], at: int | None, index: int) -> bool:
    """Tell whether ``at`` is a reply to ``index``, directly or not."""
    while at is not None and at != index:
        at = parents[at]
    return at is not None
