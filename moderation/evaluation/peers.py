"""The same pages by other tools: what they find of the comments, and how fast they are.

trafilatura (extra ``peers``) and resiliparse give the text of comments, not comments; so the
comparison is by tokens. Neither gives authors, dates or replies.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from resiliparse.extract.html2text import extract_plain_text

from moderation import extractors
from moderation.errors import ExtractionError
from moderation.evaluation.pages import compare, gold_names, read_page, scoring_program
from moderation.extractors.document import Document
from moderation.schema import Page

ROUNDS = 5
FIGURES = ("token_precision", "token_recall", "token_f1", "token_macro_f1", "phantom_tokens")

Row = dict[str, Any]


def installed() -> dict[str, Callable[[Page], str]]:
    """Return the peers that are installed: by name and version, a page's comments as text."""
    known = {"trafilatura": _trafilatura, "resiliparse": _resiliparse}
    return {f"{name} {version(name)}": read for name, read in known.items() if find_spec(name)}


def measure_peers(pages: Path) -> dict[str, Row] | None:
    """Compare what the peers give with gold, by tokens.

    Returns:
        ``FIGURES`` by peer; None if there are no pages or no scoring program.
    """
    program, names = scoring_program(pages), gold_names(pages)
    if program is None or not names:
        return None
    read = {name: page for name in names if (page := read_page(pages, name)) is not None}
    found = {}
    for peer, comments_of in installed().items():
        texts = {name: {"comments_text": comments_of(page)} for name, page in read.items()}
        totals = compare(program, pages, texts)
        found[peer] = {figure: totals[figure] for figure in FIGURES}
    return found


def measure_speed(pages: Sequence[Page], rounds: int = ROUNDS) -> Row | None:
    """Time this package and trafilatura on the same pages, by turns, in this process.

    Args:
        pages: What to read; each is read once before it counts.
        rounds: How often each reads all of them.

    Returns:
        Median pages per second of processor time as ``ours`` and ``trafilatura``, and the
        median of the rounds' ratios as ``ratio``; None if trafilatura is not installed.
    """
    if not pages or not find_spec("trafilatura"):
        return None
    taken: list[tuple[float, float]] = []
    gc.collect()
    gc.freeze()  # what else this process has loaded is no business of either
    try:
        for number in range(rounds + 1):
            order = (_ours, _trafilatura) if number % 2 else (_trafilatura, _ours)
            seconds = {read: _seconds(read, pages) for read in order}
            if number:
                taken.append((seconds[_ours], seconds[_trafilatura]))
    finally:
        gc.unfreeze()
    return {
        "ours": len(pages) / statistics.median(ours for ours, _ in taken),
        "trafilatura": len(pages) / statistics.median(theirs for _, theirs in taken),
        "ratio": statistics.median(theirs / ours for ours, theirs in taken),
        "rounds": rounds,
    }


def _seconds(read: Callable[[Page], object], pages: Sequence[Page]) -> float:
    start = time.process_time()
    for page in pages:
        read(page)
    return time.process_time() - start


def _ours(page: Page) -> object:
    try:
        return extractors.extract(page)
    except ExtractionError:
        return None


def _trafilatura(page: Page) -> str:
    from trafilatura import bare_extraction  # noqa: PLC0415 - an extra

    found = bare_extraction(page.body, include_comments=True)
    return (getattr(found, "comments", None) or "") if found else ""


def _resiliparse(page: Page) -> str:
    """Return the lines that come with comments and do not come without."""
    try:
        text = Document(page).text
    except ExtractionError:
        return ""
    without = set(extract_plain_text(text, main_content=True, comments=False).splitlines())
    lines = extract_plain_text(text, main_content=True, comments=True).splitlines()
    return "\n".join(line for line in lines if line not in without)
