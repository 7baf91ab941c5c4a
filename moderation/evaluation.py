"""Figures of scorers and extractors on real data, held against pinned floors.

Everything that can be measured here is; what is missing is written down as not measured,
never as passed. A figure below its floor in ``data/eval/floors.json``, or measured on other
data than the floor, is a failure.
"""

import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.progress import track

from moderation import datasets as sets
from moderation import extractors, scorers
from moderation.errors import ExtractionError, ModerationError
from moderation.interchange import thread_to_json
from moderation.schema import Page
from moderation.scorers.quality import measure

FLOORS = Path(__file__).parents[1] / "data" / "eval" / "floors.json"
EXTRACTION_FIGURES = ("f1", "macro_f1", "author_accuracy", "date_accuracy", "parent_accuracy")
_NOT_MEASURED = "not measured"
_SUFFIXES = (".html", ".html.gz", ".txt")

Row = dict[str, Any]


def evaluate(*, datasets: Path, pages: Path, output: Path, pin: bool = False) -> list[str]:
    """Measure everything, write ``evaluation.md`` and ``evaluation.json``.

    Args:
        datasets: Folder of the labelled sets.
        pages: Folder of real pages with gold threads; ``<pages>/../tools`` holds the scoring
            program.
        output: Folder for the tables.
        pin: Raise the floors to what was measured now, and add missing ones; none is lowered.

    Returns:
        What was missing, one line each; nothing of it counts as passed.

    Raises:
        ModerationError: A figure is below its floor; the tables are written nonetheless.
    """
    parts = scorers.load()
    rows = _scorer_rows(parts, datasets)
    extraction = {name: _extraction_figures(pages / part) for name, part in _PARTS.items()}
    missing = [
        f"{name}: {_NOT_MEASURED}, not in {datasets}"
        for name in sets.catalogue()
        if not sets.data_path(name, datasets).is_file()
    ]
    missing += [
        f"extraction from {name}: {_NOT_MEASURED}, no pages or no scoring program at {pages}"
        for name, found in extraction.items()
        if found is None
    ]
    measured = _flat(rows, extraction)
    if pin:
        _pin(measured)
    failures = below_floors(measured, _read_floors())
    output.mkdir(parents=True, exist_ok=True)
    result = {
        "versions": scorers.versions(parts),
        "scorers": rows,
        "extraction": extraction,
        "missing": missing,
        "failures": failures,
    }
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (output / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    (output / "evaluation.md").write_text(_markdown(result), encoding="utf-8")
    if failures:
        msg = f"{len(failures)} figure(s) below the floor: {'; '.join(failures)}"
        raise ModerationError(msg)
    return missing


_PARTS = {"html": Path(), "text": Path("text")}
"""Kinds of pages, and where they lie in the folder of pages."""


def below_floors(measured: dict[str, Row], floors: dict[str, Row]) -> list[str]:
    """Compare figures with their floors.

    Args:
        measured: ``value``, ``noise`` (what one flipped item may change) and ``sha256`` of
            the data, by name.
        floors: ``value`` and ``sha256``, by the same names.

    Returns:
        One line for each figure that fell, or whose data are not those of its floor. A floor
        whose figure was not measured is no failure; the table says so.
    """
    failures = []
    for name, floor in floors.items():
        found = measured.get(name)
        if found is None:
            continue
        if found["sha256"] != floor["sha256"]:
            failures.append(f"{name}: measured on other data than its floor; pin it again")
        elif found["value"] < floor["value"] - found["noise"]:
            failures.append(f"{name}: {found['value']:.4f}, floor {floor['value']:.4f}")
    return failures


def _scorer_rows(parts: Iterable[scorers.Scorer], datasets: Path) -> list[Row]:
    known = list(sets.present(datasets))
    return [
        row
        for info in track(known, description="Scorers, by set", transient=True)
        for row in measure(parts, info, datasets)
    ]


def _extraction_figures(pages: Path) -> Row | None:
    """Extract every page of a folder and have the scoring program compare them with gold."""
    program = next(
        (path for path in _programs(pages) if path.is_file()),
        None,
    )
    golds = sorted(pages.glob("*.gold.json"))
    if program is None or not golds:
        return None
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder)
        for gold in track(golds, description=f"Pages in {pages.name}", transient=True):
            name = gold.name.removesuffix(".gold.json")
            thread = _thread_of(pages, name)
            (predicted / f"{name}.pred.json").write_text(json.dumps(thread), encoding="utf-8")
        figures = _compare(program, pages, predicted)
    digest = hashlib.sha256(b"".join(gold.read_bytes() for gold in golds)).hexdigest()
    return {**figures, "sha256": digest}


def _programs(pages: Path) -> list[Path]:
    return [up / "tools" / "score_extraction.py" for up in pages.resolve().parents[:2]]


def _thread_of(pages: Path, name: str) -> Row:
    """Return a page's thread as JSON values; no comments where there is no page or it is no use."""
    named = (pages / f"{name}{suffix}" for suffix in _SUFFIXES)
    path = next((path for path in named if path.is_file()), None)
    if path is None:
        return {"comments": []}
    body = path.read_bytes()
    if path.suffix == ".gz":
        body = gzip.decompress(body)
    try:
        thread = extractors.extract(Page(source=path.name, body=body))
    except ExtractionError:
        return {"comments": []}
    return thread_to_json(thread, source=path.name)


def _compare(program: Path, gold: Path, predicted: Path) -> Row:
    """Run the scoring program; returns its totals."""
    target = predicted / "figures.json"
    command = [sys.executable, str(program), str(gold), str(predicted), "--json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a program of the user's own folder
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        msg = f"{program}: exit code {done.returncode} ({last})"
        raise ModerationError(msg)
    totals: Row = json.loads(target.read_text(encoding="utf-8"))
    totals.pop("per_page", None)
    return totals


def _flat(rows: list[Row], extraction: dict[str, Row | None]) -> dict[str, Row]:
    """Name every figure that may have a floor, with what one flipped item may change in it."""
    flat = {
        f"{row['set']}/{row['attribute']}": {
            "value": row["roc_auc"],
            "noise": 1 / min(row["positives"], row["n"] - row["positives"]),
            "sha256": row["sha256"],
        }
        for row in rows
        if row["roc_auc"] is not None
    }
    for name, found in extraction.items():
        if found is None:
            continue
        for figure in EXTRACTION_FIGURES:
            if found[figure] is not None:
                value = {"value": found[figure], "noise": 1 / max(1, found["gold"])}
                flat[f"extraction/{name}/{figure}"] = {**value, "sha256": found["sha256"]}
    return flat


def _read_floors() -> dict[str, Row]:
    return dict(json.loads(FLOORS.read_text(encoding="utf-8"))) if FLOORS.is_file() else {}


def _pin(measured: dict[str, Row]) -> None:
    floors = _read_floors()
    for name, found in measured.items():
        floor = floors.get(name)
        same = floor is not None and floor["sha256"] == found["sha256"]
        value = max(found["value"], floor["value"]) if floor and same else found["value"]
        floors[name] = {"value": round(value, 4), "sha256": found["sha256"]}
    FLOORS.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(sorted(floors.items())), indent=1)
    FLOORS.write_text(text + "\n", encoding="utf-8")


def _markdown(result: Row) -> str:
    lines = [
        "# Evaluation",
        "",
        "Written by `moderation evaluate`; texts kept out of training only.",
    ]
    lines += ["", "Versions: " + ", ".join(sorted(set(result["versions"].values()))), ""]
    lines += [
        "## Scorers",
        "",
        "| set | attribute | n | positives | ROC-AUC (95 %) | PR-AUC | ECE |",
    ]
    lines += ["|---|---|---:|---:|---|---:|---:|"]
    lines += [_scorer_line(row) for row in result["scorers"]]
    lines += ["", "## Extraction", "", "| pages | " + " | ".join(EXTRACTION_FIGURES) + " |"]
    lines += ["|---|" + "---:|" * len(EXTRACTION_FIGURES)]
    for name, found in result["extraction"].items():
        cells = [_cell(found[figure]) if found else _NOT_MEASURED for figure in EXTRACTION_FIGURES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for title, key in (("Not measured", "missing"), ("Below the floor", "failures")):
        lines += ["", f"## {title}", ""]
        lines += [f"- {line}" for line in result[key]] or ["Nothing."]
    return "\n".join(lines) + "\n"


def _scorer_line(row: Row) -> str:
    auc = _NOT_MEASURED + " (one kind only)"
    if row["roc_auc"] is not None:
        auc = f"{row['roc_auc']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
    cells = [f"`{row['set']}`", row["attribute"], f"{row['n']:,}", f"{row['positives']:,}", auc]
    return "| " + " | ".join([*cells, _cell(row["pr_auc"]), _cell(row["ece"])]) + " |"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
