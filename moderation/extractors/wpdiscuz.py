"""wpDiscuz threads, the widget for WordPress.

Markup: ``div.wpd-comment`` (7.x) or ``div.wc-comment`` (up to 5.x), replies nested inside
their parent; name, date and text in ``-author``, ``-date`` and ``-text``.
Written from the templates of: wpDiscuz 5 and 7.
"""

from moderation.extractors.adapter import Platform

WPDISCUZ = Platform(
    name="wpdiscuz",
    marks=("wpd-comment", "wc-comment"),
    items=("div.wpd-comment", "div.wc-comment"),
    author=".wpd-comment-author, .wc-comment-author",
    date=".wpd-comment-date, .wc-comment-date",
    body=".wpd-comment-text, .wc-comment-text",
)
