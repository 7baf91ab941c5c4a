"""Recipe ``spans``: the word tagger, from what people took out of toxic sentences.

``paradetox_pairs`` holds toxic sentences and up to three rewrites of each that say the same in a
civil way. The label of a word is the share of the rewrites that lack it. Comments that nobody
found toxic (``civil_comments_binary``) are added, all their words with label 0, so that what the
rewriters changed by the way is not learnt.

The posts of ``toxic_spans_civil`` are not used: the set as it is to be had says which share of the
annotators marked something, not where. (Learnt as the chance that any word is marked, that
share made the F1 on ``paradetox_pairs`` and on judged posts lower.) Settings were chosen on the
dev part of ``paradetox_pairs`` by a fit on its train part; the F1 on the judged posts of the dev
part was looked at beside.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.packaged import write_model
from moderation.scorers.places import read_words
from moderation.scorers.span_quality import (
    POSTS,
    REWRITTEN,
    character_f1,
    judged_gold,
    marked_characters,
    mean_f1,
    rewritten_gold,
    rewritten_words,
    tagged,
)
from moderation.scorers.spans import LIKELY
from moderation.scorers.tagger import FEATURES, features
from moderation.training.linear import Floats, fit_logistic
from moderation.training.report import Report, data_facts

CIVIL = "civil_comments_binary"
CIVIL_ROWS, CIVIL_SHARE = 1000, 0.3
"""Comments added, and what their words weigh together beside those of the rewritten sentences."""
L2 = 8e-6
STEPS = 60
FOLDS = 5
LEVELS = (0.3, LIKELY, 0.5)
"""Chances at which a word may count as marked, compared by cross-validation."""
ABOUT = """# spans: `{version}`

How likely a reader is to mark each word of a text as what makes it toxic: a logistic regression
over hashed features of the word and its neighbours. It proposes; whether a word made a score
is decided by the scorer (`moderation/scorers/spans.py`).

**For**: showing a person which words made a score. **Not for**: deleting words, censoring, judging
people.

**Limits**: English. It knows words, not meanings: abuse in plain words is missed, quoted abuse is
marked. What rewriters changed by the way is in the labels, too. Names of groups may be marked.

## Data

Texts of the test parts are left out. None of the texts is in this package.
"""


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Train, cross-validate, measure and write ``<output>/spans``; returns its version.

    Raises:
        InputError: A set it needs is not there.
    """
    for name in (REWRITTEN, CIVIL):
        if not sets.data_path(name, datasets).is_file():
            raise InputError(str(datasets), f"no set {name}")
    report("reading", 0.0)
    held_out = _held_out_keys(datasets)
    sentences = _sentences(datasets, held_out)
    civil = _civil(datasets, held_out)
    report("laying out features", 0.1)
    tables = [_table(text) for text in [*sentences["text"], *civil["text"]]]
    labels = [
        *sentences["shares"],
        *(np.zeros(table.shape[0]) for table in tables[len(sentences) :]),
    ]
    is_civil = np.arange(len(tables)) >= len(sentences)
    fold = pd.util.hash_array(sentences["group"].to_numpy(dtype=object)) % FOLDS
    fold = np.append(fold, np.full(len(civil), FOLDS)).astype(int)
    values: dict[float, list[float]] = {level: [] for level in LEVELS}
    for left_out in range(FOLDS):
        report(f"fold {left_out + 1} of {FOLDS}", 0.2 + 0.1 * left_out)
        weights, intercept = _fit(tables, labels, is_civil, fold != left_out)
        for place in np.flatnonzero(fold == left_out):
            text, gold = sentences["text"].iloc[place], labels[place] > 0.5
            logits = tables[place] @ weights + intercept
            right = marked_characters(text, gold.tolist())
            for level in LEVELS:
                cut = np.log(level / (1 - level))
                found = marked_characters(text, (logits >= cut).tolist())
                values[level].append(character_f1(found, right))
    report("fitting", 0.8)
    weights, intercept = _fit(tables, labels, is_civil, np.full(len(tables), True))
    arrays: dict[str, NDArray[Any]] = {
        "weights": weights.astype(np.float16),
        "intercept": np.array(intercept, dtype=np.float32),
    }
    used = pd.concat([sentences.assign(set=REWRITTEN), civil.assign(set=CIVIL)])
    facts: dict[str, Any] = {
        "normaliser": NORMALISER,
        "settings": {"l2": L2, "civil_share": CIVIL_SHARE, "steps": STEPS, "features": FEATURES},
        "data": data_facts([REWRITTEN, CIVIL], used, datasets),
        "cross_validated": {
            "set": REWRITTEN,
            "folds": FOLDS,
            "n": len(values[LIKELY]),
            "f1": {str(level): round(float(np.mean(found)), 4) for level, found in values.items()},
        },
    }
    folder = output / "spans"
    write_model(folder, prefix="tagger-1", arrays=arrays, facts=facts, card="")
    report("measuring", 0.95)
    facts["metrics"] = _held_out(folder, datasets)
    return write_model(folder, prefix="tagger-1", arrays=arrays, facts=facts, card=_card(facts))


def _held_out_keys(datasets: Path) -> set[str]:
    """Return the keys of the test parts of the sets that are measured."""
    measured = [
        sets.read(sets.catalogue()[name], datasets)
        for name in (REWRITTEN, POSTS)
        if sets.data_path(name, datasets).is_file()
    ]
    return {key for one in measured for key in one.loc[one["split"] == "test", "key"]}


def _sentences(datasets: Path, held_out: set[str]) -> pd.DataFrame:
    """Return ``group``, ``text`` and ``shares``, the label of each word."""
    frame = sets.read(sets.catalogue()[REWRITTEN], datasets)
    frame = frame[(frame["split"] != "test") & ~frame["key"].isin(held_out)]
    rows = [
        (group, text, np.array(found)) for group, text, found in rewritten_words(frame) if found
    ]
    return pd.DataFrame(rows, columns=["group", "text", "shares"], dtype=object)


def _civil(datasets: Path, held_out: set[str]) -> pd.DataFrame:
    frame = sets.read(sets.catalogue()[CIVIL], datasets)
    kept = (frame["split"] != "test") & (frame["toxicity"] == 0) & ~frame["key"].isin(held_out)
    return frame[kept].sort_values("key")[["text"]].head(CIVIL_ROWS)


def _table(text: str) -> sp.csr_matrix:
    """Lay the features of a text out as (words, FEATURES)."""
    words = [word.words for word in read_words(text)]
    numbers, values, ends = features(words)
    return sp.csr_matrix((values, numbers, ends), shape=(len(words), FEATURES))


def _fit(
    tables: list[sp.csr_matrix], labels: list[Floats], civil: NDArray[np.bool_], kept: Any
) -> tuple[Floats, float]:
    places = np.flatnonzero(kept)
    matrix = sp.vstack([tables[place] for place in places]).tocsr()
    target = np.concatenate([labels[place] for place in places])
    added = np.repeat(civil[places], [len(labels[place]) for place in places])
    share = CIVIL_SHARE * (~added).sum() / max(1, added.sum())
    return fit_logistic(matrix, target, np.where(added, share, 1.0), l2=L2, iterations=STEPS)


def _held_out(folder: Path, datasets: Path) -> list[dict[str, Any]]:
    golds = [(REWRITTEN, rewritten_gold(datasets, "test"))]
    if sets.data_path(POSTS, datasets).is_file():
        golds.append((POSTS, judged_gold(datasets, "test")))
    return [
        {"set": name} | mean_f1([tagged(text, folder) for text, _ in gold], gold)
        for name, gold in golds
        if gold
    ]


def _card(facts: dict[str, Any]) -> str:
    lines = [ABOUT, "| set | licence | rows |", "|---|---|---:|"]
    for name, entry in facts["data"].items():
        mark = " (unclear: used, and listed here)" if entry["terms"] == "unstated" else ""
        lines.append(f"| `{name}` | {entry['licence']}{mark} | {entry['rows']:,} |")
    cross = facts["cross_validated"]
    lines += ["", "## Figures", "", "Mean F1 of the characters marked (SemEval-2021 Task 5)."]
    lines += ["What the golds are: `moderation/scorers/span_quality.py`.", ""]
    lines += ["| texts | n | F1 (95 %) |", "|---|---:|---|"]
    score = cross["f1"][str(LIKELY)]
    lines.append(
        f"| `{cross['set']}`, {cross['folds']} folds by sentence | {cross['n']:,} | {score:.3f} |"
    )
    for row in facts["metrics"]:
        area = f"{row['f1']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
        lines.append(f"| `{row['set']}`, kept out of training | {row['n']:,} | {area} |")
    return "\n".join(lines) + "\n"
