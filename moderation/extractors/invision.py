"""Invision Community (IPS 4) and IP.Board 3 topics and comments.

Markup: ``article[id^=elComment_]`` with ``.ipsComment_author``/``.cAuthorPane_author``, ``time``
and ``[data-role=commentContent]``; IP.Board 3: ``div.post_block`` with ``.author``,
``.published[title]`` and ``.entry-content``. From the templates.
"""

from moderation.extractors.adapter import Platform

INVISION = Platform(
    name="invision",
    marks=("ipsComment", "post_block"),
    items=("article[id^='elComment_']", "div.post_block"),
    author=".cAuthorPane_author, .ipsComment_author h3 a, [itemprop='creator name'], .author",
    date="time, .published",
    body="[data-role='commentContent'], .post_body .entry-content",
    without=".ipsQuote_citation, .edit",
)
