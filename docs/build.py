"""Write what documentation can be made from code: `make docs` runs it, a test compares.

docs/cli.md comes from the commands' own help, the tables of figures in README.md,
docs/off-topic.md and docs/toxicity.md from the manifests of the packaged models, those in
docs/extraction.md and docs/learning.md from the last evaluation, the clients in
docs/perspective.md from their tests and its scales from the model that holds them.
"""

import inspect
import json
import runpy
from pathlib import Path
from typing import Any

import click

from moderation import scorers
from moderation.cli import main
from moderation.config import TOXICITY_PROFILE
from moderation.datasets import catalogue
from moderation.evaluation.report import (
    campaign_table,
    extraction_tables,
    learning_table,
    peer_table,
    span_tables,
)
from moderation.scorers.encoder import MULTILINGUAL
from moderation.scorers.toxicity import ToxicityScorer

ROOT = Path(__file__).parents[1]
CLI = ROOT / "docs" / "cli.md"
README = ROOT / "README.md"
OFF_TOPIC = ROOT / "docs" / "off-topic.md"
POLITICAL_SPAM = ROOT / "docs" / "political-spam.md"
CAMPAIGNS = ROOT / "docs" / "campaigns.md"
EXTRACTION = ROOT / "docs" / "extraction.md"
LEARNING = ROOT / "docs" / "learning.md"
TOXICITY = ROOT / "docs" / "toxicity.md"
PERSPECTIVE = ROOT / "docs" / "perspective.md"
CLIENTS = ROOT / "tests" / "clients" / "matrix.py"
FIGURES = (
    ("toxicity", "civil_comments_binary", "comments under English news"),
    ("toxicity", "sfu_constructive", "comments under English news, a set never trained on"),
    ("toxicity", "germeval2018", "German tweets"),
    ("toxicity", "korean_beep", "comments under Korean entertainment news"),
    ("off_topic", "judged_news_comments", "comments under English news, for development"),
    ("off_topic", "omp_german", "comments under German news, a set never trained on"),
    ("political_spam", "judged_news_comments", "comments under English news, for development"),
)
"""Attribute, set and what the set is: what the README shows of the manifests' metrics."""
DEFAULT_TOXICITY = scorers.TOXICITY[TOXICITY_PROFILE].folder.name
"""The packaged model that the default profile reads."""
OTHERS = MULTILINGUAL.folder.name
"""That of the languages it leaves to another."""
ASKED = (
    ("jigsaw_wiki_six", "toxicity", 0.983),
    ("jigsaw_wiki_six", "severe_toxicity", 0.955),
    ("jigsaw_wiki_six", "profanity", 0.985),
    ("jigsaw_wiki_six", "threat", 0.960),
    ("jigsaw_wiki_six", "insult", 0.965),
    ("jigsaw_wiki_six", "identity_attack", 0.955),
    ("civil_comments_binary", "toxicity", 0.955),
    ("kaggle_insults", "insult", 0.930),
    ("c3_constructive", "toxicity", 0.85),
    ("openai_moderation", "sexually_explicit", 0.93),
    ("openai_moderation", "threat", 0.90),
    ("ethos_hate", "identity_attack", 0.85),
    ("fox_news_hate", "identity_attack", 0.75),
    ("korean_beep", "toxicity", 0.80),
    ("germeval2018", "toxicity", 0.80),
)
"""Set, attribute and the ROC-AUC that was set as the aim, in issue 4."""
_SIDES = (
    "Of {pairs} pairs that differ in the side alone, the two scores lie {mean:.3f} apart on "
    "average, {worst:.3f} at the worst pair."
)
BEGIN, END = "<!-- figures: made by `make docs` -->\n", "<!-- /figures -->"
FENCE = "\n```"
INTRO = """\
# Commands

Made from the commands' own help by `make docs`; do not edit by hand.

Results go to standard output or to `-o`, everything else to standard error.
`python -m moderation` is the same as `moderation`. Settings come from `moderation.toml`, then from
`MODERATION_*` variables: [configuration](configuration.md).

| exit code | means |
|---:|---|
| 0 | done |
| 1 | something could not be done; a line each says what, and what was expected |
| 2 | the command was used wrongly |
| 130 | interrupted; nothing was left half written |
"""


def readme() -> str:
    """Return README.md with the figures of the models as they are packaged."""
    return _filled(README, _figures())


def extraction() -> str:
    """Return docs/extraction.md with the tables of the last evaluation."""
    result = json.loads((ROOT / "docs/evaluation/extraction.json").read_text(encoding="utf-8"))
    return _filled(EXTRACTION, f"\n{extraction_tables(result)}\n\n")


def campaigns() -> str:
    """Return docs/campaigns.md with the table of the last evaluation."""
    result = json.loads((ROOT / "docs/evaluation/campaigns.json").read_text(encoding="utf-8"))
    return _filled(CAMPAIGNS, f"\n{campaign_table(result)}\n\n")


def off_topic() -> str:
    """Return docs/off-topic.md with the figures of the packaged model."""
    manifest = _manifest("off_topic")
    measured = [one for one in manifest["metrics"] if one["set"] != "judged_news_comments"]
    rows = [*_judged(manifest, "off_topic"), ("judged, articles left out", manifest["apart"])]
    rows += [(f"`{one['set']}`", one) for one in measured if one["roc_auc"] is not None]
    rows += [(f"`{name}`, other title", found) for name, found in manifest["swapped"].items()]
    rows += [
        (f"written threads, `{name}`, articles left out", found)
        for name, found in manifest["languages"].items()
    ]
    return _filled(OFF_TOPIC, "\n" + "\n".join(_with_calibration(rows)) + "\n\n")


def learning() -> str:
    """Return docs/learning.md with the table of the last evaluation."""
    result = json.loads((ROOT / "docs/evaluation/learning.json").read_text(encoding="utf-8"))
    return _filled(LEARNING, f"\n{learning_table(result)}\n\n")


def political_spam() -> str:
    """Return docs/political-spam.md with the figures of the packaged model."""
    manifest = _manifest("political_spam")
    rows = [
        *_judged(manifest, "political_spam"),
        ("debates, another article", manifest["swapped"]),
        ("the same, in five places", manifest["pasted"]),
    ]
    lines = [*_with_calibration(rows), "", _SIDES.format(**manifest["sides"])]
    return _filled(POLITICAL_SPAM, "\n" + "\n".join(lines) + "\n\n")


def _judged(manifest: dict[str, Any], attribute: str) -> list[tuple[str, dict[str, Any]]]:
    """The development set, whole and without parts of its context."""
    judged = next(
        one
        for one in manifest["metrics"]
        if (one["set"], one["attribute"]) == ("judged_news_comments", attribute)
    )
    without = [one for one in manifest["ablations"].items() if one[0] != "everything"]
    return [("judged", judged), *((f"judged, {name}", found) for name, found in without)]


def _with_calibration(rows: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [
        "| | comments | of them | ROC-AUC (95 %) | PR-AUC | calibration error |",
        "|---|---:|---:|---|---:|---:|",
        *(
            f"| {name} | {one['n']:,} | {one['positives']:,} | {one['roc_auc']:.2f} "
            f"({one['low']:.2f} to {one['high']:.2f}) | {one['pr_auc']:.2f} | {one['ece']:.3f} |"
            for name, one in rows
        ),
    ]


def _filled(page: Path, block: str) -> str:
    return _replaced(page.read_text(encoding="utf-8"), block, BEGIN, END)


def _replaced(text: str, block: str, begin: str, end: str) -> str:
    before, _, rest = text.partition(begin)
    return before + begin + block + end + rest.partition(end)[2]


def toxicity() -> str:
    """Return docs/toxicity.md with the figures of the profiles and of the last evaluation."""
    spans, peers = (
        json.loads((ROOT / f"docs/evaluation/{name}.json").read_text(encoding="utf-8"))
        for name in ("spans", "peers")
    )
    ours = {"accurate": "toxicity_encoder", "bulk": "toxicity"}
    beside = {profile: _manifest(model)["metrics"] for profile, model in ours.items()}
    text = _filled(TOXICITY, _profiles())
    for name, table in (("spans", span_tables(spans)), ("peers", peer_table(peers, beside))):
        begin, end = (mark.replace("figures", name) for mark in (BEGIN, END))
        text = _replaced(text, f"\n{table}\n\n", begin, end)
    return text


def perspective() -> str:
    """Return docs/perspective.md with the clients that the tests try and the fitted scales."""
    begin, end = (mark.replace("figures", "scales") for mark in (BEGIN, END))
    clients = str(runpy.run_path(str(CLIENTS))["table"]())
    return _replaced(_filled(PERSPECTIVE, clients), f"\n{_scales()}\n\n", begin, end)


def reference() -> str:
    """Return the command reference as Markdown."""
    return INTRO + "".join(_sections(main, _context(main, "moderation"), depth=2))


def _figures() -> str:
    rows = [
        "| attribute | measured on | comments | of them | ROC-AUC (95 %) |",
        "|---|---|---:|---:|---|",
    ]
    for attribute, dataset, about in FIGURES:
        metrics = _metrics(DEFAULT_TOXICITY) | _metrics(OTHERS)
        if attribute != "toxicity":
            metrics = _metrics(attribute)
        found = metrics[dataset, attribute]
        area = f"{found['roc_auc']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
        counts = f"{found['n']:,} | {found['positives']:,}"
        rows.append(f"| `{attribute}` | {about} (`{dataset}`) | {counts} | {area} |")
    return "\n".join(rows) + "\n"


def _profiles() -> str:
    encoder, fast, bulk = (
        _metrics(name) for name in ("toxicity_encoder", "toxicity_fast", "toxicity")
    )
    aims = {(name, attribute): value for name, attribute, value in ASKED}
    rows = ["| set | attribute | n | of them | `accurate` (95 %) | `fast` | `bulk` | aim |"]
    rows += ["|---|---|---:|---:|---|---:|---:|---:|"]
    others = _metrics(OTHERS)
    encoder = {key: found for key, found in encoder.items() if key not in others}
    for key, found in encoder.items():
        if found["roc_auc"] is None:
            continue
        area = f"{found['roc_auc']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
        counts = f"{found['n']:,} | {found['positives']:,}"
        aim = f"{aims[key]:.3f}" if key in aims else ""
        other = " | ".join(f"{one[key]['roc_auc']:.3f}" for one in (fast, bulk))
        rows.append(f"| `{key[0]}` | {key[1]} | {counts} | {area} | {other} | {aim} |")
    given_up = _given_up(encoder, fast)
    parts = (rows, _languages(others, bulk), given_up, _probes(), _uses(), _making())
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _scales() -> str:
    profiles = _manifest("scales")["profiles"]
    rows = ["| Perspective's threshold | " + " | ".join(f"`{name}`" for name in profiles) + " |"]
    rows.append("|---:|" + "---|" * len(profiles))
    for found in zip(*(one["thresholds"] for one in profiles.values()), strict=True):
        cells = (
            f"{one['own']:.2f} ({one['low']:.2f} to {one['high']:.2f}); {one['flagged']} · "
            f"{one['flagged_by_perspective']} · {one['flagged_by_both']}"
            for one in found
        )
        rows.append(f"| {found[0]['perspective']} | {' | '.join(cells)} |")
    fitted = ", ".join(f"{one['fitted_on']:,}" for one in profiles.values())
    head = [
        "",
        f"Fitted on {fitted} comments.",
        "",
        "| | " + " | ".join(f"`{name}`" for name in profiles) + " | Perspective |",
    ]
    rows += [*head, "|---|" + "---|" * (len(profiles) + 1)]
    for name in ("spearman", "kendall"):
        cells = " | ".join(_interval(one["rank"][name]) for one in profiles.values())
        rows.append(f"| order, {name.capitalize()} with Perspective | {cells} | 1 |")
    areas = [_interval(one["accuracy"]["own"], "roc_auc") for one in profiles.values()]
    judged = next(iter(profiles.values()))["accuracy"]["perspective"]
    areas.append(_interval(judged, "roc_auc"))
    rows.append(
        f"| accuracy, ROC-AUC for the {judged['positives']} of {judged['n']:,} that readers called "
        f"toxic | {' | '.join(areas)} |"
    )
    for place, band in enumerate(next(iter(profiles.values()))["readers"]):
        shares = [one["readers"][place]["toxic"] for one in profiles.values()]
        cells = " | ".join(f"{share:.0%}" for share in shares)
        rows.append(
            f"| most readers said toxic, scores {band['from']} to {band['to']} | {cells} | |"
        )
    return "\n".join(rows)


def _interval(found: dict[str, Any], name: str = "value") -> str:
    return f"{found[name]:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def _given_up(
    encoder: dict[tuple[str, str], dict[str, Any]], fast: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    losses = {
        key: found["roc_auc"] - fast[key]["roc_auc"]
        for key, found in encoder.items()
        if found["roc_auc"] is not None
    }
    worst = max(losses, key=lambda key: losses[key])
    mean = sum(losses.values()) / len(losses)
    return [
        (
            f"`fast` gives up {mean:.3f} of ROC-AUC on average over {len(losses)} figures "
            f"(asked: 0.004), {losses[worst]:.3f} at most, on {worst[1]} of `{worst[0]}` "
            "(asked: 0.007)."
        )
    ]


def _languages(
    others: dict[tuple[str, str], dict[str, Any]], bulk: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    known, aims = catalogue(), {(name, attribute): value for name, attribute, value in ASKED}
    rows = ["| set | language | attribute | n | of them | `accurate` (95 %) | `bulk` | aim |"]
    rows += ["|---|---|---|---:|---:|---|---:|---:|"]
    for key, found in others.items():
        area = f"{found['roc_auc']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
        counts = f"{found['n']:,} | {found['positives']:,}"
        is_read = known[key[0]].language in ToxicityScorer.languages and key in bulk
        other = f"{bulk[key]['roc_auc']:.3f}" if is_read else "-"
        aim = f"{aims[key]:.3f}" if key in aims else ""
        language = known[key[0]].language
        rows.append(f"| `{key[0]}` | {language} | {key[1]} | {counts} | {area} | {other} | {aim} |")
    return rows


def _uses() -> list[str]:
    rows = ["| attribute | look from | hide until looked at from |", "|---|---:|---:|"]
    for name, found in _manifest("toxicity_encoder")["thresholds"].items():
        cells = ("-" if value is None else f"{value:.2f}" for value in found.values())
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return rows


def _probes() -> list[str]:
    probes = _manifest("toxicity_encoder")["probes"]
    rows = ["| kind of sentence | right, `accurate` | right, `bulk` |", "|---|---:|---:|"]
    for kind, right in probes["accurate"]["kinds"].items():
        rows.append(f"| {kind} | {right:.2f} | {probes['bulk']['kinds'][kind]:.2f} |")
    areas = [probes[profile]["identity_auc"] for profile in ("accurate", "bulk")]
    rows.append(f"| ROC-AUC of hostile over kind, all groups | {areas[0]:.3f} | {areas[1]:.3f} |")
    lowest = [min(probes[profile]["groups"].values()) for profile in ("accurate", "bulk")]
    rows.append(f"| the same, lowest of a group | {lowest[0]:.3f} | {lowest[1]:.3f} |")
    return rows


def _making() -> list[str]:
    manifest = _manifest("toxicity_encoder")
    shares = ", ".join(f"{name} {share}" for name, share in manifest["encoder_share"].items())
    change = manifest["int8"]
    cost = (
        f"8-bit integers against fp32, on rows of the dev part: ROC-AUC changes by "
        f"{change['mean_auc_change']:+.4f} on average over {change['figures']} figures, by "
        f"{change['largest_auc_change']:+.4f} at most (asked: 0.003)."
    )
    return [f"Share of the encoder in the blend: {shares}.", "", cost]


def _metrics(model: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["set"], one["attribute"]): one for one in _manifest(model)["metrics"]}


def _manifest(model: str) -> dict[str, Any]:
    path = ROOT / "moderation" / "models" / model / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _sections(command: click.Command, context: click.Context, *, depth: int) -> list[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"\n{'#' * depth} `{context.command_path}`\n\n```text\n{usage}\n```\n"]
    if command.help:
        parts.append(f"\n{_paragraphs(command.help)}\n")
    parts.append(_options(command, context))
    if command.epilog:
        # What follows the examples says again what stands above.
        examples = _paragraphs(command.epilog).rpartition(FENCE)
        parts.append(f"\n{''.join(examples[:2])}\n")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                parts += _sections(inner, _context(inner, name, context), depth=depth + 1)
    return parts


def _context(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    return command.make_context(name, [], parent=parent, resilient_parsing=True)


def _paragraphs(text: str) -> str:
    """Help text as Markdown; neighbouring lines that start with ``$`` become one code block."""
    blocks: list[str] = []
    for block in filter(None, (part.strip() for part in inspect.cleandoc(text).split("\n\n"))):
        if not block.startswith("$ "):
            blocks.append(block)
        elif blocks[-1].startswith("```"):
            blocks[-1] = f"{blocks[-1].removesuffix(FENCE)}\n{block.removeprefix('$ ')}{FENCE}"
        else:
            blocks.append(f"```sh\n{block.removeprefix('$ ')}{FENCE}")
    return "\n\n".join(blocks)


def _options(command: click.Command, context: click.Context) -> str:
    rows = [
        record
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and (record := parameter.get_help_record(context)) is not None
    ]
    if not rows:
        return ""
    table = "".join(f"| `{_cell(names)}` | {_cell(about)} |\n" for names, about in rows)
    return f"\n| option | meaning |\n|---|---|\n{table}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    CLI.write_text(reference(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")
    OFF_TOPIC.write_text(off_topic(), encoding="utf-8")
    POLITICAL_SPAM.write_text(political_spam(), encoding="utf-8")
    CAMPAIGNS.write_text(campaigns(), encoding="utf-8")
    EXTRACTION.write_text(extraction(), encoding="utf-8")
    LEARNING.write_text(learning(), encoding="utf-8")
    TOXICITY.write_text(toxicity(), encoding="utf-8")
    PERSPECTIVE.write_text(perspective(), encoding="utf-8")
