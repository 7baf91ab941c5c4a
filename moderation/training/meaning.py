"""Fine-tuning of a sentence encoder so that comments lie near what they are about.

A comment and what it was written under are drawn together, and apart from the others of their
batch (InfoNCE, both ways: van den Oord et al. 2018, https://arxiv.org/abs/1807.03748). Half of a
batch stands under what is nearest to one of them, so that telling politics from cooking is not
enough. Every vector is also held to where it was before, so that texts unlike those it learns
from, in other languages too, keep their places.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moderation.training.plan import Plan
from moderation.training.session import Session, autocast, encode, mean_of
from moderation.training.starts import Start

MAX_TOKENS = 64
"""A training text is cut there."""
BATCH = 48
POOL = 300
"""So many other places are drawn, and the nearest half of a batch taken."""
HELD = 3.0
"""What keeping its place weighs beside being near to what it is about."""
SCALE, SCALE_RATE = 20.0, 1e-2
"""What cosines are multiplied with before they are compared, at first, and how fast it learns."""
READ_BATCH = 32


class Meaning(nn.Module):
    """A body and the mean over its tokens, of unit length.

    Args:
        start: Where the body's weights come from.
    """

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.body = start.body()
        self.scale = nn.Parameter(torch.tensor(SCALE).log())

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return (texts, size) vectors of (texts, length) token numbers and their mask."""
        with autocast():
            states = self.body(input_ids=tokens, attention_mask=mask).last_hidden_state
        return nn.functional.normalize(mean_of(states.float(), mask), dim=1)


def tune(
    pairs: pd.DataFrame, start: Start, prompt: str, plan: Plan, checkpoint: Path
) -> tuple[Any, int]:
    """Fine-tune until the plan's minutes are over.

    Args:
        pairs: ``text`` and ``about``, as the encoder is to read them.
        start: What is fine-tuned.
        prompt: What stands before every text.
        plan: See there.
        checkpoint: File that the state is saved in every few minutes, and read from.

    Returns:
        The body with the mean weights, and how many pairs it has seen, a full batch a step.
    """
    torch.manual_seed(plan.seed)
    training = _Training(pairs, Meaning(start), start, prompt)
    session = Session(training.net, {"body": start.rate, "scale": SCALE_RATE}, plan, checkpoint)
    mean = session.run(training.places.batches(plan.seed, skip=session.steps), training.loss)
    training.net.load_state_dict(mean, strict=False)
    return training.net.body.eval(), session.steps * BATCH


@dataclass(frozen=True)
class _Places:
    """What comments stand under.

    Args:
        rows: Numbers of the comments under each.
        vectors: (places, size), before the training.
    """

    rows: list[NDArray[np.intp]]
    vectors: NDArray[np.float32]

    def batches(self, seed: int, skip: int) -> Iterator[NDArray[np.intp]]:
        """Yield rows of which no two stand under the same; ``skip`` leaves out the first ones."""
        number, size = skip, len(self.rows)
        chances = np.sqrt([len(rows) for rows in self.rows])
        chances /= chances.sum()
        half = min(BATCH // 2, size)
        while True:
            generator = np.random.default_rng([seed, number])
            first, *pool = generator.choice(size, min(1 + POOL, size), replace=False, p=chances)
            nearness = self.vectors[pool] @ self.vectors[first]
            near = np.array(pool)[np.argsort(-nearness, kind="stable")[: half - 1]]
            others = generator.choice(size, half, replace=False, p=chances)
            drawn = np.unique([first, *near, *others])
            yield np.array([generator.choice(self.rows[place]) for place in drawn])
            number += 1


class _Training:
    def __init__(self, pairs: pd.DataFrame, net: Meaning, start: Start, prompt: str) -> None:
        self.net, self.prompt, self.padding = net, prompt, start.padding
        self.tokenizer = start.tokenizer()
        self.texts = pairs["text"].tolist()
        about, names = pd.factorize(pairs["about"])
        self.about, self.names = about, list(names)
        self.before, beside = self._read(self.texts), self._read(self.names)
        self.before_about = beside[torch.from_numpy(about)]
        rows = [np.flatnonzero(about == number) for number in range(len(names))]
        self.places = _Places(rows, beside.numpy())

    def loss(self, chosen: NDArray[np.intp]) -> Tensor:
        rows = torch.from_numpy(chosen)
        texts = [self.texts[row] for row in chosen]
        texts += [self.names[self.about[row]] for row in chosen]
        vectors = self._vectors(texts)
        before = torch.cat([self.before[rows], self.before_about[rows]])
        own, about = vectors.chunk(2)
        near = own @ about.T * self.net.scale.exp()
        right, cross = torch.arange(len(chosen)), nn.functional.cross_entropy
        moved: Tensor = 1 - (vectors * before).sum(1)
        found: Tensor = 0.5 * (cross(near, right) + cross(near.T, right)) + HELD * moved.mean()
        return found

    def _vectors(self, texts: list[str]) -> Tensor:
        said = [self.prompt + text for text in texts]
        vectors: Tensor = self.net(*encode(self.tokenizer, said, self.padding, MAX_TOKENS))
        return vectors

    def _read(self, texts: list[str]) -> Tensor:
        """Return (texts, size) vectors as they are before the training."""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        found = torch.empty(len(texts), self.net.body.config.hidden_size)
        with torch.inference_mode():
            for first in range(0, len(order), READ_BATCH):
                part = order[first : first + READ_BATCH]
                found[part] = self._vectors([texts[row] for row in part])
        return found
