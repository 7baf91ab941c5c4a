"""XenForo threads, and its comments under articles.

Markup: XenForo 2: ``article.message`` with ``data-author``, ``time.u-dt`` and ``.bbWrapper``;
XenForo 1: ``li.message`` with ``data-author``, ``.DateTime`` and ``.messageText``.
Written from the templates of: 1.5, 2.0 to 2.2.
"""

from moderation.extractors.adapter import Platform

XENFORO = Platform(
    name="xenforo",
    marks=("bbWrapper", "messageText"),
    items=("article.message[data-author]", "li.message[data-author]"),
    author="@data-author",
    date=".message-attribution time, time, .DateTime",
    body=".message-body .bbWrapper, .messageText",
    without=".messageTextEndMarker, .js-unfurl, .bbCodeBlock-expandLink",
)
