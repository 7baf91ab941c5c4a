"""Training of the packaged models: one recipe a model, the same bits on every run of most.

``train("toxicity", datasets=…, output=…)`` reads the sets that ``data/datasets.toml`` allows
for training, fits, calibrates on texts each fit has not seen, measures on the test part and
writes the model's folder: weights, manifest and card. Seeds are fixed, the sets' order is
that of the catalogue, and no step depends on time or threads; but the recipes in ``TIMED``
are trained for some minutes, as their ``Plan`` says.
"""

import importlib
import logging
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from moderation.errors import InputError
from moderation.training import (
    dumps,
    off_topic,
    political_spam,
    records,
    scales,
    spans,
    toxicity,
    words,
)
from moderation.training.plan import Plan
from moderation.training.report import Report

Recipe = Callable[..., str]


def _neural(name: str, module: str, part: str = "") -> Recipe:
    """Return a recipe whose module imports torch, to be imported when it is called."""

    def fit(datasets: Path, output: Path, report: Report, plan: Plan | None = None) -> str:
        try:
            found = importlib.import_module(f"moderation.training.{module}")
        except ImportError as error:
            shown = f"recipe {name}"
            raise InputError(shown, f"needs the extra 'train' ({error})") from error
        recipe = getattr(found, part) if part else found
        return str(recipe.fit(datasets, output, report, plan))

    return fit


RECIPES: Final[dict[str, Recipe]] = {
    "toxicity": toxicity.fit,
    "toxicity_teacher": _neural("toxicity_teacher", "teacher"),
    "toxicity_encoder": _neural("toxicity_encoder", "encoder", "ACCURATE"),
    "toxicity_fast": _neural("toxicity_fast", "encoder", "FAST"),
    "toxicity_multilingual": _neural("toxicity_multilingual", "encoder", "MULTILINGUAL"),
    "sentences": _neural("sentences", "sentences", "ENGLISH"),
    "sentences_multilingual": _neural("sentences_multilingual", "sentences", "FOREIGN"),
    "words": words.fit,
    "off_topic": off_topic.fit,
    "political_spam": political_spam.fit,
    "records": records.fit,
    "dumps": dumps.fit,
    "spans": spans.fit,
    "scales": scales.fit,
}
"""In the order in which they build on one another."""
ON_PAGES: Final = frozenset({"records", "dumps"})
"""Recipes that learn from pages with gold threads, not from labelled sets."""
TIMED: Final = (
    "toxicity_teacher",
    "toxicity_encoder",
    "toxicity_fast",
    "toxicity_multilingual",
    "sentences_multilingual",
)
"""Recipes that take a ``Plan``."""

logger = logging.getLogger(__name__)


def train(recipe: str, *, datasets: Path, output: Path, plan: Plan | None = None) -> str:
    """Train one packaged model.

    Args:
        recipe: A name in ``RECIPES``.
        datasets: Folder of the labelled sets; for a recipe in ``ON_PAGES`` that of the pages.
        output: Folder of the packaged models; ``<output>/<recipe>`` is written, and models
            the recipe builds on are read from there.
        plan: For ``TIMED`` recipes; None means their defaults.

    Returns:
        The version of the model written.

    Raises:
        InputError: The recipe is unknown or takes no plan, or a set it needs is missing or
            unreadable.
    """
    if recipe not in RECIPES:
        raise InputError(recipe, f"no such recipe; known are {', '.join(RECIPES)}")
    if plan is not None and recipe not in TIMED:
        raise InputError(recipe, f"takes no minutes, seed or resume; {', '.join(TIMED)} do")
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        task = progress.add_task(recipe, total=None)

        def report(step: str, done: float) -> None:
            progress.update(task, description=f"{recipe}: {step}", completed=done, total=1.0)
            logger.info("%s: %s (%.0f %%)", recipe, step, 100 * done)

        given = {} if plan is None else {"plan": plan}
        version = RECIPES[recipe](datasets, output, report, **given)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    logger.info("%s: %.0f s, peak %.0f MiB", version, time.monotonic() - started, peak_mib)
    return version
