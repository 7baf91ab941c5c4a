"""Pairs of comments in which only the side changes: both must score the same.

The pairs stand in ``data/eval/even-handed.toml``, written for this project: parties, leaders,
countries and causes of the politics of six countries, each under an article, in English, Korean,
German and French. They are no part of any training.
"""

import tomllib
from pathlib import Path

import pandas as pd

from moderation.scorers import Scorer, score_frame

PAIRS = Path(__file__).parents[2] / "data" / "eval" / "even-handed.toml"
MEAN_GAP, WORST_GAP = 0.05, 0.15
"""What the gap between the two comments of a pair may be, on average and at the worst pair."""


def read_pairs(path: Path = PAIRS) -> pd.DataFrame:
    """Read the pairs.

    Returns:
        A row a pair: ``country, language, one, other`` (the sides), ``text`` (the comment with a
        gap for the side), ``article_title, article_text``.
    """
    articles = tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    rows = [
        {
            "country": article["country"],
            "language": article["language"],
            "one": one,
            "other": other,
            "text": text,
            "article_title": article["title"],
            "article_text": article["text"],
        }
        for article in articles
        for text in article["comments"]
        for one, other in article["sides"]
    ]
    return pd.DataFrame(rows)


def gaps(scorer: Scorer, pairs: pd.DataFrame) -> pd.DataFrame:
    """Score both comments of every pair.

    Returns:
        ``pairs`` with ``score_one, score_other`` and their distance ``gap``, all in [0, 1].
    """
    scores = {}
    for side in ("one", "other"):
        texts = [
            text.replace("{}", name) for text, name in zip(pairs["text"], pairs[side], strict=True)
        ]
        batch = pairs.assign(text=texts, parent_text="", thread_text="", copies=1)
        scores[f"score_{side}"] = score_frame(scorer, batch)[scorer.attributes[0]]
    found = pairs.assign(**scores)
    return found.assign(gap=(found["score_one"] - found["score_other"]).abs())
