"""Recipe ``scales``: each toxicity profile's scores on the scale of the Perspective API's.

Fitted on the train and dev part of ``context_toxicity``, which carries Perspective's TOXICITY of
every comment, and measured on its test part. The points of a scale are the scores that the same
shares of the comments reach in both (``SHARES``); the highest is reached by some twenty. Reported,
each by itself: agreement in rank with Perspective; how well both find what readers called toxic;
and what an old threshold becomes, with how many comments both flag there. What a score on this
scale says of readers is looked at on another set, half of whose comments are toxic, as those were
that Perspective fitted its own scores on.

The encoders have read most of the comments of the train part, labelled as readers judged them; that
the scale holds for others is what the test part shows.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, spearmanr

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.measures import RESAMPLES, Floats, figures
from moderation.scorers import TOXICITY, Scorer, score_frame
from moderation.scorers.offered import at
from moderation.scorers.packaged import write_model
from moderation.scorers.quality import held_out, rounded
from moderation.scorers.scales import NAME, Scale
from moderation.training.report import Report, data_facts

SCORED, READERS = "context_toxicity", "civil_comments_binary"
ATTRIBUTE = "toxicity"
SHARES = (0.75, *(2.0**-halvings for halvings in range(1, 10)))
"""Of the comments reach a point."""
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
"""Of Perspective's, as its clients use them: 0.5 in research, 0.8 Coral, 0.85 and 0.9 Discourse."""
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
ABOUT = """# scales: `{version}`

Puts the scores of the toxicity profiles on the scale of the Perspective API's TOXICITY, for
programs that were set up for its scores. It changes no order, and no score but those under
Perspective's names.

**Limits**: fitted on talk pages of an English encyclopedia at the natural rate; the top of the
scale rests on few comments. TOXICITY alone: no scores of Perspective's are known for others.

## Data

"""


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Fit, measure and write ``<output>/scales``; returns its version.

    The profiles are those of ``output``, where they lie there.

    Raises:
        InputError: A set it needs is not there.
        ModelError: A profile's folder is missing or changed.
    """
    for name in (SCORED, READERS):
        if not sets.data_path(name, datasets).is_file():
            raise InputError(str(datasets), f"no set {name}")
    known = sets.read(sets.catalogue()[SCORED], datasets).dropna(subset=["perspective"])
    readers = held_out(sets.catalogue()[READERS], datasets)
    arrays: dict[str, Floats] = {}
    profiles: dict[str, Any] = {}
    for number, (profile, packaged) in enumerate(TOXICITY.items()):
        report(f"profile {profile}", number / len(TOXICITY))
        scorer = at(packaged, output)
        scored = _scored(scorer, known)
        fitted, kept = (scored[(scored["split"] == "test") == is_test] for is_test in (False, True))
        points = _points(fitted["score"].to_numpy(), fitted["perspective"].to_numpy())
        arrays[f"{ATTRIBUTE}@{scorer.version}"] = points.astype(np.float32)
        scale = Scale("", *(tuple(map(float, row)) for row in points))
        profiles[profile] = {
            "version": scorer.version,
            "fitted_on": len(fitted),
            "rank": _rank(kept),
            "accuracy": _accuracy(kept),
            "thresholds": _thresholds(scale, fitted, kept),
            "readers": _readers(scale, _scored(scorer, readers)),
        }
    facts: dict[str, Any] = {
        "settings": {"shares": SHARES},
        "data": data_facts([SCORED, READERS], known.assign(set=SCORED), datasets),
        "profiles": profiles,
    }
    return write_model(
        output / NAME, prefix="scales-1", arrays=arrays, facts=facts, card=_card(facts)
    )


def _scored(scorer: Scorer, frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``score``; rows that have none are left out."""
    scores = score_frame(scorer, frame)[ATTRIBUTE].astype(float)
    return frame.assign(score=scores).dropna(subset=["score"])


def _points(own: Floats, perspective: Floats) -> Floats:
    """Return (2, points) scores that the same shares of the rows reach, from 0 to 1."""
    quantiles = [1 - share for share in SHARES]
    return np.array([[0, *np.quantile(one, quantiles), 1] for one in (own, perspective)])


def _rank(kept: pd.DataFrame) -> dict[str, Any]:
    """Measure how far both order the comments alike, with 95 % bootstrap intervals."""
    generator = np.random.default_rng(0)
    pair = kept[["score", "perspective"]].to_numpy()
    drawn = [pair[generator.integers(0, len(pair), len(pair))] for _ in range(RESAMPLES)]
    found: dict[str, Any] = {"n": len(pair)}
    for name, measure in (("spearman", spearmanr), ("kendall", kendalltau)):
        low, high = np.percentile([measure(*rows.T).statistic for rows in drawn], [2.5, 97.5])
        value = measure(*pair.T).statistic
        found[name] = {key: round(float(one), 4) for key, one in
                       (("value", value), ("low", low), ("high", high))}  # fmt: skip
    return found


def _accuracy(kept: pd.DataFrame) -> dict[str, Any]:
    """Measure how well both find what readers called toxic."""
    labels = kept[ATTRIBUTE].to_numpy(dtype=float)
    return {
        name: rounded(figures(kept[column].to_numpy(dtype=float), labels))
        for name, column in (("own", "score"), ("perspective", "perspective"))
    }


def _thresholds(scale: Scale, fitted: pd.DataFrame, kept: pd.DataFrame) -> list[dict[str, Any]]:
    """Say what thresholds of Perspective's become, and whom both flag there."""
    generator = np.random.default_rng(0)
    pair = fitted[["score", "perspective"]].to_numpy()
    drawn = [
        _points(*pair[generator.integers(0, len(pair), len(pair))].T) for _ in range(RESAMPLES)
    ]
    mapped = kept["score"].map(scale.to_perspective)
    rows = []
    for threshold in THRESHOLDS:
        low, high = np.percentile(
            [np.interp(threshold, points[1], points[0]) for points in drawn], [2.5, 97.5]
        )
        theirs, ours = kept["perspective"] >= threshold, mapped >= threshold
        rows.append(
            {
                "perspective": threshold,
                "own": round(scale.to_own(threshold), 3),
                "low": round(float(low), 3),
                "high": round(float(high), 3),
                "flagged_by_perspective": int(theirs.sum()),
                "flagged": int(ours.sum()),
                "flagged_by_both": int((theirs & ours).sum()),
            }
        )
    return rows


def _readers(scale: Scale, scored: pd.DataFrame) -> list[dict[str, Any]]:
    """Say how many of the comments in each band of the scale most readers called toxic."""
    bands = pd.cut(scored["score"].map(scale.to_perspective), BANDS, include_lowest=True)
    grouped = scored.groupby(bands, observed=True)[ATTRIBUTE]
    return [
        {"from": max(0.0, round(float(band.left), 1)), "to": round(float(band.right), 1),
         "n": len(rows), "toxic": round(float(rows.mean()), 4)}
        for band, rows in grouped
    ]  # fmt: skip


def _card(facts: dict[str, Any]) -> str:
    lines = ["| set | licence | rows |", "|---|---|---:|"]
    lines += [
        f"| `{name}` | {entry['licence']} | {entry['rows']:,} |"
        for name, entry in facts["data"].items()
    ]
    lines += ["", "The last is looked at, not learnt from. Figures: docs/perspective.md."]
    return ABOUT + "\n".join(lines) + "\n"
