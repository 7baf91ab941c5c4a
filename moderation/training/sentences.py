"""Recipe ``sentences``: the sentence encoder behind the drift scores, in 8-bit integers.

all-MiniLM-L6-v2 stays as it was published; beside it lies the bank of other articles' titles.
"""

from pathlib import Path
from typing import Any

import numpy as np

from moderation import bert
from moderation import datasets as sets
from moderation.scorers.graph import VOCABULARY
from moderation.scorers.meaning import GRAPH, Reader, plain
from moderation.scorers.off_topic import masked
from moderation.scorers.packaged import write_model
from moderation.training.export import vocabulary
from moderation.training.plan import Plan
from moderation.training.report import Report
from moderation.training.starts import MINILM

TITLES, BANK, SEED = "ruddit_offense", 256, 1
PREFIX = "sentences-1"
CARD = """# sentences: `{version}`

Vectors of English texts: all-MiniLM-L6-v2 (Apache-2.0, `sentence-transformers`), unchanged but in
8-bit integers, and the vectors of 256 titles of `ruddit_offense` (none of the texts is in this
package), to which texts are near anyway. `off_topic` reads it; its card says what that is worth.
"""


def fit(datasets: Path, output: Path, report: Report, plan: Plan | None = None) -> str:  # noqa: ARG001
    """Write ``<output>/sentences``; returns its version."""
    report("shrinking", 0.0)
    files = {GRAPH: graph(), VOCABULARY: vocabulary(MINILM)}
    folder = output / "sentences"
    info = sets.catalogue()[TITLES]
    facts: dict[str, Any] = {
        "start": MINILM.name,
        "data": {TITLES: {"licence": info.licence, "terms": info.terms, "rows": BANK}},
        "metrics": [],
    }
    empty = {"bank": np.zeros((1, 1), np.float16)}
    write_model(folder, prefix=PREFIX, arrays=empty, facts=facts, card="", files=files)
    report("reading titles", 0.5)
    titles = sets.read(info, datasets)["article_title"].drop_duplicates()
    read = Reader(folder).read
    drawn = titles[titles != ""].sample(BANK, random_state=SEED)
    bank = {"bank": np.array([read(masked(plain(title))) for title in drawn], dtype=np.float16)}
    return write_model(folder, prefix=PREFIX, arrays=bank, facts=facts, card=CARD, files=files)


def graph() -> bytes:
    """Return the encoder as ONNX: ``tokens`` (1, length) to the mean of the states (1, size)."""
    body, to = MINILM.body().eval(), bert.Writer()
    weights = {name: value.numpy() for name, value in body.state_dict().items()}
    states = bert.states(to, weights, body.config, bert.Integers())
    return to.content(to.node("ReduceMean", states, to.array(np.array([1])), keepdims=0))
