"""MyBB topics.

Markup: MyBB 1.8: ``div.post[id^=post_]`` with ``.author_information``, ``.post_date`` (which also
holds the edit mark) and ``.post_body``; MyBB 1.4 and 1.6: ``table[id^=post_]`` with
``.post_author``, the date in ``td.tcat`` and ``.post_body``.
Written from the templates of: 1.6 and 1.8.
"""

from moderation.extractors.adapter import Platform

MYBB = Platform(
    name="mybb",
    marks=("post_body",),
    items=("div.post[id^='post_']", "table[id^='post_']:has(.post_body)"),
    author=".author_information .largetext, .author_information a, .post_author .largetext",
    date=".post_date, td.tcat > .float_left",
    body=".post_body",
    is_flat=True,
)
