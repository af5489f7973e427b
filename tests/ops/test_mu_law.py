import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import mu_law

LEVELS = [2, 16, 251, 256, 1024, 65536]
PCM = np.arange(-32768, 32768) / 32768  # every sample that a 16-bit file can hold


def compress(x, levels):
    """The formula of van den Oord et al., 2016, section 2.2, in float64."""
    mu = levels - 1
    return np.sign(x) * np.log(1 + mu * np.abs(x)) / np.log(1 + mu)


@pytest.mark.parametrize("levels", LEVELS)
def test_every_level_survives_the_round_trip(levels):
    codes = np.arange(levels)
    samples = np.asarray(mu_law.mu_law_decode(codes, levels))
    np.testing.assert_array_equal(mu_law.mu_law_encode(samples, levels), codes)
    assert samples.dtype == np.float32 and (np.diff(samples) > 0).all()
    np.testing.assert_allclose(samples[[0, -1]], [-1, 1], atol=1e-6)
    np.testing.assert_allclose(samples, -samples[::-1], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("levels", LEVELS)
def test_companding_is_the_formula(levels):
    companded = np.asarray(mu_law.mu_law_compress(PCM, levels))
    np.testing.assert_allclose(companded, compress(PCM, levels), atol=1e-6)
    np.testing.assert_allclose(mu_law.mu_law_expand(companded, levels), PCM, atol=3e-6)


@pytest.mark.parametrize("levels", [2, 16, 256, 1024])
def test_codes_are_the_nearest_levels_of_the_formula(levels):
    place = (compress(PCM, levels) + 1) / 2 * (levels - 1)
    codes = np.asarray(mu_law.mu_law_encode(PCM, levels))
    assert np.abs(codes - place).max() <= 0.5 + 1e-4
    assert codes.min() == 0 and codes.max() == levels - 1


def test_silence_is_the_level_above_the_middle():
    np.testing.assert_array_equal(mu_law.mu_law_encode(np.array([0.0, -0.0]), 256), [128, 128])


def test_samples_out_of_range_take_the_edge_levels():
    samples = np.array([-np.inf, -3.0, 1.0001, 1e30])
    np.testing.assert_array_equal(mu_law.mu_law_encode(samples), [0, 0, 255, 255])


def test_half_precision_samples_are_computed_in_float32():
    samples = PCM[::64].astype("float16")
    np.testing.assert_array_equal(
        mu_law.mu_law_encode(samples), mu_law.mu_law_encode(samples.astype("float32"))
    )


def test_encodes_inside_a_data_pipeline():
    batches = tf.data.Dataset.from_tensors(PCM.astype("float32")).map(mu_law.mu_law_encode)
    np.testing.assert_array_equal(next(iter(batches)), mu_law.mu_law_encode(PCM))


@pytest.mark.parametrize("levels", [1, 0, -5])
@pytest.mark.parametrize("function", ["compress", "expand", "encode", "decode"])
def test_too_few_levels_are_named(function, levels):
    with pytest.raises(ValueError, match=f"`levels` must be at least 2. Received: levels={levels}"):
        getattr(mu_law, f"mu_law_{function}")(np.zeros(3), levels)
