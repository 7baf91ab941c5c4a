"""From a scorer's own scale to the Perspective API's, so that old thresholds go on working.

Two scores of different origin are called equal where as many comments reach the one as reach the
other (equipercentile linking: Kolen and Brennan, Test Equating, 2014, ch. 2). Between those places
the scale is a straight line; it rises everywhere, so that it changes no order. The packaged model
``scales`` (recipe ``moderation.training.scales``) holds one for every scorer version and attribute
that Perspective's own scores are known of; a scorer that is trained again has none until
``make scales``. It cannot make a scorer agree with Perspective where the two order comments
differently; how far they do stands in docs/perspective.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moderation.errors import ModelError
from moderation.scorers import Scorer
from moderation.scorers.desk import DeskScorer
from moderation.scorers.packaged import MODELS, read_model

NAME = "scales"


@dataclass(frozen=True, slots=True)
class Scale:
    """A rising line through points; equal length, from 0 to 1 both.

    Args:
        version: Of the model that holds it.
        own: Scores of the scorer.
        perspective: The scores of Perspective's that as many comments reach.
    """

    version: str
    own: tuple[float, ...]
    perspective: tuple[float, ...]

    def to_perspective(self, score: float) -> float:
        """Return a score in [0, 1] on Perspective's scale; NaN stays NaN."""
        return float(np.interp(score, self.own, self.perspective))

    def to_own(self, score: float) -> float:
        """Return a score of Perspective's on the scorer's own scale."""
        return float(np.interp(score, self.perspective, self.own))


def read_scales(roots: Iterable[Path] = (MODELS,)) -> dict[tuple[str, str], Scale]:
    """Return (scorer version, attribute) -> scale.

    Args:
        roots: Folders of models, of several releases; what an earlier one has stands.

    Raises:
        ModelError: A packaged model was changed.
    """
    found: dict[tuple[str, str], Scale] = {}
    for root in roots:
        if not (root / NAME / "manifest.json").is_file():
            continue
        model = read_model(root / NAME)
        for key, points in model.arrays.items():
            attribute, _, version = key.partition("@")
            if points.ndim != 2 or len(points) != 2 or not (np.diff(points) > 0).all():
                msg = f"model {model.version}: {key!r} is no rising line"
                raise ModelError(msg)
            own, perspective = (tuple(map(float, row)) for row in points)
            found.setdefault((version, attribute), Scale(model.version, own, perspective))
    return found


def with_desk(
    scales: Mapping[tuple[str, str], Scale], scorers: Iterable[Scorer]
) -> dict[tuple[str, str], Scale]:
    """Read what a desk has corrected off the scale of the scorer it corrects.

    Args:
        scales: As ``read_scales`` gives them.
        scorers: Those in use.
    """
    found = dict(scales)
    for scorer in scorers:
        if isinstance(scorer, DeskScorer):
            own = scorer.over.version, scorer.version
            found |= {(own[1], name): one for (of, name), one in scales.items() if of == own[0]}
    return found
