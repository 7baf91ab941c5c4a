"""Vanilla forum discussions.

Markup: Vanilla 2 and later: ``li.ItemComment`` (``Item Comment``) with ``.Username``, ``time``
and ``.Message``. Vanilla 1: ``#Comments > li`` with ``.CommentAuthor``, ``.CommentTime`` and
``.CommentBody``.
Written from the templates of: 1.1, 2 and 3.
"""

from moderation.extractors.adapter import Platform

VANILLA = Platform(
    name="vanilla",
    marks=("ItemComment", "MessageList", "CommentBody"),
    items=(
        "li.ItemComment, li.Item.Comment",
        ".MessageList .ItemComment",
        "#Comments > li[id^='Comment_']",
    ),
    author=".Author .Username, .Author a:not(.PhotoWrap), .CommentAuthor, .Author a",
    date="time, .CommentTime",
    body=".Message, .CommentBody",
    is_flat=True,
)
