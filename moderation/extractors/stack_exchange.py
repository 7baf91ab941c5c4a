"""Stack Exchange questions: answers, and the comments on question and answers.

Markup: ``.answer`` with ``.js-post-body``/``.post-text``, ``.user-details``, ``.relativetime``;
``li.comment``/``tr.comment`` with ``.comment-copy``, ``.comment-user`` and
``.comment-date .relativetime-clean``. The question is the article.
Written from the templates of: 2014 to 2023.
"""

from moderation.extractors.adapter import Platform

STACK_EXCHANGE = Platform(
    name="stack-exchange",
    marks=("comment-copy",),
    items=(".answer, li.comment, tr.comment",),
    author=".comment-user, .user-details[itemprop='author'] a, .user-details a",
    body=".comment-copy, .js-post-body, .post-text",
    id="@id",
)
