"""Simple Machines Forum topics.

Markup: SMF 2: ``.post_wrapper`` with ``.poster h4``, the date in ``.keyinfo .smalltext`` (2.1:
``.postinfo``) and ``.post .inner``; edit mark and signature stand in ``.moderatorbar``. SMF 1's
nested tables are left to the general method.
Written from the templates of: 2.0 and 2.1.
"""

from moderation.extractors.adapter import Platform

SMF = Platform(
    name="smf",
    marks=("post_wrapper",),
    items=(".post_wrapper:has(.poster):has(.post .inner)",),
    author=".poster h4 a, .poster h4",
    date=".postinfo > a, .keyinfo > .smalltext",
    body=".post .inner",
    id=".post .inner@id",
    is_flat=True,
)
