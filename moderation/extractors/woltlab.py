"""WoltLab Suite and Burning Board: forum threads, and the comments of its other parts.

Markup: WoltLab Suite 3 and later, Burning Board 4: ``article.message`` with ``.username``,
``time.datetime`` and ``.messageText``; signature and edit mark stand behind it. Burning Board 3:
``div.message`` with ``.userName``, the date in ``.messageHeader .smallFont`` and
``div#postText42``. Comments on anything: ``li.comment`` with ``.userMessage``, answers as
``li.commentResponse`` inside it.
Written from the templates of: Burning Board 3.1, WoltLab Suite 3 to 5, from memory; no real page
at hand.
"""

from moderation.extractors.adapter import Platform

WOLTLAB = Platform(
    name="woltlab",
    marks=("messageSidebar", "messageText"),
    items=("article.message:has(.messageText)", "div.message:has([id^='postText'])"),
    author=".messageSidebar .username, .messageSidebar .userName, .username",
    date=".messageHeader time, time, .messageHeader .smallFont",
    body=".messageText, [id^='postText']",
    is_flat=True,
)
WOLTLAB_COMMENTS = Platform(
    name="woltlab",
    marks=("commentList",),
    items=("li.comment:has(.userMessage), li.commentResponse:has(.userMessage)",),
    author=".username, .userLink",
    date="time",
    body=".userMessage",
    id="@id",
)
