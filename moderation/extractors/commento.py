"""Commento and Comentario threads, as their scripts build them.

Markup: Commento: ``#commento-comment-card-…`` with ``#commento-comment-name-…``, ``-timeago-…``
(the time in its title) and ``-text-…``; replies are cards inside ``-children-…``. Comentario:
``.comentario-card`` with ``.comentario-name``, ``.comentario-subtitle`` and
``.comentario-card-body``, replies in ``.comentario-card-children``.
Written from the scripts of: Commento 1.8, Comentario 3, from memory; no real page at hand.
"""

from moderation.extractors.adapter import Platform

COMMENTO = Platform(
    name="commento",
    marks=("commento-comment-card",),
    items=("[id^='commento-comment-card-']",),
    author="[id^='commento-comment-name-']",
    date="[id^='commento-comment-timeago-']",
    body="[id^='commento-comment-text-']",
)
COMENTARIO = Platform(
    name="commento",
    marks=("comentario-card",),
    items=(".comentario-card",),
    author=".comentario-name",
    date=".comentario-subtitle",
    body=".comentario-card-body",
)
