import numpy as np
import pytest

from keras_speech.layers import MultiPeriodDiscriminator, PeriodDiscriminator

RANDOM = np.random.default_rng(0)


def image_convolution(x, kernel, bias, stride):
    """`x` `(rows, periods, channels)` by kernels of one column, in NumPy, from the definition."""
    pad = kernel.shape[0] // 2
    x = np.pad(x, [[pad, pad], [0, 0], [0, 0]])
    starts = range(0, len(x) - len(kernel) + 1, stride)
    return np.stack(
        [np.einsum("kpc,kcf->pf", x[t : t + len(kernel)], kernel) + bias for t in starts]
    )


def leaky_relu(x):
    return np.where(x > 0, x, 0.1 * x)


def random_weights(layer):
    layer.set_weights([RANDOM.normal(size=w.shape) for w in layer.weights])


@pytest.mark.parametrize("n", [30, 31])
def test_equals_an_image_with_the_period_as_its_width(n):
    layer = PeriodDiscriminator(3, channels=(4, 5), stride=2, weight_normalization=False)
    layer.build((None, None))
    random_weights(layer)
    samples = RANDOM.normal(size=(2, n)).astype("float32")
    score, features = layer(samples)
    for row in range(2):
        # Reflected up to a whole number of periods, then time runs down the image's columns.
        x = np.pad(samples[row], (0, -n % 3), mode="reflect").reshape(-1, 3, 1)
        weights = iter(layer.get_weights())
        maps = []
        for stride, activation in ((2, leaky_relu), (1, leaky_relu), (1, lambda x: x)):
            x = activation(image_convolution(x, next(weights), next(weights), stride))
            maps.append(x.transpose(1, 0, 2))
        for ours, expected in zip([*features, score], [*maps, maps[-1]], strict=True):
            ours = np.asarray(ours).reshape(2, *expected.shape)[row]
            np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


def test_a_sample_reaches_the_scores_of_its_phase_alone():
    layer = PeriodDiscriminator(5, channels=(4, 4))
    samples = np.zeros((1, 200), "float32")
    before = np.asarray(layer(samples)[0])
    samples[0, 101] = 1.0
    changed = np.any(np.asarray(layer(samples)[0]) != before, axis=(1, 2))
    assert changed.tolist() == [False, True, False, False, False]  # 101 % 5 == 1


def test_published_sizes_have_the_published_number_of_parameters():
    """Each period: sum over layers of taps * inputs * outputs + outputs."""

    def count(channels, kernel_size):
        sides = zip((1, *channels[:-1]), channels, strict=True)
        return sum(kernel_size * a * b + b for a, b in sides) + 3 * channels[-1] + 1

    published = MultiPeriodDiscriminator()
    assert len(published.periods) * count(published.channels, published.kernel_size) == 41_092_165
    small = MultiPeriodDiscriminator(channels=(4, 8, 6), weight_normalization=False)
    small.build((None, None))
    assert small.count_params() == 5 * count((4, 8, 6), 5)


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match="`period` must hold whole numbers.*period=0"):
        PeriodDiscriminator(0)
    with pytest.raises(ValueError, match="`kernel_size` must be odd.*kernel_size=4"):
        PeriodDiscriminator(2, kernel_size=4)
    with pytest.raises(ValueError, match=r"`channels`.*channels=\(\)"):
        PeriodDiscriminator(2, channels=())
    with pytest.raises(ValueError, match=r"`periods`.*periods=\(2, 2.5\)"):
        MultiPeriodDiscriminator((2, 2.5))
