"""MyBB and FluxBB topics.

Markup: MyBB: ``div.post[id^=post_]`` with ``.author_information``, ``.post_date`` and
``.post_body``; FluxBB and PunBB: ``div.blockpost[id^=p]`` with ``.postleft dt``, ``h2 a`` and
``.postmsg``. From the templates of MyBB 1.8 and FluxBB 1.5.
"""

from moderation.extractors.adapter import Platform

MYBB = Platform(
    name="mybb",
    marks=("post_body", "blockpost"),
    items=("div.post[id^='post_']", "div.blockpost[id^='p']"),
    author=".author_information a, .postleft dt",
    date=".post_date, h2 a",
    body=".post_body, .postmsg",
    without=".postsignature, .postedit",
)
