"""reddit threads: the old site, the redesign and today's web components.

Markup: ``div.thing.comment`` with ``.author``, ``time`` and ``.usertext-body``, replies nested
in ``.child``. The redesign of 2018: ``div.Comment`` with ``[data-testid=comment]``, between class
names that are hashes; the level is a left padding and a line "level 2". Since 2023:
``shreddit-comment`` with ``author``, ``thingid``, ``parentid`` and ``depth`` attributes and the
text in ``[slot=comment]``.
Written from the markup of: old.reddit.com 2009 to 2024, a redesign page of 2019, shreddit 2023
and 2024.
"""

from moderation.extractors.adapter import Platform

OLD_REDDIT = Platform(
    name="reddit",
    marks=("usertext-body",),
    items=("div.comment.thing", "div.comment"),
    author=".tagline .author, .tagline > em",
    date=".tagline time",
    body=".usertext-body",
)
REDDIT_2018 = Platform(
    name="reddit",
    marks=("Comment t1_",),
    items=("div.Comment[class*='t1_']",),
    author="[data-testid='comment_author_link'], a[href*='/user/']",
    date="[data-testid='comment_timestamp'], [id^='CommentTopMeta--Created']",
    body="[data-testid='comment'], [data-test-id='comment']",
)
SHREDDIT = Platform(
    name="reddit",
    marks=("shreddit-comment",),
    items=("shreddit-comment",),
    author="@author",
    date="faceplate-timeago, time",
    body="[slot='comment']",
    id="@thingid",
)
