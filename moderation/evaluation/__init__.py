"""Figures of scorers and extractors on real data, held against pinned floors.

Everything that can be measured here is; what is missing is written down as not measured,
never as passed. A figure below its floor in ``data/eval/floors.json``, or measured on other
data than the floor, is a failure.
"""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.progress import track

from moderation import datasets as sets
from moderation import scorers
from moderation.errors import ModerationError
from moderation.evaluation import report
from moderation.evaluation.campaigns import SETS, measure_campaigns
from moderation.evaluation.drift import JUDGED, measure_irrelevant, measure_moved
from moderation.evaluation.learning import DESKS, measure_learning
from moderation.evaluation.pages import FIGURES, PARTS, gold_names, measure_extraction, read_page
from moderation.evaluation.peers import installed, measure_peers, measure_speed
from moderation.evaluation.toxicity_peers import measure_toxicity_peers, missing_peers
from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.quality import measure
from moderation.scorers.span_quality import POSTS, REWRITTEN, measure_faithfulness, measure_spans
from moderation.scorers.tagger import version as tagger_version

FLOORS = Path(__file__).parents[2] / "data" / "eval" / "floors.json"
MEASURABLE = ("scorers", "drift", "peers", "spans", "campaigns", "learning", "extraction")
_NOT_MEASURED = "not measured"

Row = dict[str, Any]


def evaluate(
    *,
    datasets: Path,
    pages: Path,
    output: Path,
    only: Collection[str] = MEASURABLE,
    pin: bool = False,
) -> list[str]:
    """Measure everything; write ``evaluation`` (scorers), ``peers``, ``spans`` and so on.

    Each as .md and .json. Other tools' figures have no floors, as they are not ours to
    keep, nor has learning, which is measured over the shipped scores.

    Args:
        datasets: Folder of the labelled sets.
        pages: Folder of real pages with gold threads; ``<pages>/../tools`` holds the scoring
            program.
        output: Folder for the tables.
        only: Which of ``MEASURABLE`` to measure; the files of the others are left as they are.
        pin: Raise the floors to what was measured now, and add missing ones; none is lowered.

    Returns:
        What extraction was asked to reach beside what it reaches, and what was missing, one
        line each; nothing that is missing counts as passed.

    Raises:
        ModerationError: A figure is below its floor; the tables are written nonetheless.
    """
    output.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    failures: list[str] = []
    if "scorers" in only:
        result = _scorers(datasets)
        failures += _finish(
            result, _flat_scorers(result), output / "evaluation", report.scorers, pin
        )
        lines += result["missing"]
    if "drift" in only:
        result = _drift(datasets, pages)
        failures += _finish(result, {}, output / "drift", report.drift, pin)
        lines += result["missing"]
    if "peers" in only:
        result = {"peers": measure_toxicity_peers(datasets), "missing": missing_peers()}
        _finish(result, {}, output / "peers", report.peers, pin)
        lines += result["missing"]
    if "campaigns" in only:
        result = _campaigns(datasets)
        flat = _flat_campaigns(result)
        failures += _finish(result, flat, output / "campaigns", report.campaigns, pin)
        lines += [*report.campaign_lines(result), *result["missing"]]
    if "spans" in only:
        result = _spans(datasets)
        failures += _finish(result, _flat_spans(result), output / "spans", report.spans, pin)
        lines += result["missing"]
    if "learning" in only:
        result = _learning(datasets)
        _finish(result, {}, output / "learning", report.learning, pin)
        lines += result["missing"]
    if "extraction" in only:
        result = _extraction(pages)
        flat = _flat_extraction(result)
        failures += _finish(result, flat, output / "extraction", report.extraction, pin)
        lines += [*report.asked_lines(result), *result["missing"]]
    if failures:
        msg = f"{len(failures)} figure(s) below the floor: {'; '.join(failures)}"
        raise ModerationError(msg)
    return lines


def _scorers(datasets: Path) -> Row:
    missing = [
        f"{name}: {_NOT_MEASURED}, not in {datasets}"
        for name in sets.catalogue()
        if not sets.data_path(name, datasets).is_file()
    ]
    return {
        "versions": sorted({scorer.version for _, scorer in _parts()}),
        "scorers": _scorer_rows(datasets),
        "missing": missing,
    }


def _campaigns(datasets: Path) -> Row:
    found = measure_campaigns(datasets)
    missing = [] if found else [f"campaigns: {_NOT_MEASURED}, a set is not in {datasets}"]
    data = [(name, sets.data_path(name, datasets)) for name in SETS]
    sums = [sets.data_sha256(name, datasets) for name, path in data if path.is_file()]
    sha256 = hashlib.sha256("".join(sums).encode()).hexdigest()
    return {"campaigns": list(map(asdict, found or [])), "sha256": sha256, "missing": missing}


def _drift(datasets: Path, pages: Path) -> Row:
    scorer = OffTopicScorer()
    moved, irrelevant = measure_moved(pages, scorer), measure_irrelevant(datasets, scorer)
    missing = [] if moved else [f"comments moved: {_NOT_MEASURED}, no pages at {pages}"]
    if not irrelevant:
        missing.append(f"{JUDGED}: {_NOT_MEASURED}, not in {datasets}")
    return {
        "version": scorer.version, "moved": moved, "irrelevant": irrelevant, "missing": missing,
    }  # fmt: skip


def _spans(datasets: Path) -> Row:
    profiles = dict(scorers.TOXICITY)
    found = measure_spans(profiles, datasets)
    measured = {row["set"] for row in found}
    missing = [
        f"spans on {name}: {_NOT_MEASURED}, not in {datasets} or without gold"
        for name in (REWRITTEN, POSTS)
        if name not in measured
    ]
    return {
        "versions": sorted({tagger_version(), *(one.version for one in profiles.values())}),
        "spans": found,
        "faithfulness": measure_faithfulness(profiles, datasets),
        "missing": missing,
    }


def _learning(datasets: Path) -> Row:
    found = measure_learning(datasets)
    measured = {row["set"] for row in found}
    missing = [
        f"learning on {name}: {_NOT_MEASURED}, not in {datasets}"
        for name in dict.fromkeys(name for name, _ in DESKS)
        if name not in measured
    ]
    return {
        "version": scorers.TOXICITY["accurate"].version,
        "learning": found,
        "missing": missing,
    }


def _extraction(pages: Path) -> Row:
    found = measure_extraction(pages)
    names = gold_names(pages)
    read = [page for name in names if (page := read_page(pages, name)) is not None]
    peers = measure_peers(pages)
    missing = [
        f"extraction from {name}: {_NOT_MEASURED}, no pages or no scoring program at {pages}"
        for name in PARTS
        if found[name] is None
    ]
    missing += [
        f"{name}: {_NOT_MEASURED}, not installed (extra peers)"
        for name in ("trafilatura",)
        if not any(peer.startswith(name) for peer in installed())
    ]
    return found | {"peers": peers, "speed": measure_speed(read), "missing": missing}


def _finish(
    result: Row, flat: dict[str, Row], target: Path, text: Callable[[Row], str], pin: bool
) -> list[str]:
    """Hold figures against their floors and write them down; return what is below."""
    if pin:
        _pin(flat)
    result["failures"] = below_floors(flat, _read_floors())
    plain = json.dumps(result, indent=1, ensure_ascii=False)
    target.with_suffix(".json").write_text(plain + "\n", encoding="utf-8")
    target.with_suffix(".md").write_text(text(result), encoding="utf-8")
    return list(result["failures"])


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


def _parts() -> list[tuple[str, scorers.Scorer]]:
    """Return every scorer, those of toxicity with the name of their profile."""
    others = [("", scorer) for scorer in scorers.load() if scorer.name != "toxicity"]
    return [*scorers.TOXICITY.items(), *others]


def _scorer_rows(datasets: Path) -> list[Row]:
    known = list(sets.present(datasets))
    return [
        {"profile": profile, **row}
        for info in track(known, description="Scorers, by set", transient=True)
        for profile, scorer in _parts()
        for row in measure([scorer], info, datasets)
    ]


def _flat_scorers(result: Row) -> dict[str, Row]:
    """Name every figure that may have a floor, with what one flipped item may change in it."""
    return {
        "/".join(filter(None, (row["set"], row["attribute"], row["profile"]))): {
            "value": row["roc_auc"],
            "noise": 1 / min(row["positives"], row["n"] - row["positives"]),
            "sha256": row["sha256"],
        }
        for row in result["scorers"]
        if row["roc_auc"] is not None
    }


def _flat_campaigns(result: Row) -> dict[str, Row]:
    return {
        f"campaigns/{row['share']:.0%} edited/{figure}": {
            "value": row[figure],
            "noise": 1 / row["members"],
            "sha256": result["sha256"],
        }
        for row in result["campaigns"]
        for figure in ("precision", "recall", "kinds")
    }


def _flat_spans(result: Row) -> dict[str, Row]:
    return {
        f"spans/{row['set']}/{row['method']}": {
            "value": row["f1"],
            "noise": 1 / row["n"],
            "sha256": row["sha256"],
        }
        for row in result["spans"]
    }


def _flat_extraction(result: Row) -> dict[str, Row]:
    flat: dict[str, Row] = {}
    for name in (*PARTS, "general"):
        found = result[name]
        if found is None:
            continue
        values = {figure: (found[figure], found["gold"]) for figure in FIGURES}
        if found["pages_without"]:
            clean = 1 - found["phantom_pages"] / found["pages_without"]
            values["pages_without_phantoms"] = (clean, found["pages_without"])
        for figure, (value, n) in values.items():
            if value is not None:
                row = {"value": value, "noise": 1 / max(1, n), "sha256": found["sha256"]}
                flat[f"extraction/{name}/{figure}"] = row
    article = result["article"]
    for figure, n in (("title_found", "titles"), ("text_free", "texts")):
        if article and article[figure] is not None:
            row = {"value": article[figure], "noise": 1 / article[n], "sha256": article["sha256"]}
            flat[f"extraction/article/{figure}"] = row
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
