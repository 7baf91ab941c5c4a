"""Fine-tuning of a sentence encoder so that comments lie near what they are about.

A comment and what it was written under are drawn together, and apart from the others of their
batch (InfoNCE, both ways: van den Oord et al. 2018, https://arxiv.org/abs/1807.03748). A batch is
in one language, and half of it stands under what is nearest to one of them, so that telling
languages apart, or politics from cooking, is not enough. Every vector is also held to where it
was before, so that texts unlike those it learns from, in other languages too, keep their places;
and of the way that the weights have gone, the last part is gone back (Wortsman et al. 2022,
https://arxiv.org/abs/2109.01903).
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
WAY = 0.85
"""So much of the way from the weights before to those after the training. At 1, comments under
other titles are told best (in Korean, which it learns from); at 0.7 what it does not learn from:
written threads, politics in other languages."""
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
        pairs: ``text`` and ``about``, as the encoder is to read them, and their ``language``.
        start: What is fine-tuned.
        prompt: What stands before every text.
        plan: See there.
        checkpoint: File that the state is saved in every few minutes, and read from.

    Returns:
        The body, and how many pairs it has seen, a full batch a step.
    """
    torch.manual_seed(plan.seed)
    training = _Training(pairs, Meaning(start), start, prompt)
    before = {name: one.detach().clone() for name, one in training.net.named_parameters()}
    session = Session(training.net, {"body": start.rate, "scale": SCALE_RATE}, plan, checkpoint)
    mean = session.run(training.places.batches(plan.seed, skip=session.steps), training.loss)
    there = {name: before[name].lerp(one, WAY) for name, one in mean.items()}
    training.net.load_state_dict(there, strict=False)
    return training.net.body.eval(), session.steps * BATCH


@dataclass(frozen=True)
class _Places:
    """What comments stand under.

    Args:
        rows: Numbers of the comments under each.
        vectors: (places, size), before the training.
        languages: (places,) numbers; those of a batch are the same.
    """

    rows: list[NDArray[np.intp]]
    vectors: NDArray[np.float32]
    languages: NDArray[np.intp]

    def batches(self, seed: int, skip: int) -> Iterator[NDArray[np.intp]]:
        """Yield rows of which no two stand under the same; ``skip`` leaves out the first ones."""
        number = skip
        chances = np.sqrt([len(rows) for rows in self.rows])
        while True:
            generator = np.random.default_rng([seed, number])
            language = self.languages[_draw(generator, chances, 1)]
            own = chances * (self.languages == language)
            first, *pool = _draw(generator, own, 1 + POOL)
            nearness = self.vectors[pool] @ self.vectors[first]
            near = np.array(pool)[np.argsort(-nearness, kind="stable")[: BATCH // 2 - 1]]
            drawn = np.unique([first, *near, *_draw(generator, own, BATCH // 2)])
            yield np.array([generator.choice(self.rows[place]) for place in drawn])
            number += 1


def _draw(
    generator: np.random.Generator, chances: NDArray[np.float64], count: int
) -> NDArray[np.intp]:
    """Draw so many places, each once; fewer if no more have a chance."""
    count = min(count, int(np.count_nonzero(chances)))
    return generator.choice(len(chances), count, replace=False, p=chances / chances.sum())


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
        languages = pairs.groupby(about)["language"].first()
        self.places = _Places(rows, beside.numpy(), pd.factorize(languages)[0])

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
