"""Giscus and utterances threads, as saved with the widget's frame.

Markup: Giscus: ``.gsc-comment`` with ``.gsc-comment-author``, ``time`` and
``.gsc-comment-content``, its replies ``.gsc-reply`` inside ``.gsc-replies``. utterances:
``article.timeline-comment`` with ``.comment-header strong``, the time in a link's title, and
``.markdown-body``; nobody answers anybody.
Written from the components of: Giscus 2022 to 2024 and utterances 2020, from memory; no real page
at hand.
"""

from moderation.extractors.adapter import Platform

GISCUS = Platform(
    name="giscus",
    marks=("gsc-comment-content",),
    items=(".gsc-comment:not(:has(.gsc-comment)), .gsc-reply",),
    author=".gsc-comment-author .font-semibold, .gsc-reply-author .font-semibold",
    date="time",
    body=".gsc-comment-content, .gsc-reply-content",
)
UTTERANCES = Platform(
    name="giscus",
    marks=("timeline-comment",),
    items=("article.timeline-comment",),
    author=".comment-header strong, .comment-header .text-link",
    date=".comment-header time, .comment-header .text-link[title]",
    body=".markdown-body",
    is_flat=True,
)
