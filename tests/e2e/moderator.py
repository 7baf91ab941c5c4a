"""Somebody who moderates by keyboard alone, and writes down what the log must say afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desk_server import after, current, open_comment
from playwright.sync_api import Page, expect

from moderation.dashboard.verdict import OVERRIDE_KEYS, REASON_KEYS, reason_name
from moderation.schema import ATTRIBUTES, Action
from moderation.store import Store

KEYS = {Action.APPROVE: "a", Action.REJECT: "x", Action.ESCALATE: "e"}
ADDRESS = "new URL(location).searchParams.get('comment')"
REASON = "document.querySelector('[role=radio][aria-checked=true]')?.textContent"
OVERRIDES = """[...document.querySelectorAll('.st-key-scores button[kind=primary]')]
  .map((one) => one.textContent).join()"""
REASONS = {
    f"{reason_name(reason)} {letter.upper()}": reason for letter, reason in REASON_KEYS.items()
}
"""What a reason's button says -> the reason."""


@dataclass
class Said:
    """One decision, as the moderator meant it."""

    action: Action
    reason: str = ""
    note: str = ""
    overrides: dict[str, float] = field(default_factory=dict)
    undone: bool = False


class Moderator:
    """Sits at one page of the desk.

    Args:
        page: The queue, with a comment open.
        texts: What the comments say, by id: whatever is decided must have been on screen.
    """

    def __init__(self, page: Page, texts: Mapping[str, str]) -> None:
        self.page = page
        self.texts = texts
        self.told: list[tuple[str, Said]] = []
        self.skipped: list[str] = []
        self._overrides: dict[str, float] = {}
        self._note = ""
        self._read()

    def decide(self, action: Action) -> None:
        """Decide the open comment; another one opens."""
        reason = self._reason() if action is Action.REJECT else ""
        said = Said(action, reason, self._note, self._overrides)
        self.told.append((self.open, said))
        self._overrides, self._note = {}, ""
        self._go(KEYS[action])

    def undo(self) -> None:
        """Take back the last decision that stands; its comment opens again."""
        comment_id, said = next(one for one in reversed(self.told) if not one[1].undone)
        said.undone = True
        self._go("u")
        assert self.open == comment_id

    def skip(self) -> None:
        """Leave the open comment undecided."""
        self.skipped.append(self.open)
        self._go("j")

    def return_to_skipped(self) -> None:
        """Go back to the comment opened before."""
        self._go("k")
        assert self.open == self.skipped.pop()

    def override(self, attribute: str) -> None:
        """Contradict a score that is below its threshold: it does apply."""
        after(self.page, OVERRIDE_KEYS[ATTRIBUTES.index(attribute)], changed=OVERRIDES)
        self._overrides = {**self._overrides, attribute: 1.0}

    def next_reason(self) -> None:
        """Choose another reason."""
        after(self.page, "f", changed=REASON)

    def note(self, text: str) -> None:
        """Write a note."""
        self.page.keyboard.press("n")
        expect(self.page.get_by_label("Note for colleagues")).to_be_focused()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Escape")
        self._note = text

    def _go(self, key: str) -> None:
        after(self.page, key, changed=ADDRESS)
        self._read()

    def _read(self) -> None:
        self.open = open_comment(self.page)
        current(self.page, self.texts[self.open])

    def _reason(self) -> str:
        return REASONS[self.page.evaluate(REASON)]


def meant(told: Iterable[tuple[str, Said]]) -> dict[str, list[Said]]:
    """What was said of each comment, in order."""
    by_comment = defaultdict(list)
    for comment_id, said in told:
        by_comment[comment_id].append(said)
    return dict(by_comment)


def logged(store: Store, comment_ids: Iterable[str]) -> dict[str, list[Said]]:
    """What the log says of each comment that anything was said of, in order."""
    found = {}
    for comment_id in comment_ids:
        history = store.history(comment_id)
        undone = {one.undoes for one in history}
        found[comment_id] = [
            Said(one.action, one.reason, one.note, dict(one.overrides), one.id in undone)
            for one in history
            if one.undoes is None
        ]
    return {comment_id: said for comment_id, said in found.items() if said}
