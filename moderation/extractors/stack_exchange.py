"""Stack Exchange questions: answers, and the comments on question and answers.

Markup: ``.answer`` with ``.js-post-body`` or ``.post-text``, and name and date in the last
``.post-signature``: the one before it is an editor's. ``li.comment`` or ``tr.comment`` with
``.comment-copy``, ``.comment-user`` and ``.comment-date``. The question is the article.
Written from the templates of: 2012 to 2023; a page seen.
"""

from moderation.extractors.adapter import Platform

STACK_EXCHANGE = Platform(
    name="stack-exchange",
    marks=("comment-copy", "answercell"),
    items=(".answer, li.comment, tr.comment",),
    author=".comment-user, .post-signature:last-child .user-details a",
    date=".comment-date .relativetime-clean, .post-signature:last-child .relativetime",
    body=".comment-copy, .js-post-body, .post-text",
    id="@id",
)
