"""The learning loop: what moderators decided becomes corrections over the shipped scores.

``learn`` reads what was decided (``moderation.training.judged``), scores those comments with the
shipped scorers, fits a correction an attribute and keeps those that are better
(``moderation.training.correction``). It writes a model folder that ``moderation.scorers.desk``
lays over the scorers where the setting ``desk_model`` names it. The same labels and scorers give
the same bits, and the folder bears their name, so that an earlier one stays to go back to.

It always starts from the shipped scores, never from an earlier correction. Of the comments, the
folder holds weights of hashed n-grams and counts, no text, no id and no name.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.schema import ATTRIBUTES, Sampling
from moderation.scorers import Scorer, score_frame, versions
from moderation.scorers.desk import KIND
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.packaged import pack, version_of, write_model
from moderation.scorers.quality import rounded
from moderation.store import Store
from moderation.training import correction
from moderation.training.correction import KINDS, LEAST, Correction, Verdict, choose, fit, lay_out
from moderation.training.judged import Judged, labels_of, read_judged

CHUNK = 200
"""Comments scored between two reports of progress."""
COUNTS = ("applies", "applies_not", "approved")
AUDIT, ALL = "the random audit", "all comments"
"""What figures may be of."""
ABOUT: Final = """
Corrections of this desk's own over the shipped scores, learnt from its moderators' decisions: a
logistic regression an attribute, which starts from the shipped score and adds weights of the
shipped logits and of hashed words.

**For**: the desk whose labels these are. **Not for**: other desks, other releases (a correction
holds over the version it was fitted on alone). What moderators agree on, mistakes and habits
included, is what it learns.

**Figures** are by cross-validation: each comment was scored by a fit that had seen neither it, nor
others under its article, nor copies of it. Where they are not of the random audit, the comments
were chosen by their scores, which is not what readers write in general.

**People**: the folder holds no text, id or name. A hashed word's weight is a trace of the comments
it stood in, at least {least} of them: after erasing somebody's comments, learn again and delete
this folder.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attribute.

    Args:
        attribute: Its name.
        applies: Labels that say it applies (0.5 and more).
        applies_not: Labels that say it does not.
        approved: Comments approved without a label of it, which count as if it did not apply.
        measured_on: ``AUDIT`` or ``ALL``; empty where there are too few comments.
        verdict: What its correction is worth; None where there are too few.
        kind: What its correction consists of, of ``KINDS``; empty: no better than what is shipped.
        correction: What was fitted; None where it is not kept.
    """

    attribute: str
    applies: int
    applies_not: int
    approved: int
    measured_on: str = ""
    verdict: Verdict | None = None
    kind: str = ""
    correction: Correction | None = None

    @property
    def line(self) -> str:
        """Say it in one line."""
        counts = (
            f"{self.applies:,} labels say it applies, {self.applies_not:,} that it does not, "
            f"{self.approved:,} comments approved beside them"
        )
        if self.verdict is None:
            return f"{self.attribute}: nothing learnt ({counts}; {LEAST} of either kind are needed)"
        before, after, change = self.verdict.before, self.verdict.after, self.verdict.change
        kept = f"{self.kind} learnt" if self.kind else "nothing learnt, as it would be no better"
        return (
            f"{self.attribute}: {kept} ({counts}). Of {self.measured_on}, {after.n:,}: "
            f"ROC-AUC {before.roc_auc:.3f} to {after.roc_auc:.3f}, calibration error "
            f"{before.ece:.3f} to {after.ece:.3f}, log-loss {change.log_loss:+.4f} "
            f"({change.log_loss_low:+.4f} to {change.log_loss_high:+.4f})"
        )


@dataclass(frozen=True, slots=True)
class Learnt:
    """What ``learn`` did.

    Args:
        outcomes: One an attribute, in their order.
        folder: The model; None where nothing was better than what is shipped.
        version: Of the model; empty without one.
    """

    outcomes: tuple[Outcome, ...]
    folder: Path | None
    version: str


def learn(
    store: Store,
    scorers: Sequence[Scorer],
    output: Path,
    *,
    api: bool = False,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> Learnt:
    """Fit corrections to what moderators decided, and write those that are better.

    Args:
        store: Only read.
        scorers: As ``moderation.scorers.load`` gives them without a desk model.
        output: Folder of desk models; ``<output>/<version>`` is written.
        api: Also learn from labels that came through the HTTP API.
        progress: Called with comments scored and how many there are.

    Raises:
        ModelError: A scorer's model is missing or changed.
        StoreError: The store cannot be read.
    """
    judged = read_judged(store, api=api)
    asked = _asked(scorers, judged.comments)
    total, done = sum(len(rows) for _, _, rows in asked), 0
    outcomes: dict[str, Outcome] = {}
    over: dict[str, str] = {}
    for scorer, names, rows in asked:
        shipped = np.empty((len(rows), len(scorer.attributes)), dtype=np.float32)
        for start in range(0, len(rows), CHUNK):
            some = rows.iloc[start : start + CHUNK]
            shipped[start : start + CHUNK] = score_frame(scorer, some).to_numpy()
            done += len(some)
            progress(done, total)
        found = _fitted(scorer, names, rows, shipped)
        outcomes |= {one.attribute: one for one in found}
        if any(one.correction for one in found):
            over[scorer.name] = scorer.version
    told = tuple(outcomes.get(name) or _counted(judged.comments, name) for name in ATTRIBUTES)
    return _write(output, judged, told, over)


def _asked(
    scorers: Sequence[Scorer], comments: pd.DataFrame
) -> list[tuple[Scorer, list[str], pd.DataFrame]]:
    """Return the scorers that have something to learn: attributes, and comments that say of them.

    What came through the API has no context, so it says nothing to a scorer that reads any.
    """
    standing = versions(scorers)
    found = []
    for scorer in scorers:
        reads_text = tuple(scorer.inputs) == ("text",)
        rows = comments if reads_text else comments[comments["source"] == "desk"]
        own = [name for name in scorer.attributes if standing[name] == scorer.version]
        names = [name for name in own if name in ATTRIBUTES and _is_enough(labels_of(rows, name))]
        if names:
            found.append((scorer, names, rows))
    return found


def _is_enough(labels: pd.Series) -> bool:
    """Whether there are ``LEAST`` of either kind."""
    return bool(min((labels >= 0.5).sum(), (labels < 0.5).sum()) >= LEAST)


def _fitted(
    scorer: Scorer, names: Sequence[str], rows: pd.DataFrame, shipped: NDArray[np.float32]
) -> list[Outcome]:
    """Fit and judge the corrections of one scorer's attributes."""
    known = np.flatnonzero(~np.isnan(shipped).any(axis=1))
    rows, shipped = rows.iloc[known], shipped[known]
    table = lay_out(rows, shipped)
    is_audit = (rows["sampling"] == Sampling.RANDOM).to_numpy()
    found = []
    for name in names:
        said, column = labels_of(rows, name), scorer.attributes.index(name)
        outcome = _counted(rows, name)
        if _is_enough(said):
            is_said = said.notna().to_numpy()
            # What nobody spoke of holds the correction back: it counts as its shipped score.
            labels = np.where(is_said, said, shipped[:, column].astype(float))
            is_audited = _is_enough(said[is_audit])
            measured = is_said & is_audit if is_audited else is_said
            kind, verdict = choose(table, column, labels, measured)
            outcome = replace(
                outcome,
                measured_on=AUDIT if is_audited else ALL,
                verdict=verdict,
                kind=kind,
                correction=fit(table, column, labels, kind) if kind else None,
            )
        found.append(outcome)
    return found


def _counted(rows: pd.DataFrame, name: str) -> Outcome:
    said = rows[name]
    approved = int((said.isna() & rows["approved"]).sum())
    return Outcome(name, int((said >= 0.5).sum()), int((said < 0.5).sum()), approved)


def _write(output: Path, judged: Judged, told: tuple[Outcome, ...], over: dict[str, str]) -> Learnt:
    """Write what is kept, if anything is."""
    arrays: dict[str, NDArray[Any]] = {}
    for one in told:
        if one.correction is not None:
            numbers = np.flatnonzero(one.correction.words)
            arrays |= {
                f"{one.attribute}.scores": one.correction.scores.astype(np.float32),
                f"{one.attribute}.numbers": numbers.astype(np.int32),
                f"{one.attribute}.words": one.correction.words[numbers].astype(np.float32),
                f"{one.attribute}.constant": np.array(one.correction.constant, dtype=np.float32),
            }
    if not arrays:
        return Learnt(told, None, "")
    folder = output / version_of(KIND, [pack(arrays)])
    facts = _facts(judged, told, over)
    card = _card(facts, told)
    return Learnt(
        told, folder, write_model(folder, prefix=KIND, arrays=arrays, facts=facts, card=card)
    )


def _facts(judged: Judged, told: Sequence[Outcome], over: dict[str, str]) -> dict[str, Any]:
    rows = judged.comments
    return {
        "over": over,
        "attributes": [one.attribute for one in told if one.correction],
        "normaliser": NORMALISER,
        "settings": {
            "kinds": {kind: asdict(spreads) for kind, spreads in KINDS.items()},
            "least_texts": correction.LEAST_TEXTS,
            "folds": correction.FOLDS,
            "seed": correction.SEED,
        },
        "newest_label": judged.newest.isoformat(),
        "comments": len(rows),
        "by_source": _counts(rows["source"]),
        "by_sampling": _counts(rows["sampling"].where(rows["source"] == "desk", "api")),
        "left_out": {"labels of bulk decisions": judged.in_bulk},
        "labels": {
            one.attribute: dict(
                zip(COUNTS, (one.applies, one.applies_not, one.approved), strict=True)
            )
            for one in told
        },
        "metrics": [_measured(one, one.verdict) for one in told if one.verdict and one.correction],
    }


def _measured(one: Outcome, verdict: Verdict) -> dict[str, Any]:
    """Return the row of a manifest's ``metrics``, and beside it what the shipped score does."""
    own = {"set": f"desk, {one.measured_on}", "attribute": one.attribute, **rounded(verdict.after)}
    own |= {"kind": one.kind}
    return own | {"shipped": rounded(verdict.before), "change": asdict(verdict.change)}


def _counts(values: pd.Series) -> dict[str, int]:
    return dict(sorted(Counter(values.tolist()).items()))


def _card(facts: dict[str, Any], told: Sequence[Outcome]) -> str:
    """Write the model's card; ``{version}`` stays to be filled in."""
    lines = ["# desk: `{version}`", "", ABOUT.format(least=correction.LEAST_TEXTS).strip(), ""]
    lines += ["## Over", "", *(f"- `{name}`: `{of}`" for name, of in facts["over"].items()), ""]
    lines += [
        "## Labels",
        "",
        f"{facts['comments']:,} comments, the newest label of {facts['newest_label']}.",
    ]
    for name in ("by_source", "by_sampling", "left_out"):
        counts = ", ".join(f"{key} {count:,}" for key, count in facts[name].items())
        lines.append(f"{name.replace('_', ' ').capitalize()}: {counts}.")
    lines += ["", "## Figures, shipped and corrected", ""]
    head = "| attribute | applies | does not | approved | measured on | n | ROC-AUC shipped "
    head += "| corrected (95 %) | calibration error | log-loss, change (95 %) | |"
    lines += [head, "|---|---:|---:|---:|---|---:|---:|---|---|---|---|"]
    return "\n".join([*lines, *map(_row, told)]) + "\n"


def _row(one: Outcome) -> str:
    head = f"| {one.attribute} | {one.applies:,} | {one.applies_not:,} | {one.approved:,} |"
    if one.verdict is None:
        return f"{head} | | | | | | too few |"
    before, after, change = one.verdict.before, one.verdict.after, one.verdict.change
    return (
        f"{head} {one.measured_on} | {after.n:,} | {before.roc_auc:.3f} | {after.roc_auc:.3f} "
        f"({after.low:.3f} to {after.high:.3f}) | {before.ece:.3f} to {after.ece:.3f} | "
        f"{change.log_loss:+.4f} ({change.log_loss_low:+.4f} to {change.log_loss_high:+.4f}) | "
        f"{one.kind or 'no better: as shipped'} |"
    )
