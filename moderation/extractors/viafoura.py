"""Viafoura threads, as saved after the conversation was rendered.

Markup: ``.vf-comment-container`` (later ``.vf3-comment``) with ``.vf-username``, ``.vf-date`` and
``.vf-comment-html``; answers nest inside what they answer. What of it is called otherwise is
told by comparing the items. Answers of its API are read by their shape (``json_comments``).
Written from the widgets of: 2015 to 2023, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

VIAFOURA = Platform(
    name="viafoura",
    marks=("vf-comment", "vf3-comment"),
    items=(".vf-comment-container", ".vf3-comment"),
    author=".vf-username, .vf3-username",
    date=".vf-date, .vf3-date",
    body=".vf-comment-html, .vf3-comment-html",
)
