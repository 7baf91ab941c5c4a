"""Every scorer a server can offer: those in use, the other profiles, and earlier releases'.

An archive is a folder with a copy of ``moderation/models`` for each earlier release. A scorer
that reads packaged folders is made to read the same folders of an archive; one whose files are
missing there, or whose layout this release no longer reads, is left out.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from moderation.datasets import catalogue
from moderation.errors import ModelError
from moderation.scorers import BUILTIN, TOXICITY, Scorer, load
from moderation.scorers.desk import DeskScorer
from moderation.scorers.packaged import MODELS, read_file, read_manifest


def offered(toxicity: str, archive: str = "", desk_model: str = "") -> tuple[Scorer, ...]:
    """Return the scorers in use, then those that give other versions of the same attributes.

    Args:
        toxicity: As ``Settings.toxicity``.
        archive: Folder whose subfolders are model folders of earlier releases; empty: none.
        desk_model: As ``Settings.desk_model``; what it corrects stays offered as shipped, too.

    Raises:
        ModelError: A model in use is missing or changed.
    """
    standing = load(toxicity, desk_model)
    packaged = (*TOXICITY.values(), *BUILTIN)
    roots = archived(archive)
    kept = {scorer.version: scorer for scorer in standing}
    for root in (MODELS, *roots):
        for scorer in packaged:
            other = at(scorer, root)
            if _is_whole(other) and _layout(other) == _layout(scorer):
                kept.setdefault(other.version, other)
    return tuple(kept.values())


def archived(archive: str) -> list[Path]:
    """Return the model folders of earlier releases, the newest name first; none if empty."""
    return sorted(Path(archive).glob("*/"), reverse=True) if archive else []


def one_thread(scorers: Iterable[Scorer]) -> tuple[Scorer, ...]:
    """Return the same scorers, reading one text at a time: for processes side by side."""
    return tuple(_with(scorer, threads=1) for scorer in scorers)


def languages(scorer: Scorer) -> dict[str, tuple[str, ...]]:
    """Return attribute -> the languages a packaged scorer reads and has been measured in.

    Nothing for scorers without a packaged folder: nobody has said what they read.
    """
    if isinstance(scorer, DeskScorer):
        return languages(scorer.over)
    sets, learnt = catalogue(), _learnt(scorer)
    others = getattr(scorer, "others", None)
    found = {name: set(read) for name, read in languages(others).items()} if others else {}
    for row in _facts(scorer).get("metrics", []):
        if row["set"] in sets:
            read = found.setdefault(row["attribute"], set())
            read.update(sets[row["set"]].language.split())
    return {name: tuple(sorted(read & learnt if learnt else read)) for name, read in found.items()}


def calibration(scorer: Scorer) -> dict[str, list[dict[str, Any]]]:
    """Return attribute -> what a packaged scorer's calibration was measured to be.

    A row a set: its name, how many comments, and their expected calibration error (``ece``).
    """
    found: dict[str, list[dict[str, Any]]] = {}
    if isinstance(scorer, DeskScorer):
        # What was measured of the shipped score does not hold for a corrected one.
        found = calibration(scorer.over)
        found |= {row["attribute"]: [] for row in _facts(scorer)["metrics"]}
    for row in _facts(scorer).get("metrics", []):
        told = {name: row[name] for name in ("set", "n", "ece")}
        found.setdefault(row["attribute"], []).append(told)
    return found


def card(scorer: Scorer) -> str:
    """Return a packaged scorer's card, Markdown; nothing of another."""
    folder = getattr(scorer, "folder", None)
    path = folder / "card.md" if isinstance(folder, Path) else None
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""


def at(scorer: Scorer, root: Path) -> Scorer:
    """Return the same scorer, reading ``root`` where it reads the packaged models."""
    moved: Scorer = _with(scorer, root=root)
    return moved


def _facts(scorer: Any) -> dict[str, Any]:
    """Return the manifest of a packaged scorer; nothing of another."""
    folder = getattr(scorer, "folder", None)
    is_packaged = isinstance(folder, Path) and (folder / "manifest.json").is_file()
    return read_manifest(folder) if isinstance(folder, Path) and is_packaged else {}


def _learnt(scorer: Any) -> set[str]:
    """Return the languages that a scorer and those it is made of read; none: it never looks."""
    parts = [getattr(scorer, one.name) for one in fields(scorer)] if is_dataclass(scorer) else []
    inner = [_learnt(part) for part in parts if is_dataclass(part)]
    return set(getattr(scorer, "languages", ())).union(*inner)


def _layout(scorer: Scorer) -> str:
    """Return the kind of a packaged model and the layout of its arrays: ``ngrams-1``."""
    return scorer.version.partition("+")[0].rpartition("-")[0]


def _with(scorer: Any, *, root: Path | None = None, threads: int | None = None) -> Any:
    if not is_dataclass(scorer) or isinstance(scorer, type):
        return scorer
    changes: dict[str, Any] = {}
    for one in fields(scorer):
        value = getattr(scorer, one.name)
        if root is not None and isinstance(value, Path) and value.is_relative_to(MODELS):
            changes[one.name] = root / value.relative_to(MODELS)
        elif is_dataclass(value):
            moved = _with(value, root=root, threads=threads)
            # An earlier release may not have had a part that can be left out.
            is_spare = root is not None and one.default is None and not _is_whole(moved)
            changes[one.name] = None if is_spare else moved
        elif one.name == "attributes" and "folder" in changes:
            given = _facts(replace(scorer, folder=changes["folder"])).get("attributes", value)
            changes[one.name] = tuple(given)
        elif one.name == "threads" and threads is not None:
            changes[one.name] = threads
    return replace(scorer, **changes)


def _is_whole(scorer: Any) -> bool:
    """Whether every folder a scorer reads is there, its files unchanged."""
    try:
        for one in fields(scorer):
            value = getattr(scorer, one.name)
            if isinstance(value, Path):
                for name in read_manifest(value)["files"]:
                    read_file(value, name)
            elif is_dataclass(value) and not _is_whole(value):
                return False
    except ModelError:
        return False
    return True
