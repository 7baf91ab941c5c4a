"""Exporters: labels out of the store into files other tools read.

``Exporter`` is the protocol, ``BUILTIN`` the formats of this package by name, ``load`` those
and the installed plug-ins', ``exporter_for`` picks one by a file's suffix.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pandas as pd

from moderation import plugins
from moderation.errors import ModerationError
from moderation.exporters.tabular import Csv, JsonLines, Parquet


class Exporter(Protocol):
    """Writes label events in one format.

    Attributes:
        name: What ``--format`` calls it.
        suffix: How its files end, such as ``".csv"``.
    """

    name: str
    suffix: str

    def write(self, labels: pd.DataFrame, path: Path) -> None:
        """Write a whole file, or leave what was there.

        Args:
            labels: ``moderation.store.LABEL_COLUMNS``, no row included.
            path: Where to; need not end in ``suffix``.

        Raises:
            ModerationError: The file cannot be written.
        """
        ...


BUILTIN: Mapping[str, Exporter] = {part.name: part for part in (Csv(), JsonLines(), Parquet())}
"""Format name -> exporter, the most common first."""


def load() -> Mapping[str, Exporter]:
    """Return the built-in exporters and those of installed plug-ins, by name."""
    found = dict(BUILTIN)
    for part in plugins.load("exporters"):
        exporter: Exporter = part() if isinstance(part, type) else part
        found.setdefault(exporter.name, exporter)
    return found


def exporter_for(path: Path, name: str | None = None) -> Exporter:
    """Pick the exporter for a file.

    Args:
        path: Its suffix decides, the longest that fits.
        name: A format, whatever the suffix.

    Raises:
        ModerationError: No exporter has that name or suffix.
    """
    known = load()
    if name is not None:
        if name not in known:
            msg = f"no export format {name!r}; expected {', '.join(known)}"
            raise ModerationError(msg)
        return known[name]
    fitting = [part for part in known.values() if path.name.lower().endswith(part.suffix)]
    if not fitting:
        suffixes = ", ".join(part.suffix for part in known.values())
        msg = f"{path}: ends in {path.suffix!r}; expected {suffixes}"
        raise ModerationError(msg)
    return max(fitting, key=lambda part: len(part.suffix))
