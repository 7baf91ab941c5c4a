"""Isso threads, as the widget renders them into the page.

Markup: ``div.isso-comment[id^=isso-]`` with ``.isso-author``, ``time`` and ``.isso-text``;
replies nest in ``.isso-follow-up``. Before 0.13 the inner class names had no prefix.
Written from the templates of: 0.12 and 0.14.
"""

from moderation.extractors.adapter import Platform

ISSO = Platform(
    name="isso",
    marks=("isso-comment",),
    items=(".isso-comment[id^='isso-']",),
    author=".isso-author, .author",
    date="time",
    body=".isso-text, .text-wrapper > .text",
)
