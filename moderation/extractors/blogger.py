"""Blogger threads: the threaded list.

Markup: ``li.comment`` with ``id="c1234…"``, ``.user``, ``.datetime`` and ``.comment-content``,
replies nested in ``.comment-replies``. The flat list of older templates (``#comments-block``,
whose comments are three elements in a row) is left to the general method.
Written from the templates of: 2011 to 2020; three pages seen.
"""

from moderation.extractors.adapter import Platform

BLOGGER = Platform(
    name="blogger",
    marks=("comment-thread", "comment-replybox"),
    items=("li.comment[id^='c']",),
    author=".user",
    date=".datetime",
    body=".comment-content",
)
