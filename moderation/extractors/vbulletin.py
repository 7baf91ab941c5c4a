"""vBulletin threads.

Markup: vBulletin 5: ``li.b-post`` with ``.author``, ``.b-post__timestamp`` and
``.js-post__content-text``. vBulletin 4: ``li#post_42.postbit…`` with ``.username``, ``.date`` and
``blockquote.postcontent``. vBulletin 3: ``table#post42`` (in skins a ``div``) with
``.bigusername``, ``td.thead`` and ``div#post_message_42``. Signatures, edit marks and the user's
figures stand outside the body in all of them. The archive of 3 and 4: ``div.post`` with
``.posttop`` and ``.posttext``.
Written from the templates of: 3.8 (postbit and postbit_legacy), 4.2 and 5; a page of 4 seen.
"""

from moderation.extractors.adapter import Platform

VBULLETIN = Platform(
    name="vbulletin",
    marks=("postbit", "bigusername", "b-post", "post_message_", "posttop"),
    items=(
        "li.b-post",
        "li[id^='post_']:has(.postcontent, [id^='post_message_'])",
        "[id^='edit'] > [id^='post']:has([id^='post_message_'])",
        "table[id^='post']:has([id^='post_message_'])",
        "div.post:has(> .posttop):has(> .posttext)",
    ),
    author=".username, .bigusername, .b-userinfo__details .author, .author",
    date=".postdate, .date, .b-post__timestamp, td.thead, .thead",
    body=".postcontent, [id^='post_message_'], .js-post__content-text, .posttext",
    without=".lastedited, .b-post__edit-reason",
    is_flat=True,
)
