"""Campaigns that were made, to measure how well ``moderation.campaigns`` finds them.

No public set of news comments holds labelled campaigns, so they are built over texts of the
labelled sets, from a fixed seed: texts pasted by many authors or by one, a share of
their words edited and the letters disguised, among comments of other people. Those also hold what
must not be taken for a campaign: many comments on one subject, quotations of the article or
of a parent, one-line reactions that everybody writes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from moderation import datasets as sets
from moderation.campaigns import MANY_AUTHORS, ONE_AUTHOR, find_campaigns

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 2026
BACKGROUND = (
    "civil_comments_binary",
    "context_toxicity",
    "fox_news_hate",
    "kaggle_insults",
    "arc_relatedness",
)
"""Sets of comments under news and in forums."""
ARTICLES = "fnc_relatedness"
"""A set of articles, to be quoted."""
SOURCES = ("arc_relatedness", "political_posts", "ira_trolls", "newsgroups")
"""Sets that campaigns' texts are taken from."""
SETS = tuple(sorted({*BACKGROUND, *SOURCES, ARTICLES}))
"""Every set that is read."""
CAMPAIGNS = 200
SHARES = (0.0, 0.1, 0.2)
"""Shares of words that are edited, against the text all members started from."""
SHORTEST, LONGEST = 8, 120
"""Words of a campaign's text."""
DAYS = 60
QUOTATIONS = 600
"""Comments that quote."""
REACTIONS = (
    "great article thank you for writing this",
    "could not agree with you more on this one",
    "this is the best thing I have read all week",
    "what a waste of time and money this is",
    "I can not believe what I am reading here",
)
"""What many write independently."""
_LOOK_ALIKES = str.maketrans("aeopcyx", "\u0430\u0435\u043e\u0440\u0441\u0443\u0445")
_LEET = str.maketrans("aeiost", "4310$7")
_EMOJI = ("\U0001f525", "\U0001f621", "\u2757", "\U0001f1fa\U0001f1f8", "\U0001f602\U0001f602")


@dataclass(frozen=True, slots=True)
class Found:
    """How well members were found.

    Args:
        share: Of words edited.
        comments: How many were searched.
        members: How many of them were members of a campaign.
        precision: Of the comments that were reported in groups, those whose campaign is the
            one that most of their group belongs to.
        recall: Of the members, those in such a group.
        kinds: Of members that were found, those whose group was told rightly to be of one
            author or of many.
    """

    share: float
    comments: int
    members: int
    precision: float
    recall: float
    kinds: float


def measure_campaigns(datasets: Path, seed: int = SEED) -> list[Found] | None:
    """Build campaigns for every share of edits and look for them; None: a set is missing."""
    made = [(share, make_campaigns(datasets, share, seed=seed)) for share in SHARES]
    return [compare(rows, share) for share, rows in made if rows is not None] or None


def compare(made: pd.DataFrame, share: float) -> Found:
    """Look for campaigns and compare with the columns ``truth`` and ``one_author``."""
    found = find_campaigns(made)
    rows = made.iloc[found.members["row"].astype(int)].reset_index(drop=True)
    groups = found.members["campaign"].to_numpy()
    most = rows.groupby(groups)["truth"].transform(lambda part: part.mode().iloc[0])
    right = ((rows["truth"] == most) & (rows["truth"] >= 0)).to_numpy()
    kinds = found.table.set_index("campaign")["kind"].loc[groups].to_numpy()
    told = np.where(rows["one_author"], ONE_AUTHOR, MANY_AUTHORS) == kinds
    members = int((made["truth"] >= 0).sum())
    return Found(
        share,
        len(made),
        members,
        precision=float(right.mean()),
        recall=float(right.sum() / members),
        kinds=float(told[right].mean()),
    )


def make_campaigns(
    datasets: Path, share: float, *, seed: int = SEED, background: int = 0
) -> pd.DataFrame | None:
    """Build comments with campaigns among them.

    Args:
        datasets: Folder of the labelled sets.
        share: Of words that are edited.
        seed: The same seed, the same comments.
        background: Comments of others, drawn again with edits where the sets hold fewer;
            0 means those that the sets hold.

    Returns:
        The columns ``moderation.campaigns`` reads, ``truth`` (number of the campaign, -1 none)
        and ``one_author``; shuffled. None if a set is missing.
    """
    if not all(sets.data_path(name, datasets).is_file() for name in SETS):
        return None
    frames = {name: sets.read(sets.catalogue()[name], datasets) for name in SETS}
    generator = np.random.default_rng(seed)
    others = pd.concat([frames[name] for name in BACKGROUND], ignore_index=True)
    others = others.drop_duplicates("key").reset_index(drop=True)
    sources = pd.concat([frames[name].sort_values("key").head(4000) for name in SOURCES])
    sources = sources.drop_duplicates("key").reset_index(drop=True)
    lengths = np.array([len(text.split()) for text in sources["text"]])
    sources = sources[(lengths >= SHORTEST) & (lengths <= LONGEST)]
    texts = sources["text"].sample(CAMPAIGNS, random_state=generator)
    others = others[~others["text"].isin(texts)].reset_index(drop=True)
    maker = _Maker(generator, others, frames[ARTICLES])
    quotations = maker.quotations(others.iloc[:QUOTATIONS])
    others = maker.enlarge(background) if background else others.iloc[QUOTATIONS:]
    parts = [maker.place(others), quotations, maker.reactions()]
    parts += [maker.campaign(text, share, number) for number, text in enumerate(texts)]
    made = pd.concat(parts, ignore_index=True).fillna({"truth": -1, "one_author": False})
    return made.sample(frac=1, random_state=generator).reset_index(drop=True)


class _Maker:
    """Draws comments; ``others`` are texts with their articles."""

    def __init__(
        self, generator: np.random.Generator, others: pd.DataFrame, articles: pd.DataFrame
    ) -> None:
        self._draw = generator
        self._others = others
        self._words = np.array(" ".join(others["text"].head(5000)).split(), dtype=object)
        long = [len(text.split()) > 150 for text in articles["article_text"]]
        self._articles = articles[long][["article_title", "article_text"]].drop_duplicates()

    def enlarge(self, rows: int) -> pd.DataFrame:
        """Repeat texts until there are so many, every repetition a shuffle of its words' order."""
        drawn = self._others.iloc[self._draw.integers(0, len(self._others), rows)]
        shuffled = [" ".join(self._draw.permutation(text.split())) for text in drawn["text"]]
        return drawn.assign(text=shuffled).reset_index(drop=True)

    def place(self, rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
        """Give rows an author, a time and, where they have none, an article."""
        count = len(rows)
        made = rows.reindex(columns=["text", "article_title", "article_text", "parent_text"])
        made = made.fillna("").assign(
            author=[f"reader{n}" for n in self._draw.zipf(1.3, count) % 1_000_000],
            published=self._times(self._draw.uniform(0, DAYS, count)),
            article_url=[f"https://news.example/{n}" for n in self._draw.integers(0, 900, count)],
        )
        return made.assign(**columns)

    def campaign(self, text: str, share: float, number: int) -> pd.DataFrame:
        """One text by many authors or by one, edited and disguised, in bursts."""
        count = int(min(60, 3 + self._draw.geometric(0.08)))
        one = bool(self._draw.random() < 0.3)
        texts = [self._disguise(self.edit(text, share)) for _ in range(count)]
        start, length = self._draw.uniform(0, DAYS - 10), self._draw.choice([0.1, 1.0, 10.0])
        rows = self.place(pd.DataFrame({"text": texts}), truth=number, one_author=one)
        names = ["onlyme"] * count if one else [f"name{n}" for n in range(count)]
        return rows.assign(
            author=[f"{name}-{number}" for name in names],
            published=self._times(start + self._draw.uniform(0, length, count)),
        )

    def quotations(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Put a passage of the article or of the parent, one of a dozen each, before each text."""
        made = []
        for place, text in enumerate(rows["text"]):
            article = self._articles.iloc[place % 12]
            parent = self._others["text"].iloc[-1 - place % 12]
            quoted = (parent if place % 2 else article["article_text"]).split()
            start = int(self._draw.integers(0, max(1, min(40, len(quoted) - 30))))
            context = {"parent_text": parent} if place % 2 else dict(article)
            made.append({"text": f'"{" ".join(quoted[start : start + 40])}" {text}', **context})
        return self.place(pd.DataFrame(made))

    def reactions(self, each: int = 30) -> pd.DataFrame:
        """What many write independently, word for word."""
        return self.place(pd.DataFrame({"text": np.repeat(np.array(REACTIONS, object), each)}))

    def edit(self, text: str, share: float) -> str:
        """Replace, drop, add, swap or misspell that share of the words."""
        ways: list[Callable[[list[str], int], list[str]]] = [
            lambda words, at: [*words[:at], self._word(), *words[at + 1 :]],
            lambda words, at: [*words[:at], *words[at + 1 :]],
            lambda words, at: [*words[:at], self._word(), *words[at:]],
            lambda words, at: [*words[:at], *words[at : at + 2][::-1], *words[at + 2 :]],
            lambda words, at: [*words[:at], self._misspell(words[at]), *words[at + 1 :]],
        ]
        words = text.split()
        for _ in range(round(share * len(words))):
            way = ways[int(self._draw.integers(len(ways)))]
            words = way(words, int(self._draw.integers(len(words))))
        return " ".join(words)

    def _disguise(self, text: str) -> str:
        """Change signs that readers hardly see; three in four texts."""
        kind = int(self._draw.integers(4))
        if kind == 1:
            return " ".join(
                word.translate(_LOOK_ALIKES) if self._draw.random() < 0.3 else word
                for word in text.split()
            )
        if kind == 2:
            name = f"@user{self._draw.integers(1000)}"
            return f"{name} {text} {_EMOJI[int(self._draw.integers(len(_EMOJI)))]}"
        if kind == 3:
            return " ".join(
                word[0] + word[1:-1].translate(_LEET) + word[-1]
                if len(word) > 3 and self._draw.random() < 0.2
                else word
                for word in text.upper().lower().split()
            )
        return text

    def _misspell(self, word: str) -> str:
        at = int(self._draw.integers(len(word)))
        return (
            word[:at] + "abcdefghijklmnopqrstuvwxyz"[int(self._draw.integers(26))] + word[at + 1 :]
        )

    def _word(self) -> str:
        return str(self._words[int(self._draw.integers(len(self._words)))])

    def _times(self, days: np.ndarray) -> list[str]:
        start = pd.Timestamp("2026-01-01", tz="UTC")
        return [(start + pd.Timedelta(days=float(day))).isoformat() for day in days]
