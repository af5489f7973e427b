import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_speech import AudioSpec, WaveGlow, waveglow_configs
from keras_speech.models.waveglow.upsampler import GroupedUpsampler
from models.waveglow.tiny_waveglow import SPEC, tiny_inputs, tiny_waveglow


def inverted(model, z, mel):
    """The samples that `z` was made of."""
    groups = model.flows.inverse(z, model.upsampler(mel))
    return np.reshape(groups, (len(mel), -1))


def test_inverse_recovers_input():
    model, inputs = tiny_waveglow(), tiny_inputs()
    z, log_det = model(inputs)
    assert z.shape == (2, 6, 8) and np.abs(log_det).min() > 0.5
    assert np.abs(np.reshape(z, (2, -1)) - inputs["samples"]).max() > 0.1
    np.testing.assert_allclose(inverted(model, z, inputs["mel"]), inputs["samples"], atol=1e-5)


def test_inverse_recovers_input_in_the_published_size():
    """256 channels, 12 flows, end layers as far from zero as training leaves them."""
    keras.utils.set_random_seed(0)
    model = WaveGlow(**{**waveglow_configs.CHANNELS_256, "weight_normalization": False})
    for coupling in model.flows.couplings:
        net = coupling.net
        net.end_kernel.assign(keras.random.normal(net.end_kernel.shape, stddev=0.05, seed=1))
        # Trained scales make quiet samples as loud as the noise: 36 / 8 of 0.3 nats a sample.
        net.end_bias.assign(0.3 * (np.arange(net.output_channels) >= net.output_channels / 2))
    mel = np.random.default_rng(0).normal(-5, 2, (1, 3, 80)).astype("float32")
    samples = np.random.default_rng(1).normal(0, 0.1, (1, 768)).astype("float32")
    z, log_det = model({"samples": samples, "mel": mel})
    assert 1 < log_det[0] / 768 < 1.7 and np.std(z) > 0.2
    np.testing.assert_allclose(inverted(model, z, mel), samples, atol=1e-4)


def test_log_determinant_is_that_of_the_numeric_jacobian():
    model, inputs = tiny_waveglow(), tiny_inputs(frames=3, batch=1)
    _, log_det = model(inputs)
    x, step = inputs["samples"].astype("float64"), 1e-2
    steps = step * np.eye(x.shape[1])
    mel = np.repeat(inputs["mel"], x.shape[1], axis=0)

    def flat(samples):
        z, _ = model({"samples": samples.astype("float32"), "mel": mel})
        return np.reshape(z, samples.shape).astype("float64")

    jacobian = (flat(x + steps) - flat(x - steps)) / (2 * step)
    np.testing.assert_allclose(log_det, [np.linalg.slogdet(jacobian)[1]], atol=5e-3)


# 12 flows on 8, 6 and 4 channels; each has a start, 8 conditions, 8 convolutions, 7 residual and
# 8 skip products and an end; 1x1 convolutions; an upsampler of 4 frames of 256 samples.
def closed_form(channels):
    c, halves = channels, [4] * 4 + [3] * 4 + [2] * 4
    gated = 8 * (3 * c + 1) * 2 * c + (7 * 2 + 1) * (c + 1) * c
    nets = sum((h + 1) * c + 641 * 16 * c + gated + (c + 1) * 2 * h for h in halves)
    return nets + sum((2 * h) ** 2 for h in halves) + 1024 * 80 * 80 + 80


@pytest.mark.parametrize(
    "config, channels, expected",
    [
        (waveglow_configs.CHANNELS_256, 256, 87_731_816),
        (waveglow_configs.CHANNELS_512, 512, 267_999_848),
    ],
    ids=["256", "512"],
)
def test_published_configurations_have_their_published_sizes(config, channels, expected):
    # In this scope variables have a shape and take no memory.
    with keras.StatelessScope(initialize_variables=False):
        model = WaveGlow(**{**config, "weight_normalization": False})
        normalized = WaveGlow(**config)
    assert model.count_params() == expected == closed_form(channels)
    # One length per output channel of each kernel but the ends', the matrices', the upsampler's.
    lengths = 12 * (channels + 16 * channels + 8 * 2 * channels + 15 * channels)
    assert normalized.count_params() == expected + lengths
    # 12 flows of 255 groups on each side are 95.6 frames; the upsampler and the denoiser see more.
    assert model.context_frames == 96 + 3 + 4


def test_the_small_configuration_has_the_size_that_it_says():
    with keras.StatelessScope(initialize_variables=False):
        model = WaveGlow(**{**waveglow_configs.SMALL, "weight_normalization": False})
    # As above, with 8 flows on 8 and 6 channels and an upsampler of 2 frames.
    c, halves = 64, [4] * 4 + [3] * 4
    gated = 6 * (3 * c + 1) * 2 * c + (5 * 2 + 1) * (c + 1) * c
    nets = sum((h + 1) * c + 641 * 12 * c + gated + (c + 1) * 2 * h for h in halves)
    expected = nets + sum((2 * h) ** 2 for h in halves) + 512 * 80 * 80 + 80
    assert model.count_params() == expected == 8_773_400


def test_the_condition_is_a_transposed_convolution():
    """The one of Keras, its output cut to the frames' samples and grouped."""
    mel = tiny_inputs()["mel"]
    ours = GroupedUpsampler(hop_length=8, n_groups=4, n_frames=3)
    theirs = keras.layers.Conv1DTranspose(5, 24, strides=8)
    theirs.build(mel.shape)
    expected = np.asarray(theirs(mel))[:, : 6 * 8].reshape(2, 12, 20)
    ours.build(mel.shape)
    # [24 samples, out, in] -> oldest frame first: the last 8 samples belong to it.
    kernel = theirs.kernel.numpy().reshape(3, 8, 5, 5)[::-1]
    ours.kernel.assign(kernel.transpose(0, 3, 1, 2).reshape(15, 40))
    np.testing.assert_allclose(ours(mel), expected, atol=1e-5)


def test_folding_changes_nothing_but_the_weights():
    model, inputs = tiny_waveglow(), tiny_inputs()
    before = model.get_weights()
    plain = model.fold()
    assert not plain.flows.weight_normalization and plain.fold() is plain
    assert len(plain.weights) < len(model.weights)
    for ours, theirs in zip(plain(inputs), model(inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_matrices_that_were_set_survive_a_configuration():
    """Also those of a negative determinant, which the factors alone do not have."""
    model, inputs = tiny_waveglow(), tiny_inputs()
    matrix = np.random.default_rng(5).normal(size=(6, 6))
    matrix[0] *= -np.sign(np.linalg.det(matrix))
    model.flows.convolutions[1].set_matrix(matrix)
    copy = WaveGlow.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    np.testing.assert_allclose(copy.flows.convolutions[1].matrix(), matrix, atol=1e-5)
    np.testing.assert_array_equal(copy(inputs)[0], model(inputs)[0])


def test_gradients_are_the_same_with_rematerialization():
    """By XLA and without it; two flows, of different widths."""
    inputs = tf.nest.map_structure(tf.constant, tiny_inputs())
    gradients = []
    for remat, jit in itertools.product((False, True), repeat=2):
        model = tiny_waveglow(remat=remat, n_flows=2)

        @tf.function(jit_compile=jit)
        def run(inputs, model=model):
            with tf.GradientTape() as tape:
                loss = model.compute_loss(inputs, y_pred=model(inputs, training=True))
            return tape.gradient(loss, [w.value for w in model.trainable_weights])

        gradients.append(run(inputs))
    for others in gradients[1:]:
        for a, b in zip(gradients[0], others, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"n_groups": 7}, "`n_groups` must divide the hop of 8 samples. Received: n_groups=7"),
        ({"n_flows": 5, "early_every": 1}, "At least 2 channels must be left to the last flow"),
        ({"sigma": 0}, "`sigma` must be greater than 0. Received: sigma=0"),
        ({"early_channels": 1.5}, "`early_channels` must be a whole number from 0"),
        ({"n_layers": 0}, "`n_layers` must be a whole number from 1. Received: n_layers=0"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        WaveGlow(SPEC, **{"n_flows": 2, "channels": 2, **arguments})


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"samples": np.zeros((2, 72), "float32")}, r"samples \(2, 72\), mel \(2, 10, "),
        ({"samples": np.zeros((2, 80, 1), "float32")}, r"samples \(2, 80, 1\)"),
        ({"samples": None}, r"dict of .* Received: \['mel'\]"),
    ],
)
def test_recordings_that_do_not_fit_their_mel_are_refused(changes, message):
    model = tiny_waveglow()
    inputs = {"mel": np.zeros((2, 10, SPEC.n_mels), "float32"), **changes}
    inputs = {name: value for name, value in inputs.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        model(inputs)


def test_building_it_once_more_changes_nothing():
    model = tiny_waveglow()
    mel = np.zeros((1, 4, SPEC.n_mels), "float32")
    before = model.generate(mel)
    model.build()
    np.testing.assert_array_equal(model.generate(mel), before)


def test_the_spec_may_be_its_dict():
    with keras.StatelessScope(initialize_variables=False):
        assert WaveGlow(SPEC.to_dict(), channels=2).spec == SPEC
        assert WaveGlow(n_flows=1, channels=2).spec == AudioSpec()
