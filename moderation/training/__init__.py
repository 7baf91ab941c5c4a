"""Training of the packaged models: one recipe a model, the same bits on every run.

``train("toxicity", datasets=…, output=…)`` reads the sets that ``data/datasets.toml`` allows
for training, fits, calibrates on texts each fit has not seen, measures on the test part and
writes the model's folder: weights, manifest and card. Seeds are fixed, the sets' order is
that of the catalogue, and no step depends on time or threads.
"""

import logging
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from moderation.errors import InputError
from moderation.training import dumps, off_topic, political_spam, records, toxicity, words

Recipe = Callable[..., str]
RECIPES: Final[dict[str, Recipe]] = {
    "toxicity": toxicity.fit,
    "words": words.fit,
    "off_topic": off_topic.fit,
    "political_spam": political_spam.fit,
    "records": records.fit,
    "dumps": dumps.fit,
}
"""In the order in which they build on one another."""
ON_PAGES: Final = frozenset({"records", "dumps"})
"""Recipes that learn from pages with gold threads, not from labelled sets."""

logger = logging.getLogger(__name__)


def train(recipe: str, *, datasets: Path, output: Path) -> str:
    """Train one packaged model.

    Args:
        recipe: A name in ``RECIPES``.
        datasets: Folder of the labelled sets; for a recipe in ``ON_PAGES`` that of the pages.
        output: Folder of the packaged models; ``<output>/<recipe>`` is written, and models
            the recipe builds on are read from there.

    Returns:
        The version of the model written.

    Raises:
        InputError: The recipe is unknown, or a set it needs is missing or unreadable.
    """
    if recipe not in RECIPES:
        raise InputError(recipe, f"no such recipe; known are {', '.join(RECIPES)}")
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        task = progress.add_task(recipe, total=None)

        def report(step: str, done: float) -> None:
            progress.update(task, description=f"{recipe}: {step}", completed=done, total=1.0)
            logger.info("%s: %s (%.0f %%)", recipe, step, 100 * done)

        version = RECIPES[recipe](datasets, output, report)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    logger.info("%s: %.0f s, peak %.0f MiB", version, time.monotonic() - started, peak_mib)
    return version
