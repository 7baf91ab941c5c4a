"""Model folders: files that hold the weights, ``manifest.json`` and ``card.md``.

A file is read only after its sha256 has been compared with the manifest, and none is a pickle:
``weights.npz`` holds plain arrays, others are graphs, safetensors and vocabularies. The
manifest also holds the version, what the weights were trained on (set, licence, rows, sha256)
and the figures measured on texts kept out of training.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
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
            [entry["sha256"] for entry in manifest["files"].values()],
        )
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); reinstall or train the model"
        raise ModelError(msg) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
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
    content = read_file(folder, _WEIGHTS)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        msg = f"{folder / _WEIGHTS}: not an archive of plain arrays ({error})"
        raise ModelError(msg) from error
    for array in arrays.values():
        array.flags.writeable = False
    return Model(manifest["version"], arrays)


def read_file(folder: Path, name: str) -> bytes:
    """Return a file of a packaged model, compared with the manifest.

    Raises:
        ModelError: The manifest or the file is missing, or the file is not the manifest's.
    """
    listed = read_manifest(folder)["files"]
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); reinstall or train the model"
        raise ModelError(msg) from error
    found, expected = hashlib.sha256(content).hexdigest(), listed.get(name, {}).get("sha256", "")
    if found != expected:
        msg = f"{path}: sha256 {found[:12]}… does not match the manifest's {str(expected)[:12]}…"
        raise ModelError(msg)
    return content


def write_model(
    folder: Path, *, prefix: str, arrays: dict[str, NDArray[Any]], facts: dict[str, Any],
    card: str, files: Mapping[str, bytes] = MappingProxyType({}),
) -> str:  # fmt: skip
    """Write a packaged model of plain arrays; the same arrays give the same bytes.

    Args:
        folder: As for ``write_folder``.
        prefix: As for ``write_folder``.
        arrays: The weights, none of them of objects.
        facts: As for ``write_folder``.
        card: As for ``write_folder``.
        files: Further files by name, such as a graph.

    Returns:
        The version.
    """
    contents = {_WEIGHTS: pack(arrays), **files}
    return write_folder(folder, prefix=prefix, files=contents, facts=facts, card=card)


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the file that holds some arrays; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    # typeshed takes the names of arrays for numpy's own option
    np.savez_compressed(buffer, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    return buffer.getvalue()


def version_of(prefix: str, files: Iterable[bytes]) -> str:
    """Name the version of a model with these files, in their order: the prefix and a hash."""
    digest, *others = [hashlib.sha256(content).hexdigest() for content in files]
    if others:
        digest = hashlib.sha256("".join([digest, *others]).encode()).hexdigest()
    return f"{prefix}-{digest[:8]}"


def write_folder(
    folder: Path, *, prefix: str, files: Mapping[str, bytes], facts: dict[str, Any], card: str
) -> str:
    """Write a model's files with their manifest and card.

    Args:
        folder: Made if it is not there; what it holds under the same names is replaced.
        prefix: Kind of model and layout of its files; the version is it and a content hash.
        files: By name, at least one.
        facts: Further entries of the manifest: data, metrics, settings.
        card: Markdown; ``{version}`` is replaced.

    Returns:
        The version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    version = version_of(prefix, files.values())
    manifest = {
        "format": FORMAT,
        "name": folder.name,
        "version": version,
        "files": {
            name: {"sha256": digests[name], "bytes": len(content)}
            for name, content in files.items()
        },
    } | facts
    for name, content in files.items():
        (folder / name).write_bytes(content)
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card.replace("{version}", version), encoding="utf-8")
    read_manifest.cache_clear()
    read_model.cache_clear()
    return version
