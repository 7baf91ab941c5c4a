"""phpBB topics.

Markup: phpBB 3, prosilver and the styles made from it: ``.post[id^=p]`` with ``.username``,
``p.author`` and ``.content``. phpBB 3, subsilver2: a ``table.tablebg`` a post, ``.postauthor``,
``div.postbody``. phpBB 2, subSilver: a table row a post, ``span.name``, a ``span.postdetails``
with the date, ``span.postbody``; the signature stands under a ruler of underscores.
Written from the templates of: 2.0, 3.0 (prosilver and subsilver2) and 3.3.
"""

from moderation.extractors.adapter import Platform

PHPBB = Platform(
    name="phpbb",
    marks=("phpbb", "postbody"),
    items=(".post[id^='p']:has(.postbody .content)",),
    author=".author .username, .author .username-coloured, .author strong, .postprofile dt a",
    date="p.author",
    body=".postbody .content",
    is_flat=True,
)
SUBSILVER = Platform(
    name="phpbb",
    marks=("postbody",),
    items=(
        "table.tablebg:has(.postauthor):has(div.postbody)",
        "tr:has(> td > .name):has(> td .postbody)",
    ),
    author=".postauthor, .name",
    date="td.gensmall, a + .postdetails",
    body=".postbody",
    is_flat=True,
)
