"""Text encoders as ONNX graphs: the one place that knows onnxruntime and tokenizers, no torch.

A graph takes ``tokens`` (1, length) and gives ``logits`` (1, outputs). **One text a call**: texts
read together would be padded to the longest, and 8-bit graphs may choose their scale by all
that is in a call. A text's numbers are therefore the same bits alone and in any company.
"""

import ctypes
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from moderation.errors import ModelError
from moderation.scorers.packaged import read_file

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

VOCABULARY = "tokenizer.json"


class Graph:
    """A graph and its tokenizer, loaded.

    Args:
        graph: ONNX.
        vocabulary: A tokenizer's JSON.
        shown: What messages call them.

    Raises:
        ModelError: They are not what they should be.
    """

    def __init__(self, graph: bytes, vocabulary: bytes, shown: str) -> None:
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415 - 0.2 s

        _give_back()
        options = SessionOptions()
        # Texts are read side by side instead; one thread each makes their bits certain.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = _tokenizer(vocabulary.decode())
            # The kernel of what this one fuses is ten times as slow as those it replaces.
            self._session = InferenceSession(
                graph,
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=["SkipLayerNormFusion"],
            )
        except Exception as error:  # both libraries raise classes of their own, or Exception
            msg = f"{shown}: no usable graph and {VOCABULARY} ({type(error).__name__})"
            raise ModelError(msg) from error

    @classmethod
    def read(cls, folder: Path, name: str) -> Self:
        """Load the graph ``name`` of a model folder and the ``VOCABULARY`` beside it.

        Raises:
            ModelError: A file is missing, changed or not what it should be.
        """
        return cls(read_file(folder, name), read_file(folder, VOCABULARY), str(folder / name))

    def encode(self, text: str, *, marks: bool = True) -> "Encoding":
        """Return the word pieces of a text, whole; ``marks`` adds the first and the last."""
        return self._tokenizer.encode(text, add_special_tokens=marks)

    def logits(self, pieces: Sequence[int]) -> NDArray[np.float32]:
        """Return (outputs,) for the numbers of one text's pieces, marks among them."""
        tokens = np.array([pieces], dtype=np.int64)
        return np.asarray(self._session.run(None, {"tokens": tokens})[0][0], dtype=np.float32)


def _give_back() -> None:
    """Return freed memory to the system before much is asked for; glibc would keep it aside."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)


def _tokenizer(vocabulary: str) -> "Tokenizer":
    from tokenizers import Tokenizer, models  # noqa: PLC0415 - 0.1 s

    told = json.loads(vocabulary)
    model = told["model"]
    if model["type"] != "Unigram":
        return Tokenizer.from_str(vocabulary)
    # Its own reader gets the last bit of some scores wrong, which decides between pieces of the
    # same worth ("0" + "00", "00" + "0"): it reads the marks alone.
    pieces = [(piece, score) for piece, score in model["vocab"]]
    model["vocab"] = model["vocab"][: model["unk_id"] + 1]
    made = Tokenizer.from_str(json.dumps(told))
    made.model = models.Unigram(pieces, model["unk_id"], model.get("byte_fallback", False))
    return made
