"""Drupal threads: the comment module's own templates, through its four generations.

Markup: Drupal 8 to 11: ``article[data-comment-user-id]`` with ``id="comment-42"``, the name in
``[typeof='schema:Person']``, ``.username`` or ``.comment__author``, the words in
``.field--name-comment-body``. Drupal 7: ``.comment`` with ``typeof="sioc:Post sioct:Comment"`` or
a class ``comment-by-…``, ``.username``, ``.field-name-comment-body``. Drupal 6: ``#comments
div.comment`` with ``.submitted`` and ``.content``. Replies stand in ``div.indented`` behind what
they answer. Themes move the names about: what a selector misses is told by comparing.
Written from the templates of: 6 (core, Garland), 7 (core, Bartik), 8 (Classy), 9 and 10
(Olivero); two pages of 7 and one of 8 seen.
"""

from moderation.extractors.adapter import Platform

DRUPAL_8 = Platform(
    name="drupal",
    marks=("js-comment", "comment__meta", "field--name-comment-body"),
    items=("article[data-comment-user-id]",),
    author="footer [typeof='schema:Person'], .username, .comment__author",
    date="[property='schema:dateCreated']@content",
    body=".field.field--name-comment-body",
)
DRUPAL_7 = Platform(
    name="drupal",
    marks=("comment-by-", "field-name-comment-body"),
    items=(".comment[typeof~='sioct:Comment']", ".comment[class*='comment-by-']"),
    author=".username",
    date="[property~='dc:created']@content",
    body=".field-name-comment-body",
)
DRUPAL_6 = Platform(
    name="drupal",
    marks=("clear-block", "indented", "comment-published"),
    items=("#comments div.comment",),
    author=".submitted .username, .submitted a[href*='user/']",
    body=".content",
    without=".user-signature",
)
