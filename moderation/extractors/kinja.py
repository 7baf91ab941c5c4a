"""Kinja threads, Gawker's platform.

Markup: ``article.js_reply`` with ``data-authorname``, ``data-id`` and ``data-parentid`` (the
article's id at top level), ``.publish-time`` and ``.post-content``. The pages of 2018 and later
have class names made by machine: those are left to the general method.
Written from: a page of 2016.
"""

from moderation.extractors.adapter import Platform

KINJA = Platform(
    name="kinja",
    marks=("js_reply",),
    items=("article.js_reply[data-authorname]",),
    author="@data-authorname",
    date=".js_publish_time",
    body=".reply-content, .post-content",
    id="@data-id",
)
