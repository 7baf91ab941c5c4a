"""From a Detoxify checkpoint to a folder that runs without torch and holds no pickle.

The folder has the weights (safetensors, with transformers' ``config.json``), two ONNX graphs,
the tokenizer, a card, and a manifest with the sha256 of each and how far the graphs' scores were
from the library's on comments of the sample pages. A graph that is further off than
``FP32_OFF`` or ``INT8_OFF`` is not kept. Needs the extra ``detoxify``.

The second graph multiplies in 8-bit integers. Weights are scaled in blocks of ``BLOCK`` and
activations by block and word piece while it runs. The usual way, one scale for all activations of
a text, was up to 0.15 off on a fine-tuned MiniLM, as single large values take the whole
scale; this one 0.014, at six tenths of the speed (with VNNI).
"""

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import safetensors.torch
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer

from moderation.errors import ModelError
from moderation.scorers.checkpoint import Checkpoint, opened, published
from moderation.scorers.detoxify import FP32, INT8, KIND, PUBLISHED, Imported, ours
from moderation.scorers.graph import VOCABULARY, Graph
from moderation.scorers.packaged import write_folder

FP32_OFF, INT8_OFF = 1e-4, 0.02
"""How far a graph's score may be from the library's, on any probe and class."""
BLOCK = 16
"""Weights that share a scale; 32 is 2 % faster and a third further off."""
_CARD = """\
# A Detoxify checkpoint, imported

Version `{version}`, from `SOURCE` (`CHECKPOINT`), by `moderation models import-detoxify`.

Outputs: CLASSES.

Against the library's own `Detoxify.predict`, PROBES comments of the sample pages: FIGURES.

The weights, what they were trained on, their licence and their limits are those of the
checkpoint: see https://github.com/unitaryai/detoxify for the published ones. This folder does
not change them.
"""


def import_detoxify(
    where: str,
    folder: Path,
    probes: Sequence[str],
    *,
    trusted: bool = False,
    tell: Callable[[str], None] = lambda _line: None,
) -> str:
    """Write the folder that ``DetoxifyScorer`` runs without torch.

    Args:
        where: A published name, or the path of a checkpoint or of a folder with one.
        folder: Made if it is not there.
        probes: Comments that the graphs are compared with the library on; not empty.
        trusted: See ``checkpoint.opened``.
        tell: Called with one line a step.

    Returns:
        The version.

    Raises:
        ModelError: There is no usable checkpoint, or its graph does not give its scores.
    """
    checkpoint = published(where) if where in PUBLISHED else opened(Path(where), trusted=trusted)
    if not ours(checkpoint.classes):
        msg = f"{where}: none of its classes {list(checkpoint.classes)} is an attribute"
        raise ModelError(msg)
    tell(f"{where}: {checkpoint.version}, scoring {len(probes)} comments with the library")
    expected = np.array([checkpoint.predict(text) for text in probes])
    tell("making the graphs")
    vocabulary = _vocabulary(checkpoint)
    files, off = {}, {}
    for name, graph in _graphs(checkpoint).items():
        imported = Imported(
            Graph(graph, vocabulary, name), checkpoint.classes, checkpoint.limit, ""
        )
        found = np.array([imported.predict(text) for text in probes])
        off[name] = float(np.abs(found - expected).max())
        tell(f"{name}: scores at most {off[name]:.2g} off")
        files[name] = graph
    if off[FP32] > FP32_OFF:
        msg = f"{where}: its graph's scores are {off[FP32]:.2g} off; expected {FP32_OFF} at most"
        raise ModelError(msg)
    if off[INT8] > INT8_OFF:
        tell(f"{INT8} is left out: more than {INT8_OFF} off")
        del files[INT8]
    facts = {
        "kind": KIND,
        "source": Path(where).name,
        "checkpoint": checkpoint.version,
        "classes": list(checkpoint.classes),
        "limit": checkpoint.limit,
        "off": off,
        "probes": len(probes),
    }
    files |= {VOCABULARY: vocabulary} | _weights(checkpoint.library.model)
    return write_folder(folder, prefix=f"{KIND}-1", files=files, facts=facts, card=_card(facts))


def _card(facts: dict[str, Any]) -> str:
    figures = ", ".join(f"{name} at most {off:.2g} off" for name, off in facts["off"].items())
    card = _CARD.replace("SOURCE", facts["source"]).replace("CHECKPOINT", facts["checkpoint"])
    card = card.replace("PROBES", str(facts["probes"])).replace("FIGURES", figures)
    return card.replace("CLASSES", ", ".join(facts["classes"]))


def _vocabulary(checkpoint: Checkpoint) -> bytes:
    """Return the tokenizer's file; cutting is ours, padding nobody's."""
    made = Tokenizer.from_str(checkpoint.library.tokenizer.backend_tokenizer.to_str())
    made.no_truncation()
    made.no_padding()
    text: str = made.to_str()
    return text.encode()


def _weights(model: Any) -> dict[str, bytes]:
    state = {name: value.contiguous().clone() for name, value in model.state_dict().items()}
    return {
        "model.safetensors": safetensors.torch.save(state, metadata={"format": "pt"}),
        "config.json": model.config.to_json_string().encode(),
    }


class _OneText(torch.nn.Module):
    """The model for one text: no padding, so no mask."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=tokens).logits
        return logits


def _graphs(checkpoint: Checkpoint) -> dict[str, bytes]:
    model = checkpoint.library.model
    with tempfile.TemporaryDirectory() as folder, _quiet():
        raw, fused, small = (Path(folder, name) for name in ("raw.onnx", FP32, INT8))
        _export(model, raw, checkpoint.limit)
        optimised = optimize_model(
            str(raw), model_type="bert", opt_level=0, optimization_options=FusionOptions("bert"),
            num_heads=model.config.num_attention_heads, hidden_size=model.config.hidden_size,
        )  # fmt: skip
        optimised.save_model_to_file(str(fused))
        quantizer = MatMulNBitsQuantizer(
            onnx.load(fused), bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=4
        )
        quantizer.process()
        quantizer.model.save_model_to_file(str(small), use_external_data_format=False)
        return {FP32: fused.read_bytes(), INT8: small.read_bytes()}


def _export(model: Any, path: Path, limit: int) -> None:
    # torch's fused attention becomes a dozen nodes each; the plain one is fused afterwards.
    model.set_attn_implementation("eager")
    torch.onnx.export(
        _OneText(model).eval(),
        (torch.full((1, 16), 5),),
        path,
        input_names=["tokens"],
        output_names=["logits"],
        dynamic_shapes={"tokens": {1: torch.export.Dim("length", min=2, max=limit)}},
        external_data=False,
        verbose=False,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what the exporters say about their own parts."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
