"""From a trained encoder to the graphs that onnxruntime runs: fp32, and 8-bit integers."""

import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

from moderation.training.starts import Start
from moderation.training.tuning import Encoder

LONGEST = 512
"""Tokens the encoder has places for."""


class _OneText(nn.Module):
    """The encoder for one text without padding: no mask, the plain mean."""

    def __init__(self, net: Encoder) -> None:
        super().__init__()
        self.net = net

    def forward(self, tokens: Tensor) -> Tensor:
        states = self.net.body(input_ids=tokens).last_hidden_state
        logits: Tensor = self.net.head(states.mean(1))
        return logits


def graphs(net: Encoder) -> tuple[bytes, bytes]:
    """Return the encoder as ONNX, in fp32 and in 8-bit integers.

    Both take ``tokens`` (1, length) and give ``logits`` (1, outputs). The integers are per
    channel and of 7 bits' range: with 8, processors without VNNI would overflow.
    """
    # The fused kernels of torch become a dozen nodes each; the plain ones are fused below.
    net.body.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torch's exporter says of its own parts
        raw, fused, small = (
            Path(folder, name) for name in ("raw.onnx", "fused.onnx", "small.onnx")
        )
        _export(net, raw)
        optimised = optimize_model(
            str(raw), model_type="bert", opt_level=0, optimization_options=FusionOptions("bert"),
            num_heads=net.body.config.num_attention_heads, hidden_size=net.body.config.hidden_size,
        )  # fmt: skip
        optimised.save_model_to_file(str(fused))
        quantize_dynamic(
            fused, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
        return fused.read_bytes(), small.read_bytes()


def vocabulary(start: Start) -> bytes:
    """Return the tokenizer's file, without padding and cutting."""
    text: str = start.tokenizer().to_str()
    return text.encode()


def _export(net: Encoder, path: Path) -> None:
    torch.onnx.export(
        _OneText(net).eval(),
        (torch.full((1, 16), 1000),),
        path,
        input_names=["tokens"],
        output_names=["logits"],
        dynamic_shapes={"tokens": {1: torch.export.Dim("length", min=2, max=LONGEST)}},
        external_data=False,
        verbose=False,
    )
