"""Coral threads as saved after the stream was rendered.

Markup: ``.coral-comment`` with ``.coral-comment-username``, ``.coral-comment-timestamp`` and
``.coral-comment-content``; levels as ``coral-indent-2``. From the stream's public class names,
Coral 6 to 9.
"""

from moderation.extractors.adapter import Platform

CORAL = Platform(
    name="coral",
    marks=("coral-comment",),
    items=("[data-testid^='comment-'].coral-comment, .coral-comment",),
    author=".coral-comment-username",
    date=".coral-comment-timestamp, time",
    body=".coral-comment-content",
)
