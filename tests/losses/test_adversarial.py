import keras
import numpy as np
import pytest

from keras_speech.losses import adversarial

RANDOM = np.random.default_rng(0)
REAL = [RANDOM.normal(size=shape).astype("float32") for shape in ((2, 7, 1), (2, 3, 5, 1))]
FAKE = [RANDOM.normal(size=shape).astype("float32") for shape in ((2, 7, 1), (2, 3, 5, 1))]


def test_least_squares_is_the_squared_distance_from_1_and_0():
    expected = sum(((r - 1) ** 2).mean() + (f**2).mean() for r, f in zip(REAL, FAKE, strict=True))
    loss = adversarial.least_squares_discriminator(REAL, FAKE)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)
    expected = sum(((f - 1) ** 2).mean() for f in FAKE)
    np.testing.assert_allclose(adversarial.least_squares_generator(FAKE), expected, rtol=1e-6)


def test_hinge_is_zero_beyond_the_margin_only():
    expected = sum(
        np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean()
        for r, f in zip(REAL, FAKE, strict=True)
    )
    np.testing.assert_allclose(adversarial.hinge_discriminator(REAL, FAKE), expected, rtol=1e-6)
    beyond = adversarial.hinge_discriminator([np.full((1, 4), 1.5)], [np.full((1, 4), -1.5)])
    assert float(beyond) == 0
    expected = sum(np.maximum(0, 1 - f).mean() for f in FAKE)
    np.testing.assert_allclose(adversarial.hinge_generator(FAKE), expected, rtol=1e-6)


def test_feature_matching_adds_up_layers_and_discriminators():
    loss = adversarial.feature_matching([REAL, REAL[:1]], [FAKE, FAKE[:1]])
    distances = [np.abs(r - f).mean() for r, f in zip(REAL, FAKE, strict=True)]
    np.testing.assert_allclose(loss, 2 * distances[0] + distances[1], rtol=1e-6)


def test_losses_are_float32_sums_of_half_precision_scores():
    ones = keras.ops.ones((3, 4000), dtype="bfloat16")
    for loss in (
        adversarial.least_squares_generator([ones * 3]),
        adversarial.hinge_discriminator([ones], [ones]),
        adversarial.feature_matching([[ones]], [[ones * 2]]),
    ):
        assert keras.backend.standardize_dtype(loss.dtype) == "float32"
    assert float(adversarial.least_squares_generator([ones * 3])) == 4.0


def test_shares_count_every_score_alike():
    real = [np.array([[0.9, 0.1, 0.8]]), np.array([[0.6]])]
    fake = [np.array([[0.2]]), np.array([[0.7, 0.1]])]
    shares = adversarial.shares_judged_rightly(real, fake, 0.5)
    np.testing.assert_allclose([float(s) for s in shares], [3 / 4, 2 / 3], rtol=1e-6)


@pytest.mark.parametrize(
    "loss", [adversarial.least_squares_discriminator, adversarial.hinge_discriminator]
)
def test_other_numbers_of_scores_are_refused(loss):
    with pytest.raises(ValueError, match=r"Received: \[2, 1\]"):
        loss(REAL, FAKE[:1])
    with pytest.raises(ValueError, match=r"Received: \[0, 0\]"):
        loss([], [])
