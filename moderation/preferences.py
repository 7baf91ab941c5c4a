"""How each moderator wants the desk to look and to look after them; kept in the store."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Self

from moderation.errors import ModerationError
from moderation.store import Store

BLURS = ("", "words", "comments")
"""Nothing; the words that made a toxicity score; whole comments with a flagged one."""
SIZES = (90, 100, 115, 130)
"""Of letters, in percent."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one moderator has chosen.

    Args:
        blur: One of ``BLURS``: what is blurred until it is pointed at or focused.
        size: One of ``SIZES``.
        break_minutes: Minutes at the desk after which a break is suggested; 0: never.

    Raises:
        ModerationError: A value is none of these.
    """

    blur: str = ""
    size: int = 100
    break_minutes: int = 50

    def __post_init__(self) -> None:
        if self.blur not in BLURS or self.size not in SIZES or not 0 <= self.break_minutes <= 240:
            msg = (
                f"preferences {asdict(self)} are not possible; expected blur in {BLURS}, size in "
                f"{SIZES}, break_minutes from 0 to 240"
            )
            raise ModerationError(msg)

    @classmethod
    def of(cls, store: Store, moderator: str) -> Self:
        """Read a moderator's preferences; the defaults where nothing is kept."""
        kept = json.loads(store.fact(_name(moderator)) or "{}")
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def keep(self, store: Store, moderator: str) -> None:
        """Keep them for that moderator."""
        store.set_fact(_name(moderator), json.dumps(asdict(self), sort_keys=True))


def _name(moderator: str) -> str:
    return "preferences:" + moderator.encode("utf-8", "surrogatepass").hex()
