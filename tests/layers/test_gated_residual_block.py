import numpy as np
import pytest

from keras_speech.layers import GatedResidualBlock

CONDITIONS = pytest.mark.parametrize(
    "names", [(), ("local",), ("global",), ("local", "global")], ids=" and ".join
)


def signal(steps, channels=4, batch=2, seed=0):
    return np.random.default_rng(seed).normal(size=(batch, steps, channels)).astype("float32")


def conditions(names, steps):
    given = {
        "local_condition": signal(steps, channels=5, seed=1),
        "global_condition": signal(1, channels=3, seed=2)[:, 0],
    }
    return {name: c for name, c in given.items() if name.split("_")[0] in names}


def made(names=(), **kwargs):
    """The block, built for its conditions, with biases that are not zero."""
    block = GatedResidualBlock(4, 6, 7, **kwargs)
    block(signal(2), **conditions(names, 2))
    random = np.random.default_rng(3)
    block.set_weights([w + random.normal(0, 0.3, w.shape) for w in block.get_weights()])
    return block


@CONDITIONS
@pytest.mark.parametrize("kernel_size, dilation_rate", [(2, 3), (3, 1)])
def test_equals_the_equation(names, kernel_size, dilation_rate):
    block = made(names, kernel_size=kernel_size, dilation_rate=dilation_rate)
    x, h = signal(20).astype("float64"), conditions(names, 20)
    kernel, bias = block.convolution.get_weights()
    padded = np.pad(x, [(0, 0), ((kernel_size - 1) * dilation_rate, 0), (0, 0)])
    a = bias + sum(
        padded[:, j * dilation_rate : j * dilation_rate + 20] @ kernel[j]
        for j in range(kernel_size)
    )
    if "local" in names:
        a = a + h["local_condition"] @ block.local_projection.get_weights()[0]
    if "global" in names:
        a = a + (h["global_condition"] @ block.global_projection.get_weights()[0])[:, None]
    # van den Oord et al., 2016, eqs. 2 and 3: filter, then gate.
    z = np.tanh(a[..., :3]) / (1 + np.exp(-a[..., 3:]))
    weights, bias = block.projection.get_weights()
    outputs = z @ weights + bias
    onward, skip = block(signal(20), **h)
    np.testing.assert_allclose(onward, x + outputs[..., :4], atol=1e-5)
    np.testing.assert_allclose(skip, outputs[..., 4:], atol=1e-5)


@CONDITIONS
def test_steps_equal_the_whole(names):
    block = made(names, kernel_size=3, dilation_rate=4)
    x, h = signal(20), conditions(names, 20)
    onward, skip = block(x, **h)
    state = block.initial_state(2)
    for t in range(20):
        now = {name: c[:, t] if name == "local_condition" else c for name, c in h.items()}
        outputs, state = block.step(x[:, t], state, **now)
        np.testing.assert_allclose(outputs[0], onward[:, t], atol=1e-5)
        np.testing.assert_allclose(outputs[1], skip[:, t], atol=1e-5)


@CONDITIONS
def test_a_changed_input_changes_its_taps_only(names):
    """To the bit, in what goes on and in what goes out."""
    block = made(names, kernel_size=3, dilation_rate=4)
    x, h = signal(30), conditions(names, 30)
    before = [np.asarray(y) for y in block(x, **h)]
    for t in (0, 9, 25):
        changed = x.copy()
        changed[:, t] += 1.0
        for old, new in zip(before, block(changed, **h), strict=True):
            differs = (np.asarray(new) != old).any(axis=(0, 2))
            taps = t + 4 * np.arange(3)
            np.testing.assert_array_equal(np.flatnonzero(differs), taps[taps < 30])


def test_local_condition_acts_at_its_own_time():
    block, x = made(("local",), dilation_rate=2), signal(12)
    condition = conditions(("local",), 12)["local_condition"]
    changed = condition.copy()
    changed[:, 5] += 1.0
    for old, new in zip(block(x, condition), block(x, changed), strict=True):
        differs = (np.asarray(new) != np.asarray(old)).any(axis=(0, 2))
        np.testing.assert_array_equal(np.flatnonzero(differs), [5])


def test_dropout_acts_in_training_only_and_not_on_the_residual_path():
    block, x = made(dropout=0.5), signal(200)
    onward, skip = block(x)
    np.testing.assert_array_equal(block(x, training=False)[1], skip)
    dropped = block(x, training=True)
    assert np.abs(dropped[1] - skip).max() > 0.1
    # All that changes of the way on is what the gates add: without them the input stays.
    kernel, bias = block.projection.get_weights()
    block.projection.set_weights([0 * kernel, 0 * bias])
    np.testing.assert_array_equal(block(x, training=True)[0], x)
    assert np.abs(onward - x).max() > 0.1


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((0, 6, 7), "`residual_channels` and `skip_channels` must be at least 1. Received: resid"),
        ((4, 6, 0), "must be at least 1. Received: residual_channels=4, skip_channels=0"),
        ((4, 5, 7), "`gate_channels` must be even, .* Received: gate_channels=5"),
        ((4, 0, 7), "`gate_channels` must be even, .* Received: gate_channels=0"),
        ((4, 6, 7, 0), "`kernel_size` must be an integer of at least 1"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        GatedResidualBlock(*arguments)


def test_inputs_of_another_width_are_refused():
    with pytest.raises(ValueError, match="residual_channels=4 channels. Received: inputs.shape"):
        GatedResidualBlock(4, 6, 7)(signal(5, channels=3))
