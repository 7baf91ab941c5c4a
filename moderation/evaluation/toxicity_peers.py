"""Other scorers of toxicity on the same rows: alt-profanity-check and hatesonar (extra ``peers``).

Both ship their weights on PyPI. alt-profanity-check is a linear model of words, hatesonar one of
n-grams of tweets; each text is scored alone, as it stands. hatesonar's graph needs the locale
en_US.UTF-8 (``localedef -i en_US -f UTF-8 en_US.UTF-8``); without it, it is not measured.
"""

from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.scorers import Scorer
from moderation.scorers.quality import measure

PEERS = ("alt-profanity-check", "hatesonar")
_MODULES = dict(zip(PEERS, ("profanity_check", "hatesonar"), strict=True))


def missing_peers() -> list[str]:
    """Return the peers that cannot be measured here, one line each with the reason."""
    lines = []
    for peer in PEERS:
        if not find_spec(_MODULES[peer]):
            lines.append(f"{peer}: not measured, not installed (extra peers)")
        elif peer == "hatesonar" and _sonar() is None:
            lines.append(f"{peer}: not measured, it needs the locale en_US.UTF-8")
    return lines


def measure_toxicity_peers(datasets: Path) -> list[dict[str, Any]]:
    """Measure the peers that are there on every English set that judges what they score.

    Returns:
        Rows as ``moderation.scorers.quality.measure`` gives them, with the peer's name and
        version as ``profile``.
    """
    return [
        {"profile": peer.version, **row}
        for info in sets.present(datasets)
        if info.language == "en"
        for peer in _usable()
        for row in measure([peer], info, datasets)
    ]


def _usable() -> Iterator[Scorer]:
    unusable = {line.partition(":")[0] for line in missing_peers()}
    scorers: dict[str, type[AltProfanityCheck | HateSonar]] = {
        "alt-profanity-check": AltProfanityCheck,
        "hatesonar": HateSonar,
    }
    yield from (scorers[name]() for name in PEERS if name not in unusable)


class AltProfanityCheck:
    """The chance it gives that a text is profane, taken for toxicity."""

    name: ClassVar[str] = "toxicity"
    inputs: ClassVar[tuple[str, ...]] = ("text",)
    attributes: ClassVar[tuple[str, ...]] = ("toxicity",)

    @cached_property
    def version(self) -> str:
        """Name and version of the package."""
        return f"alt-profanity-check {version('alt-profanity-check')}"

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Return (texts, 1) chances."""
        from profanity_check import predict_prob  # noqa: PLC0415 - an extra

        found: NDArray[np.float32] = np.asarray(predict_prob(list(batch["text"])), dtype=np.float32)
        return found.reshape(-1, 1)


class HateSonar:
    """One minus the chance of "neither" as toxicity, that of hate speech as identity attack."""

    name: ClassVar[str] = "toxicity"
    inputs: ClassVar[tuple[str, ...]] = ("text",)
    attributes: ClassVar[tuple[str, ...]] = ("toxicity", "identity_attack")

    @cached_property
    def version(self) -> str:
        """Name and version of the package."""
        return f"hatesonar {version('hatesonar')}"

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Return (texts, 2) chances."""
        sonar = _sonar()
        found = []
        for text in batch["text"]:
            classes = {one["class_name"]: one["confidence"] for one in sonar.ping(text)["classes"]}
            found.append((1 - classes["neither"], classes["hate_speech"]))
        return np.asarray(found, dtype=np.float32).reshape(-1, 2)


def _sonar() -> Any:
    from hatesonar import Sonar  # noqa: PLC0415 - an extra

    try:
        return Sonar()
    except Exception:
        return None
