"""What commands tell a person: plain lines and progress bars, all on standard error."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import rich_click as click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

BAR_AFTER_S = 2.0
"""Work shorter than this shows no progress bar."""


def say(line: str) -> None:
    """Print one line to standard error."""
    click.echo(plain(line), err=True)


def counted(number: int, noun: str) -> str:
    """Write ``1 page``, ``2 pages``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def plain(text: str) -> str:
    """Make text safe for a terminal and a single line: no control or direction marks."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def examples(*lines: str) -> str:
    """Lay out a help text's examples: rich-click ends a line at two newlines, and only there."""
    return "\n\n".join(("Examples:", *(f"$ {line}" for line in lines)))


class Meter:
    """A progress bar with rate and time left; only on a terminal, only when it takes a while.

    Args:
        label: What is being done.
        unit: What is counted.
    """

    def __init__(self, label: str, unit: str) -> None:
        self._label = label
        self._unit = unit
        self._start = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show how far it is."""
        if not sys.stderr.isatty() and self._bar is None:
            return
        elapsed_s = time.monotonic() - self._start
        if elapsed_s < BAR_AFTER_S:
            return
        rate = f"{done / elapsed_s:,.0f} {self._unit}/s"
        if self._bar is None:
            self._open()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, rate=rate)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        # Only standard error is the bar's: redirecting standard output would swallow data.
        self._bar = Progress(
            TextColumn(self._label),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(stderr=True),
            redirect_stdout=False,
            transient=True,
        )
        self._task = self._bar.add_task(self._label, total=None, rate="")
        self._bar.start()
