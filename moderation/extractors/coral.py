"""Coral threads as saved after the stream was rendered.

Markup: ``.coral-comment`` with ``.coral-comment-username``, ``.coral-comment-timestamp`` and
``.coral-comment-content``; levels as ``coral-indent-2``. A removed comment leaves a
``.coral-…Tombstone``: it says nothing, but what answered it stays in its place.
Written from the stream's public class names, Coral 6 to 9; no real page at hand.
"""

from moderation.extractors.adapter import Platform

CORAL = Platform(
    name="coral",
    marks=("coral-comment",),
    items=(".coral-comment, [class*='ombstone']",),
    author=".coral-comment-username",
    date=".coral-comment-timestamp, time",
    body=".coral-comment-content",
)
