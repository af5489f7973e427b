import numpy as np
import pytest

from keras_speech.layers import GatedConvolutionStack

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(2, 40, 3)).astype("float32")
CONDITION = RANDOM.normal(size=(2, 40, 5)).astype("float32")


def moved(layer, *inputs):
    """`layer`, built on the inputs, with random numbers added to its weights."""
    layer(*inputs)
    random = np.random.default_rng(1)
    layer.set_weights(
        [w + random.normal(0, 0.2, w.shape).astype("float32") for w in layer.get_weights()]
    )
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("normalized", [False, True])
def test_equals_the_equations_written_out(normalized):
    """Two layers, by explicit sums over taps."""
    net = GatedConvolutionStack(2, channels=4, n_layers=2, weight_normalization=normalized)
    moved(net, X, CONDITION)

    def weights(layer):
        layer = layer.fold() if normalized else layer
        return layer.kernel.numpy(), layer.bias.numpy()

    def dense(layer, x):
        kernel, bias = weights(layer)
        return x @ kernel + bias

    def gated(i, x):
        kernel, bias = weights(net.convolutions[i])
        gates = np.tile(bias, (*x.shape[:2], 1)) + dense(net.conditions[i], CONDITION)
        for t in range(x.shape[1]):
            for j in range(3):
                if 0 <= (u := t + (j - 1) * 2**i) < x.shape[1]:
                    gates[:, t] += x[:, u] @ kernel[j]
        return np.tanh(gates[..., :4]) * sigmoid(gates[..., 4:])

    x = dense(net.start, X)
    first = gated(0, x)
    second = gated(1, x + dense(net.residuals[0], first))
    total = dense(net.skips[0], first) + dense(net.skips[1], second)
    expected = total @ net.end_kernel.numpy() + net.end_bias.numpy()
    np.testing.assert_allclose(net(X, CONDITION), expected, atol=1e-5)


def test_a_step_reaches_as_far_as_the_context_says():
    net = moved(GatedConvolutionStack(2, channels=4, n_layers=3), X)
    x = X.copy()
    x[:, 20] += 1
    changed = np.flatnonzero(np.any(np.asarray(net(x)) != net(X), axis=(0, 2)))
    assert net.context_size == 7
    np.testing.assert_array_equal(changed, np.arange(13, 28))


@pytest.mark.parametrize("kept", [slice(0, 30), slice(10, 40)], ids=["end", "start"])
def test_padding_changes_nothing(kept):
    net = moved(GatedConvolutionStack(2, channels=4, n_layers=3), X, CONDITION)
    mask = np.zeros((2, 40), bool)
    mask[:, kept] = True
    actual = net(X, CONDITION, mask=mask)[:, kept]
    np.testing.assert_allclose(actual, net(X[:, kept], CONDITION[:, kept]), atol=1e-6)


def test_it_starts_at_zero_with_one_bias_per_output():
    net = GatedConvolutionStack(2, channels=4, n_layers=2, weight_normalization=True)
    np.testing.assert_array_equal(net(X, CONDITION), np.zeros((2, 40, 2)))


def test_the_output_is_float32_under_any_policy():
    assert GatedConvolutionStack(2, 4, 2, dtype="mixed_bfloat16")(X).dtype == "float32"


def test_a_condition_is_given_always_or_never():
    net = GatedConvolutionStack(2, channels=4, n_layers=2)
    net(X)
    with pytest.raises(ValueError, match="`condition` must be given always or never"):
        net(X, CONDITION)
    with pytest.raises(ValueError, match="`n_layers` must be at least 1. Received: n_layers=0"):
        GatedConvolutionStack(2, n_layers=0)
