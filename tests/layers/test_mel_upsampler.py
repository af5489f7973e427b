import keras
import numpy as np
import pytest

from keras_speech.layers import MelUpsampler, TransposedMelUpsampler
from keras_speech.layers.mel_upsampler import balanced_factors

BOTH = pytest.mark.parametrize("make", [MelUpsampler, TransposedMelUpsampler])
HOPS = pytest.mark.parametrize("hop_length", [1, 7, 80, 256, 300])
MEL = np.random.default_rng(0).normal(size=(2, 16, 5)).astype("float32")


def moved(layer):
    """`layer`, built, its weights moved off their symmetric start."""
    layer.build(MEL.shape)
    random = np.random.default_rng(1)
    layer.set_weights([w + random.normal(0, 0.1, w.shape) for w in layer.get_weights()])
    return layer


@BOTH
@HOPS
def test_length_is_exact(make, hop_length):
    assert np.asarray(make(hop_length)(MEL)).shape == (2, 16 * hop_length, 5)
    assert np.prod(balanced_factors(hop_length)) == hop_length


@BOTH
@HOPS
@pytest.mark.parametrize("context_size", [0, 2])
def test_window_with_its_context_equals_the_window_of_the_whole(make, hop_length, context_size):
    layer = moved(make(hop_length, channels=3, context_size=context_size))
    whole = np.asarray(layer(MEL))
    first, last = 6, 9
    window = MEL[:, first - layer.context_frames : last + layer.context_frames]
    expected = whole[:, first * hop_length : last * hop_length]
    scale = np.abs(expected).max()
    np.testing.assert_allclose(layer(window, padded=True), expected, atol=1e-6 * max(scale, 1))


@BOTH
@pytest.mark.parametrize("factors", [(2, 3), (3, 2), (5,), (1, 4), (2, 2, 2)])
def test_context_reaches_as_far_as_samples_depend(make, factors):
    """A frame just within reach changes a sample; one beyond changes none."""
    layer = moved(make(int(np.prod(factors)), factors=factors))
    reach, hop_length = layer.context_frames, layer.hop_length
    one = np.zeros((1, 16, 5), "float32")
    one[0, 8] = 1.0
    difference = np.asarray(layer(one)) - np.asarray(layer(np.zeros_like(one)))
    changed = np.abs(difference[0]).reshape(16, hop_length, 5).max(axis=(1, 2)) > 1e-9
    frames = np.flatnonzero(changed)
    assert max(8 - frames[0], frames[-1] - 8) == reach


@HOPS
def test_constant_stays_constant_and_ramp_becomes_ramp(hop_length):
    layer = MelUpsampler(hop_length)
    np.testing.assert_allclose(
        layer(np.ones((1, 8, 1))), np.ones((1, 8 * hop_length, 1)), atol=1e-6
    )
    ramp = np.asarray(layer(np.arange(8.0)[None, :, None]))[0, :, 0]
    # Frame n is centered among its samples, n * hop_length to (n + 1) * hop_length - 1.
    expected = (np.arange(8 * hop_length) - (hop_length - 1) / 2) / hop_length
    inner = slice(2 * hop_length, 6 * hop_length)
    np.testing.assert_allclose(ramp[inner], expected[inner], atol=1e-5)


def test_equals_repeating_and_smoothing_stage_by_stage():
    layer = moved(MelUpsampler(12, factors=(4, 3)))
    reach = layer.context_frames
    samples = np.pad(MEL, [(0, 0), (reach, reach), (0, 0)], mode="edge").astype("float64")
    for factor, weights in zip(layer.factors, layer.get_weights(), strict=True):
        samples = np.repeat(samples, factor, axis=1)
        # `convolve` flips its filter, a layer's convolution does not.
        samples = np.apply_along_axis(np.convolve, 1, samples, weights[::-1], mode="same")
    np.testing.assert_allclose(layer(MEL), samples[:, reach * 12 : -reach * 12], atol=1e-5)


@BOTH
def test_every_weight_learns(make):
    """Fit to the samples of another upsampler: each weight moves and the loss falls."""
    inputs = keras.Input((None, 5))
    layer = make(6, factors=(3, 2), channels=5, context_size=1)
    model = keras.Model(inputs, layer(inputs))
    before = layer.get_weights()
    target = np.asarray(MelUpsampler(6)(MEL))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    losses = model.fit(MEL, target, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]
    for old, new in zip(before, layer.get_weights(), strict=True):
        assert np.abs(new - old).max() > 1e-3


@BOTH
def test_symbolic_length_knows_of_the_padding(make):
    layer = make(4, context_size=1)
    frames = 9 + 2 * layer.context_frames
    assert layer(keras.Input((frames, 5)), padded=True).shape == (None, 36, 5)
    assert layer(keras.Input((9, 5))).shape == (None, 36, 5)
    assert layer(keras.Input((None, 5)), padded=True).shape == (None, None, 5)


@BOTH
def test_arguments_out_of_range_are_refused(make):
    with pytest.raises(ValueError, match=r"multiply to `hop_length`. Received: factors=\(3, 4\)"):
        make(16, factors=(3, 4))
    with pytest.raises(ValueError, match="`hop_length` must be at least 1. Received: hop_length=0"):
        make(0)
    with pytest.raises(ValueError, match="`channels` must be at least 1. Received: channels=0"):
        make(4, channels=0)
    with pytest.raises(ValueError, match="`context_size` must not be negative"):
        make(4, context_size=-1)
    with pytest.raises(ValueError, match="more than `2 \\* context_frames` frames. Received: 4"):
        make(4, context_size=2)(MEL[:, :4], padded=True)
