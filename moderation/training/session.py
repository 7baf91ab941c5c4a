"""Training by time: steps until the minutes are over, a running mean of the weights, checkpoints.

The learning rate rises over the first ``WARM_UP`` of the time and falls to nothing over the rest,
also where a run was stopped and resumed. The weights kept are the running mean, which is steadier
than the last ones.
"""

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from moderation.training.plan import Plan

WARM_UP = 0.03
"""Share of the time in which the learning rate rises."""
MEAN_DECAY = 0.997
CHECKPOINT_S = 240.0

logger = logging.getLogger(__name__)


class Session:
    """Trains what learns of a net.

    Args:
        net: What is trained, in place.
        rates: Highest learning rate of parameters, by the beginning of their name.
        plan: Minutes, seed, whether to resume.
        checkpoint: File that the state is saved in every few minutes, and read from.
    """

    def __init__(
        self, net: nn.Module, rates: dict[str, float], plan: Plan, checkpoint: Path
    ) -> None:
        self.net, self.plan, self.checkpoint = net, plan, checkpoint
        self.learnt = {n: p for n, p in net.named_parameters() if p.requires_grad}
        groups = [
            {"params": [p for n, p in self.learnt.items() if n.startswith(start)], "peak": rate}
            for start, rate in rates.items()
        ]
        if any(not name.startswith(tuple(rates)) for name in self.learnt):
            raise ValueError("a parameter that learns has no rate")
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        self.mean = {name: p.detach().clone() for name, p in self.learnt.items()}
        self.steps, self.spent_s = 0, 0.0
        if plan.resume and checkpoint.is_file():
            self._resume()

    def run(self, batches: Iterable[Any], loss_of: Callable[[Any], Tensor]) -> dict[str, Tensor]:
        """Step until the time is over.

        Args:
            batches: An endless stream, from the step on that ``steps`` says.
            loss_of: Gives the loss of a batch.

        Returns:
            The running mean of what learnt, by name.
        """
        limit_s, saved_s = 60 * self.plan.minutes, self.spent_s
        before, losses = time.monotonic(), []
        self.net.train()
        for batch in batches:
            if self.spent_s >= limit_s:
                break
            losses.append(self._step(loss_of, batch, self.spent_s / limit_s))
            now = time.monotonic()
            self.spent_s, before = self.spent_s + now - before, now
            if self.steps % 50 == 0:
                logger.info(
                    "step %d, %.1f min, loss %.4f, %.2f steps/s", self.steps, self.spent_s / 60,
                    np.mean(losses[-50:]), self.steps / self.spent_s,
                )  # fmt: skip
            if self.spent_s - saved_s > CHECKPOINT_S:
                self._save()
                saved_s = self.spent_s
        self._save()
        return self.mean

    def _step(self, loss_of: Callable[[Any], Tensor], batch: Any, progress: float) -> float:
        rate = min(1.0, progress / WARM_UP) * 0.5 * (1 + np.cos(np.pi * progress))
        for group in self.optimiser.param_groups:
            group["lr"] = float(max(rate, 1e-3) * group["peak"])
        loss = loss_of(batch)
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

    def _save(self) -> None:
        state = {
            "net": {name: p.detach() for name, p in self.learnt.items()},
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
            "spent_s": self.spent_s,
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
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


def has_bfloat16() -> bool:
    """Whether this processor multiplies 16-bit floats in matrices of its own (AMX).

    Elsewhere they are emulated, at a tenth of the speed.
    """
    return bool(torch.cpu.get_capabilities().get("amx_bf16", False))


def autocast() -> Any:
    """Return the context in which a forward pass runs: bfloat16 where that is faster."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16())


def encode(tokenizer: Any, texts: list[str], padding: int, most: int) -> tuple[Tensor, Tensor]:
    """Return (texts, length) token numbers and mask, cut at ``most``."""
    found = [item.ids for item in tokenizer.encode_batch_fast(texts)]
    found = [ids if len(ids) <= most else [*ids[: most - 1], ids[-1]] for ids in found]
    length = max(map(len, found))
    tokens = torch.full((len(found), length), padding, dtype=torch.long)
    for row, ids in enumerate(found):
        tokens[row, : len(ids)] = torch.tensor(ids)
    return tokens, (tokens != padding).long()


def mean_of(states: Tensor, mask: Tensor) -> Tensor:
    """Return (texts, hidden) means of (texts, length, hidden) states over what the mask keeps."""
    kept = mask.unsqueeze(-1).to(states.dtype)
    return (states * kept).sum(1) / kept.sum(1)
