"""Hyvor Talk threads, as a browser or a tool that keeps shadow trees saved them.

Markup: the documented element ``hyvor-talk-comments``, whose shadow tree (``template
shadowrootmode``, or taken in by ``--render``) holds ``.comment`` with ``.comment-body``; answers
nest inside what they answer. Name and date are told by comparing the items. Answers of its
API are read by their shape (``json_comments``).
Written from: Hyvor Talk 3's documented element; what stands in it from memory; no real page.
"""

from moderation.extractors.adapter import Platform

HYVOR = Platform(
    name="hyvor",
    marks=("hyvor-talk-comments",),
    items=("hyvor-talk-comments .comment",),
    body=".comment-body, .comment-content",
)
