"""Comments in the state that an application's server leaves in the page for its script.

| where | written by |
|---|---|
| ``<script type="application/json">``, such as ``#__NEXT_DATA__`` | Next.js to 14, many others |
| ``self.__next_f.push([1, "…"])`` | Next.js 13 to 15, app router |
| ``#__NUXT_DATA__``; ``window.__NUXT__=(function(a,b){return …}(…))`` | Nuxt 3; Nuxt 2 |
| ``window.__INITIAL_STATE__ = {…}``, ``__PRELOADED_STATE__`` | Redux |
| ``window.__APOLLO_STATE__ = {…}`` | Apollo |
| ``data-page``, ``data-react-props`` and the like | Inertia, react-rails, Astro |

Nothing is run, and nothing is known of the sites: comments are found by their shape
(``comment_objects``). The state often holds more than the page shows, or less: see ``coverage``.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from lxml import html

from moderation.errors import ExtractionError
from moderation.extractors import javascript
from moderation.extractors.comment_objects import comments_in
from moderation.extractors.coverage import checked_thread
from moderation.extractors.document import Document
from moderation.extractors.script_data import MAX_CHARS, parsed
from moderation.schema import Thread

_MARKS = ('":', "&quot;:", ":[{", ":{")
"""Any data has one of these."""
_WORDS = ("omment", "omentari", "eply", "eplies", "espons")
"""Parts of the words for comments, whatever their first letter's case."""
_ATTRIBUTES = ("data-page", "data-react-props", "data-props", "props", "data-state")
_FLIGHT = re.compile(r"self\.__next_f\.push\(")
_ROW = re.compile(r"([0-9a-f]+):(?:T([0-9a-f]+),|(?=[\[{]))")
_MAX_SCRIPTS = 500


class EmbeddedStateExtractor:
    """Comments in the JSON state of a page's application."""

    name: ClassVar[str] = "embedded-state"

    def matches(self, document: Document) -> bool:
        """Look for data, and for talk of comments."""
        text = document.text
        return document.kind == "html" and any(mark in text for mark in _MARKS) and _speaks(text)

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if the state holds none, or less than shown."""
        comments, subjects = comments_in(list(_states(document)))
        if not comments:
            raise ExtractionError(document.page.source, "embedded-state: no comments in it")
        if subjects > 1:
            problem = "embedded-state: comments on several articles; expected those of one page"
            raise ExtractionError(document.page.source, problem)
        return checked_thread(document, self.name, comments)


def _states(document: Document) -> Iterator[Any]:
    """Yield the values of a page that may hold comments."""
    flight: list[str] = []
    for number, script in enumerate(document.tree.iter("script")):
        text = script.text or ""
        if number >= _MAX_SCRIPTS:
            break
        if len(text) > MAX_CHARS or not (_FLIGHT.match(text) or _speaks(text)):
            continue
        kind = script.get("type", "").lower()
        if kind.endswith("json"):
            value = parsed(text) if "ld+json" not in kind else None
            yield _revived(value) if _is_nuxt(script) else value
        elif found := _FLIGHT.match(text):
            pushed = parsed(text[found.end() :].rstrip().rstrip(";").rstrip(")"))
            flight += [one for one in pushed or () if isinstance(one, str)]
        else:
            yield from javascript.assigned(text)
    yield from _rows("".join(flight))
    for name in (one for one in _ATTRIBUTES if one in document.text):
        for value in document.tree.xpath(f"descendant-or-self::*/@{name}"):
            if value[:1] in {"{", "["} and _speaks(value):
                yield parsed(value)


def _speaks(text: str) -> bool:
    return any(word in text for word in _WORDS)


def _is_nuxt(script: html.HtmlElement) -> bool:
    return script.get("id") == "__NUXT_DATA__" or script.get("data-nuxt-data") is not None


def _rows(flight: str) -> Iterator[Any]:
    """Yield the JSON of Next.js's row format: ``id:json`` a line, ``id:Tlength,text`` for texts.

    A long text is a row of its own, and ``"$id"`` stands in its place.
    """
    texts: dict[str, str] = {}
    rows: list[Any] = []
    at = 0
    while at < len(flight):
        end = flight.find("\n", at) + 1 or len(flight)
        found = _ROW.match(flight, at)
        if found is None:
            at = end
        elif found[2]:
            size = int(found[2][:8], 16)  # in UTF-8
            part = flight[found.end() : found.end() + size].encode()[:size]
            texts[f"${found[1]}"] = part.decode("utf-8", "ignore")
            at = found.end() + len(texts[f"${found[1]}"])
        else:
            rows.append(parsed(flight[found.end() : end]))
            at = end
    yield from (_replaced(row, texts) for row in rows)


def _replaced(value: Any, texts: dict[str, str]) -> Any:
    """Put texts in the place of their names, in the value itself."""
    stack = [value] if texts and isinstance(value, (dict, list)) else []
    while stack:
        one = stack.pop()
        pairs = one.items() if isinstance(one, dict) else enumerate(one)
        for key, part in list(pairs):
            if isinstance(part, str) and part in texts:
                one[key] = texts[part]
            elif isinstance(part, (dict, list)):
                stack.append(part)
    return value


def _revived(flat: Any) -> Any:
    """Build the value that Nuxt 3 wrote flat: numbers in it are places in the list."""
    if not isinstance(flat, list) or not flat:
        return None
    made = [{} if isinstance(one, dict) else [] if isinstance(one, list) else one for one in flat]

    def at(place: Any) -> Any:
        for _ in range(_MAX_WRAPPERS):
            if not isinstance(place, int) or not 0 <= place < len(flat):
                return None
            one = flat[place]
            if not (isinstance(one, list) and one and isinstance(one[0], str)):
                return made[place]
            if one[0] in {"Date", "BigInt"}:
                return one[1] if len(one) > 1 else None
            place = one[1] if len(one) == 2 else None
        return None

    for shell, one in zip(made, flat, strict=True):
        if isinstance(one, dict):
            shell.update({key: at(place) for key, place in one.items()})
        elif isinstance(one, list):
            shell.extend(at(place) for place in one if not isinstance(place, str))
    return at(0)


_MAX_WRAPPERS = 5
"""``["Reactive", 3]`` around ``["ShallowRef", 4]`` and so on; a circle of them is nothing."""
