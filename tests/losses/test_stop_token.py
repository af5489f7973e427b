import numpy as np

from keras_speech import losses

LOGITS = np.array([[-1.0, 0.5, 2.0, 9.0], [0.3, -0.2, 7.0, -7.0]], "float32")


def test_it_is_the_weighted_cross_entropy_of_the_real_steps():
    p = 1 / (1 + np.exp(-LOGITS.astype("float64")))
    steps = [-np.log(1 - p[0, 0]), -np.log(1 - p[0, 1]), -3 * np.log(p[0, 2])]
    steps += [-np.log(1 - p[1, 0]), -3 * np.log(p[1, 1])]
    found = losses.stop_token(LOGITS, np.array([3, 2]), positive_weight=3.0)
    np.testing.assert_allclose(found, np.mean(steps), rtol=1e-5)


def test_padding_changes_nothing():
    found = losses.stop_token(LOGITS, np.array([3, 2]))
    longer = np.pad(LOGITS, [(0, 0), (0, 4)], constant_values=5.0)
    np.testing.assert_allclose(losses.stop_token(longer, np.array([3, 2])), found, rtol=1e-6)
