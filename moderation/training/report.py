"""What a trained model says of itself: its data, its figures and its card."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from moderation import datasets as sets
from moderation.scorers import Scorer
from moderation.scorers.quality import measure

Report = Callable[[str, float], None]
"""Told the name of the step that begins and the share in [0, 1] that is done."""


def data_facts(names: Iterable[str], frame: pd.DataFrame, datasets: Path) -> dict[str, Any]:
    """Describe the sets a model was trained on: licence, file, rows used."""
    known = sets.catalogue()
    used = frame["set"].value_counts()
    return {
        name: {
            "licence": known[name].licence,
            "terms": known[name].terms,
            "sha256": sets.data_sha256(name, datasets),
            "rows": int(used.get(name, 0)),
        }
        for name in names
    }


def held_out_figures(
    scorer: Scorer, datasets: Path, languages: frozenset[str] | None = None
) -> list[dict[str, Any]]:
    """Measure a scorer on every set that judges one of its attributes, in some languages or all."""
    return [
        row
        for info in sets.present(datasets)
        if languages is None or info.language in languages
        for row in measure([scorer], info, datasets)
    ]


def model_card(name: str, about: str, facts: dict[str, Any]) -> str:
    """Write a model's card.

    Args:
        name: The model's.
        about: Markdown: what it is, what it is for, where it fails.
        facts: ``data`` and ``metrics`` of its manifest.

    Returns:
        Markdown; ``{version}`` stays to be filled in.
    """
    lines = [f"# {name}: `{{version}}`", "", about.strip(), "", "## Data", ""]
    lines += ["Texts of the test part are left out. None of the texts is in this package.", ""]
    lines += ["| set | licence | rows |", "|---|---|---:|"]
    for key, entry in facts["data"].items():
        mark = " (unclear: used, and listed here)" if entry["terms"] == "unstated" else ""
        lines.append(f"| `{key}` | {entry['licence']}{mark} | {entry['rows']:,} |")
    lines += ["", "## Figures on texts kept out of training", ""]
    lines += ["Sets that are not in the table above are measured whole.", ""]
    lines += ["| set | attribute | n | positives | ROC-AUC (95 %) | PR-AUC | ECE |"]
    lines += ["|---|---|---:|---:|---|---:|---:|"]
    for row in facts["metrics"]:
        if row["roc_auc"] is not None:
            interval = f"{row['roc_auc']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
            counts = f"{row['n']:,} | {row['positives']:,}"
            rest = f"{row['pr_auc']:.3f} | {row['ece']:.3f}"
            lines.append(
                f"| `{row['set']}` | {row['attribute']} | {counts} | {interval} | {rest} |"
            )
    return "\n".join(lines) + "\n"
