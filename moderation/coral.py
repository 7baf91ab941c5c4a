"""Coral's external moderation phase: a signed request for each comment before it is published.

Coral posts the comment as HTML with the ids of what it answers and the address of its story,
and takes flags, a status and tags back. Nothing is ever rejected or approved here: what
reaches a threshold is flagged for the moderators, or withheld until one has looked.

Source: Coral's documentation of external moderation phases, version 9.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree, html

from moderation.perspective.errors import Json
from moderation.perspective.fields import as_object, field, string

SIGNATURE_HEADER = "x-coral-signature"
FLAGS = {"spam": "COMMENT_DETECTED_SPAM", "political_spam": "COMMENT_DETECTED_SPAM"}
"""Attribute -> Coral's reason; every other one is ``OTHER_FLAG``."""
OTHER_FLAG = "COMMENT_DETECTED_TOXIC"
WITHHELD = "SYSTEM_WITHHELD"


@dataclass(frozen=True, slots=True)
class PhaseRequest:
    """What Coral asks about; empty where it said nothing.

    Args:
        text: The comment, without markup.
        parent_id: Coral's id of the comment it answers.
        story_url: Address of the article.
    """

    text: str
    parent_id: str
    story_url: str


def is_signed(body: bytes, given: str, secret: str) -> bool:
    """Tell whether one of the signatures Coral gave (``sha256=…``, by comma) is right."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    signatures = [one.strip().encode() for one in given.split(",")]
    return any(hmac.compare_digest(one, expected.encode()) for one in signatures)


def parse_phase(body: object) -> PhaseRequest:
    """Read Coral's request; raises ApiError."""
    fields = as_object(body, "")
    comment = as_object(field(fields, "comment"), "comment")
    story = as_object(field(fields, "story"), "story")
    text = _plain(string(comment, "body"))
    return PhaseRequest(text, string(comment, "parentID"), string(story, "url"))


def phase_reply(flagged: Iterable[str], *, withhold: bool) -> Json | None:
    """Return what Coral should do, or None for nothing.

    Args:
        flagged: Attributes that reached their threshold.
        withhold: Keep the comment back until a moderator has looked.
    """
    reasons = sorted({FLAGS.get(name, OTHER_FLAG) for name in flagged})
    if not reasons:
        return None
    reply: Json = {"actions": [{"actionType": "FLAG", "reason": reason} for reason in reasons]}
    return reply | ({"status": WITHHELD} if withhold else {})


def _plain(markup: str) -> str:
    """Return the words of a comment's HTML; block elements on their own lines."""
    clean = "".join(character if character.isprintable() or character in "\n\t" else " "
                    for character in markup)  # fmt: skip
    try:
        tree = html.fragment_fromstring(clean, create_parent="div")
    except (etree.LxmlError, ValueError):
        return markup
    for node in tree.iter("br", "p", "div", "li", "blockquote"):
        node.tail = "\n" + (node.tail or "")
    return str(tree.text_content()).strip()
