"""Detoxify's own classes on a checkpoint, loaded without its traps; needs the extra ``detoxify``.

``Detoxify(checkpoint=…)`` unpickles the file, which may run code that is in it, and asks the
Hugging Face hub for the base model's settings even if they lie on this machine. Here the file
is read as weights and plain values only, settings and tokenizer come from a folder, and a
checkpoint that lacks weights is refused instead of being filled up at random. The model, the
tokenizer and ``predict`` are the library's.

A checkpoint (https://github.com/unitaryai/detoxify) holds ``state_dict`` and ``config``, of
which ``arch.args`` names the classes of transformers and ``dataset.args.classes`` the outputs.
"""

import hashlib
import pickle  # noqa: TID251 - the error that torch's safe reader raises, nothing else
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from detoxify.detoxify import MODEL_URLS, Detoxify, get_model_and_tokenizer
from huggingface_hub import snapshot_download
from numpy.typing import NDArray

from moderation.errors import ModelError

_BASE_FILES = ["*.json", "*.txt", "*.model"]
"""Settings and tokenizer of a base model, not its weights."""


class Checkpoint:
    """A loaded checkpoint, as an ``Engine`` of ``moderation.scorers.detoxify``.

    Args:
        content: What the file holds.
        base: Folder with ``config.json`` and the tokenizer's files.
        version: Kind and content hash.

    Raises:
        ModelError: The content is no such checkpoint, or does not fit the base.
    """

    threads = 1  # torch takes the cores for each text

    def __init__(self, content: dict[str, Any], base: Path, version: str) -> None:
        try:
            self.library = _Detoxify(content, base)
        except ModelError:
            raise
        except Exception as error:  # whatever transformers makes of files that do not fit
            msg = f"{base}: does not fit the checkpoint ({type(error).__name__})"
            raise ModelError(msg) from error
        self.classes = tuple(self.library.class_names)
        self.version = version
        tokenizer = self.library.tokenizer
        self.limit = _limit(self.library.model.config, tokenizer.model_max_length)
        tokenizer.model_max_length = self.limit  # without one, a long text is an IndexError

    def places(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where in ``text`` each of its word pieces stands."""
        tokenizer = self.library.tokenizer
        found = tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        places: Sequence[tuple[int, int]] = found["offset_mapping"]
        return places

    def predict(self, text: str) -> NDArray[np.float32]:
        """Return (classes,) scores of one text, as the library gives them: bare floats."""
        return np.array(list(self.library.predict(text).values()), dtype=np.float32)


class _Detoxify(Detoxify):
    """The library's class, with another way of loading."""

    def __init__(self, content: dict[str, Any], base: Path) -> None:
        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()
        arch, weights = content["config"]["arch"]["args"], content["state_dict"]
        names = (arch["model_name"], arch["tokenizer_name"])
        if not (names[0].endswith("ForSequenceClassification") and "Tokenizer" in names[1]):
            msg = f"{names} are no classifier and tokenizer of transformers"
            raise ModelError(msg)
        # With its name instead of a folder, transformers asks the hub for the base's settings.
        self.model, self.tokenizer = get_model_and_tokenizer(
            str(base), *names, arch["num_classes"], weights, huggingface_config_path=str(base)
        )
        missing = sorted(set(self.model.state_dict()) - set(weights))
        if missing:
            msg = f"the checkpoint lacks {len(missing)} weights, the first {missing[0]!r}"
            raise ModelError(msg)
        self.class_names = list(content["config"]["dataset"]["args"]["classes"])
        self.device = "cpu"


def published(name: str) -> Checkpoint:
    """Return a published checkpoint, downloaded by torch and huggingface_hub at first.

    Raises:
        ModelError: It is not on this machine and cannot be downloaded.
    """
    url = MODEL_URLS[name]
    try:
        content = torch.hub.load_state_dict_from_url(
            url, map_location="cpu", weights_only=True, progress=False
        )
        base = _base(content["config"]["arch"]["args"]["model_type"], offline=False)
    except (OSError, ValueError) as error:  # of urllib, huggingface_hub and httpx
        msg = (
            f"detoxify:{name}: cannot be downloaded ({type(error).__name__}); see docs/detoxify.md"
        )
        raise ModelError(msg) from error
    return _checkpoint(content, base, Path(torch.hub.get_dir(), "checkpoints", Path(url).name))


def opened(path: Path, *, trusted: bool = False) -> Checkpoint:
    """Return a checkpoint of this machine; nothing is downloaded.

    Settings and tokenizer are looked for in the folder that the checkpoint names as its base,
    then beside it, then in Hugging Face's cache.

    Args:
        path: The file, or a folder that holds one ``*.ckpt``.
        trusted: Unpickle it even if it holds more than weights and plain values: runs whatever
            code is in it.

    Raises:
        ModelError: It is no such file, is not safe to load, or its base is not here.
    """
    if path.is_dir():
        found = sorted(path.glob("*.ckpt"))
        if len(found) != 1:
            msg = f"{path}: {len(found)} files *.ckpt in it; expected one"
            raise ModelError(msg)
        path = found[0]
    content = _content(path, trusted=trusted)
    named = content["config"]["arch"]["args"]["model_type"]
    beside = path.parent / "config.json"
    if beside.is_file() and not Path(named).is_dir():
        named = str(path.parent)
    try:
        base = _base(named, offline=True)
    except (OSError, ValueError) as error:  # of huggingface_hub
        msg = (
            f"{path}: settings and tokenizer of {named!r} are missing; put its config.json and "
            "tokenizer files beside the checkpoint"
        )
        raise ModelError(msg) from error
    return _checkpoint(content, base, path)


def _checkpoint(content: dict[str, Any], base: Path, path: Path) -> Checkpoint:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Checkpoint(content, base, f"detoxify-1-{digest[:8]}")


def _content(path: Path, *, trusted: bool) -> dict[str, Any]:
    """Return what a checkpoint holds, whose shape is then known to be right."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=not trusted)
        arch, classes = content["config"]["arch"]["args"], content["config"]["dataset"]["args"]
        _ = content["state_dict"], arch["model_type"], classes["classes"]
    except pickle.UnpicklingError as error:
        msg = (
            f"{path}: holds more than weights and plain values, which may be code; "
            "docs/detoxify.md says what to do with one you trust"
        )
        raise ModelError(msg) from error
    except Exception as error:  # torch raises what it finds: of zip files, of tensors, of pickle
        msg = f"{path}: no Detoxify checkpoint ({type(error).__name__})"
        raise ModelError(msg) from error
    return dict(content)


def _base(named: str, *, offline: bool) -> Path:
    """Return the folder of a base model's settings and tokenizer: it, or the hub's cache of it."""
    if Path(named).is_dir():
        return Path(named)
    try:
        return Path(snapshot_download(named, allow_patterns=_BASE_FILES, local_files_only=True))
    except (OSError, ValueError):
        if offline:
            raise
    return Path(snapshot_download(named, allow_patterns=_BASE_FILES))


def _limit(config: Any, stated: float) -> int:
    """Return how many pieces fit: RoBERTa and its kin count places from their padding on."""
    first = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return int(min(stated, config.max_position_embeddings - first))
