"""From a trained encoder to the graphs that onnxruntime runs: fp32, and integers."""

import numpy as np

from moderation import bert
from moderation.training.starts import Start
from moderation.training.tuning import Encoder


def graphs(net: Encoder) -> tuple[bytes, bytes]:
    """Return the encoder as ONNX, in fp32 and in integers (``moderation.bert``).

    Both take ``tokens`` (1, length) and give ``logits`` (1, outputs).
    """
    small = bert.Blocks() if net.start.blocks else bert.Integers()
    return _graph(net, bert.Exact()), _graph(net, small)


def vocabulary(start: Start) -> bytes:
    """Return the tokenizer's file, without padding and cutting."""
    text: str = start.tokenizer().to_str()
    return text.encode()


def _graph(net: Encoder, precision: bert.Precision) -> bytes:
    to = bert.Writer()
    weights = {name: value.numpy() for name, value in net.body.state_dict().items()}
    states = bert.states(to, weights, net.body.config, precision)
    mean = to.node("ReduceMean", states, to.array(np.array([1])), keepdims=0)
    head = net.head.weight.detach().numpy(), net.head.bias.detach().numpy()
    product = to.node("MatMul", mean, to.array(head[0].T))
    return to.content(to.node("Add", product, to.array(head[1])))
