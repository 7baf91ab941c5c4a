"""Graphs written node by node give what transformers' BERT gives; needs torch."""

import numpy as np
import pytest
from onnxruntime import InferenceSession

torch = pytest.importorskip("torch", reason="extra train or detoxify")
transformers = pytest.importorskip("transformers")

from moderation import bert  # noqa: E402 - needs onnx, which comes with both extras

pytestmark = pytest.mark.detoxify  # runs where torch is
TOKENS = [[5], [7, 3, 19, 2], list(range(1, 33))]


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=40, hidden_size=64, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=128, max_position_embeddings=32, initializer_range=0.1,
    )  # fmt: skip
    return transformers.BertModel(config, add_pooling_layer=False).eval()


def states(net, precision, tokens):
    to = bert.Writer()
    weights = {name: value.numpy() for name, value in net.state_dict().items()}
    found = bert.states(to, weights, net.config, precision)
    content = to.content(found)
    session = InferenceSession(content, disabled_optimizers=["SkipLayerNormFusion"])
    return session.run(None, {"tokens": np.array([tokens])})[0][0]


def expected(net, tokens):
    with torch.no_grad():
        return net(input_ids=torch.tensor([tokens])).last_hidden_state[0].numpy()


@pytest.mark.parametrize("tokens", TOKENS, ids=len)
def test_in_fp32_the_states_are_those_of_transformers(net, tokens):
    np.testing.assert_allclose(states(net, bert.Exact(), tokens), expected(net, tokens), atol=1e-4)


@pytest.mark.parametrize("precision", [bert.Integers(), bert.Blocks()])
@pytest.mark.parametrize("tokens", TOKENS, ids=len)
def test_in_integers_the_states_are_close(net, precision, tokens):
    found, exact = states(net, precision, tokens), expected(net, tokens)
    assert np.corrcoef(found.ravel(), exact.ravel())[0, 1] > 0.998
    assert np.abs(found - exact).mean() < 0.05


def test_integers_use_seven_bits_of_a_weight_so_that_every_processor_sums_them_right(net):
    whole, scale = bert._whole(
        net.encoder.layer[0].output.dense.weight.detach().numpy().T, axis=0, largest=64
    )
    assert np.abs(whole).max() == 64
    assert scale.shape == (1, 64)


def looked_up(precision, table):
    to = bert.Writer()
    content = to.content(precision.rows(to, table, "tokens"))
    session = InferenceSession(content)
    return session.run(None, {"tokens": np.arange(len(table))[None]})[0][0]


def test_a_table_that_came_in_blocks_of_four_bits_loses_nothing():
    generator = np.random.default_rng(5)
    numbers = generator.integers(-8, 8, (30, 4, 32))
    numbers[:, :, 0] = -8  # a block's largest, as whoever rounded it has it
    scales = generator.uniform(-1, 1, (30, 4, 1)).astype(np.float16).astype(np.float32)
    table = (numbers * scales).astype(np.float32).reshape(30, 128)
    table[3] = 0
    np.testing.assert_array_equal(looked_up(bert.Blocks(), table), table)


def test_another_table_is_rounded_to_four_bits():
    table = np.random.default_rng(6).normal(size=(30, 128)).astype(np.float32)
    found = looked_up(bert.Blocks(), table)
    assert 0.99 < np.corrcoef(found.ravel(), table.ravel())[0, 1] < 1
