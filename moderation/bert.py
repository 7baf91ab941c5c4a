"""BERT encoders as ONNX graphs, written node by node: few nodes, each the fastest of its kind.

torch's exporter and onnxruntime's optimiser need minutes of guessing for what is known: a BERT
is embeddings and equal layers. Here a layer is nine nodes; the general way left twenty-five, and
half of the time in nodes that do not multiply. ``Exact`` computes in fp32, ``Integers``
multiplies in 8-bit integers; ``moderation.scorers.graph`` runs both.

Where the sums, the normalisation and the bias would be one node (``SkipLayerNormalization``),
they are three: onnxruntime's kernel for the one is ten times as slow as for the three (1.32,
x86). ``Graph`` keeps it from fusing them.

One text a graph: ``tokens`` (1, length), no padding, so no mask.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]
Weights = Mapping[str, NDArray[np.float32]]
_OPSET, _IR = 20, 10
_OURS = "com.microsoft"
"""Domain of onnxruntime's own operators."""
_INT4 = helper.tensor_dtype_to_np_dtype(TensorProto.INT4)
_BLOCK = 32
"""Numbers of a row that share a scale where they are of 4 bits."""
_WIDE = 128
"""Inputs of a product that share a scale."""
_LARGEST = 64
"""7 bits of a weight's 8 are used: with all, processors without VNNI overflow."""


class Writer:
    """A graph that grows by a node a call."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._arrays: dict[str, Array] = {}

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node and return the name of what it gives."""
        return self.split(operator, *inputs, outputs=1, domain=domain, **attributes)[0]

    def split(
        self, operator: str, *inputs: str, outputs: int, domain: str = "", **attributes: Any
    ) -> list[str]:
        """Add a node that gives several things and return their names."""
        number = len(self._nodes)
        names = [f"{number}.{place}" for place in range(outputs)]
        self._nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def array(self, values: Array) -> str:
        """Add a constant and return its name."""
        name = f"c{len(self._arrays)}"
        self._arrays[name] = np.ascontiguousarray(values)
        return name

    def content(self, logits: str) -> bytes:
        """Return the graph from ``tokens`` to ``logits``, as a file holds it."""
        self._nodes.append(helper.make_node("Identity", [logits], ["logits"]))
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "length"])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)],
            [numpy_helper.from_array(values, name) for name, values in self._arrays.items()],
        )
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OURS, 1)]
        model = helper.make_model(graph, opset_imports=domains, ir_version=_IR)
        content: bytes = model.SerializeToString()
        return content


class Precision(Protocol):
    """How a graph computes its large products; matrices are (inputs, outputs)."""

    def rows(self, to: Writer, table: Array, numbers: str) -> str:
        """Look up rows of a table."""
        ...

    def product(self, to: Writer, states: str, matrix: Array, bias: Array) -> str:
        """Multiply and add."""
        ...

    def attention(self, to: Writer, states: str, matrix: Array, bias: Array, heads: int) -> str:
        """Attend; ``matrix`` gives queries, keys and values side by side."""
        ...


class Exact:
    """fp32."""

    def rows(self, to: Writer, table: Array, numbers: str) -> str:
        """Look up."""
        return to.node("Gather", to.array(table), numbers)

    def product(self, to: Writer, states: str, matrix: Array, bias: Array) -> str:
        """Multiply and add."""
        return to.node("Add", to.node("MatMul", states, to.array(matrix)), to.array(bias))

    def attention(self, to: Writer, states: str, matrix: Array, bias: Array, heads: int) -> str:
        """Attend."""
        parts = (states, to.array(matrix), to.array(bias))
        return to.node("Attention", *parts, domain=_OURS, num_heads=heads)


class Integers:
    """8-bit integers.

    Rows of a table and columns of a matrix have a fixed scale each; the states of a text that
    enter a product have one for all of them, found while it runs.
    """

    def rows(self, to: Writer, table: Array, numbers: str) -> str:
        """Look up in integers."""
        whole, scale = _whole(table, axis=1, largest=127)
        found = to.node("Cast", to.node("Gather", to.array(whole), numbers), to=TensorProto.FLOAT)
        return to.node("Mul", found, to.node("Gather", to.array(scale), numbers))

    def product(self, to: Writer, states: str, matrix: Array, bias: Array) -> str:
        """Multiply in integers."""
        whole, scale = _whole(matrix, axis=0, largest=_LARGEST)
        parts = (to.array(whole), to.array(scale[0]), "", to.array(bias))
        return to.node("DynamicQuantizeMatMul", states, *parts, domain=_OURS)

    def attention(self, to: Writer, states: str, matrix: Array, bias: Array, heads: int) -> str:
        """Multiply in integers, attend in fp32."""
        whole, scale = _whole(matrix, axis=0, largest=_LARGEST)
        quantised, step, zero = to.split("DynamicQuantizeLinear", states, outputs=3)
        parts = (quantised, to.array(whole), to.array(bias), step, to.array(scale[0]), "", zero)
        return to.node("QAttention", *parts, domain=_OURS, num_heads=heads)


class Blocks(Integers):
    """Integers with a scale for each block of numbers, for encoders of XLM-R's kind.

    A few of their states are so large that one scale for all leaves the others nothing. Where
    states enter a product, ``_WIDE`` neighbours share one, in matrix and text alike; attention is
    as in ``Integers``. Tables are of 4 bits, ``_BLOCK`` numbers to a scale: one that came so
    (``moderation.training.e5``) loses nothing.
    """

    def rows(self, to: Writer, table: Array, numbers: str) -> str:
        """Look up in blocks."""
        blocks = table.reshape(len(table), -1, _BLOCK)
        largest = np.abs(blocks).argmax(axis=2, keepdims=True)
        scale = np.take_along_axis(blocks, largest, axis=2) / -8  # the largest becomes -8
        shares = np.divide(blocks, scale, out=np.zeros_like(blocks), where=scale != 0)
        whole = np.rint(shares).clip(-8, 7).reshape(table.shape).astype(_INT4)
        parts = (to.array(whole), numbers, to.array(scale[..., 0]))
        how = {"block_size": _BLOCK, "gather_axis": 0, "quantize_axis": 1}
        return to.node("GatherBlockQuantized", *parts, domain=_OURS, **how)

    def product(self, to: Writer, states: str, matrix: Array, bias: Array) -> str:
        """Multiply in blocks."""
        wide, outputs = matrix.shape
        blocks = matrix.T.reshape(outputs, -1, min(_WIDE, wide))
        whole, scale = _whole(blocks, axis=2, largest=127)
        unsigned = (whole.astype(np.int16) + 128).astype(np.uint8)
        parts = (to.array(unsigned), to.array(scale.ravel()), "", "", to.array(bias))
        how = {"K": wide, "N": outputs, "bits": 8, "block_size": blocks.shape[2]}
        return to.node("MatMulNBits", states, *parts, domain=_OURS, accuracy_level=4, **how)


def states(to: Writer, weights: Weights, config: Any, precision: Precision) -> str:
    """Write a BERT from ``tokens`` to the states of its last layer, (1, length, hidden).

    Args:
        to: What is written to.
        weights: As ``transformers.BertModel`` names them.
        config: Its settings.
        precision: How products are computed.

    Returns:
        The name of the states.
    """
    table = "embeddings.{}_embeddings.weight".format
    places = to.array(weights[table("position")] + weights[table("token_type")][0])
    first, length = to.array(np.array([0])), to.node("Shape", "tokens", start=1)
    words = precision.rows(to, weights[table("word")], "tokens")
    summed = to.node("Add", words, to.node("Slice", places, first, length, first))
    found = _normalise(to, weights, "embeddings.LayerNorm", summed, config)
    for number in range(config.num_hidden_layers):
        found = _layer(to, weights, f"encoder.layer.{number}.", found, config, precision)
    return found


def _layer(
    to: Writer, weights: Weights, name: str, states: str, config: Any, precision: Precision
) -> str:
    def dense(part: str) -> tuple[Array, Array]:
        return weights[f"{name}{part}.weight"].T, weights[f"{name}{part}.bias"]

    parts = [dense(f"attention.self.{part}") for part in ("query", "key", "value")]
    matrix, bias = (np.concatenate(both, axis=-1) for both in zip(*parts, strict=True))
    attended = precision.attention(to, states, matrix, bias, config.num_attention_heads)
    added = to.node(
        "Add", precision.product(to, attended, *dense("attention.output.dense")), states
    )
    middle = _normalise(to, weights, f"{name}attention.output.LayerNorm", added, config)
    wide = to.node("Gelu", precision.product(to, middle, *dense("intermediate.dense")))
    added = to.node("Add", precision.product(to, wide, *dense("output.dense")), middle)
    return _normalise(to, weights, f"{name}output.LayerNorm", added, config)


def _normalise(to: Writer, weights: Weights, name: str, states: str, config: Any) -> str:
    parts = [to.array(weights[f"{name}.{part}"]) for part in ("weight", "bias")]
    return to.node("LayerNormalization", states, *parts, epsilon=config.layer_norm_eps)


def _whole(values: Array, *, axis: int, largest: int) -> tuple[Array, Array]:
    """Return whole numbers of up to ``largest``, and the scales that make them values again."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / np.float32(largest)
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)
