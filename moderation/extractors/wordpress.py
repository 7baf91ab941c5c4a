"""WordPress threads: core's list and block markup, as most themes keep it.

Markup: ``li.comment`` with ``id="comment-42"`` (or ``li-comment-42``), replies nested in
``ul.children``; the name in ``.fn``; blocks since WordPress 6.0 use
``.wp-block-comment-author-name``, ``-date`` and ``-content``. Pingbacks are left out.
Written from the templates of: WordPress 3 to 6.
"""

from moderation.extractors.adapter import Platform

WORDPRESS = Platform(
    name="wordpress",
    marks=("commentlist", "comment-list", "comments-list", "wp-block-comment", "depth-1"),
    items=("li.comment[id*='comment-']", "div.comment[id^='comment-']"),
    author=".fn, .wp-block-comment-author-name",
    body=".wp-block-comment-content",
)
