"""Invision Community (IPS 4 and 5) and IP.Board 2 and 3: topics and comments.

Markup: ``article[id^=elComment_]`` with the name in ``.cAuthorPane_author``,
``.ipsComment_author`` or, in IPS 5, ``.ipsEntry__username``; ``time`` and
``[data-role=commentContent]``, which also holds the edit mark. IP.Board 3: ``div.post_block``
with ``.author``, ``.published[title]`` and ``.entry-content``. IP.Board 2: a ``table.ipbtable`` a
post, ``.normalname``, the first ``.postdetails``, ``div.postcolor``.
Written from the templates of: 2.3, 3.4 and 4.7; of 5.0 from memory.
"""

from moderation.extractors.adapter import Platform

INVISION = Platform(
    name="invision",
    marks=("ipsComment", "ipsEntry", "post_block"),
    items=("article[id^='elComment_']", "div.post_block"),
    author=(
        ".cAuthorPane_author, .ipsComment_author h3 a, .ipsComment_author strong,"
        " .ipsEntry__username, [itemprop='creator name'], .author"
    ),
    date="time, .published",
    body="[data-role='commentContent'], .post_body .entry-content",
    without=".ipsQuote_citation, .edit, [data-excludequote], .ipsSpoiler_header",
    is_flat=True,
)
IP_BOARD_2 = Platform(
    name="invision",
    marks=("postcolor",),
    items=("table.ipbtable:has(.postcolor)",),
    author=".normalname",
    date=".postdetails",
    body=".postcolor",
    without=".edit, .quotetop",
    is_flat=True,
)
