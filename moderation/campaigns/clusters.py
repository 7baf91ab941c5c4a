"""Campaigns: groups of comments that say nearly the same, scored and explained.

Four things make a group a campaign, each from 0 to below 1; their product is its score:

- size: ``1 - 1 / comments``;
- authors: ``1 - 1 / (1 + authors)``, one half for one author who repeats himself;
- spread: ``1 - 1 / (1 + articles)``;
- tempo: ``1 / (1 + g)``, where g is the median gap between one comment and the next, in days;
  one half where fewer than two times are known.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from moderation.campaigns.sketches import Sketches
from moderation.campaigns.words import own_words

INPUTS = (
    "text",
    "author",
    "published",
    "article_url",
    "article_title",
    "article_text",
    "parent_text",
)
"""Columns that are read; only ``text`` is needed, the others may be missing or empty."""
LEAST_WORDS = 5
"""Of fewer own words nothing is said."""
LEAST_COMMENTS = 3
_CHUNK_ROWS = 5000
"""Comments whose texts are made Python's at a time; the table holds them in half the room."""
ONE_AUTHOR, MANY_AUTHORS, UNKNOWN_AUTHORS = "one author", "many authors", "authors unknown"
"""Kinds of campaign."""
CAMPAIGN_COLUMNS = (
    "campaign", "score", "kind", "comments", "authors", "articles",
    "size", "many_authors", "spread", "tempo", "first", "last", "text", "why",
)  # fmt: skip
MEMBER_COLUMNS = ("campaign", "row", "shared")


@dataclass(frozen=True)
class Campaigns:
    """What was found.

    Args:
        table: ``CAMPAIGN_COLUMNS``, the highest score first: ``campaign`` counts from 1; ``score``
            and its parts ``size, many_authors, spread, tempo`` are in [0, 1]; ``authors`` and
            ``articles`` count the known ones; ``first`` and ``last`` are UTC, NaT if unknown;
            ``text`` is the member that is most like the others; ``why`` says it in a sentence.
        members: ``MEMBER_COLUMNS``: the campaign, the place of the comment in the input, and
            the share of words that it has in common with ``text``, in the same order, in [0, 1].
            By campaign, then by time, then by place.
    """

    table: pd.DataFrame
    members: pd.DataFrame


def find_campaigns(comments: pd.DataFrame, *, least_comments: int = LEAST_COMMENTS) -> Campaigns:
    """Find the groups of comments that say nearly the same.

    Args:
        comments: One row per comment, the columns of ``INPUTS``.
        least_comments: Groups of fewer are left out; at least 2.
    """
    groups = Groups()
    groups.add(comments)
    return groups.campaigns(comments, least_comments=least_comments)


class Groups:
    """Collects comments, chunk by chunk, and groups those that say nearly the same."""

    def __init__(self) -> None:
        self._sketches = Sketches()
        self._numbers: dict[bytes, int] = {}
        self._of = array("q")

    def add(self, comments: pd.DataFrame) -> None:
        """Append comments; reads the columns of ``INPUTS`` but those of author and time."""
        columns = ("text", "article_title", "article_text", "parent_text")
        for start in range(0, len(comments), _CHUNK_ROWS):
            part = comments.iloc[start : start + _CHUNK_ROWS]
            for words in map(own_words, *(_texts(part, name) for name in columns)):
                self._of.append(self._number(words))

    def _number(self, words: list[str]) -> int:
        """Return the number of a text, the same for the same words; -1 for too few."""
        if len(words) < LEAST_WORDS:
            return -1
        joined = " ".join(words).encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(joined, digest_size=12).digest()
        number = self._numbers.setdefault(key, len(self._numbers))
        if number == len(self._sketches):
            self._sketches.add([words])
        return number

    def labels(self) -> NDArray[np.int64]:
        """Return (comments,): a number per group of comments, -1 for those that stand alone."""
        of = np.array(self._of, dtype=np.int64)
        count = len(self._sketches)
        pairs = self._sketches.pairs()
        graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count))
        _, groups = connected_components(graph, directed=False)
        sizes = np.bincount(groups[of[of >= 0]], minlength=count)[groups]
        told = [size > 1 and self._sketches.is_telling(n) for n, size in enumerate(sizes.tolist())]
        labels = np.where(np.array(told, dtype=bool), groups, -1).astype(np.int64)
        return np.append(labels, -1)[of]

    def campaigns(self, comments: pd.DataFrame, *, least_comments: int) -> Campaigns:
        """Describe the groups; ``comments`` are all that were added, in that order."""
        labels = self.labels()
        sizes = np.bincount(labels[labels >= 0], minlength=1)
        rows = np.flatnonzero((labels >= 0) & (sizes[labels] >= least_comments))
        facts = _facts(comments.iloc[rows]).assign(row=rows, label=labels[rows])
        table = _figures(facts)
        campaign = facts["label"].map(table["campaign"]).astype("int64")
        members = self._members(facts.assign(campaign=campaign))
        typical = members[members["number"] == members["central"]].drop_duplicates("campaign")
        wordings = members.groupby("campaign")["number"].nunique()
        table = table.assign(
            text=_texts(comments.iloc[typical["row"]], "text"),
            why=[
                _sentence(row, texts)
                for row, texts in zip(table.to_dict("records"), wordings, strict=True)
            ],
        )
        return Campaigns(
            table[list(CAMPAIGN_COLUMNS)].reset_index(drop=True),
            members[list(MEMBER_COLUMNS)].reset_index(drop=True),
        )

    def _members(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Order by campaign and time; add ``number``, ``central`` and ``shared`` of the texts."""
        members = facts.sort_values(["campaign", "time", "row"])
        members["number"] = [self._of[row] for row in members["row"]]
        groups = members.groupby("campaign")["number"]
        central = {campaign: self._central(part.tolist()) for campaign, part in groups}
        members["central"] = members["campaign"].map(central)
        pairs = zip(members["number"], members["central"], strict=True)
        shared = [self._sketches.shared(one, other) for one, other in pairs]
        return members.assign(shared=np.array(shared, dtype=np.float32))

    def _central(self, numbers: list[int]) -> int:
        """The text of a group that shares most with the others, compared with up to 30 of them."""
        counts = Counter(numbers).most_common(30)
        return max(
            (number for number, _ in counts),
            key=lambda n: sum(self._sketches.shared(n, other) * count for other, count in counts),
        )


def _facts(comments: pd.DataFrame) -> pd.DataFrame:
    """What is counted of comments: ``author`` and ``article``, None if unknown, and ``time``."""
    published = pd.Series(_texts(comments, "published"))
    return pd.DataFrame(
        {
            "author": [author or None for author in _texts(comments, "author")],
            "article": [article or None for article in _articles(comments)],
            "time": pd.to_datetime(published, utc=True, format="ISO8601", errors="coerce"),
        }
    )


def _texts(comments: pd.DataFrame, name: str) -> list[str]:
    if name not in comments:
        return [""] * len(comments)
    return ["" if value is None or value != value else str(value) for value in comments[name]]


def _articles(comments: pd.DataFrame) -> list[str]:
    """What tells one article from another: its address, else its words."""
    columns = [_texts(comments, name) for name in ("article_url", "article_title", "article_text")]
    return [url or f"{title}\n{text}".strip() for url, title, text in zip(*columns, strict=True)]


def _figures(facts: pd.DataFrame) -> pd.DataFrame:
    """Count and score the groups: a row per ``label``, the highest score first."""
    times = facts.sort_values(["label", "time"]).groupby("label")["time"]
    gaps = times.diff().dt.total_seconds() / 86_400
    table = facts.assign(gap=gaps).groupby("label").agg(
        comments=("row", "size"), authors=("author", "nunique"), articles=("article", "nunique"),
        gap=("gap", "median"), first=("time", "min"), last=("time", "max"), row=("row", "min"),
    )  # fmt: skip
    table["size"] = 1 - 1 / table["comments"]
    table["many_authors"] = 1 - 1 / (1 + table["authors"].clip(lower=1))
    table["spread"] = 1 - 1 / (1 + table["articles"].clip(lower=1))
    table["tempo"] = (1 / (1 + table["gap"])).fillna(0.5)
    table["score"] = table[["size", "many_authors", "spread", "tempo"]].prod(axis=1)
    kinds = {0: UNKNOWN_AUTHORS, 1: ONE_AUTHOR}
    table["kind"] = [kinds.get(authors, MANY_AUTHORS) for authors in table["authors"]]
    table = table.sort_values(["score", "row"], ascending=[False, True])
    return table.assign(campaign=range(1, len(table) + 1))


def _sentence(row: Mapping[Hashable, Any], texts: int) -> str:
    """Say what was found, in words a moderator can check."""
    return " ".join(_clauses(row, texts)) + "."


def _clauses(row: Mapping[Hashable, Any], texts: int) -> Iterator[str]:
    yield f"{row['comments']} comments"
    if row["kind"] == ONE_AUTHOR:
        yield "by one author"
    elif row["kind"] == MANY_AUTHORS:
        yield f"by {row['authors']} authors"
    if row["articles"]:
        yield "under one article" if row["articles"] == 1 else f"under {row['articles']} articles"
    yield "say the same" if texts == 1 else f"say nearly the same, in {texts} wordings"
    first, last = row["first"], row["last"]
    if isinstance(first, pd.Timestamp) and isinstance(last, pd.Timestamp) and first < last:
        yield f"within {_span(last - first)}"


def _span(time: pd.Timedelta) -> str:
    minutes = time.total_seconds() / 60
    for unit, length in (("days", 1440), ("hours", 60)):
        if minutes >= 2 * length:
            return f"{minutes / length:.0f} {unit}"
    return f"{max(1, round(minutes))} minutes"
