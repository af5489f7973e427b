import keras
import numpy as np
import pytest

from keras_speech.layers import CausalDilatedConv1D

SHAPES = pytest.mark.parametrize(
    "kernel_size, dilation_rate", [(1, 1), (1, 3), (2, 1), (2, 7), (3, 2), (3, 9), (4, 1), (4, 5)]
)


def signal(steps, channels=3, batch=2, seed=0):
    return np.random.default_rng(seed).normal(size=(batch, steps, channels)).astype("float32")


def made(*args, channels=3, **kwargs):
    """The layer, built, with a bias that is not zero."""
    layer = CausalDilatedConv1D(*args, **kwargs)
    layer.build((None, None, channels))
    if layer.use_bias:
        layer.bias.assign(np.linspace(-1, 1, layer.filters))
    return layer


@SHAPES
def test_equals_naive_convolution(kernel_size, dilation_rate):
    layer, x = made(4, kernel_size, dilation_rate, activation="tanh"), signal(40)
    kernel, bias = layer.get_weights()
    expected = np.tile(bias.astype("float64"), (2, 40, 1))
    for t in range(40):
        for j in range(kernel_size):
            if t >= j * dilation_rate:
                expected[:, t] += x[:, t - j * dilation_rate] @ kernel[kernel_size - 1 - j]
    np.testing.assert_allclose(layer(x), np.tanh(expected), atol=1e-6)


@SHAPES
@pytest.mark.parametrize("use_bias", [True, False])
def test_weights_load_from_and_into_conv1d(kernel_size, dilation_rate, use_bias):
    ours, x = made(4, kernel_size, dilation_rate, use_bias=use_bias), signal(30)
    theirs = keras.layers.Conv1D(
        4, kernel_size, dilation_rate=dilation_rate, padding="causal", use_bias=use_bias
    )
    theirs.build(x.shape)
    theirs.set_weights(ours.get_weights())
    expected = np.asarray(theirs(x))
    np.testing.assert_allclose(ours(x), expected, atol=1e-5)
    ours.set_weights([2 * w for w in theirs.get_weights()])
    np.testing.assert_allclose(ours(x), 2 * expected, atol=1e-5)


@SHAPES
def test_a_changed_input_changes_its_taps_only(kernel_size, dilation_rate):
    """To the bit: nothing earlier, nothing between the taps, nothing beyond the last."""
    layer, x = made(4, kernel_size, dilation_rate), signal(50)
    before = np.asarray(layer(x))
    for t in (0, 5, 20, 49):
        changed = x.copy()
        changed[:, t] += 1.0
        differs = (np.asarray(layer(changed)) != before).any(axis=(0, 2))
        taps = t + dilation_rate * np.arange(kernel_size)
        np.testing.assert_array_equal(np.flatnonzero(differs), taps[taps < 50])


@pytest.mark.parametrize("dilation_rate", range(1, 10))
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
def test_steps_equal_the_whole(kernel_size, dilation_rate):
    """Over more than two turns of the queue."""
    layer = made(4, kernel_size, dilation_rate, activation="tanh")
    steps = 2 * layer.span + 3
    x = signal(steps)
    state = layer.initial_state(2)
    shape = state[0].shape
    outputs = []
    for t in range(steps):
        output, state = layer.step(x[:, t], state)
        outputs.append(np.asarray(output))
        assert state[0].shape == shape and state[1].dtype == "int32"
    np.testing.assert_allclose(np.stack(outputs, axis=1), layer(x), atol=1e-6)


def test_state_holds_the_span():
    layer = made(4, kernel_size=3, dilation_rate=5)
    queue, position = layer.initial_state(7)
    assert layer.span == 10 and queue.shape == (7, 10, 3) and position.shape == ()
    assert not np.asarray(queue).any() and not int(position)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_steps_and_the_whole_compute_in_the_policys_precision(policy):
    layer, x = made(4, 2, 3, dtype=policy), signal(9)
    state = layer.initial_state(2)
    assert state[0].dtype == layer.compute_dtype
    for t in range(9):
        output, state = layer.step(x[:, t], state)
    whole = layer(x)
    assert output.dtype == whole.dtype == layer.compute_dtype
    difference = np.asarray(keras.ops.cast(output - whole[:, -1], "float32"))
    assert np.abs(difference).max() < 0.05


def test_signals_shorter_than_the_span_and_empty_ones():
    layer, x = made(4, kernel_size=3, dilation_rate=20), signal(60)
    whole = np.asarray(layer(x))
    for steps in (0, 1, 19, 20, 39):
        output = np.asarray(layer(x[:, :steps]))
        assert output.shape == (2, steps, 4)
        np.testing.assert_allclose(output, whole[:, :steps], atol=1e-6)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"kernel_size": 0}, "`kernel_size` must be an integer of at least 1. Received: kernel_s"),
        ({"dilation_rate": 0}, "`dilation_rate` must be an integer of at least 1. Received: "),
        ({"dilation_rate": 1.5}, "`dilation_rate` must be an integer"),
        ({"strides": 2}, "`strides` is fixed: .* Received: strides=2"),
        ({"padding": "same"}, "`padding` is fixed: .* Received: padding='same'"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        CausalDilatedConv1D(4, **arguments)
