import numpy as np
import pytest
import tensorflow as tf

from keras_speech.layers import MultiResolutionDiscriminator, ResolutionDiscriminator
from keras_speech.layers.discriminators import resolution_discriminator

SAMPLES = np.random.default_rng(0).normal(size=(2, 300)).astype("float32") / 4
BANDS = ((0.0, 0.4), (0.4, 1.0))


def score(layer, samples):
    return np.asarray(layer(samples)[0])


def test_loudness_and_offset_do_not_matter():
    layer = ResolutionDiscriminator(64, channels=3, bands=BANDS)
    expected = score(layer, SAMPLES)
    np.testing.assert_allclose(score(layer, SAMPLES * 0.1 + 0.2), expected, atol=1e-4)


def test_magnitudes_know_no_sign_and_complex_numbers_do():
    for spectrum, blind in (("magnitude", True), ("complex", False)):
        layer = ResolutionDiscriminator(64, channels=3, bands=BANDS, spectrum=spectrum)
        assert np.allclose(score(layer, SAMPLES), score(layer, -SAMPLES), atol=1e-5) is blind


@pytest.mark.parametrize("spectrum", ["complex", "magnitude"])
def test_gradient_of_silence_is_finite(spectrum):
    layer = ResolutionDiscriminator(64, channels=3, bands=BANDS, spectrum=spectrum)
    silence = tf.zeros((1, 300))
    with tf.GradientTape() as tape:
        tape.watch(silence)
        loss = tf.reduce_sum(layer(silence)[0])
    gradient = tape.gradient(loss, silence).numpy()
    assert np.isfinite(gradient).all() and np.abs(gradient).max() < 1e5


def test_published_sizes_have_the_published_number_of_parameters():
    """Five convolutions for each band, one for all: taps * inputs * outputs + outputs."""

    def count(layer):
        c, first = layer.channels, resolution_discriminator.INPUTS[layer.spectrum]
        band = (27 * first * c + c) + 3 * (27 * c * c + c) + (9 * c * c + c)
        return len(layer.n_ffts) * (len(layer.bands) * band + 9 * c + 1)

    assert count(MultiResolutionDiscriminator()) == 1_411_587
    small = MultiResolutionDiscriminator(
        (64, 32), channels=3, bands=BANDS, weight_normalization=False
    )
    small.build((None, None))
    assert small.count_params() == count(small)


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match="spectrum='power'"):
        ResolutionDiscriminator(64, spectrum="power")
    with pytest.raises(ValueError, match="must hold a frequency.*n_fft=8"):
        ResolutionDiscriminator(8)
    with pytest.raises(ValueError, match="rising shares"):
        ResolutionDiscriminator(64, bands=((0.5, 0.4),))
    with pytest.raises(ValueError, match="`hop_length` must not exceed"):
        ResolutionDiscriminator(64, hop_length=65)
