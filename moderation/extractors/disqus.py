"""Disqus threads as saved with the page: the widget, and the copies for readers without scripts.

Markup: ``#posts li.post`` with ``.author``, ``.time-ago[title]`` and ``.post-message``, replies
nested in ``ul.children``; the no-script copy is ``.d-noscript-comments .comment``. The copy that
the WordPress plug-in leaves has ``li[id^=dsq-comment-]``, ``#dsq-author-user-…`` and
``.dsq-comment-message``, and no dates.
Written from the templates of: the widget of 2013 to 2023, the plug-in 2.x.
"""

from moderation.extractors.adapter import Platform

DISQUS = Platform(
    name="disqus",
    marks=("post-message", "d-noscript-comments", "dsq-comment"),
    items=(
        "#posts li.post, .post-list li.post",
        ".d-noscript-comments .comment",
        "li[id^='dsq-comment-']",
    ),
    author=".author, .comment-author, [id^='dsq-author-user-']",
    date=".time-ago",
    body=".post-message, .comment-body, .dsq-comment-message",
)
