"""LinkedIn: comments under public articles and posts.

Markup: ``section.comment`` (before 2021 another element) with ``.comment__author``,
``.comment__duration-since`` ("1y") and ``.comment__text``; the public page shows no answers to
comments as such.
Written from the markup of: 2020 to 2024, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

LINKEDIN = Platform(
    name="linkedin",
    marks=("comment__duration-since", "comment__author-headline"),
    items=("section.comment", ".comment:has(.comment__text)"),
    author=".comment__author",
    date=".comment__duration-since",
    body=".comment__text",
)
