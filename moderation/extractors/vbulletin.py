"""vBulletin threads.

Markup: vBulletin 4: ``li[id^=post_].postbit…`` with ``.username``, ``.date`` and
``blockquote.postcontent``; vBulletin 3: ``table[id^=post]`` with ``.bigusername``, ``td.thead``
and ``div[id^=post_message_]``; vBulletin 5: ``li.b-post`` with ``.author`` and
``.js-post__content-text``.
Written from the templates of: 3.8, 4.2 and 5.
"""

from moderation.extractors.adapter import Platform

VBULLETIN = Platform(
    name="vbulletin",
    marks=("postbit", "bigusername", "b-post"),
    items=("li[id^='post_']", "li.b-post", "table[id^='post']"),
    author=".username, .bigusername, .b-userinfo__details .author, .author",
    date=".postdate, .date, .b-post__timestamp, td.thead",
    body=".postcontent, [id^='post_message_'], .js-post__content-text",
)
