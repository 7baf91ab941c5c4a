"""Hacker News item pages.

Markup: ``tr.athing.comtr`` with ``.hnuser``, ``.age[title]`` and ``.commtext``; the level is
the spacer's width or ``td.ind[indent]``. Before 2015 rows had no class: the general method
reads those.
Written from the templates of: 2015 to 2024.
"""

from moderation.extractors.adapter import Platform

HACKER_NEWS = Platform(
    name="hacker-news",
    marks=("comtr",),
    items=("tr.comtr",),
    author=".hnuser",
    date=".age",
    body=".commtext",
    without=".reply",
)
