"""Recipe ``political_spam``: how political a text is, then a head that joins it with drift.

The first stage learns political from other texts, the names of sides masked. The second
learns on texts the first has not seen: political comments in their own context are not spam,
under foreign articles they are; other comments are spam nowhere.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers import ngrams
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.normalise import has_content, normalise
from moderation.scorers.off_topic import drift
from moderation.scorers.packaged import Model, read_manifest, read_model, write_model
from moderation.scorers.political_spam import PoliticalSpamScorer, design, political
from moderation.scorers.relatedness import relatedness
from moderation.scorers.sides import mask
from moderation.training.linear import fit_curve, fit_logistic
from moderation.training.off_topic import fit_head
from moderation.training.pairs import PLACES, read_pairs
from moderation.training.report import Report, data_facts, held_out_figures, model_card
from moderation.training.toxicity import count_matrix, rarity

L2 = 1e-3
"""Of the first stage; a stronger one carries over better from posts to comments."""
SPAM_SHARE = 0.2
MOST_ROWS = 8000
"""Rows of one set in the first stage, the first by the hash of their text."""
POLITICAL_PLACES = 0.5
"""Share of texts without context that are put under political articles."""
BARE_SETS = ("political_posts", "ira_trolls", "political_statements")
"""Political texts that stand under no article; they are put under foreign ones."""
ABOUT = """
The chance that a comment's main matter is political and not the article's: how political its
words are with the names of sides masked, how far it drifted, whether it names a side that
article, parent and thread do not, and how many comments say the same.

**For**: ordering a review queue. **Not for**: removing comments without a person, or measuring
anybody's politics.

**Limits**: "political" was learnt from newsgroups of 1993, posts of US politicians of 2013 and
accounts of trolls of 2016, none of them judged as spam; politics in other words, countries
and years is missed. Sides are masked so that swapping them leaves the content as it was; the
list is in `moderation/scorers/sides.py` and is not complete. Calibrated for one comment in
five being spam, more than most sites see.
"""


def fit(datasets: Path, output: Path, report: Report) -> str:
    """Train, calibrate, measure and write ``<output>/political_spam``; returns its version."""
    words, off_topic = output / "words", output / "off_topic"
    report("reading", 0.0)
    frame = _read_political(datasets)
    report("fitting content", 0.2)
    arrays = _fit_content(frame)
    report("building cases", 0.4)
    cases = _cases(frame, _unseen(read_pairs(datasets, words, split=("train", "dev"))))
    report("fitting the head", 0.6)
    related = relatedness(cases, words)
    content = political(cases["text"], Model("", arrays))
    table = design(content, related, drift(related, read_model(off_topic)))
    arrays |= fit_head(table.astype(float), cases, "political_spam", share=SPAM_SHARE)
    used = pd.concat([frame, cases])
    facts: dict[str, Any] = {
        "attributes": ["political_spam"],
        "normaliser": NORMALISER,
        "requires": {part.name: read_manifest(part)["version"] for part in (words, off_topic)},
        "settings": {"l2": L2, "spam_share": SPAM_SHARE},
        "data": data_facts(sorted(set(used["set"])), used, datasets),
    }
    folder = output / "political_spam"
    write_model(folder, prefix="political-1", arrays=arrays, facts=facts, card="")
    report("measuring", 0.8)
    facts["metrics"] = held_out_figures(PoliticalSpamScorer(folder, off_topic, words), datasets)
    card = model_card("political_spam", ABOUT, facts)
    return write_model(folder, prefix="political-1", arrays=arrays, facts=facts, card=card)


def _read_political(datasets: Path) -> pd.DataFrame:
    """Stack the rows that are known to be political or not, without any test part."""
    frames = []
    for info in sets.present(datasets):
        if info.political and info.trainable:
            frame = sets.read(info, datasets).assign(set=info.name)
            frame = frame[(frame["split"] != "test") & frame["political"].notna()]
            frames.append(frame.sort_values("key").head(MOST_ROWS))
    if not frames:
        raise InputError(str(datasets), "no set that tells political texts from others")
    stacked = pd.concat(frames, ignore_index=True)
    stacked["words"] = [mask(normalise(text)) for text in stacked["text"]]
    return stacked[stacked["words"].map(has_content)].reset_index(drop=True)


def _fit_content(frame: pd.DataFrame) -> dict[str, Any]:
    """Fit the first stage, and calibrate it on the rows kept apart."""
    matrix = count_matrix(frame["words"])
    labels = frame["political"].to_numpy(dtype=float)
    row_weights = 1 / np.sqrt(frame.groupby("set")["text"].transform("size").to_numpy(dtype=float))
    kept = _is_kept_apart(frame["key"])
    learnt, apart = np.flatnonzero(~kept), np.flatnonzero(kept)
    scale = rarity(matrix[learnt])
    weights, intercept = fit_logistic(
        matrix[learnt], labels[learnt], row_weights[learnt], l2=L2, scale=scale
    )
    logits = (matrix[apart] @ weights.astype(np.float32)).astype(float) + intercept
    knots, values = fit_curve(logits, labels[apart], row_weights[apart])
    return {
        "weights": weights.astype(np.float16).reshape(ngrams.FEATURES, 1),
        "content_intercept": np.array(intercept, dtype=np.float32),
        "content_x": knots.astype(np.float32),
        "content_y": values.astype(np.float32),
    }


def _is_kept_apart(keys: pd.Series) -> NDArray[np.bool_]:
    """Mark the quarter of texts that the first stage does not learn from."""
    return np.array([int(key[:8], 16) % 4 == 0 for key in keys], dtype=bool)


def _unseen(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the pairs whose comment the first stage has not learnt from."""
    unknown = pairs["political"].isna().to_numpy()
    return pairs[unknown | _is_kept_apart(pairs["key"])].reset_index(drop=True)


def _cases(frame: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Build rows that are political spam or are not.

    In its own context no comment is spam; in a foreign one it is, if it is known to be
    political, and is not, if it is known not to be. Half of the texts that have no context
    of their own are put under political articles.
    """
    generator = np.random.default_rng(11)
    home = pairs[pairs["off_topic"] == 0].assign(political_spam=0.0)
    away = pairs[(pairs["off_topic"] == 1) & pairs["political"].notna()]
    away = away.assign(political_spam=away["political"])
    bare = frame[frame["set"].isin(BARE_SETS)]
    bare = bare[_is_kept_apart(bare["key"])].reset_index(drop=True)
    heated = np.flatnonzero((pairs["political"] == 1) | (pairs["set"] == "arc_relatedness"))
    places = np.where(
        generator.random(len(bare)) < POLITICAL_PLACES,
        generator.choice(heated, len(bare)),
        generator.integers(0, len(pairs), len(bare)),
    )
    drawn = pairs.iloc[places].reset_index(drop=True)
    placed = bare.assign(**{place: drawn[place] for place in PLACES})
    placed = placed.assign(political_spam=placed["political"])
    return pd.concat([home, away, placed], ignore_index=True)
