"""phpBB topics.

Markup: phpBB 3: ``div.post[id^=p]`` with ``.username``, ``p.author`` and ``.content``. phpBB 2's
tables (``span.name``, ``span.postbody``) are left to the general method.
Written from the templates of: phpBB 3.0 to 3.3, prosilver.
"""

from moderation.extractors.adapter import Platform

PHPBB = Platform(
    name="phpbb",
    marks=("phpbb", "postbody"),
    items=("div.post[id^='p']",),
    author=".author .username, .author .username-coloured, .author strong, .postprofile dt a",
    date="p.author",
    body=".postbody .content",
)
