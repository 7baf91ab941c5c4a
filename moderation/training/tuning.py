"""Fine-tuning of a sentence encoder with one output an attribute, on masked and graded labels.

Where it starts from is a ``Start``. The word embeddings stay as they are (rare words would
drift away from their neighbours), everything above them learns. A text's vector is the mean
over its tokens; a set judges only some attributes, so the loss is masked; families of sets have
an offset an attribute of their own while training, as they differ in their share of positives
by how they were drawn. A teacher's opinions, where there are any, are learnt for every
attribute, judged or not, without offsets.

Training ends when its minutes are over: the learning rate falls to nothing over that time.
The weights kept are a running mean over the last steps.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from moderation.training.mixture import Mixture, change
from moderation.training.plan import Plan
from moderation.training.starts import Start

MAX_TOKENS = 96
"""A training text is cut there; at work, long texts are read in windows."""
HEAD_RATE = 2e-3
WARM_UP = 0.03
"""Share of the time in which the learning rate rises."""
MEAN_DECAY = 0.997
OFFSET_PENALTY = 3e-3
OPINION_SHARE = 1.0
"""What a teacher's opinion of one attribute weighs beside a reader's."""
NO_OFFSET = frozenset({"templates", "functional", "wiki_debias_nontoxic"})
"""Families whose very base rate is the lesson."""
CHECKPOINT_S = 240.0

logger = logging.getLogger(__name__)


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
        kept = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * kept).sum(1) / kept.sum(1)
        logits: Tensor = self.head(self.drop(mean))
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
    return training.run(), training.steps * start.batch


class _Training:
    def __init__(
        self, net: Encoder, rows: Rows, mixture: Mixture, plan: Plan, checkpoint: Path
    ) -> None:
        self.net, self.rows, self.plan, self.checkpoint = net, rows, plan, checkpoint
        self.start = net.start
        self.learnt = {n: p for n, p in self.net.named_parameters() if p.requires_grad}
        body = [p for n, p in self.learnt.items() if n.startswith("body")]
        heads = [p for n, p in self.learnt.items() if not n.startswith("body")]
        self.optimiser = torch.optim.AdamW(
            [{"params": body, "peak": self.start.rate}, {"params": heads, "peak": HEAD_RATE}],
            weight_decay=0.01,
        )
        self.mean = {name: p.detach().clone() for name, p in self.learnt.items()}
        self.steps, self.spent_s = 0, 0.0
        if plan.resume and checkpoint.is_file():
            self._resume()
        self.batches = mixture.batches(self.start.batch, skip=self.steps)
        self.tokenizer = self.start.tokenizer()
        self.autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16())

    def run(self) -> Encoder:
        """Step until the time is over; save every few minutes and at the end."""
        limit_s, saved_s = 60 * self.plan.minutes, self.spent_s
        before, losses = time.monotonic(), []
        self.net.train()
        while self.spent_s < limit_s:
            losses.append(self._step(self.spent_s / limit_s))
            now = time.monotonic()
            self.spent_s, before = self.spent_s + now - before, now
            if self.steps % 50 == 0:
                logger.info(
                    "step %d, %.1f min, loss %.4f, %.1f rows/s", self.steps, self.spent_s / 60,
                    np.mean(losses[-50:]), self.steps * self.start.batch / self.spent_s,
                )  # fmt: skip
            if self.spent_s - saved_s > CHECKPOINT_S:
                self._save()
                saved_s = self.spent_s
        self._save()
        return restore(self.mean, self.start, self.rows.labels.shape[1])

    def _step(self, progress: float) -> float:
        rate = min(1.0, progress / WARM_UP) * 0.5 * (1 + np.cos(np.pi * progress))
        for group in self.optimiser.param_groups:
            group["lr"] = float(max(rate, 1e-3) * group["peak"])
        chosen = next(self.batches)
        generator = np.random.default_rng([self.plan.seed, self.steps])
        texts = [change(self.rows.texts[row], generator) for row in chosen]
        loss = self._loss(texts, torch.from_numpy(chosen))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.learnt.values(), 1.0)
        self.optimiser.step()
        self.steps += 1
        decay = min(MEAN_DECAY, self.steps / (self.steps + 10))
        with torch.no_grad():
            for name, parameter in self.learnt.items():
                self.mean[name].lerp_(parameter, 1 - decay)
        return float(loss.detach())

    def _loss(self, texts: list[str], chosen: Tensor) -> Tensor:
        tokens, mask = encode(self.tokenizer, texts, self.start.padding)
        families = self.rows.families[chosen]
        shift = self.net.offsets[families.clamp(min=0)] * (families >= 0).unsqueeze(1)
        with self.autocast:
            logits = self.net(tokens, mask)
        logits = logits.float()
        each = _difference(logits + shift, self.rows.labels[chosen])
        taught = OPINION_SHARE * _difference(logits, self.rows.opinions[chosen])
        penalty = OFFSET_PENALTY * self.net.offsets.square().sum()
        return (each + taught) / len(texts) + penalty

    def _save(self) -> None:
        state = {
            "net": {name: p.detach() for name, p in self.learnt.items()},
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
            "spent_s": self.spent_s,
        }
        beside = self.checkpoint.with_suffix(".part")
        torch.save(state, beside)
        beside.replace(self.checkpoint)
        logger.info("step %d: saved", self.steps)

    def _resume(self) -> None:
        state: dict[str, Any] = torch.load(self.checkpoint, weights_only=True)
        self.net.load_state_dict(state["net"], strict=False)
        self.mean = state["mean"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps, self.spent_s = state["steps"], state["spent_s"]
        logger.info("going on from step %d, %.1f min", self.steps, self.spent_s / 60)


def _difference(logits: Tensor, labels: Tensor) -> Tensor:
    """Sum the cross-entropy over what is known."""
    known = labels.isfinite()
    return nn.functional.binary_cross_entropy_with_logits(
        logits[known], labels[known], reduction="sum"
    )


def has_bfloat16() -> bool:
    """Whether this processor multiplies 16-bit floats in matrices of its own (AMX).

    Elsewhere they are emulated, at a tenth of the speed.
    """
    return bool(torch.cpu.get_capabilities().get("amx_bf16", False))


def restore(mean: dict[str, Tensor], start: Start, outputs: int) -> Encoder:
    """Return an encoder for use: learnt weights over the frozen ones, no offsets."""
    net = Encoder(start, outputs)
    net.load_state_dict({n: w for n, w in mean.items() if n != "offsets"}, strict=False)
    net.eval()
    return net


def encode(tokenizer: Any, texts: list[str], padding: int) -> tuple[Tensor, Tensor]:
    """Return (texts, length) token numbers and mask, cut at ``MAX_TOKENS``."""
    found = [item.ids for item in tokenizer.encode_batch_fast(texts)]
    found = [ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]] for ids in found]
    length = max(map(len, found))
    tokens = torch.full((len(found), length), padding, dtype=torch.long)
    for row, ids in enumerate(found):
        tokens[row, : len(ids)] = torch.tensor(ids)
    return tokens, (tokens != padding).long()
