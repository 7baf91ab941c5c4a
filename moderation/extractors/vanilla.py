"""Vanilla forum discussions.

Markup: ``li.ItemComment`` (``Item Comment``) with ``.Username``, ``time`` and ``.Message``.
From the templates of Vanilla 2 and 3.
"""

from moderation.extractors.adapter import Platform

VANILLA = Platform(
    name="vanilla",
    marks=("ItemComment", "MessageList"),
    items=("li.ItemComment, li.Item.Comment", ".MessageList .ItemComment"),
    author=".Author .Username, .Author a",
    date="time",
    body=".Message",
)
