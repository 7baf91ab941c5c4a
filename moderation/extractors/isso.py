"""Isso threads, as the widget renders them into the page.

Markup: ``div.isso-comment[id^=isso-]`` with ``.isso-author``, ``time`` and ``.isso-text``;
replies nest in ``.isso-follow-up``. From the templates, Isso 0.12 and 0.13.
"""

from moderation.extractors.adapter import Platform

ISSO = Platform(
    name="isso",
    marks=("isso-comment",),
    items=(".isso-comment[id^='isso-']",),
    author=".isso-author, .author",
    date="time",
    body=".isso-text, .text",
)
