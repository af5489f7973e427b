import keras
import numpy as np
import pytest

from attention_tools import LENGTHS, MASK, QUERIES, VALUES, built, sigmoid, steps, weight
from keras_speech.layers import BahdanauMonotonicAttention, LuongMonotonicAttention

MODES = ("parallel", "recursive", "hard")
KINDS = (BahdanauMonotonicAttention, LuongMonotonicAttention)
every_kind = pytest.mark.parametrize("kind", KINDS)
every_mode = pytest.mark.parametrize("mode", MODES)


@every_kind
@every_mode
def test_it_never_goes_back(kind, mode):
    """No place gets weight that did not come from there or from before: what has come as far as a
    place can only have gone on, or out."""
    layer = built(kind(mode=mode, score_bias_init=1.0))
    _, weights, _ = steps(layer)
    behind = np.cumsum(weights, axis=-1)
    assert np.all(behind[1:] <= behind[:-1] + 1e-6)
    assert weights.any() and (behind[-1] < behind[0]).any()  # it read, and it went on


@every_kind
def test_hard_attention_reads_one_place_and_goes_on(kind):
    _, weights, _ = steps(built(kind(mode="hard", score_bias_init=1.0)))
    assert set(np.unique(weights)) <= {0.0, 1.0} and np.all(weights.sum(axis=-1) <= 1)
    for row in range(2):
        read = weights[:, row].argmax(axis=-1)[weights[:, row].any(axis=-1)]
        assert np.all(np.diff(read) >= 0) and np.all(read < LENGTHS[row])


@every_kind
@pytest.mark.parametrize("mode", ["parallel", "recursive"])
def test_soft_weights_are_those_of_all_readers(kind, mode):
    """Against every path of a reader that stops with the probabilities of the equation."""
    layer = built(kind(mode=mode, score_bias_init=-0.5), spread=0.3)
    memory = layer.prepare(VALUES, MASK)
    _, weights, _ = steps(layer)
    previous = np.eye(7)[[0, 0]]
    for query, found in zip(QUERIES, weights, strict=True):
        energies = np.asarray(layer.energies(query, memory[1])) + weight(layer, "score_bias")
        stops = np.where(MASK, sigmoid(energies), 0.0)
        expected = np.zeros((2, 7))
        for start in range(7):
            walking = previous[:, start]
            for place in range(start, 7):
                expected[:, place] += walking * stops[:, place]
                walking = walking * (1.0 - stops[:, place])
        np.testing.assert_allclose(found, expected, atol=1e-5)
        previous = expected


def test_the_bias_decides_how_far_it_goes_at_first():
    _, stays, _ = steps(built(BahdanauMonotonicAttention(score_bias_init=50.0)))
    np.testing.assert_allclose(stays[:, :, 0], 1.0, atol=1e-5)
    _, leaves, _ = steps(built(BahdanauMonotonicAttention(score_bias_init=-50.0)))
    np.testing.assert_allclose(leaves, 0.0, atol=1e-5)


@every_kind
def test_noise_is_drawn_in_training_only(kind):
    keras.utils.set_random_seed(0)
    layer = built(kind(sigmoid_noise=2.0))
    _, still, _ = steps(layer)
    np.testing.assert_array_equal(steps(layer)[1], still)
    _, noisy, _ = steps(layer, training=True)
    assert np.abs(noisy - still).max() > 1e-2
    assert np.all(noisy[:, ~MASK] == 0)
    given = layer.sample_noise((2, 7), training=True)
    repeated = [steps(layer, training=True, noise=given)[1] for _ in range(2)]
    np.testing.assert_array_equal(*repeated)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"mode": "soft"},
            "`mode` must be one of parallel, recursive, hard. Received: mode='soft'",
        ),
        ({"sigmoid_noise": -1.0}, "`sigmoid_noise` must be 0 or more. Received: sigmoid_noise=-1"),
    ],
)
@every_kind
def test_bad_settings_are_named(kind, options, message):
    with pytest.raises(ValueError, match=message):
        kind(**options)
