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
from collections.abc import Iterator
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
        parts = [_texts(comments, name) for name in columns]
        for text, title, article, parent in zip(*parts, strict=True):
            self._of.append(self._number(own_words(text, title, article, parent)))

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
        telling = np.array([self._sketches.is_telling(n) for n in range(count)])
        groups = np.where(telling, groups, -1) if count else groups
        found = np.where(of >= 0, groups[np.maximum(of, 0)], -1) if count else np.full(len(of), -1)
        sizes = np.bincount(found[found >= 0], minlength=1)
        return np.where((found >= 0) & (sizes[np.maximum(found, 0)] > 1), found, -1)

    def campaigns(self, comments: pd.DataFrame, *, least_comments: int) -> Campaigns:
        """Describe the groups; ``comments`` are all that were added, in that order."""
        facts = pd.DataFrame(
            {
                "label": self.labels(),
                "author": _texts(comments, "author"),
                "article": _articles(comments),
                "time": pd.to_datetime(
                    pd.Series(_texts(comments, "published")), utc=True, format="ISO8601",
                    errors="coerce",
                ),
            }
        )  # fmt: skip
        facts = facts[facts["label"] >= 0]
        texts = _texts(comments, "text")
        found = [
            self._describe(part, texts)
            for _, part in facts.groupby("label", sort=True)
            if len(part) >= least_comments
        ]
        found.sort(key=lambda one: (-one[0]["score"], one[1]["row"].min()))
        table = pd.DataFrame(
            [{"campaign": n, **row} for n, (row, _) in enumerate(found, 1)],
            columns=list(CAMPAIGN_COLUMNS),
        )
        members = [part.assign(campaign=n) for n, (_, part) in enumerate(found, 1)]
        empty = pd.DataFrame(columns=list(MEMBER_COLUMNS))
        joined = pd.concat(members, ignore_index=True) if members else empty
        return Campaigns(table, joined[list(MEMBER_COLUMNS)])

    def _describe(
        self, part: pd.DataFrame, texts: list[str]
    ) -> tuple[dict[str, Any], pd.DataFrame]:
        part = part.sort_values("time", kind="stable", na_position="last")
        numbers = [self._of[row] for row in part.index]
        central = self._central(numbers)
        shared = {n: self._sketches.shared(n, central) for n in set(numbers)}
        members = pd.DataFrame(
            {"row": part.index.to_numpy(), "shared": [shared[n] for n in numbers]}
        ).astype({"shared": "float32"})
        row = _figures(part)
        row["text"] = texts[part.index[numbers.index(central)]]
        row["why"] = _sentence(row, len(set(numbers)))
        return row, members

    def _central(self, numbers: list[int]) -> int:
        """The text of a group that shares most with the others, compared with up to 30 of them."""
        counts = pd.Series(numbers).value_counts(sort=True)
        some: list[int] = counts.index[:30].tolist()
        return max(
            some,
            key=lambda n: sum(
                self._sketches.shared(n, other) * counts[other] for other in some
            ),
        )  # fmt: skip


def _texts(comments: pd.DataFrame, name: str) -> list[str]:
    if name not in comments:
        return [""] * len(comments)
    return ["" if value is None or value != value else str(value) for value in comments[name]]


def _articles(comments: pd.DataFrame) -> list[str]:
    """What tells one article from another: its address, else its words."""
    columns = [_texts(comments, name) for name in ("article_url", "article_title", "article_text")]
    return [url or f"{title}\n{text}".strip() for url, title, text in zip(*columns, strict=True)]


def _figures(part: pd.DataFrame) -> dict[str, Any]:
    """Count and score one group, its rows in order of time."""
    comments = len(part)
    authors = part["author"][part["author"] != ""].nunique()
    articles = part["article"][part["article"] != ""].nunique()
    times = part["time"].dropna()
    gaps = times.diff().dropna().dt.total_seconds() / 86_400
    parts = {
        "size": 1 - 1 / comments,
        "many_authors": 1 - 1 / (1 + max(1, authors)),
        "spread": 1 - 1 / (1 + max(1, articles)),
        "tempo": 1 / (1 + float(gaps.median())) if len(gaps) else 0.5,
    }
    kinds = {0: UNKNOWN_AUTHORS, 1: ONE_AUTHOR}
    return {
        "score": float(np.prod(list(parts.values()))),
        "kind": kinds.get(authors, MANY_AUTHORS),
        "comments": comments,
        "authors": authors,
        "articles": articles,
        **parts,
        "first": times.min() if len(times) else pd.NaT,
        "last": times.max() if len(times) else pd.NaT,
    }


def _sentence(row: dict[str, Any], texts: int) -> str:
    """Say what was found, in words a moderator can check."""
    return " ".join(_clauses(row, texts)) + "."


def _clauses(row: dict[str, Any], texts: int) -> Iterator[str]:
    yield f"{row['comments']} comments"
    if row["kind"] == ONE_AUTHOR:
        yield "by one author"
    elif row["kind"] == MANY_AUTHORS:
        yield f"by {row['authors']} authors"
    if row["articles"]:
        yield "under one article" if row["articles"] == 1 else f"under {row['articles']} articles"
    yield "say the same" if texts == 1 else f"say nearly the same, in {texts} wordings,"
    first, last = row["first"], row["last"]
    if isinstance(first, pd.Timestamp) and isinstance(last, pd.Timestamp) and first < last:
        yield f"within {_span(last - first)}"


def _span(time: pd.Timedelta) -> str:
    minutes = time.total_seconds() / 60
    for unit, length in (("days", 1440), ("hours", 60)):
        if minutes >= 2 * length:
            return f"{minutes / length:.0f} {unit}"
    return f"{max(1, round(minutes))} minutes"
