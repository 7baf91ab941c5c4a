"""wpDiscuz threads, the widget for WordPress.

Markup: ``div#wpd-comm-42_0`` (7.x; the number after the underscore is the parent's) or
``div#wc-comm-42_0`` (3 to 5), replies nested inside their parent; name, date and text in
``-author``, ``-date`` and ``-text``.
Written from the templates of: wpDiscuz 5 and 7; a page of 5 seen.
"""

from moderation.extractors.adapter import Platform

WPDISCUZ = Platform(
    name="wpdiscuz",
    marks=("wpd-comment", "wc-comment"),
    items=(
        "div[id^='wpd-comm-'], div[id^='wc-comm-']",
        "div.wpd-comment",
        "div.wc-comment",
    ),
    author=".wpd-comment-author, .wc-comment-author",
    date=".wpd-comment-date, .wc-comment-date",
    body=".wpd-comment-text, .wc-comment-text",
    without=".wpd-comment-last-edited, .wc-comment-last-edited",
)
