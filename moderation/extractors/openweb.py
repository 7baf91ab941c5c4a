"""OpenWeb (Spot.IM) threads, as saved after the conversation was rendered.

Markup: the ``data-spot-im-class`` attributes that sites style it by: ``message-view`` around
``message-username``, ``message-timestamp`` and ``message-text``; answers stand in a list inside
the ``li`` of what they answer.
Written from the documented style hooks of: Conversation 2019 to 2023; no real page at hand.
"""

from moderation.extractors.adapter import Platform

OPENWEB = Platform(
    name="openweb",
    marks=("spcv", "spot-im", "spotim"),
    items=(
        "[data-spot-im-class='message-view']",
        "li:has([data-spot-im-class='message-text'])",
    ),
    author="[data-spot-im-class='message-username']",
    date="[data-spot-im-class='message-timestamp']",
    body="[data-spot-im-class='message-text']",
)
