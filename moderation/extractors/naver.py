"""Naver's comment box (cbox), under its news, blogs and webtoons.

Markup: ``li.u_cbox_comment`` with ``.u_cbox_nick`` or ``.u_cbox_name``,
``.u_cbox_date[data-value]`` and ``.u_cbox_contents``; answers stand in ``.u_cbox_reply_area``
inside what they answer. A deleted one has ``.u_cbox_delete_contents`` instead of words.
Written from the template of: cbox 2016 to 2023, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

NAVER = Platform(
    name="naver",
    marks=("u_cbox_comment",),
    items=("li.u_cbox_comment",),
    author=".u_cbox_name, .u_cbox_nick",
    date=".u_cbox_date@data-value",
    body=".u_cbox_contents",
)
