"""Contract checks for extractors, scorers and exporters; shipped, so that plug-ins can use them.

Each check takes a part and something to try it on, and raises AssertionError with what was
broken. They need neither pytest nor hypothesis; with either, call them on many inputs::

    @given(batch=batches())
    def test_my_scorer_keeps_the_contract(batch):
        check_scorer(MyScorer(), batch)
"""

import json
import pickle  # noqa: TID251 - whether a scorer can be shipped is what is checked
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
from lxml import etree
from numpy.typing import NDArray

from moderation.errors import ExtractionError
from moderation.exporters import Exporter
from moderation.extractors import NO_PLATFORM, Extractor, extract
from moderation.extractors.document import Document
from moderation.frames import CONTEXT_COLUMNS
from moderation.interchange import thread_from_json, thread_to_json
from moderation.schema import Page, Thread
from moderation.scorers import Scorer, score_frame

TOLERANCE = 1e-5
"""How far a row's score may be off when its neighbours change: rounding, nothing more."""


def check_extractor(extractor: Extractor, page: Page) -> Thread | None:
    """Check what an extractor promises, on one page of any kind.

    ``matches`` answers with a bool and never raises; ``extract`` gives a well-formed thread
    or raises ExtractionError; both leave the parsed page as it was and give the same answer
    when asked again.

    Args:
        extractor: The part to check.
        page: A page; its own platform's, another's, or rubbish.

    Returns:
        The thread, or None if the extractor does not match or found nothing.

    Raises:
        AssertionError: A promise was broken.
    """
    _require(
        _is_name(extractor.name),
        f"name {extractor.name!r} is not lower-case letters, digits and ._-",
    )
    try:
        document = Document(page)
    except ExtractionError:
        return None  # no extractor ever sees this page
    before = etree.tostring(document.tree)
    matched = extractor.matches(document)
    _require(isinstance(matched, bool), f"{extractor.name}: matches() is {type(matched)}")
    again = extractor.matches(document)
    _require(matched == again, f"{extractor.name}: matches() changes its mind")
    if not matched:
        return None
    thread = _extracted(extractor, page)
    _require(thread == _extracted(extractor, page), f"{extractor.name}: extract() varies")
    with suppress(ExtractionError):
        extractor.extract(document)
    after = etree.tostring(document.tree)
    _require(before == after, f"{extractor.name}: the parsed page was changed")
    if thread is not None:
        check_thread(thread)
        platform = thread.platform
        _require(platform == extractor.name, f"{extractor.name}: says platform {platform!r}")
    return thread


def check_thread(thread: Thread) -> None:
    """Check that a thread is well formed: ids unique, parents known, no circle, no blanks.

    Raises:
        AssertionError: It is not.
    """
    parents = {comment.id: comment.parent_id for comment in thread.comments}
    _require(len(parents) == len(thread.comments), "two comments have the same id")
    _require("" not in parents, "a comment has an empty id")
    _require(bool(thread.article.url), "the article has no url, not even a urn")
    for comment in thread.comments:
        _require(bool(comment.text.strip()), f"comment {comment.id!r} has no text")
        stamp = comment.posted_at
        _require(
            stamp is None or stamp.utcoffset() is not None,
            f"comment {comment.id!r} has a naive posted_at",
        )
        seen = {comment.id}
        up = comment.parent_id
        while up is not None:
            _require(up in parents, f"comment {comment.id!r} answers one that is not there")
            _require(up not in seen, f"comment {comment.id!r} is its own ancestor")
            seen.add(up)
            up = parents[up]
    line = json.dumps(thread_to_json(thread, source="check"))
    back = thread_from_json(json.loads(line), source="check")
    _require(_comparable(back) == _comparable(thread), "the thread changes on its way through JSON")


def check_scorer(scorer: Scorer, batch: pd.DataFrame) -> None:
    """Check a scorer's promises on one batch: a value, row-wise, deterministic, total.

    Args:
        scorer: A ready scorer.
        batch: One row per comment, with at least the columns in ``scorer.inputs``; no rows
            is a batch too.

    Raises:
        AssertionError: A promise was broken.
        ScoringError: The result has the wrong shape, type or range.
    """
    name = scorer.name
    _require(_is_name(name), f"name {name!r} is not lower-case letters, digits and ._-")
    _require(bool(scorer.attributes), f"{name}: no attributes")
    _require(
        all(map(_is_name, scorer.attributes)),
        f"{name}: an attribute is not lower-case letters, digits and ._-",
    )
    _require(len(set(scorer.attributes)) == len(scorer.attributes), f"{name}: attribute twice")
    unknown = set(scorer.inputs) - set(CONTEXT_COLUMNS)
    _require(not unknown, f"{name}: inputs {sorted(unknown)} are no context columns")
    _require(bool(scorer.version), f"{name}: version is empty")

    batch = batch.reset_index(drop=True)
    untouched = batch.copy(deep=True)
    scores = _scored(scorer, batch)
    pd.testing.assert_frame_equal(batch, untouched, obj=f"{name}: the batch")
    _same(scores, _scored(scorer, batch), f"{name}: the same batch scores differently", 0)
    _same(scores, _scored(_shipped(scorer), batch), f"{name}: a pickled copy scores differently", 0)
    backwards = batch.iloc[::-1]
    _same(scores[::-1], _scored(scorer, backwards), f"{name}: scores depend on order", TOLERANCE)
    for row in range(min(len(batch), 3)):
        alone = _scored(scorer, batch.iloc[[row]])
        _same(scores[[row]], alone, f"{name}: scores depend on the neighbours", TOLERANCE)
    _require(_scored(scorer, batch.iloc[:0]).shape[0] == 0, f"{name}: no rows, no scores")
    if "text" in scorer.inputs:
        blank = ~batch["text"].astype(str).str.contains(r"\S").to_numpy(dtype=bool)
        _require(bool(np.isnan(scores[blank]).all()), f"{name}: a blank text must score NaN")


def check_exporter(exporter: Exporter, labels: pd.DataFrame, folder: Path) -> Path:
    """Check that an exporter writes whole files, twice the same, and leaves nothing else.

    Args:
        exporter: The part to check.
        labels: Label events with the columns of ``Store.labels``.
        folder: An empty folder to write to.

    Returns:
        The file that was written, for a closer look.

    Raises:
        AssertionError: A promise was broken.
    """
    name = exporter.name
    _require(_is_name(name), f"name {name!r} is not lower-case letters, digits and ._-")
    _require(exporter.suffix.startswith("."), f"{name}: suffix {exporter.suffix!r} has no dot")
    path = folder / f"labels{exporter.suffix}"
    untouched = labels.copy(deep=True)
    exporter.write(labels, path)
    pd.testing.assert_frame_equal(labels, untouched, obj=f"{name}: the labels")
    _require(path.is_file(), f"{name}: no file was written")
    first = path.read_bytes()
    exporter.write(labels, path)
    _require(path.read_bytes() == first, f"{name}: the same labels give another file")
    left = sorted(entry.name for entry in folder.iterdir() if entry != path)
    _require(not left, f"{name}: left {left} beside the file")
    return path


def _require(condition: bool, broken: str) -> None:
    if not condition:
        raise AssertionError(broken)


def _is_name(value: object) -> bool:
    return (
        isinstance(value, str) and re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", value) is not None
    )


def _extracted(extractor: Extractor, page: Page) -> Thread | None:
    """What the package makes of the page with this extractor alone."""
    try:
        thread = extract(page, [extractor])
    except ExtractionError:
        return None
    return thread if thread.platform != NO_PLATFORM else None


def _comparable(thread: Thread) -> tuple[object, ...]:
    comments = [
        (c.id, c.parent_id, c.author, c.text, c.quoted, c.published) for c in thread.comments
    ]
    return thread.article, comments, thread.platform


def _shipped(scorer: Scorer) -> Scorer:
    """The scorer as a worker process would receive it."""
    try:
        sent = pickle.dumps(scorer)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = f"{scorer.name}: cannot be sent to a worker process ({error})"
        raise AssertionError(msg) from error
    arrived: Scorer = pickle.loads(sent)  # noqa: S301 - made two lines above
    return arrived


def _scored(scorer: Scorer, batch: pd.DataFrame) -> NDArray[np.float32]:
    """Scores through the one way in, which checks shape, type and range."""
    score_frame(scorer, batch)
    return scorer.score(batch)


def _same(
    expected: NDArray[np.float32], got: NDArray[np.float32], broken: str, tolerance: float
) -> None:
    _require(
        expected.shape == got.shape
        and bool(np.allclose(expected, got, rtol=0, atol=tolerance, equal_nan=True)),
        broken,
    )
