"""Data that JavaScript assigns, read without running anything.

Understood are literals: JSON, objects with bare keys and single quotes, ``undefined``,
``void 0``, ``!0``, ``new Date("…")``, ``JSON.parse("…")``, and Nuxt 2's
``(function(a,b){return {…}}(1,"x"))``, whose arguments stand for values used more than once.
A script whose data are the outcome of anything else is passed over.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from moderation.extractors.script_data import usable

_MAX_VALUES = 200
"""How many assignments of a script are tried."""
_MAX_LITERAL_CHARS = 4_000_000
"""Longest literal that is rewritten: a second or two."""
_LEAST_CHARS = 60
"""A value shorter than this holds no comment."""
_VALUE = re.compile(
    r"JSON\.parse\(\s*(?P<encoded>decodeURIComponent\(\s*)?(?=[\"'])"
    r"|\(function\((?P<names>[\w$,\s]*)\)\s*\{\s*return\s*(?=\{)"
    r"|[=(]\s*(?=[{\[])"
)
_STRING = r""""[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'"""
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})"
    r"|(?P<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<mark>[{}\[\]():,!])"
    r"|(?P<space>\s+|/\*.*?\*/|//[^\n]*)",
    re.DOTALL,
)
_WORDS = {"true": "true", "false": "false", "null": "null", "undefined": "null", "NaN": "null"}
_PASSED_OVER = frozenset({"new", "Date", "void"})
_CODE = frozenset(
    {
        *("function", "return", "if", "for", "var", "let", "const", "this", "typeof", "async"),
        *("await", "class", "while", "switch", "try", "throw", "delete", "in", "of"),
    }
)
_ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|.)|"', re.DOTALL)
_KEPT = frozenset('bfnrtu"\\/')
_DECODER = json.JSONDecoder(strict=False)


def assigned(script: str) -> Iterator[Any]:
    """Yield the objects and lists that a script assigns or hands to a function.

    Args:
        script: The text of a script element.
    """
    at = 0
    for _ in range(_MAX_VALUES):
        found = _VALUE.search(script, at)
        if not found:
            return
        try:
            value, at = _read(script, found)
        except (ValueError, RecursionError):
            at = found.end()
            continue
        if isinstance(value, (dict, list)) and at - found.end() >= _LEAST_CHARS:
            yield value


def _read(script: str, found: re.Match[str]) -> tuple[Any, int]:
    start = found.end()
    if found["names"] is not None:
        return _function(script, start, [name.strip() for name in found["names"].split(",")])
    if found[0].startswith("JSON"):
        text, end = _string(script, start)
        return _parsed(unquote(text) if found["encoded"] else text), end
    try:
        value, end = _DECODER.raw_decode(script, start)
        return usable(value, script[start:end]), end
    except ValueError:
        text, end = literal(script, start, {})
        return _parsed(text), end


def _parsed(text: str) -> Any:
    return usable(json.loads(text, strict=False), text)


def _function(script: str, start: int, names: list[str]) -> tuple[Any, int]:
    """Read what Nuxt 2 returns from a function that is called on the spot."""
    _, end = literal(script, start, {})
    call = re.compile(r"\s*;?\s*\}\)?\s*(?=\()").match(script, end)
    if not call:
        raise ValueError("no call")
    listed, end = literal(script, call.end(), {})
    values = [json.dumps(value) for value in json.loads(listed, strict=False)]
    text, _ = literal(script, start, dict(zip(names, values, strict=False)))
    return _parsed(text), end


def _string(script: str, start: int) -> tuple[str, int]:
    found = re.compile(_STRING, re.DOTALL).match(script, start)
    if not found:
        raise ValueError("no string")
    return json.loads(_as_json(found[0]), strict=False), found.end()


def literal(script: str, start: int, names: Mapping[str, str]) -> tuple[str, int]:
    """Rewrite one literal as JSON.

    Args:
        script: JavaScript.
        start: Where an object, list or list of arguments begins.
        names: JSON for the variables in it; others are null.

    Returns:
        The JSON, and where the literal ends.

    Raises:
        ValueError: It is no literal.
    """
    written: list[str] = []
    open_marks: list[str] = []
    at = start
    while at < len(script) and at - start < _MAX_LITERAL_CHARS:
        found = _TOKEN.match(script, at, start + _MAX_LITERAL_CHARS)
        if not found or found["name"] in _CODE:
            break
        at = found.end()
        if found["mark"]:
            _mark(found["mark"], written, open_marks)
            if not open_marks:
                return "".join(written), at
        elif not found["space"]:
            is_key = open_marks[-1] == "}" and written[-1] in {"{", ","}
            _value(found, written, names, is_key=is_key)
    raise ValueError("no literal")


def _value(
    found: re.Match[str], written: list[str], names: Mapping[str, str], *, is_key: bool
) -> None:
    if found["string"]:
        written.append(_as_json(found["string"]))
    elif is_key:
        written.append(f'"{found[0]}"')
    elif found["number"]:
        _number(found["number"], written)
    elif found["name"] == "void":
        written.append("void")
    elif found["name"] not in _PASSED_OVER:
        written.append(names.get(found[0], _WORDS.get(found[0], "null")))


def _mark(mark: str, written: list[str], open_marks: list[str]) -> None:
    """Write a bracket; round ones are a list if they come first, and nothing elsewhere."""
    if mark in "{[(":
        if mark == "(" and open_marks:
            open_marks.append("")
            return
        open_marks.append("}" if mark == "{" else "]")
        written.append("{" if mark == "{" else "[")
    elif mark in "}])":
        if not open_marks:
            raise ValueError("unbalanced")
        close = open_marks.pop()
        if close and written[-1] == ",":
            written.pop()
        if close:
            written.append(close)
    else:
        written.append(mark)


def _number(digits: str, written: list[str]) -> None:
    """Write a number; ``!0`` is true, ``!1`` false, ``void 0`` nothing."""
    if written[-1] == "!":
        written[-1] = "false" if digits == "1" else "true"
    elif written[-1] == "void":
        written[-1] = "null"
    else:
        written.append(json.dumps(float(digits)) if "." in digits else digits)


def _as_json(string: str) -> str:
    r"""Turn a JavaScript string into JSON's: double quotes, no ``\x41``, no ``\'``."""
    inner = string[1:-1]
    if "\\" in inner or '"' in inner:
        inner = _ESCAPE.sub(_escape, inner)
    return f'"{inner}"'


def _escape(found: re.Match[str]) -> str:
    said = found[1]
    if said is None:
        return '\\"'
    if len(said) == 3:
        return f"\\u00{said[1:]}"
    return f"\\{said}" if said in _KEPT else "" if said == "\n" else said
