"""Recipe ``political_spam``: how political a text is, then a calibration with drift.

The first stage learns political from other texts, sides and countries masked, and from the
threads written for this project: once for either encoder, once from the names of sides alone. The
second is calibrated on English comments judged in their threads
(``moderation.training.threads``) that the first has not seen.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.frames import text_key
from moderation.measures import figures
from moderation.scorers.context import FOREIGN, LETTERS
from moderation.scorers.even_handed import gaps
from moderation.scorers.even_handed import read_pairs as read_sides
from moderation.scorers.meaning import plain
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.packaged import read_manifest, write_model
from moderation.scorers.political_spam import (
    PoliticalSpamScorer,
    content_of,
    evidence,
    reader_of,
    way_of,
)
from moderation.scorers.quality import held_out, rounded
from moderation.training.calibration import balanced
from moderation.training.linear import fit_curve, fit_logistic
from moderation.training.pairs import read_pairs
from moderation.training.report import (
    DEVELOPMENT,
    Report,
    ablation_table,
    ablations,
    held_out_figures,
    model_card,
)
from moderation.training.threads import read_judged, read_threads, thread_facts

L2 = 1e-4
"""Of the first stage."""
WRITTEN_TIMES = 3
"""What a written comment counts beside others in it, as they are comments under news. Both were
chosen on the development set (English) and on folds of the written threads (other languages)."""
SPAM_SHARE = 0.1
"""Share of political spam the score is calibrated for."""
MOST_ROWS = 2500
"""Rows of one set in the first stage, the first by the hash of their text."""
SWAPPED_ROWS = 100
"""Rows of each kind that are measured under their own and another article."""
PREFIX = "political-3"
PASTED = 5
"""Places in which a comment stands that is measured as part of a campaign."""
DEBATES = "arc_relatedness"
"""Comments of debates on public questions: all of them count as political."""
ABOUT = """
The chance that a comment's main matter is political and not the article's: how political what it
says is, with sides and countries read as one, how far it drifted, and how many comments say
the same. The parts come with the score, and a sentence that says why.

**For**: ordering a review queue. **Not for**: removing comments without a person, or measuring
anybody's politics.

**Limits**: "political" was learnt from newsgroups of 1993, posts of US politicians of 2013,
accounts of trolls of 2016, none of them judged as spam, and from threads written for this
project and labelled by a language model, as are the comments it is calibrated on; politics in
other words, countries and years is missed. Sides are masked so that swapping them leaves the
content as it was; the list is in `moderation/scorers/sides.py` and is not complete. Korean,
German, Spanish, Portuguese, French and Italian were learnt from few written threads and, in
Korean, from comments that readers found hateful on political grounds beside comments on
entertainment news, which count as not political; in other languages only the names of sides
tell politics. It is as good as the drift it reads: an aside of a few words is missed. Calibrated
for one comment in ten being spam, in English.
"""
_SIDES = """
## Symmetry

{pairs} pairs of comments in which only the party, leader, country or cause changes
(`data/eval/even-handed.toml`, written for this project, never trained on): the two scores of a
pair lie {mean:.3f} apart on average, {worst:.3f} at the worst pair (asked: at most 0.05 and 0.15;
`tests/scorers/test_even_handed.py` holds it).
"""
_FOREIGN = """
## The part `political` in other languages

{n} written comments ({by_language}) under {articles} articles whose comments it has not learnt
from: ROC-AUC {roc_auc:.3f} ({low:.3f} to {high:.3f}, comments drawn, not articles).
"""
_SWAPPED = """
## The same comments under another article

{n:,} comments of the test part of `arc_relatedness`, under their own article (not spam) or another
(spam), none of the articles seen in training: ROC-AUC {roc_auc:.3f} ({low:.3f} to {high:.3f}).
Where those under another stand in five places: {pasted:.3f}.
"""


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Train, calibrate, measure and write ``<output>/political_spam``; returns its version."""
    words, off_topic = output / "words", output / "off_topic"
    drift = OffTopicScorer(off_topic, output / "sentences", output / "sentences_multilingual")
    report("reading", 0.0)
    frame = _read_political(datasets, drift)
    report("fitting content", 0.2)
    arrays = _fit_content(frame)
    report("calibrating", 0.3)
    cases = _cases(datasets)
    folder = output / "political_spam"
    write_model(folder, prefix=PREFIX, arrays=arrays, facts={}, card="")
    scorer = PoliticalSpamScorer(folder, drift)
    parts = scorer.parts(cases.assign(copies=1))
    columns = parts[["political", "drift", "brings_side"]].to_numpy(dtype=np.float32).T
    arrays |= calibrate(evidence(*columns), cases)
    used = pd.concat([frame, cases])
    facts: dict[str, Any] = {
        "attributes": ["political_spam"],
        "normaliser": NORMALISER,
        "requires": {
            one.name: read_manifest(one)["version"]
            for one in (off_topic, drift.sentences, drift.foreign)
        },
        "settings": {"l2": L2, "written_times": WRITTEN_TIMES, "spam_share": SPAM_SHARE},
        "data": thread_facts(used, datasets),
    }
    write_model(folder, prefix=PREFIX, arrays=arrays, facts=facts, card="")
    report("measuring", 0.8)
    facts["metrics"] = held_out_figures(scorer, datasets)
    facts["swapped"] = _swapped(scorer, datasets, words)
    facts["pasted"] = _swapped(scorer, datasets, words, copies=PASTED)
    facts["ablations"] = _ablations(scorer, datasets)
    facts["foreign"] = _foreign_figures(frame, arrays)
    facts["sides"] = _side_figures(scorer)
    card = model_card("political_spam", ABOUT, facts) + _further(facts)
    return write_model(folder, prefix=PREFIX, arrays=arrays, facts=facts, card=card)


def calibrate(logits: NDArray[np.float32], cases: pd.DataFrame) -> dict[str, Any]:
    """Fit the curve that reads the chance of political spam off the added evidence."""
    labels = cases["political_spam"].to_numpy(dtype=float)
    row_weights = balanced(cases, "political_spam", SPAM_SHARE)
    knots, values = fit_curve(logits.astype(float), labels, row_weights)
    return {"curve_x": knots.astype(np.float32), "curve_y": values.astype(np.float32)}


def _swapped(
    scorer: PoliticalSpamScorer, datasets: Path, words: Path, copies: int = 1
) -> dict[str, Any] | None:
    """Comments of debates kept out of training, under their own article and under another.

    ``copies``: how many comments say what those under another say.
    """
    if not sets.data_path(DEBATES, datasets).is_file():
        return None
    pairs = read_pairs(datasets, words, split=("test",))
    pairs = pairs[pairs["set"] == DEBATES].groupby("off_topic").head(SWAPPED_ROWS)
    pairs = pairs.assign(copies=np.where(pairs["off_topic"] > 0, copies, 1))
    scores = scorer.score(pairs)[:, 0].astype(float)
    return rounded(figures(scores, pairs["off_topic"].to_numpy(dtype=float)))


def _ablations(scorer: PoliticalSpamScorer, datasets: Path) -> dict[str, Any] | None:
    """The development set with parts of its context taken away, and by single parts."""
    found = ablations(scorer, datasets)
    if found is None:
        return None
    frame = held_out(sets.catalogue()[DEVELOPMENT], datasets)
    labels, parts = frame["political_spam"].to_numpy(dtype=float), scorer.parts(frame)
    return found | {
        f"{name} alone": rounded(figures(parts[name].to_numpy(float), labels))
        for name in ("political", "drift")
    }


def _foreign_figures(frame: pd.DataFrame, arrays: dict[str, Any]) -> dict[str, Any]:
    """How well ``political`` is told in written comments of articles it has not learnt from."""
    foreign = (frame["way"] == FOREIGN) & (frame["set"] == "written")
    rows = frame[foreign & _is_kept_apart(frame["key"])]
    logits = np.stack(rows["features"].tolist()) @ arrays[f"{FOREIGN}content"]
    found = rounded(figures(expit(logits), rows["political"].to_numpy(dtype=float)))
    ranked = {name: found[name] for name in ("n", "positives", "roc_auc", "low", "high", "pr_auc")}
    return ranked | {
        "articles": rows["key"].nunique(),
        "languages": rows["language"].value_counts().to_dict(),
    }


def _further(facts: dict[str, Any]) -> str:
    """Say in the card what the table of held-out figures does not hold."""
    sides, swapped = facts["sides"], facts["swapped"]
    counts = facts["foreign"]["languages"].items()
    by_language = ", ".join(f"{name} {count}" for name, count in counts)
    text = _SIDES.format(**sides) + _FOREIGN.format(**facts["foreign"], by_language=by_language)
    if swapped is not None:
        text += _SWAPPED.format(**swapped, pasted=facts["pasted"]["roc_auc"])
    return text + ablation_table(facts["ablations"])


def _side_figures(scorer: PoliticalSpamScorer) -> dict[str, Any]:
    """How far the two comments of a pair lie apart in which only the side changes."""
    found = gaps(scorer, read_sides())
    countries = found.groupby("country")["gap"].max().round(4).to_dict()
    return {
        "pairs": len(found),
        "mean": round(float(found["gap"].mean()), 4),
        "worst": round(float(found["gap"].max()), 4),
        "worst_by_country": countries,
    }


def _read_political(datasets: Path, drift: OffTopicScorer) -> pd.DataFrame:
    """Stack the rows that are known to be political or not, without any test part.

    ``way`` says how a row is read, ``features`` holds what the first stage reads; rows without
    words are left out.
    """
    frames = []
    for info in sets.present(datasets):
        if info.political and info.trainable:
            frame = sets.read(info, datasets).assign(set=info.name, language=info.language)
            frame = frame[(frame["split"] != "test") & frame["political"].notna()]
            frames.append(frame.sort_values("key").head(MOST_ROWS))
    if not frames:
        raise InputError(str(datasets), "no set that tells political texts from others")
    written = _written()
    written = written[written["variant"] == "thread"]
    stacked = pd.concat([*frames, written], ignore_index=True)
    stacked["way"] = stacked["language"].map(way_of)
    features = [
        content_of(plain(text), reader_of(way, drift))
        for text, way in zip(stacked["text"], stacked["way"], strict=True)
    ]
    stacked["features"] = pd.Series(features, dtype=object)
    return stacked[stacked["features"].notna()].reset_index(drop=True)


def _fit_content(frame: pd.DataFrame) -> dict[str, Any]:
    """Fit the first stage for every way to read, and calibrate it on the rows kept apart."""
    sides = frame.assign(way=LETTERS, features=[found[-1:] for found in frame["features"]])
    return {
        f"{way}{name}": value
        for way, rows in pd.concat([frame, sides]).groupby("way")
        for name, value in _fit_way(rows).items()
    }


def _fit_way(frame: pd.DataFrame) -> dict[str, Any]:
    matrix = np.stack(frame["features"].tolist()).astype(float)
    labels = frame["political"].to_numpy(dtype=float)
    row_weights = 1 / np.sqrt(frame.groupby("set")["text"].transform("size").to_numpy(dtype=float))
    row_weights[frame["set"] == "written"] *= WRITTEN_TIMES
    kept = _is_kept_apart(frame["key"])
    learnt, apart = np.flatnonzero(~kept), np.flatnonzero(kept)
    weights, intercept = fit_logistic(matrix[learnt], labels[learnt], row_weights[learnt], l2=L2)
    logits = matrix[apart] @ weights + intercept
    knots, values = fit_curve(logits, labels[apart], row_weights[apart])
    found = {"content": weights, "content_intercept": np.array(intercept)}
    found |= {"content_x": knots, "content_y": values}
    return {name: value.astype(np.float32) for name, value in found.items()}


def _is_kept_apart(keys: pd.Series) -> NDArray[np.bool_]:
    """Mark the quarter of texts that the first stage does not learn from."""
    return np.array([int(key[:8], 16) % 4 == 0 for key in keys], dtype=bool)


def _cases(datasets: Path) -> pd.DataFrame:
    """Stack English comments judged in their threads that the first stage has not learnt from."""
    written = _written()
    written = written[_is_kept_apart(written["key"]) & (written["language"] == "en")]
    return pd.concat([written, read_judged(datasets)], ignore_index=True)


def _written() -> pd.DataFrame:
    """Read the written threads; the ``key`` is the article's, whose comments stay together."""
    written = read_threads()
    return written.assign(key=written["group"].map(text_key))
