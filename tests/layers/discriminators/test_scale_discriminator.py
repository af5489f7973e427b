import numpy as np
import pytest

from keras_speech.layers import MultiScaleDiscriminator, ScaleDiscriminator
from keras_speech.layers.discriminators.multi_scale_discriminator import half_rate

RANDOM = np.random.default_rng(0)


def test_groups_see_their_own_channels_alone():
    layer = ScaleDiscriminator(
        (6, 8), kernel_sizes=(3, 5), strides=(1, 2), groups=(1, 2), weight_normalization=False
    )
    layer.build((None, None))
    layer.set_weights([RANDOM.normal(size=w.shape) for w in layer.weights])
    _, (first, second, _) = layer(RANDOM.normal(size=(1, 40)).astype("float32"))
    kernel, bias = layer.get_weights()[2:4]  # [5, 6 / 2, 8]
    x = np.pad(np.asarray(first)[0], [[2, 2], [0, 0]])
    for t in range(20):
        for group, (inputs, outputs) in enumerate(
            ((slice(0, 3), slice(0, 4)), (slice(3, 6), slice(4, 8)))
        ):
            window = x[2 * t : 2 * t + 5, inputs]
            expected = np.einsum("kc,kcf->f", window, kernel[:, :, outputs]) + bias[outputs]
            expected = np.where(expected > 0, expected, 0.1 * expected)
            actual = np.asarray(second)[0, t, outputs]
            np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4, err_msg=str(group))


@pytest.mark.parametrize("n", [8, 9])
def test_half_rate_averages_four_samples_at_every_second(n):
    samples = RANDOM.normal(size=(2, n)).astype("float32")
    padded = np.pad(samples, [[0, 0], [2, 2]])
    expected = np.stack([padded[:, t : t + 4].mean(1) for t in range(0, n + 1, 2)], axis=1)
    np.testing.assert_allclose(half_rate(samples), expected, rtol=1e-5, atol=1e-6)


def test_published_sizes_have_the_published_number_of_parameters():
    """Each scale: sum over layers of taps * inputs / groups * outputs + outputs."""

    def count(layer):
        inputs = (1, *layer.channels[:-1])
        sizes = zip(inputs, layer.channels, layer.kernel_sizes, layer.groups, strict=True)
        return layer.n_scales * (
            sum(k * a // g * b + b for a, b, k, g in sizes) + 3 * layer.channels[-1] + 1
        )

    assert count(MultiScaleDiscriminator()) == 29_610_627
    small = MultiScaleDiscriminator(
        2, (4, 8, 6), (5, 9, 5), (1, 4, 1), (1, 4, 2), weight_normalization=False
    )
    small.build((None, None))
    assert small.count_params() == count(small)


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match=r"`groups` must divide.*groups=\(1, 3\)"):
        ScaleDiscriminator((4, 8), (5, 5), (1, 1), (1, 3))
    with pytest.raises(ValueError, match="for each convolution"):
        ScaleDiscriminator((4, 8), (5,), (1, 1), (1, 1))
    with pytest.raises(ValueError, match=r"`kernel_sizes` must be odd"):
        ScaleDiscriminator((4, 8), (5, 40), (1, 1), (1, 1))
    with pytest.raises(ValueError, match="n_scales=0"):
        MultiScaleDiscriminator(0)
