"""TYPO3 threads: the extension pw_comments.

Markup: ``.tx-pwcomment-pi1`` around ``.comment[id^=comment]`` with ``.comment-date`` and, in the
default template, ``.comment-name`` and ``.comment-content``; answers in ``.reply-list``. What a
site's template renames is told by comparing.
Written from: a page of 2022 and the box that the default template follows.
"""

from moderation.extractors.adapter import Platform

TYPO3 = Platform(
    name="typo3",
    marks=("tx-pwcomment",),
    items=("[class*='tx-pwcomment'] .comment[id^='comment']",),
    author=".comment-name",
    date=".comment-date",
    body=".comment-content",
)
