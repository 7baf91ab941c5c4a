"""Figures as Markdown: made from the results as they are written, so that old ones can be shown."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from moderation.evaluation.pages import FIGURES, GENERAL, PARTS

NOT_MEASURED = "not measured"
_PEER_FIGURES = ("token_precision", "token_recall", "token_f1", "token_macro_f1", "phantom_tokens")
_NAMES = {
    "f1": "comment F1, micro",
    "macro_f1": "comment F1, page-macro",
    "author_accuracy": "author",
    "date_accuracy": "date",
    "parent_accuracy": "parent",
    "reply_parent_accuracy": "parent of replies",
}

Row = dict[str, Any]


def _figure(part: str, name: str) -> Callable[[Row], float | None]:
    return lambda result: (result[part] or {}).get(name)


def _worst_export(result: Row) -> float | None:
    found = result["exports"]
    return min(found[name] for name in FIGURES if found[name] is not None) if found else None


ASKED: tuple[tuple[str, float, Callable[[Row], float | None]], ...] = (
    ("HTML: comment F1, micro", 0.96, _figure("html", "f1")),
    ("HTML: comment F1, page-macro", 0.94, _figure("html", "macro_f1")),
    ("HTML: author", 0.97, _figure("html", "author_accuracy")),
    ("HTML: date", 0.95, _figure("html", "date_accuracy")),
    ("HTML: parent", 0.97, _figure("html", "parent_accuracy")),
    ("HTML: parent of replies", 0.92, _figure("html", "reply_parent_accuracy")),
    ("HTML: phantom comments on pages without any", 0, _figure("html", "phantom_comments")),
    ("HTML, general method alone: comment F1, micro", 0.85, _figure("general", "f1")),
    ("Text dumps: comment F1, micro", 0.85, _figure("text", "f1")),
    ("Text dumps: author", 0.85, _figure("text", "author_accuracy")),
    ("Exports: the lowest of all figures", 1.0, _worst_export),
    ("Article title found, share of pages", 0.95, _figure("article", "title_found")),
    ("Article text free of comments, share of pages", 0.95, _figure("article", "text_free")),
    ("Speed, as a multiple of trafilatura's", 1.0, _figure("speed", "ratio")),
)
"""What extraction is asked to reach, at least; 0 is asked to be reached exactly."""


def asked_lines(result: Row) -> list[str]:
    """Lay out what is asked beside what was measured, for a terminal."""
    rows = [("", "asked", "measured", ""), *_asked_cells(result)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        f"{label:<{widths[0]}}  {asked:>{widths[1]}}  {found:>{widths[2]}}  {verdict}".rstrip()
        for label, asked, found, verdict in rows
    ]


ENDS = (("Not measured", "missing"), ("Below the floor", "failures"))
"""What every page ends with: a heading, and where its lines stand in the result."""


def _page(parts: Sequence[str], result: Row, ends: Iterable[tuple[str, str]] = ENDS) -> str:
    """Put a page together: its parts, then what was not measured and what fell."""
    last = [
        f"## {title}\n\n" + "\n".join(f"- {line}" for line in result[key] or ["Nothing."])
        for title, key in ends
    ]
    return "\n\n".join([*parts, *last]) + "\n"


def extraction(result: Row) -> str:
    """Return every table of extraction figures as a page of its own."""
    parts = [
        "# Extraction, measured",
        "Written by `moderation evaluate`; [what the figures mean](../extraction.md).",
        extraction_tables(result),
    ]
    return _page(parts, result)


def extraction_tables(result: Row) -> str:
    """Return the tables of extraction figures, each under its heading."""
    kinds = [(name, result[name]) for name in (*PARTS, "general")]
    blocks = [
        ("Asked and measured", _table(("", "asked", "measured", ""), _asked_cells(result))),
        ("Each kind of page", _table(("pages", "n", *_NAMES.values()), map(_kind_cells, kinds))),
        ("Other tools on the same HTML pages", _peer_table(result)),
        ("Speed", _speed_line(result)),
    ]
    if result["rows"]:
        blocks += [
            ("By platform", _platform_table(result["rows"])),
            ("By extractor", _extractor_table(result["rows"])),
            ("Page by page", _page_table(result["rows"])),
        ]
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in blocks)


_MOVED = """Written by `moderation evaluate`. Comments of real pages in their own place, and in that
of a comment on another page in the same language. Asked: 0.95, and 0.80 under ten words."""


def drift(result: Row) -> str:
    """Return the tables of off topic on comments that were moved as a page of its own."""
    head = ("comments", "taken away", "n", "ROC-AUC (95 %)")
    moved = [(row["which"], row["what"], f"{row['n']:,}", _auc(row)) for row in result["moved"]]
    found = [(row["what"], f"{row['n']:,}", _auc(row)) for row in result["irrelevant"]]
    parts = [
        "# Off topic, measured on comments that were moved",
        f"By `{result['version']}`; [what the score means](../off-topic.md).",
        _MOVED,
        _table(head, moved),
        "## Comments that readers of `c3_constructive` found not relevant",
        _table(("by", "n", "ROC-AUC (95 %)"), found),
    ]
    return _page(parts, result, (ENDS[0],))


def _auc(row: Row) -> str:
    if row["roc_auc"] is None:
        return NOT_MEASURED
    return f"{row['roc_auc']:.3f} ({row['low']:.3f} to {row['high']:.3f})"


CAMPAIGNS_ASKED = {"precision": 0.98, "recall": 0.95}
"""At most a fifth of the words edited."""


def campaigns(result: Row) -> str:
    """Return the table of how well campaigns are found as a page of its own."""
    parts = [
        "# Campaigns, measured",
        "Written by `moderation evaluate`; [what they mean](../campaigns.md). Asked at 20 %: "
        + ", ".join(f"{name} ≥ {asked}" for name, asked in CAMPAIGNS_ASKED.items())
        + ".",
        campaign_table(result),
    ]
    return _page(parts, result)


def campaign_table(result: Row) -> str:
    """Return the table of figures."""
    head = ("words edited", "comments", "members", "precision", "recall", "one author or many")
    return _table(head, map(_campaign_cells, result["campaigns"]))


def campaign_lines(result: Row) -> list[str]:
    """Lay out the same for a terminal, beside what is asked."""
    return [
        f"campaigns, {row['share']:.0%} of words edited: "
        + ", ".join(
            f"{name} {row[name]:.3f} (asked {asked}, {'met' if row[name] >= asked else 'missed'})"
            for name, asked in CAMPAIGNS_ASKED.items()
        )
        for row in result["campaigns"]
    ]


def _campaign_cells(row: Row) -> list[str]:
    counts = [f"{row['share']:.0%}", f"{row['comments']:,}", f"{row['members']:,}"]
    return counts + [f"{row[name]:.3f}" for name in ("precision", "recall", "kinds")]


def scorers(result: Row) -> str:
    """Return the table of scorer figures as a page of its own."""
    head = ("set", "attribute", "profile", "n", "positives", "ROC-AUC (95 %)", "PR-AUC", "ECE")
    parts = [
        "# Evaluation",
        "Written by `moderation evaluate`; texts kept out of training only.",
        "Versions: " + ", ".join(result["versions"]),
        "## Scorers",
        _table(head, map(_scorer_cells, result["scorers"]), left=3),
    ]
    return _page(parts, result)


def peers(result: Row) -> str:
    """Return the table of what other tools make of the same rows as a page of its own."""
    parts = [
        "# Toxicity, by other tools",
        "Texts kept out of our training, [beside our figures](../toxicity.md#beside-others).",
        peer_table(result, {}),
    ]
    return _page(parts, result, ends=ENDS[:1])


def peer_table(result: Row, ours: Mapping[str, Sequence[Row]]) -> str:
    """Return ROC-AUC of other tools on the sets they can judge, after that of our models.

    Args:
        result: With the rows of ``peers``.
        ours: Name of a model -> its rows of figures.
    """
    known = {
        (row["set"], row["attribute"], row["profile"]): row["roc_auc"] for row in result["peers"]
    }
    known |= {
        (row["set"], row["attribute"], name): row["roc_auc"]
        for name, rows in ours.items()
        for row in rows
    }
    tools = list(dict.fromkeys(row["profile"] for row in result["peers"]))
    places = dict.fromkeys(
        (row["set"], row["attribute"]) for row in result["peers"] if row["roc_auc"] is not None
    )
    if not places:
        return f"{NOT_MEASURED.capitalize()}."
    columns = [*ours, *tools]
    cells = [
        [f"`{name}`", attribute, *(_cell(known.get((name, attribute, one))) for one in columns)]
        for name, attribute in places
    ]
    return _table(("set", "attribute", *columns), cells, left=2)


def spans(result: Row) -> str:
    """Return the tables of explanations as a page of their own."""
    parts = [
        "# Which words made a score, measured",
        "Written by `moderation evaluate`; texts kept out of training only.",
        "Versions: " + ", ".join(result["versions"]),
        span_tables(result),
    ]
    return _page(parts, result)


def span_tables(result: Row) -> str:
    """Return the tables of span F1 and of faithfulness."""
    marked = [
        [
            f"`{row['set']}`",
            row["method"],
            f"{row['n']:,}",
            f"{row['f1']:.3f} ({row['low']:.3f} to {row['high']:.3f})",
        ]
        for row in result["spans"]
    ]
    names = ("explained", "score", "comprehensiveness", "random", "sufficiency")
    faithful = [
        [row["profile"], row["attribute"], f"{row['n']:,}", *(_cell(row[name]) for name in names)]
        for row in result["faithfulness"]
    ]
    head = ("profile", "attribute", "n", *names)
    return "\n\n".join(
        [
            _table(("set", "marked by", "n", "F1 (95 %)"), marked, left=2),
            _table(head, faithful, left=2),
        ]
    )


def learning(result: Row) -> str:
    """Return what learning from labels is worth as a page of its own."""
    parts = [
        "# Learning from a desk's labels, measured",
        "Written by `moderation evaluate`; [what the figures mean](../learning.md).",
        learning_table(result),
    ]
    return _page(parts, result)


def learning_table(result: Row) -> str:
    """Lay out the curves, a row a desk and size."""
    head = ("desk", "labels", "say it applies", "kept: words, level", "ROC-AUC shipped",
            "learnt (worst to best)", "calibration error shipped", "learnt", "log-loss shipped",
            "learnt", "from labels alone: ROC-AUC", "calibration error")  # fmt: skip
    return _table(head, map(_learning_cells, result["learning"]))


def _learning_cells(row: Row) -> list[str]:
    shipped, used = row["shipped"], row["used"]
    area = f"{used['roc_auc']:.3f} ({row['roc_auc_low']:.3f} to {row['roc_auc_high']:.3f})"
    return [
        f"`{row['set']}`, {row['attribute']}",
        *(f"{row[name]:,}" for name in ("labels", "applies")),
        " + ".join(str(count) for count in row["kept"].values()),
        f"{shipped['roc_auc']:.3f}",
        area,
        *(f"{one[name]:.3f}" for name in ("ece", "log_loss") for one in (shipped, used)),
        *(f"{row['alone'][name]:.3f}" for name in ("roc_auc", "ece")),
    ]


def _asked_cells(result: Row) -> list[tuple[str, str, str, str]]:
    rows = []
    for label, asked, read in ASKED:
        found = read(result)
        met = found is not None and (found >= asked if asked else not found)
        verdict = "" if found is None else "met" if met else "missed"
        wanted = f"≥ {asked:.2f}" if asked else "0"
        rows.append((label, wanted, NOT_MEASURED if found is None else _cell(found), verdict))
    return rows


def _kind_cells(kind: tuple[str, Row | None]) -> list[str]:
    name, found = kind
    shown = "html, general method alone" if name == "general" else name
    if found is None:
        return [shown, "", *[NOT_MEASURED] * len(_NAMES)]
    return [shown, str(found["pages"]), *(_cell(found[figure]) for figure in _NAMES)]


def _peer_table(result: Row) -> str:
    peers = dict(result["peers"] or {})
    own = {"this package": result["html"]} if result["html"] else {}
    head = (
        "",
        "token P",
        "token R",
        "token F1, micro",
        "page-macro",
        "tokens on pages without comments",
    )
    rows = [
        [name, *(_cell(found[figure]) for figure in _PEER_FIGURES)]
        for name, found in (own | peers).items()
    ]
    return _table(head, rows) if rows else f"{NOT_MEASURED.capitalize()}."


def _speed_line(result: Row) -> str:
    speed = result["speed"]
    if speed is None:
        return f"{NOT_MEASURED.capitalize()}."
    return (
        f"{speed['ours']:.0f} pages/s, trafilatura {speed['trafilatura']:.0f} pages/s: "
        f"{speed['ratio']:.2f} times as fast (median of {speed['rounds']} rounds by turns in one "
        "process, processor time)."
    )


def _platform_table(rows: Sequence[Row]) -> str:
    return _grouped("platform", rows, lambda row: _family(row["gold_platform"] or ""))


def _extractor_table(rows: Sequence[Row]) -> str:
    return _grouped("read by", rows, lambda row: _method(row["read_by"]))


def _grouped(title: str, rows: Sequence[Row], key: Callable[[Row], str]) -> str:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["gold"]:
            groups[key(row)].append(row)
    cells = []
    for name, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        gold, predicted, matched = (
            sum(row[n] for row in members) for n in ("gold", "pred", "match")
        )
        micro = 2 * matched / (gold + predicted)
        lowest = min(row["f1"] for row in members)
        general = [row["general_f1"] for row in members if row["general_f1"] is not None]
        mean = sum(general) / len(general) if general else None
        cells.append([name, str(len(members)), str(gold), _cell(micro), _cell(lowest), _cell(mean)])
    head = (title, "pages", "comments", "F1, micro", "lowest page", "general method, macro")
    return _table(head, cells)


def _page_table(rows: Sequence[Row]) -> str:
    head = ("page", "platform", "read by", "comments", "found", "F1", "general alone", "text dump")
    cells = [
        [
            row["page"],
            row["gold_platform"] or "",
            _method(row["read_by"]),
            str(row["gold"]),
            str(row["pred"]),
            *(_cell(row[name]) for name in ("f1", "general_f1", "text_f1")),
        ]
        for row in rows
    ]
    return _table(head, cells, left=3)


def _family(platform: str) -> str:
    """Leave version, theme and remarks out of what gold calls a platform."""
    plain = re.sub(r"\s*(?:\(.*|,.*|\d[\d.]*$)", "", platform).strip()
    known = re.match(r"wordpress|drupal|blogger|xenforo|typo3|spip|discourse", plain)
    return known[0] if known else plain or "unknown"


def _method(name: str) -> str:
    if name == "none":
        return "no comments found"
    return f"general: {name}" if name in GENERAL else name


def _scorer_cells(row: Row) -> list[str]:
    auc = f"{NOT_MEASURED} (one kind only)"
    if row["roc_auc"] is not None:
        auc = f"{row['roc_auc']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
    counts = [f"{row['n']:,}", f"{row['positives']:,}"]
    return [
        f"`{row['set']}`",
        row["attribute"],
        row["profile"],
        *counts,
        auc,
        _cell(row["pr_auc"]),
        _cell(row["ece"]),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(rule) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
