"""Packaged models: a folder with ``weights.npz``, ``manifest.json`` and ``card.md``.

Weights are plain arrays, read without pickle and only after their sha256 has been compared
with the manifest. The manifest also holds the version, what the weights were trained on
(set, licence, rows, sha256) and the figures measured on texts kept out of training.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.errors import ModelError

MODELS = Path(__file__).parents[1] / "models"
FORMAT = 1
"""Layout of the folder; a reader refuses newer ones."""
_WEIGHTS = "weights.npz"


@dataclass(frozen=True)
class Model:
    """What a packaged folder holds.

    Args:
        version: As in the manifest.
        arrays: The weights by name, read-only.
    """

    version: str
    arrays: dict[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return one array; raises ModelError where the folder has none of that name."""
        try:
            return self.arrays[name]
        except KeyError as error:
            msg = f"model {self.version}: no array {name!r}; it holds {sorted(self.arrays)}"
            raise ModelError(msg) from error


@lru_cache(maxsize=32)
def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a packaged model.

    Raises:
        ModelError: It is missing, no JSON, incomplete or of a newer format.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        layout, _, _ = (
            manifest["format"],
            manifest["version"],
            manifest["files"][_WEIGHTS]["sha256"],
        )
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); reinstall or train the model"
        raise ModelError(msg) from error
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path}: not a model's manifest ({type(error).__name__}: {error})"
        raise ModelError(msg) from error
    if layout != FORMAT:
        msg = f"{path}: format {layout!r}; this release reads {FORMAT}"
        raise ModelError(msg)
    return dict(manifest)


@lru_cache(maxsize=8)
def read_model(folder: Path) -> Model:
    """Load a packaged model, once a process.

    Raises:
        ModelError: The manifest or the weights are missing, changed or unreadable.
    """
    manifest = read_manifest(folder)
    path = folder / _WEIGHTS
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); reinstall or train the model"
        raise ModelError(msg) from error
    found, expected = hashlib.sha256(content).hexdigest(), manifest["files"][_WEIGHTS]["sha256"]
    if found != expected:
        msg = f"{path}: sha256 {found[:12]}… does not match the manifest's {str(expected)[:12]}…"
        raise ModelError(msg)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        msg = f"{path}: not an archive of plain arrays ({error})"
        raise ModelError(msg) from error
    for array in arrays.values():
        array.flags.writeable = False
    return Model(manifest["version"], arrays)


def write_model(
    folder: Path, *, prefix: str, arrays: dict[str, NDArray[Any]], facts: dict[str, Any], card: str
) -> str:
    """Write a packaged model; the same arrays give the same bytes.

    Args:
        folder: Made if it is not there; what it holds under the same names is replaced.
        prefix: Kind of model and layout of its arrays; the version is it and a content hash.
        arrays: The weights, none of them of objects.
        facts: Further entries of the manifest: data, metrics, settings.
        card: Markdown; ``{version}`` is replaced.

    Returns:
        The version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    # typeshed takes the names of arrays for numpy's own option
    np.savez_compressed(buffer, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    version = f"{prefix}-{digest[:8]}"
    manifest = {
        "format": FORMAT,
        "name": folder.name,
        "version": version,
        "files": {_WEIGHTS: {"sha256": digest, "bytes": len(content)}},
    } | facts
    (folder / _WEIGHTS).write_bytes(content)
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card.replace("{version}", version), encoding="utf-8")
    read_manifest.cache_clear()
    read_model.cache_clear()
    return version
