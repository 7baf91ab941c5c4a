"""Scorers: code that gives each row of a batch one or more numbers in [0, 1].

``Scorer`` is the protocol, ``BUILTIN`` the scorers of this package, ``TOXICITY`` those that may
stand in for its first, ``load`` gives them, a Detoxify model if one is chosen, and those of
plug-ins, with a desk's own corrections; ``score_frame`` is the one way to call any of them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import plugins
from moderation.config import DETOXIFY, TOXICITY_PROFILE
from moderation.errors import PluginError, ScoringError
from moderation.schema import ATTRIBUTES
from moderation.scorers.desk import corrected
from moderation.scorers.detoxify import DetoxifyScorer
from moderation.scorers.encoder import MULTILINGUAL, EncoderScorer
from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.packaged import MODELS
from moderation.scorers.political_spam import PoliticalSpamScorer
from moderation.scorers.toxicity import ToxicityScorer


class Scorer(Protocol):
    """Anything that scores a batch of comments.

    A scorer is a value (cheap to construct, picklable; weights load on first use), row-wise
    (a row's score depends on that row alone; neighbours come as columns, see
    ``moderation.frames``), deterministic, total (empty text, one row, no rows) and offline.

    Attributes:
        name: Registry key, such as ``"toxicity"``.
        inputs: Columns that ``score`` reads.
        attributes: What each column of the result measures, in order.
        version: Changes whenever the same text may get another score.
    """

    @property
    def name(self) -> str:
        """A class variable for most, as are the next two."""
        ...

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the columns that ``score`` reads."""
        ...

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the columns of what ``score`` returns."""
        ...

    @property
    def version(self) -> str:
        """Name and content hash of what produces the scores."""
        ...

    def score(self, batch: pd.DataFrame) -> NDArray[np.float32]:
        """Return (len(batch), len(attributes)) values in [0, 1]; NaN: nothing to score."""
        ...


@runtime_checkable
class Explaining(Protocol):
    """A scorer that also says what its scores are made of.

    Attributes:
        made_of: Columns that ``parts`` gives.
    """

    @property
    def made_of(self) -> tuple[str, ...]:
        """Names of the columns that ``parts`` returns."""
        ...

    def parts(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return float32 columns ``made_of``, the index of ``batch``; NaN: nothing to tell."""
        ...

    def explain(self, batch: pd.DataFrame) -> list[str]:
        """Say of every row what made its score, in a sentence; empty where there is none."""
        ...


def score_frame(scorer: Scorer, batch: pd.DataFrame) -> pd.DataFrame:
    """Score ``batch`` and name the columns after the scorer's attributes.

    Args:
        scorer: A ready scorer.
        batch: One row per comment; needs the columns in ``scorer.inputs``.

    Returns:
        A float32 frame with the index of ``batch`` and one column per attribute; NaN where
        there was nothing to score.

    Raises:
        ScoringError: A column is missing, or the scorer broke its contract.
    """
    missing = [column for column in scorer.inputs if column not in batch.columns]
    if missing:
        msg = f"scorer {scorer.name!r} needs column(s) {missing}; the batch has {list(batch)}"
        raise ScoringError(msg)
    shape = (len(batch), len(scorer.attributes))
    scores = scorer.score(batch) if len(batch) else np.empty(shape, dtype=np.float32)
    if scores.shape != shape or scores.dtype != np.float32:
        msg = f"scorer {scorer.name!r} returned {scores.dtype}{scores.shape}, not float32{shape}"
        raise ScoringError(msg)
    if np.any((scores < 0) | (scores > 1)):
        msg = f"scorer {scorer.name!r} returned a score outside [0, 1]"
        raise ScoringError(msg)
    return pd.DataFrame(scores, index=batch.index, columns=list(scorer.attributes))


TOXICITY: Final[dict[str, Scorer]] = {
    "accurate": EncoderScorer(others=MULTILINGUAL),
    "fast": EncoderScorer(MODELS / "toxicity_fast", others=MULTILINGUAL),
    "bulk": ToxicityScorer(),
}
"""The profiles of the setting ``toxicity``: they give the same attributes."""
BUILTIN: Final[tuple[Scorer, ...]] = (
    TOXICITY[TOXICITY_PROFILE],
    OffTopicScorer(),
    PoliticalSpamScorer(),
)
"""Every scorer of this package, ready; together they give each of ``ATTRIBUTES`` once."""


def load(toxicity: str = TOXICITY_PROFILE, desk_model: str = "") -> tuple[Scorer, ...]:
    """Return the built-in scorers, the chosen one, and those of plug-ins (classes constructed).

    Where a later one gives an attribute of an earlier one, its scores stand: Detoxify models
    and plug-ins may give some attributes only, ``bulk`` and the others give the rest.

    Args:
        toxicity: As ``Settings.toxicity``.
        desk_model: As ``Settings.desk_model``; its corrections are laid over the scores.

    Raises:
        ModelError: The Detoxify model or the desk's is not there, or not usable.
        PluginError: A plug-in cannot be imported or is no scorer.
    """
    chosen: list[Scorer] = [TOXICITY.get(toxicity, TOXICITY["bulk"]), *BUILTIN[1:]]
    if toxicity.startswith(DETOXIFY):
        chosen.append(DetoxifyScorer(toxicity.removeprefix(DETOXIFY)))
    for part in plugins.load("scorers"):
        scorer = part() if isinstance(part, type) else part
        lacking = [name for name in ("name", "attributes", "inputs") if not hasattr(scorer, name)]
        if lacking or not callable(getattr(scorer, "score", None)):
            msg = f"plug-in {part!r} is no scorer; see docs/extending/scorer.md"
            raise PluginError(msg)
        chosen.append(scorer)
    standing = _standing(chosen)
    return corrected(standing, Path(desk_model)) if desk_model else standing


def _standing(scorers: Sequence[Scorer]) -> tuple[Scorer, ...]:
    """Leave out scorers all of whose attributes a later one gives."""
    last = {name: place for place, scorer in enumerate(scorers) for name in scorer.attributes}
    return tuple(scorers[place] for place in sorted(set(last.values())))


def versions(scorers: Iterable[Scorer]) -> dict[str, str]:
    """Return which version gives each attribute; of two scorers of one, the later stands."""
    return {name: scorer.version for scorer in scorers for name in scorer.attributes}


def score_all(scorers: Iterable[Scorer], batch: pd.DataFrame) -> pd.DataFrame:
    """Score ``batch`` with every scorer.

    Returns:
        A float32 frame with the index of ``batch``: the columns of ``ATTRIBUTES`` in their
        order, NaN throughout where no scorer gives one, then attributes of plug-ins alone.

    Raises:
        ScoringError: A column is missing, or a scorer broke its contract.
    """
    found: dict[str, pd.Series] = {}
    for scorer in scorers:
        scores = score_frame(scorer, batch)
        found |= {name: scores[name] for name in scorer.attributes}
    columns = [*ATTRIBUTES, *(name for name in found if name not in ATTRIBUTES)]
    nothing = pd.Series(np.nan, index=batch.index, dtype=np.float32)
    return pd.DataFrame({name: found.get(name, nothing) for name in columns}, index=batch.index)
