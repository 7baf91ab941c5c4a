"""How long a neural recipe trains, and where it goes on from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person may ask of a recipe that is trained by time.

    Args:
        minutes: Of training, over all sessions; the learning rate falls to nothing over them.
        seed: Of draws, changes to texts and the heads' first values.
        resume: Whether to go on from the checkpoint that an earlier session left.
    """

    minutes: float = 90.0
    seed: int = 1
    resume: bool = False
