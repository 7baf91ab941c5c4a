"""Fine-tuning of a sentence encoder with one output an attribute, on masked and graded labels.

Where it starts from is a ``Start``. The word embeddings stay as they are (rare words would
drift away from their neighbours), everything above them learns. A text's vector is the mean
over its tokens; a set judges only some attributes, so the loss is masked; families of sets have
an offset an attribute of their own while training, as they differ in their share of positives
by how they were drawn. A teacher's opinions, where there are any, are learnt for every
attribute, judged or not, without offsets.

Training ends when its minutes are over (``moderation.training.session``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moderation.training.mixture import Mixture, change
from moderation.training.plan import Plan
from moderation.training.session import Session, autocast, encode, mean_of
from moderation.training.starts import Start

MAX_TOKENS = 96
"""A training text is cut there; at work, long texts are read in windows."""
HEAD_RATE = 2e-3
OFFSET_PENALTY = 3e-3
OPINION_SHARE = 1.0
"""What a teacher's opinion of one attribute weighs beside a reader's."""
NO_OFFSET = frozenset({"templates", "functional", "wiki_debias_nontoxic"})
"""Families whose very base rate is the lesson."""


class Encoder(nn.Module):
    """A body, the mean over tokens, one output an attribute.

    Args:
        start: Where the body's weights come from.
        outputs: Number of attributes.
        families: Number of families with an offset; 0 = for use, without offsets.
    """

    def __init__(self, start: Start, outputs: int, families: int = 0) -> None:
        super().__init__()
        self.start = start
        self.body = start.body()
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(self.body.config.hidden_size, outputs)
        self.offsets = nn.Parameter(torch.zeros(families, outputs))

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return (texts, outputs) logits of (texts, length) token numbers and their mask."""
        states = self.body(input_ids=tokens, attention_mask=mask).last_hidden_state
        logits: Tensor = self.head(self.drop(mean_of(states, mask)))
        return logits


@dataclass(frozen=True)
class Rows:
    """Training texts, prepared.

    Args:
        texts: As the tokenizer is to read them.
        labels: (rows, outputs), NaN where not judged.
        opinions: (rows, outputs), a teacher's; NaN where there is none.
        families: (rows,) number of the family, -1 for none.
        names: The families' names.
    """

    texts: list[str]
    labels: Tensor
    opinions: Tensor
    families: Tensor
    names: list[str]


def prepare(frame: pd.DataFrame, attributes: tuple[str, ...], start: Start) -> Rows:
    """Lay the rows out for training; a teacher's opinions stand in ``<attribute>_opinion``."""
    opinions = frame.reindex(columns=[f"{name}_opinion" for name in attributes])
    names = sorted(set(frame["family"]) - NO_OFFSET)
    codes = {name: number for number, name in enumerate(names)}
    return Rows(
        [start.prepare(text[:2000]) for text in frame["text"]],
        torch.tensor(frame[list(attributes)].to_numpy(dtype=np.float32)),
        torch.tensor(opinions.to_numpy(dtype=np.float32)),
        torch.tensor([codes.get(name, -1) for name in frame["family"]]),
        names,
    )


def tune(
    frame: pd.DataFrame,
    attributes: tuple[str, ...],
    plan: Plan,
    checkpoint: Path,
    start: Start,
    shares: Mapping[str, float],
) -> tuple[Encoder, int]:
    """Fine-tune until the plan's minutes are over.

    Args:
        frame: Rows as ``read_rows`` gives them; all of them are trained on.
        attributes: Label columns, in the order of the outputs.
        plan: See there.
        checkpoint: File that the state is saved in every few minutes, and read from.
        start: What is fine-tuned.
        shares: How often each set is drawn.

    Returns:
        The encoder with the mean weights, without offsets, ready for use; and how many
        texts it has seen.
    """
    torch.manual_seed(plan.seed)
    rows = prepare(frame, attributes, start)
    net = Encoder(start, len(attributes), len(rows.names))
    mixture = Mixture(frame, attributes, plan.seed, shares)
    training = _Training(net, rows, mixture, plan, checkpoint)
    return training.run(), training.seen


class _Training:
    def __init__(
        self, net: Encoder, rows: Rows, mixture: Mixture, plan: Plan, checkpoint: Path
    ) -> None:
        self.net, self.rows, self.seed = net, rows, plan.seed
        self.start, self.tokenizer = net.start, net.start.tokenizer()
        rates = {"body": net.start.rate, "head": HEAD_RATE, "offsets": HEAD_RATE}
        self.session = Session(net, rates, plan, checkpoint)
        self.batches = mixture.batches(self.start.batch, skip=self.session.steps)

    @property
    def seen(self) -> int:
        """Texts trained on."""
        return self.session.steps * self.start.batch

    def run(self) -> Encoder:
        mean = self.session.run(self.batches, self._loss)
        return restore(mean, self.start, self.rows.labels.shape[1])

    def _loss(self, chosen: NDArray[np.intp]) -> Tensor:
        generator = np.random.default_rng([self.seed, self.session.steps])
        texts = [change(self.rows.texts[row], generator) for row in chosen]
        tokens, mask = encode(self.tokenizer, texts, self.start.padding, MAX_TOKENS)
        places = torch.from_numpy(chosen)
        families = self.rows.families[places]
        shift = self.net.offsets[families.clamp(min=0)] * (families >= 0).unsqueeze(1)
        with autocast():
            logits = self.net(tokens, mask)
        logits = logits.float()
        each = _difference(logits + shift, self.rows.labels[places])
        taught = OPINION_SHARE * _difference(logits, self.rows.opinions[places])
        penalty = OFFSET_PENALTY * self.net.offsets.square().sum()
        return (each + taught) / len(texts) + penalty


def _difference(logits: Tensor, labels: Tensor) -> Tensor:
    """Sum the cross-entropy over what is known."""
    known = labels.isfinite()
    return nn.functional.binary_cross_entropy_with_logits(
        logits[known], labels[known], reduction="sum"
    )


def restore(mean: dict[str, Tensor], start: Start, outputs: int) -> Encoder:
    """Return an encoder for use: learnt weights over the frozen ones, no offsets."""
    net = Encoder(start, outputs)
    net.load_state_dict({n: w for n, w in mean.items() if n != "offsets"}, strict=False)
    net.eval()
    return net
