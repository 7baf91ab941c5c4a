"""Recipe ``toxicity_teacher``: a large encoder whose opinions the small ones learn from.

all-mpnet-base-v2 is eight times as slow as what is shipped and reads better. It is fine-tuned
as the small ones are (``moderation.training.tuning``), then reads the texts that a small one
will draw. What is kept are its opinions by the hash of a text, in ``<output>/toxicity_teacher``;
neither they nor its weights are shipped. A small encoder may be another's teacher, too
(``opinions_of``): from its checkpoint, on every training text but those of ``STATED``.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.scorers.normalise import unmask
from moderation.scorers.packaged import read_manifest, read_model, write_model
from moderation.scorers.quality import measure
from moderation.scorers.toxicity import ToxicityScorer
from moderation.training import functional, templates
from moderation.training.mixture import SHARES, Mixture
from moderation.training.plan import Plan
from moderation.training.report import Report
from moderation.training.session import autocast, encode
from moderation.training.starts import MPNET, Start
from moderation.training.toxicity import read_rows
from moderation.training.tuning import MAX_TOKENS, Encoder, restore, tune

NAME = "toxicity_teacher"
ATTRIBUTES = ToxicityScorer.attributes
DRAWS = 65_000
"""Opinions are given on the texts among so many first draws of a small encoder's mixture."""
MEASURED = ("jigsaw_wiki_six", "civil_comments_binary", "kaggle_insults")
"""Sets whose test part it is measured on: it reads some forty texts a second."""
STATED = frozenset({templates.NAME, functional.NAME, "wiki_debias_nontoxic"})
"""Sets on which the teacher has no say: it reads counter-speech no better than its pupils."""
READ_BATCH = 64


def fit(datasets: Path, output: Path, report: Report, plan: Plan | None = None) -> str:
    """Train, measure and write ``<output>/toxicity_teacher``; returns its version.

    The checkpoint is ``<output>/toxicity_teacher.pt``.
    """
    plan = plan or Plan()
    report("reading", 0.0)
    rows = read_rows(datasets, ATTRIBUTES)
    frame = pd.concat([rows, functional.functional_rows()], ignore_index=True)
    train = frame[frame["set"].isin(SHARES) & (frame["split"] == "train")].reset_index(drop=True)
    report("training", 0.05)
    net, seen = tune(train, ATTRIBUTES, plan, output / f"{NAME}.pt", MPNET, SHARES)
    report("giving opinions", 0.6)
    drawn = train.iloc[_first_draws(train, plan)].drop_duplicates("key")
    teacher = Teacher(net, MPNET)
    arrays: dict[str, NDArray[Any]] = {
        "keys": drawn["key"].to_numpy(dtype="S16"),
        "opinions": teacher.score(drawn).astype(np.float16),
    }
    report("measuring", 0.9)
    facts = {
        "attributes": list(ATTRIBUTES),
        "settings": {
            "start": MPNET.name, "seed": plan.seed, "minutes": plan.minutes, "texts_seen": seen,
        },
        "metrics": [
            row
            for info in sets.present(datasets)
            if info.name in MEASURED
            for row in measure([teacher], info, datasets)
        ],
    }  # fmt: skip
    return write_model(output / NAME, prefix="teacher-1", arrays=arrays, facts=facts, card="")


def add_opinions(frame: pd.DataFrame, output: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Join the opinions in ``<output>/toxicity_teacher``, if there are any.

    Returns:
        ``frame`` with a column ``<attribute>_opinion`` in [0, 1] for each attribute, NaN where
        there is none and where our own sentences are the lesson (``STATED``); and what the
        manifest says of the teacher, empty without one.
    """
    folder = output / NAME
    if not (folder / "manifest.json").is_file():
        return frame, {}
    manifest, model = read_manifest(folder), read_model(folder)
    columns = [f"{name}_opinion" for name in manifest["attributes"]]
    opinions = pd.DataFrame(model["opinions"].astype(np.float32), columns=columns)
    opinions["key"] = model["keys"].astype(str)
    facts = {name: manifest[name] for name in ("version", "settings", "metrics")}
    frame = frame.merge(opinions, on="key", how="left")
    frame.loc[frame["set"].isin(STATED), columns] = np.nan
    return frame, facts


def opinions_of(
    checkpoint: Path, start: Start, frame: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Ask the encoder that a recipe left in ``checkpoint``, on the train part.

    Returns:
        As ``add_opinions``.

    Raises:
        InputError: There is no checkpoint.
    """
    if not checkpoint.is_file():
        raise InputError(str(checkpoint), "not there, expected the teacher's checkpoint")
    state = torch.load(checkpoint, weights_only=True)
    teacher = Teacher(restore(state["mean"], start, len(ATTRIBUTES)), start)
    asked = ((frame["split"] == "train") & ~frame["set"].isin(STATED)).to_numpy()
    opinions = np.full((len(frame), len(ATTRIBUTES)), np.nan, dtype=np.float32)
    opinions[asked] = teacher.score(frame[asked])
    columns = [f"{name}_opinion" for name in ATTRIBUTES]
    facts = {
        "version": checkpoint.stem,
        "settings": {"start": start.name, "texts_seen": state["steps"] * start.batch},
    }
    return frame.assign(**dict(zip(columns, opinions.T, strict=True))), facts


@dataclass(frozen=True)
class Teacher:
    """A fine-tuned encoder as a scorer, read by torch; long texts are cut.

    Args:
        net: What was fine-tuned.
        start: What it was fine-tuned from.
    """

    name: ClassVar[str] = "toxicity"
    inputs: ClassVar[tuple[str, ...]] = ("text",)
    attributes: ClassVar[tuple[str, ...]] = ATTRIBUTES
    version: ClassVar[str] = "teacher"

    net: Encoder
    start: Start

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Return (texts, attributes) chances, uncalibrated."""
        texts = [unmask(text[:2000]) for text in batch["text"]]
        order = np.argsort([len(text) for text in texts], kind="stable")
        found = np.empty((len(texts), len(self.attributes)), dtype=np.float32)
        for start in range(0, len(order), READ_BATCH):
            rows = order[start : start + READ_BATCH]
            found[rows] = self._read([texts[row] for row in rows])
        return found

    @cached_property
    def _tokenizer(self) -> Any:
        return self.start.tokenizer()

    def _read(self, texts: list[str]) -> NDArray[np.float32]:
        tokens, mask = encode(self._tokenizer, texts, self.start.padding, MAX_TOKENS)
        with torch.inference_mode(), autocast():
            logits = self.net(tokens, mask)
        return np.asarray(torch.sigmoid(logits.float()).numpy(), dtype=np.float32)


def _first_draws(train: pd.DataFrame, plan: Plan) -> NDArray[np.intp]:
    """Return the rows among the first ``DRAWS``, each once, in the order of the frame."""
    batches = Mixture(train, ATTRIBUTES, plan.seed, SHARES).batches(32)
    return np.unique(np.concatenate(list(islice(batches, DRAWS // 32))))
