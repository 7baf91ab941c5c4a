"""XenForo threads, and its comments under articles.

Markup: XenForo 2: ``article.message`` with ``data-author``, ``time.u-dt`` and ``.bbWrapper``;
XenForo 1: ``li.message`` with ``data-author``, ``.DateTime`` and ``blockquote.messageText``: the
signature is a ``div`` of the same class.
Written from the templates of: 1.5, 2.0 to 2.3; a page of 2 seen.
"""

from moderation.extractors.adapter import Platform

XENFORO = Platform(
    name="xenforo",
    marks=("bbWrapper", "messageText"),
    items=("article.message[data-author]", "li.message[data-author]"),
    author="@data-author",
    date=".message-attribution time, time, .messageMeta .DateTime, .DateTime",
    body=".message-body .bbWrapper, blockquote.messageText",
    without=".messageTextEndMarker, .js-unfurl, .bbCodeBlock-expandLink, .quoteExpand",
    is_flat=True,
)
