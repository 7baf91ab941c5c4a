"""reddit threads: the old site and today's web components.

Markup: ``div.thing.comment`` with ``.author``, ``time`` and ``.usertext-body``, replies nested
in ``.child``; ``shreddit-comment`` with ``author``, ``thingid``, ``parentid`` and ``depth``
attributes and the text in ``[slot=comment]``.
Written from the markup of: old.reddit.com 2012 to 2024, shreddit 2023 and 2024.
"""

from moderation.extractors.adapter import Platform

OLD_REDDIT = Platform(
    name="reddit",
    marks=("usertext-body",),
    items=("div.comment.thing", "div.comment"),
    author=".tagline .author",
    date="time",
    body=".usertext-body",
)
SHREDDIT = Platform(
    name="reddit",
    marks=("shreddit-comment",),
    items=("shreddit-comment",),
    author="@author",
    date="faceplate-timeago, time",
    body="[slot='comment']",
    id="thingid",
)
