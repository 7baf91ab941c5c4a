"""What a trained model says of itself: its data, its figures and its card."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from moderation import datasets as sets
from moderation.measures import figures
from moderation.scorers import Scorer
from moderation.scorers.quality import held_out, measure, rounded

_ABLATIONS = """
## Without parts of the context (`judged_news_comments`)

| | n | ROC-AUC (95 %) | PR-AUC |
|---|---:|---|---:|
"""
_ABLATION = "| {name} | {n} | {roc_auc:.3f} ({low:.3f} to {high:.3f}) | {pr_auc:.3f} |"
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
    scorer: Scorer,
    datasets: Path,
    *,
    names: Collection[str] = (),
    languages: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Measure a scorer on every set that judges one of its attributes, or on some of them.

    Args:
        scorer: What is measured.
        datasets: Folder of the sets.
        names: Sets that are measured; empty = all.
        languages: Of the sets that are measured; empty = all.
    """
    return [
        row
        for info in sets.present(datasets)
        if (not names or info.name in names) and (not languages or info.language in languages)
        for row in measure([scorer], info, datasets)
    ]


DEVELOPMENT = "judged_news_comments"
"""Judged for this project; never trained on."""
WITHOUT = {
    "everything": (),
    "no article text": ("article_text",),
    "no parent": ("parent_text",),
    "no article": ("article_title", "article_text"),
}
"""What is taken from the development set to tell what it is worth."""


def ablations(scorer: Scorer, datasets: Path) -> dict[str, dict[str, Any]] | None:
    """Measure a scorer's attribute on the development set, and without parts of its context."""
    if not sets.data_path(DEVELOPMENT, datasets).is_file():
        return None
    frame = held_out(sets.catalogue()[DEVELOPMENT], datasets)
    labels = frame[scorer.attributes[0]].to_numpy(dtype=float)
    return {
        name: rounded(
            figures(
                scorer.score(frame.assign(**dict.fromkeys(columns, "")))[:, 0].astype(float), labels
            )
        )
        for name, columns in WITHOUT.items()
    }


def ablation_table(found: dict[str, dict[str, Any]] | None) -> str:
    """Return what ``ablations`` found as a part of a card; empty where nothing was measured."""
    if found is None:
        return ""
    rows = [_ABLATION.format(name=name, **row) for name, row in found.items()]
    return _ABLATIONS + "\n".join(rows) + "\n"


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
