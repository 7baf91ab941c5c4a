"""Weights that extractors have learnt: a folder each in ``moderation/models``."""

import hashlib
import json
from functools import cache
from pathlib import Path

from moderation.errors import ModelError

MODELS = Path(__file__).parents[1] / "models"


@cache
def packaged_weights(name: str) -> dict[str, float]:
    """Return the packaged weights of a model by the names of its signs.

    Raises:
        ModelError: The packaged file is missing or is not the one of the manifest.
    """
    folder = MODELS / name
    path = folder / "weights.json"
    try:
        content = path.read_bytes()
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        expected = manifest["files"][path.name]["sha256"]
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            msg = f"{path}: sha256 {found[:12]}… does not match the manifest's {expected[:12]}…"
            raise ModelError(msg)
        return dict(json.loads(content))
    except (OSError, ValueError, KeyError) as error:
        msg = f"{path}: not the {name} model ({type(error).__name__}: {error})"
        raise ModelError(msg) from error
