"""Epoch threads, the comment template for WordPress by Postmatic.

Markup: ``[data-comment-id]`` with ``article.epoch-single-comment`` first in it, the name in
``.epoch-author-link`` (or as text of ``.epoch-comment-author``), ``.epoch-comment-link`` and
``.epoch-comment-content``; replies stand in ``.epoch-child`` inside what they answer.
Written from: a page of Epoch 1.0, 2017.
"""

from moderation.extractors.adapter import Platform

EPOCH = Platform(
    name="epoch",
    marks=("epoch-single-comment",),
    items=("[data-comment-id]:has(> article.epoch-single-comment)",),
    author=".epoch-author-link",
    date=".epoch-comment-link",
    body=".epoch-comment-content",
    without=".pmcc-comments-report-link",
    id="@data-comment-id",
)
