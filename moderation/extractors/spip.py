"""SPIP forums under articles.

Markup: ``li`` around the forum plug-in's ``.forum-message`` with ``.forum-texte``, the name in
``.fn`` or, in SPIP 2, at the end of "18 novembre 2008, par …" in ``.forum-chapo``; the comments
plug-in's ``li.comment-li`` with ``.reviewer`` and ``.comment-content``. Answers stand in a list
inside the ``li`` of what they answer.
Written from the templates of: SPIP 2 and 3; pages of 3.1 and 3.2 seen.
"""

from moderation.extractors.adapter import Platform

SPIP = Platform(
    name="spip",
    marks=("forum-message", "comments-ul"),
    items=("li:has(> .forum-message)", "li.comment-li"),
    author=".comment-author .fn, .reviewer",
    date="abbr.date, .comment-meta time, .forum-chapo small",
    body=".forum-texte, .comment-content",
    without=".repondre, .forum-repondre-message, .comment-reply",
)
