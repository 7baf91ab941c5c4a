"""FluxBB and PunBB topics.

Markup: FluxBB and PunBB 1.2: ``div.blockpost[id^=p]`` with ``.postleft dt``, ``h2 a`` and
``.postmsg``, in which the edit mark stands; the signature is a ``.postmsg`` too. PunBB 1.3 and
1.4: ``div.post`` with ``.posthead[id^=p]``, ``.post-byline``, ``.post-link`` and
``.entry-content``.
Written from the templates of: FluxBB 1.5 and PunBB 1.4.
"""

from moderation.extractors.adapter import Platform

FLUXBB = Platform(
    name="fluxbb",
    marks=("blockpost", "post-byline"),
    items=("div.blockpost[id^='p']", "div.post:has(> .posthead .post-byline)"),
    author=".postleft dt, .post-byline a, .post-byline strong",
    date="h2 a, .post-link",
    body=".postmsg, .entry-content",
    without=".postsignature, .postedit, .lastedit, .sig-content",
    is_flat=True,
)
