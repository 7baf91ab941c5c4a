"""Livefyre threads, as saved after the widget ran (closed in 2021).

Markup: ``article.fyre-comment-article`` with ``.fyre-comment-username``, ``time.fyre-comment-date``
and ``div.fyre-comment``; answers nest inside what they answer.
Written from the style hooks of: Livefyre 3, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

LIVEFYRE = Platform(
    name="livefyre",
    marks=("fyre-comment-article",),
    items=(".fyre-comment-article",),
    author=".fyre-comment-username",
    date=".fyre-comment-date",
    body="div.fyre-comment",
)
