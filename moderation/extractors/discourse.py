"""Discourse topics: the crawler view, which also stands in ``noscript``, and the saved app.

Markup: ``.crawler-post`` with ``[itemprop=name]``, ``time`` and ``.post``; in the app
``article[data-post-id]`` with ``.username`` and ``.cooked``. The topic's first post is a
comment here like the others: pages after the first begin with any post.
Written from the templates of: Discourse 1.9 to 3.x; a page of 2.4 seen.
"""

from moderation.extractors.adapter import Platform

DISCOURSE = Platform(
    name="discourse",
    marks=("crawler-post", "topic-post"),
    items=(".crawler-post", "article[data-post-id]", "[itemtype$='DiscussionForumPosting']"),
    author=".creator [itemprop='name'], .names .username",
    date="time, .relative-date",
    body=".post, .cooked",
    is_flat=True,
)
