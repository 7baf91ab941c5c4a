"""Daum's comments (alex), under Kakao's news.

Markup: ``ul.list_comment > li[id^=comment]`` with ``.link_nick``, ``.txt_date`` and
``.desc_txt``; answers stand in ``.reply_wrap`` inside what they answer.
Written from the template of: 2017 to 2022, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

DAUM = Platform(
    name="daum",
    marks=("list_comment", "link_nick"),
    items=("li:has(> .cmt_info)", "li[id^='comment']:has(.desc_txt)"),
    author=".link_nick",
    date=".txt_date",
    body=".desc_txt",
)
