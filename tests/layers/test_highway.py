import numpy as np

from keras_speech.layers import Highway

X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")


def test_the_gate_chooses_between_input_and_transform():
    """Eq. 3 of Srivastava et al. in NumPy."""
    layer = Highway(activation="tanh")
    out = np.asarray(layer(X))
    kernel, bias, gate_kernel, gate_bias = (np.asarray(w) for w in layer.get_weights())
    gate = 1 / (1 + np.exp(-(X @ gate_kernel + gate_bias)))
    expected = gate * np.tanh(X @ kernel + bias) + (1 - gate) * X
    np.testing.assert_allclose(out, expected, atol=1e-6)
    assert np.all(gate_bias == -1.0)


def test_a_closed_gate_passes_the_input():
    np.testing.assert_allclose(Highway(gate_bias=-50.0)(X), X, atol=1e-6)
