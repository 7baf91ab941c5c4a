"""Figures of extraction, on real pages whose threads are known.

Comments are compared with gold by the scoring program that lies beside the pages
(``<pages>/../tools/score_extraction.py GOLD_DIR PRED_DIR --json OUT``); it is called the same
way for every kind of page and for the peers, so that all figures have one measure.
"""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import track

from moderation import extractors
from moderation.errors import ExtractionError, ModerationError
from moderation.extractors import Extractor
from moderation.interchange import thread_to_json
from moderation.schema import Page

FIGURES = (
    "f1",
    "macro_f1",
    "author_accuracy",
    "date_accuracy",
    "parent_accuracy",
    "reply_parent_accuracy",
)
"""What is shown and pinned of each kind of page, as the scoring program calls it."""
PARTS = {"html": Path(), "text": Path("text"), "exports": Path("exports")}
"""Kinds of pages, and where they lie in the folder of pages."""
GENERAL = ("records", "plain-text")
"""Names of the extractors that know no platform."""
_SUFFIXES = (".html", ".html.gz", ".txt", ".json", ".xml")
_COUNTS = ("gold", "pred", "match", "phantom")
_TITLE_CHARS = 10
"""A shorter title is not looked for within a longer one."""
_SAMPLE_CHARS = 60
"""How much of a comment's beginning must not stand in the article's text."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one kind of pages.

    Args:
        totals: The scoring program's figures, and ``sha256`` of the gold.
        rows: One for each page: ``page, gold_platform, read_by`` and the program's counts.
    """

    totals: Row
    rows: list[Row]


def measure_extraction(pages: Path) -> Row:
    """Extract and compare every kind of page that is there.

    Args:
        pages: Folder of real pages; ``PARTS`` lie in it, the program in ``../tools``.

    Returns:
        By kind, ``None`` where pages or program are missing: ``html``, ``text``, ``exports``,
        ``general`` (the HTML pages with every platform's extractor switched off) and
        ``article``; and ``rows``, one for each HTML page.
    """
    found = {name: measure_part(pages / part) for name, part in PARTS.items()}
    html = found["html"]
    if html is None:
        return {name: part and part.totals for name, part in found.items()} | {
            "general": None,
            "article": None,
            "rows": [],
        }
    general = measure_part(pages, _general())
    alone = {row["page"]: row["f1"] for row in general.rows} if general else {}
    text = {row["page"]: row["f1"] for row in found["text"].rows} if found["text"] else {}
    rows = [
        row | {"general_f1": alone.get(row["page"]), "text_f1": text.get(row["page"])}
        for row in html.rows
    ]
    return {name: part and part.totals for name, part in found.items()} | {
        "general": general and general.totals,
        "article": article_figures(pages),
        "rows": rows,
    }


def measure_part(pages: Path, using: Iterable[Extractor] | None = None) -> Measured | None:
    """Extract the pages of one folder and have the program compare them with gold.

    Args:
        pages: The folder.
        using: The extractors to try; all if left out.

    Returns:
        The figures, or None if there are no pages or no program.
    """
    program, names = scoring_program(pages), gold_names(pages)
    if program is None or not names:
        return None
    chosen = None if using is None else tuple(using)
    shown = f"Pages in {pages.name}" + (" by the general method" if chosen else "")
    threads = {
        name: read_thread(pages, name, chosen)
        for name in track(names, description=shown, transient=True)
    }
    figures = compare(program, pages, threads)
    per_page = figures.pop("per_page")
    rows = [
        {
            "page": name,
            "gold_platform": _gold(pages, name).get("platform"),
            "read_by": threads[name].get("platform", "none"),
            "f1": _f1(per_page.get(name, {})),
            **{key: per_page.get(name, {}).get(key, 0) for key in _COUNTS},
        }
        for name in names
    ]
    return Measured(figures | {"sha256": gold_sha256(pages)}, rows)


def article_figures(pages: Path) -> Row | None:
    """Measure titles and article texts of the HTML pages.

    Returns:
        ``title_found``: share of pages whose title has the words of the gold title, or one of
        both holds the other whole, such as with a kicker or the site's name beside it;
        ``text_free``: share of the pages with comments whose article text holds none of their
        comments (the first 60 characters of one, if it has so many); ``titles`` and ``texts``:
        of how many pages; ``sha256`` of the gold.
    """
    names = gold_names(pages)
    if not names:
        return None
    threads = {name: read_thread(pages, name) for name in names}
    golds = {name: _gold(pages, name) for name in names}
    titled = [name for name in names if golds[name].get("title")]
    found = [_same_title(golds[name]["title"], threads[name].get("title") or "") for name in titled]
    commented = [name for name in names if golds[name]["comments"]]
    free = [_is_free(threads[name], golds[name]) for name in commented]
    return {
        "title_found": sum(found) / len(found) if found else None,
        "titles": len(titled),
        "text_free": sum(free) / len(free) if free else None,
        "texts": len(free),
        "sha256": gold_sha256(pages),
    }


def read_thread(pages: Path, name: str, using: Iterable[Extractor] | None = None) -> Row:
    """Return a page's thread as JSON values; no comments where there is no page or it is no use."""
    page = read_page(pages, name)
    if page is None:
        return {"comments": []}
    try:
        return thread_to_json(extractors.extract(page, using), source=page.source)
    except ExtractionError:
        return {"comments": []}


def read_page(pages: Path, name: str) -> Page | None:
    """Read the page that a gold file of this name describes; None if it is not there."""
    named = (pages / f"{name}{suffix}" for suffix in _SUFFIXES)
    path = next((path for path in named if path.is_file()), None)
    if path is None:
        return None
    body = path.read_bytes()
    return Page(path.name, gzip.decompress(body) if path.suffix == ".gz" else body)


def gold_names(pages: Path) -> list[str]:
    """List the pages of a folder that have gold."""
    return sorted(path.name.removesuffix(".gold.json") for path in pages.glob("*.gold.json"))


def gold_sha256(pages: Path) -> str:
    """Hash all gold of a folder."""
    golds = (pages / f"{name}.gold.json" for name in gold_names(pages))
    return hashlib.sha256(b"".join(gold.read_bytes() for gold in golds)).hexdigest()


def scoring_program(pages: Path) -> Path | None:
    """Find the program that belongs to a folder of pages, or a part of it."""
    programs = (up / "tools" / "score_extraction.py" for up in pages.resolve().parents[:2])
    return next((path for path in programs if path.is_file()), None)


def compare(program: Path, gold: Path, predicted: dict[str, Row]) -> Row:
    """Run the scoring program.

    Args:
        program: Its path.
        gold: Folder of ``NAME.gold.json``.
        predicted: By name, what ``NAME.pred.json`` shall say.

    Returns:
        Its totals and ``per_page``.

    Raises:
        ModerationError: It ended with an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, value in predicted.items():
            Path(folder, f"{name}.pred.json").write_text(json.dumps(value), encoding="utf-8")
        target = Path(folder) / "figures.json"
        command = [sys.executable, str(program), str(gold), folder, "--json", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a program of the user's own folder
        if done.returncode:
            last = (done.stderr.strip() or "no message").splitlines()[-1]
            msg = f"{program}: exit code {done.returncode} ({last})"
            raise ModerationError(msg)
        figures: Row = json.loads(target.read_text(encoding="utf-8"))
    return figures


def _general() -> Iterator[Extractor]:
    return (one for one in extractors.BUILTIN if one.name in GENERAL)


def _gold(pages: Path, name: str) -> Row:
    return dict(json.loads((pages / f"{name}.gold.json").read_text(encoding="utf-8")))


def _f1(counts: Row) -> float | None:
    together = counts.get("pred", 0) + counts.get("gold", 0)
    return 2 * counts["match"] / together if together and counts.get("gold") else None


def _same_title(gold: str, found: str) -> bool:
    one, other = (" ".join(re.findall(r"\w+", text.casefold())) for text in (gold, found))
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _TITLE_CHARS and shorter in longer)


def _is_free(thread: Row, gold: Row) -> bool:
    article = _plain((thread.get("article") or {}).get("text") or "")
    starts = (_plain(comment["text"])[:_SAMPLE_CHARS] for comment in gold["comments"])
    return not any(len(start) == _SAMPLE_CHARS and start in article for start in starts)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
