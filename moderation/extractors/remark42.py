"""Remark42 threads, as saved with the widget's frame.

Markup: ``article[id^=remark42__comment-]`` with ``.comment__username`` (1.10 and later:
``.comment-username``), ``.comment__time`` and ``.comment__text``; each stands in a
``.thread_level_…``, replies in threads inside it.
Written from the template of: version 1.9 to 1.12, from memory of its source; no real page at hand.
"""

from moderation.extractors.adapter import Platform

REMARK42 = Platform(
    name="remark42",
    marks=("remark42__comment",),
    items=("article[id^='remark42__comment-']",),
    author=".comment__username, .comment-username",
    date=".comment__time",
    body=".comment__text, .raw-content",
)
