import keras
import numpy as np
import pytest

from keras_speech.layers import ZoneoutLSTM
from keras_speech.layers.zoneout_lstm import reverse_rows

X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")


def test_it_is_keras_lstm_where_there_is_no_zoneout():
    layer, reference = ZoneoutLSTM(5), keras.layers.LSTM(5, return_sequences=True)
    expected = reference(X)
    kernel, recurrent_kernel, bias = reference.get_weights()
    layer.build(X.shape)
    layer.set_weights([kernel, recurrent_kernel, bias * 0.25, bias * 0.75])
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)


def test_step_equals_call():
    layer = ZoneoutLSTM(5, zoneout=0.3)
    whole = np.asarray(layer(X, training=False))
    state = layer.initial_state(2)
    for t in range(6):
        output, state = layer.step(X[:, t], state)
        np.testing.assert_allclose(output, whole[:, t], atol=1e-6)


def test_zoneout_keeps_units_at_its_rate_in_training():
    layer = ZoneoutLSTM(500, zoneout=0.2, seed=0)
    outputs = np.asarray(layer(X, training=True))
    kept = (outputs[:, 1:] == outputs[:, :-1]).mean()
    assert 0.17 < kept < 0.23  # 5,000 draws: 5 sigma is 0.03
    layer = ZoneoutLSTM(500, zoneout=0.2, seed=0)
    outputs = np.asarray(layer(X, training=False))
    assert np.all(outputs[:, 1:] != outputs[:, :-1])


def test_reverse_reads_each_row_from_its_own_end():
    layer = ZoneoutLSTM(5)
    mask = np.arange(6)[None] < np.array([[6], [3]])
    both = np.asarray(layer(X, mask=mask, reverse=True))
    alone = np.asarray(layer(X[1:, 2::-1]))[:, ::-1]
    np.testing.assert_allclose(both[1, :3], alone[0], atol=1e-6)


def test_reverse_rows_undoes_itself():
    mask = np.arange(6)[None] < np.array([[6], [3]])
    twice = reverse_rows(reverse_rows(X, mask), mask)
    np.testing.assert_array_equal(twice, X)


def test_a_rate_of_one_is_refused():
    with pytest.raises(ValueError, match=r"`zoneout` must be in \[0, 1\). Received: zoneout=1"):
        ZoneoutLSTM(5, zoneout=1)
