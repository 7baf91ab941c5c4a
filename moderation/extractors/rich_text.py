"""Text of what editors such as ProseMirror and Slate keep: trees of paragraphs and leaves."""

import json
from typing import Any

MAX_BLOCKS = 2_000
"""How much of a tree is looked at."""


def rich_text(value: Any) -> str:
    """Join the ``text`` leaves of an editor's tree, a line for each paragraph."""
    lines: list[str] = []
    stack = [value]
    for _ in range(MAX_BLOCKS):
        if not stack:
            break
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, dict):
            text = one.get("text")
            if isinstance(text, str):
                lines.append(text)
            stack.extend(one[key] for key in ("children", "content") if key in one)
            if one.get("type") in {"paragraph", "hardBreak"}:
                lines.append("\n")
    return "".join(lines)


def written_out(text: str) -> str:
    """Return the text itself or, if it is an editor's tree written as JSON, that tree's."""
    if not text.startswith('{"'):
        return text
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return rich_text(tree) if "type" in tree else text
