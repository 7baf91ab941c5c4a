"""The dumps model: how sure the reading of a text dump is, guess by guess.

A logistic regression each for a comment's bounds, its author and its parent, over the signs of
``moderation.extractors.dump_confidence``. A guess counts as right where the gold thread says the
same: the bounds where the F1 of the bags of words is at least 0.9, author and parent where the
comment is one at all.

Trained on ``pages/text`` (dumps of real pages with gold threads) and, in a checkout, on the golden
dumps of the tests. Calibration is measured cross-validated: every dump is judged by weights that
were fitted without it. What finds the comments was made with the same dumps at hand, so on
others it is right less often than these figures have it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from moderation.errors import InputError
from moderation.extractors.dump_confidence import GUESSES, SIGNS, signs_for, signs_of
from moderation.extractors.plain_text import read_lines
from moderation.measures import calibration_error
from moderation.training.records import bag_of_words, same_words

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "plain-text"
FOLDS = 10
C = 1.0
"""Inverse strength of the regularisation."""
LAYOUT = 1
"""Raised when the signs change their meaning."""

BANDS = ((0.0, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.01))
"""Guesses told together on the card."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int_]
Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess about one record: what it is about, its signs, and whether it is right."""

    dump: int
    about: str
    signs: Mapping[str, float]
    right: bool


def fit(pages: Path, output: Path, report: Report) -> str:
    """Fit on all dumps, cross-validate by dump, write ``<output>/dumps``.

    Args:
        pages: Folder of pages; its ``text`` holds ``NAME.txt`` and ``NAME.gold.json``.
        output: Folder of the packaged models.
        report: Told the step and how much is done.

    Returns:
        The version of the model.

    Raises:
        InputError: There are no such dumps.
    """
    real = [(path, path.with_suffix(".gold.json")) for path in sorted(pages.glob("text/*.txt"))]
    if not real:
        raise InputError(str(pages), "holds no text/NAME.txt; expected dumps with gold threads")
    golden = [(path, path.with_suffix(".json")) for path in sorted(GOLDEN.glob("*.txt"))]
    dumps = [*real, *golden]
    guesses: list[Guess] = []
    for index, (path, gold) in enumerate(dumps):
        report(f"reading {path.stem}", index / len(dumps))
        guesses += _guesses(index, path.read_text(encoding="utf-8"), _gold(gold))
    weights: dict[str, float] = {}
    figures = {}
    for about in GUESSES:
        report(f"fitting {about}", 1.0)
        ours = [guess for guess in guesses if guess.about == about]
        signs = np.array([[guess.signs[name] for name in signs_for(about)] for guess in ours])
        right = np.array([guess.right for guess in ours])
        dump = np.array([guess.dump for guess in ours])
        weights |= _weights(about, _fitted(signs, right, dump))
        figures[about] = _calibration(signs, right, dump)
    texts = b"".join(path.read_bytes() for path, _ in real)
    return _write(output / "dumps", weights, figures, (len(real), len(golden), texts))


def _gold(path: Path) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["comments"]
    return found


def _guesses(dump: int, text: str, gold: Sequence[Mapping[str, Any]]) -> list[Guess]:
    """Return the guesses of a dump; comments are paired in order, each gold one once."""
    lines, reading, records, replies = read_lines(text)
    bags = [
        [bag_of_words(said) for said in (one["text"], *one.get("text_alt", ()))] for one in gold
    ]
    pairs: dict[int, int] = {}
    for index, record in enumerate(records):
        said = bag_of_words("\n".join(lines[i].text for i in record.body))
        free = (at for at, bag in enumerate(bags) if at not in pairs.values())
        match = next((at for at in free if same_words(said, bags[at])), None)
        if match is not None:
            pairs[index] = match
    found = []
    signs = signs_of(lines, reading, records, replies)
    for index, (record, reply) in enumerate(zip(records, replies, strict=True)):
        found.append(Guess(dump, "comment", signs[index], index in pairs))
        if index not in pairs:
            continue
        wanted = gold[pairs[index]]
        if wanted["author"]:
            same = _plain(record.author) == _plain(wanted["author"])
            found.append(Guess(dump, "author", signs[index], same))
        parent = None if reply.parent is None else pairs.get(reply.parent, -1)
        found.append(Guess(dump, "parent", signs[index], parent == wanted["parent"]))
    return found


def _plain(name: str) -> str:
    return " ".join(name.casefold().lstrip("@").split())


def _fitted(signs: Floats, right: Flags, dump: Numbers) -> LogisticRegression:
    """Fit with every dump counting the same: its comments stand and fall together.

    One dump is made up, with one usual guess that is right and one that is not: nothing is
    certain, however few the dumps.
    """
    share = _shares(dump)
    share = np.append(share / share.mean(), (0.5, 0.5))
    usual = signs.mean(axis=0)
    model = LogisticRegression(C=C, max_iter=1000)
    return model.fit(np.vstack((signs, usual, usual)), np.append(right, (True, False)), share)


def _shares(dump: Numbers) -> Floats:
    """Return the weight of each guess, 1 for all of a dump's together."""
    _, place, count = np.unique(dump, return_inverse=True, return_counts=True)
    return np.asarray(1 / count[place], dtype=np.float64)


def _weights(about: str, model: LogisticRegression) -> dict[str, float]:
    names = [about, *(f"{about}.{name}" for name in signs_for(about))]
    values = chain(model.intercept_, model.coef_[0])
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _calibration(signs: Floats, right: Flags, dump: Numbers) -> dict[str, Any]:
    """Judge every dump by weights fitted without it; tell how often the guesses come true."""
    sure = np.empty(len(right))
    for train, test in GroupKFold(FOLDS).split(signs, right, dump):
        model = _fitted(signs[train], right[train], dump[train])
        sure[test] = model.predict_proba(signs[test])[:, 1]
    share = _shares(dump)
    rate = float(np.average(right, weights=share))
    return {
        "guesses": len(right),
        "right": round(float(right.mean()), 4),
        "right_by_dump": round(rate, 4),
        "brier_by_dump": round(float(np.average((sure - right) ** 2, weights=share)), 4),
        "brier_of_the_rate": round(rate * (1 - rate), 4),
        "calibration_error": round(calibration_error(sure, right.astype(float)), 4),
        "bands": [band for edge in BANDS if (band := _band(sure, right, *edge))],
    }


def _band(sure: Floats, right: Flags, low: float, high: float) -> dict[str, float]:
    inside = (sure >= low) & (sure < high)
    if not inside.any():
        return {}
    return {
        "from": low,
        "to": min(high, 1.0),
        "guesses": int(inside.sum()),
        "mean": round(float(sure[inside].mean()), 3),
        "right": round(float(right[inside].mean()), 3),
    }


def _write(
    folder: Path,
    weights: Mapping[str, float],
    figures: Mapping[str, Any],
    data: tuple[int, int, bytes],
) -> str:
    """Write weights, manifest and card; returns the version."""
    folder.mkdir(parents=True, exist_ok=True)
    content = (json.dumps(weights, indent=1) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    version = f"dumps-{LAYOUT}-{digest[:8]}"
    real, golden, texts = data
    manifest = {
        "format": 1,
        "name": "dumps",
        "version": version,
        "files": {"weights.json": {"sha256": digest, "bytes": len(content)}},
        "settings": {"c": C, "folds": FOLDS},
        "data": {"dumps": real, "sha256": hashlib.sha256(texts).hexdigest(), "golden": golden},
        "metrics": figures,
    }
    rows = [
        f"| {about} | {one['guesses']} | {one['right']:.3f} | {one['right_by_dump']:.3f} |"
        f" {one['brier_by_dump']:.4f} | {one['brier_of_the_rate']:.4f} |"
        f" {one['calibration_error']:.3f} |"
        for about, one in figures.items()
    ]
    bands = [
        f"| {about} | {band['from']:.2f} to {band['to']:.2f} | {band['guesses']} |"
        f" {band['mean']:.3f} | {band['right']:.3f} |"
        for about, one in figures.items()
        for band in one["bands"]
    ]
    signs = [
        f"| `{name}` | {weight:+.2f} | {SIGNS[sign][1] if sign else 'every guess'} |"
        for name, weight in weights.items()
        for sign in [name.partition(".")[2]]
    ]
    card = _CARD.strip().format(
        version=version,
        real=real,
        golden=golden,
        folds=FOLDS,
        rows="\n".join(rows),
        bands="\n".join(bands),
        signs="\n".join(signs),
    )
    (folder / "weights.json").write_bytes(content)
    text = json.dumps(manifest, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card + "\n", encoding="utf-8")
    return version


_CARD = """
# dumps: `{version}`

Tells how sure the reading of a text dump is: that a comment begins and ends where it was found to,
that its author wrote it, that it answers its parent. A logistic regression each
(`moderation/extractors/dump_confidence.py` says what the signs are).

**For**: looking first at what is doubtful, and leaving it out where a mistake costs more than a
gap.
**Limits**: what finds the comments was made with the same dumps at hand, so on dumps of other sites
it is right less often, and the numbers are too high. A reply that nothing in the dump tells of is
not known to be one; its `parent` says so only in part.

## Data

{real} text dumps of real pages with gold threads (not in this package) and {golden} golden dumps of
this repository. Every dump counts the same: its comments stand and fall together.

## Figures

Cross-validated: {folds} folds by dump. The Brier score is the mean squared distance of guess and
truth, as the mean of dumps; "of the rate" is that of always naming the share that is right.

| guess | guesses | right | mean of dumps | Brier | of the rate | calibration error |
|---|---:|---:|---:|---:|---:|---:|
{rows}

| guess | told | guesses | mean told | right |
|---|---|---:|---:|---:|
{bands}

## Weights

| sign | log-odds | what it says |
|---|---:|---|
{signs}
"""
