"""LiveJournal threads, in the site's own style.

Markup: ``.b-leaf[id^=t]`` with ``.b-leaf-username``, ``.b-leaf-createdtime`` and
``.b-leaf-article``; the level is the left margin of the ``.b-tree-twig`` around it.
Written from the markup of: 2013 to 2020, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

LIVEJOURNAL = Platform(
    name="livejournal",
    marks=("b-leaf",),
    items=(".b-leaf[id^='t']",),
    author=".b-leaf-username-name, .b-leaf-username",
    date=".b-leaf-createdtime",
    body=".b-leaf-article",
)
