"""Facebook's comments plugin, as saved with its frame.

Markup: the smallest ``div`` around ``.UFICommentActorName`` and ``._5mdd`` that is named
``._5nz1`` or ``._3-8y``; ``abbr.livetimestamp[data-utime]``. Before 2015: ``li.fbFeedbackPost``
with ``.profileName``, ``.postText`` and ``abbr.timestamp``, replies nested in
``.fbFeedbackReplies``. Most of these names are made by machine and change.
Written from the markup of: 2012 and 2016 to 2020, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

FACEBOOK = Platform(
    name="facebook",
    marks=("UFICommentActorName", "fbFeedbackPost"),
    items=(
        "._5nz1:has(.UFICommentActorName)",
        "._3-8y:has(.UFICommentActorName)",
        ".fbFeedbackPost, .fbFeedbackReply",
    ),
    author=".UFICommentActorName, .profileName",
    date="abbr[data-utime], abbr.livetimestamp, abbr.timestamp",
    body="._5mdd, .postText",
)
