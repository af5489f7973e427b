import numpy as np

from keras_speech.layers import AttentionLSTM

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(2, 9, 4)).astype("float32")
VALUES = RNG.normal(size=(2, 6, 8)).astype("float32")
MASK = np.arange(6)[None] < np.array([[6], [4]])


def test_step_equals_call():
    layer = AttentionLSTM(5, zoneout=0.2)
    outputs, contexts, weights = layer(INPUTS, VALUES, values_mask=MASK, training=False)
    memory = layer.prepare(VALUES, MASK)
    state = layer.initial_state(memory)
    for t in range(9):
        step, state = layer.step(INPUTS[:, t], memory, state)
        for one, whole in zip(step, (outputs, contexts, weights), strict=True):
            np.testing.assert_allclose(one, whole[:, t], atol=1e-5)


def test_weights_sum_to_one_and_are_zero_on_padding():
    _, _, weights = AttentionLSTM(5)(INPUTS, VALUES, values_mask=MASK)
    np.testing.assert_allclose(np.sum(weights, axis=-1), 1.0, atol=1e-5)
    assert np.all(np.asarray(weights)[1, :, 4:] == 0)


def test_padding_changes_nothing():
    layer = AttentionLSTM(5)
    outputs, contexts, _ = layer(INPUTS, VALUES, values_mask=MASK)
    longer = np.pad(VALUES, [(0, 0), (0, 3), (0, 0)], constant_values=5.0)
    longer[1, 4:] = -5.0
    results = layer(INPUTS, longer, values_mask=np.pad(MASK, [(0, 0), (0, 3)]))
    np.testing.assert_allclose(results[0], outputs, atol=1e-5)
    np.testing.assert_allclose(results[1], contexts, atol=1e-5)


def test_later_inputs_leave_earlier_outputs():
    layer = AttentionLSTM(5)
    changed = INPUTS.copy()
    changed[:, 5:] += 1
    before, after = layer(INPUTS, VALUES)[0], layer(changed, VALUES)[0]
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert np.abs(np.asarray(before - after)[:, 5:]).max() > 1e-4
