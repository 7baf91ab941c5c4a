"""WordPress threads: core's list and block markup, as most themes keep it.

Markup: ``li.comment`` with ``id="comment-42"`` (or ``li-comment-42``), replies nested in
``ul.children``; the name in ``.fn``; blocks since WordPress 6.0 use
``.wp-block-comment-author-name``, ``-date`` and ``-content``. Before 2.7 themes wrote the list
themselves: ``.commentlist li[id^=comment-]`` and nothing else in common; some still do, or put
core's class names (``depth-2``) elsewhere. Jetpack adds its likes to core's list. Pingbacks are
left out. Fields without a selector here vary by theme and are told by comparing the items.
Written from the templates of: WordPress 1.5 to 6, Jetpack 13; pages of 3 to 6 seen.
"""

from moderation.extractors.adapter import Platform

WORDPRESS = Platform(
    name="wordpress",
    marks=("commentlist", "comment-list", "comments-list", "wp-block-comment", "depth-1"),
    items=(
        "li.comment[id*='comment-']",
        "div.comment[id^='comment-']",
        ".commentlist li[id*='comment-'], .comment-list li[id*='comment-']",
        ".comment[class*='depth-']",
    ),
    author=".fn, .wp-block-comment-author-name",
    body=".wp-block-comment-content",
)
