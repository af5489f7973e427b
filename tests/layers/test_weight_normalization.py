import keras
import numpy as np
import pytest

from jax_process import run_on_jax
from keras_speech.layers import CausalDilatedConv1D, WeightNormalization

X = np.random.default_rng(0).normal(1.0, 3.0, size=(4, 20, 6)).astype("float32")
# How to make a layer, and the axes of its kernel that one length covers.
LAYERS = {
    "Dense": (lambda **k: keras.layers.Dense(5, **k), (0,)),
    "Conv1D": (lambda **k: keras.layers.Conv1D(5, 3, **k), (0, 1)),
    "Conv1DTranspose": (lambda **k: keras.layers.Conv1DTranspose(5, 4, strides=2, **k), (0, 2)),
    "DepthwiseConv1D": (lambda **k: keras.layers.DepthwiseConv1D(3, depth_multiplier=2, **k), (0,)),
    "CausalDilatedConv1D": (lambda **k: CausalDilatedConv1D(5, dilation_rate=2, **k), (0, 1)),
}


@pytest.fixture(params=LAYERS, ids=LAYERS)
def kind(request):
    return LAYERS[request.param]


def moved(layer):
    """The wrapper, built, with its lengths and directions away from their start."""
    layer.build(X.shape)
    random = np.random.default_rng(1)
    for weight in layer.trainable_variables:
        weight.assign(weight + random.normal(0, 0.3, weight.shape))
    return layer


def test_starts_as_the_plain_layer(kind):
    plain = kind[0]()
    expected = np.asarray(plain(X))
    layer = WeightNormalization(plain)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5, atol=1e-5)


def test_is_length_times_direction(kind):
    make, axes = kind
    layer = moved(WeightNormalization(make()))
    v, g = np.asarray(layer.v, "float64"), np.asarray(layer.g, "float64")
    plain = make()
    plain.build(X.shape)
    # Salimans & Kingma, 2016, eq. 2.
    kernel = g * v / np.sqrt((v**2).sum(axis=axes, keepdims=True))
    plain.set_weights([kernel, np.asarray(layer.layer.bias)])
    np.testing.assert_allclose(layer(X), plain(X), rtol=1e-4, atol=1e-4)


def test_length_of_directions_does_not_matter():
    layer = moved(WeightNormalization(keras.layers.Dense(5)))
    expected = np.asarray(layer(X))
    layer.v.assign(layer.v * 7.0)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("data_init", [False, True])
def test_fold_gives_a_plain_layer_and_keeps_the_wrapper(kind, data_init):
    layer = moved(WeightNormalization(kind[0](activation="tanh"), data_init=data_init))
    expected = np.asarray(layer(X, training=True))
    plain = layer.fold()
    assert plain is layer.layer and [w.path for w in plain.weights] == [
        plain.kernel.path,
        plain.bias.path,
    ]
    np.testing.assert_allclose(plain(X), expected, atol=1e-5)
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)
    layer.fold()
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)


def test_first_training_call_normalizes_what_the_activation_gets(kind):
    """And later ones, or calls in inference, change nothing."""
    layer = WeightNormalization(kind[0](), data_init=True)
    before = np.asarray(layer(X))
    np.testing.assert_array_equal(layer(X), before)
    first = np.asarray(layer(X, training=True))
    np.testing.assert_allclose(first.mean(axis=(0, 1)), 0.0, atol=1e-5)
    np.testing.assert_allclose(first.var(axis=(0, 1)), 1.0, atol=1e-4)
    np.testing.assert_array_equal(layer(X), first)
    layer(X * 5 + 1, training=True)
    np.testing.assert_array_equal(layer(X), first)


def test_activation_follows_the_normalization():
    layer = WeightNormalization(keras.layers.Dense(5, activation="exponential"), data_init=True)
    outputs = np.log(np.asarray(layer(X, training=True)))
    np.testing.assert_allclose(outputs.mean(axis=(0, 1)), 0.0, atol=1e-4)
    np.testing.assert_allclose(outputs.var(axis=(0, 1)), 1.0, atol=1e-3)


def test_channels_that_do_not_vary_stay_finite():
    layer = WeightNormalization(keras.layers.Dense(5), data_init=True)
    before = np.asarray(layer(np.ones((4, 6))))
    np.testing.assert_allclose(layer(np.ones((4, 6)), training=True), before, atol=1e-5)


def check_that_it_trains(jit_compile):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, 6))
    layer = WeightNormalization(CausalDilatedConv1D(5, dilation_rate=2), data_init=True)
    model = keras.Model(inputs, layer(inputs))
    before = [keras.ops.convert_to_numpy(w).copy() for w in layer.trainable_variables]
    model.compile(keras.optimizers.Adam(1e-2), loss="mse", jit_compile=jit_compile)
    # Else Keras makes the graph of a step twice.
    model.optimizer.build(model.trainable_variables)
    losses = model.fit(X, np.tanh(X[:, :, :5]), epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    assert keras.ops.convert_to_numpy(layer.initialized)
    assert sorted(w.name for w in layer.trainable_variables) == ["bias", "g", "kernel"]
    for old, new in zip(before, layer.trainable_variables, strict=True):
        assert np.abs(keras.ops.convert_to_numpy(new) - old).max() > 1e-3
    outputs = model.predict(X, verbose=0)
    np.testing.assert_allclose(layer.fold()(X), outputs, atol=1e-4)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_lengths_and_directions_train(jit_compile):
    check_that_it_trains(jit_compile)


def test_lengths_and_directions_train_on_jax():
    code = "from layers import test_weight_normalization as t; t.check_that_it_trains(True)"
    run_on_jax(code, optimize=False)


def test_keras_file_remembers_that_data_has_been_seen(tmp_path):
    inputs = keras.Input((None, 6))
    layer = WeightNormalization(keras.layers.Conv1D(5, 3, activation="tanh"), data_init=True)
    model = keras.Model(inputs, layer(inputs))
    expected = np.asarray(model(X, training=True))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(loaded(X), expected, atol=1e-6)
    np.testing.assert_allclose(loaded(X * 3, training=True), model(X * 3), atol=1e-6)


class Shifted(keras.layers.Dense):
    def call(self, inputs, shift=0.0, *, factor=1.0, training=None):
        return factor * (super().call(inputs) + shift) + (100.0 if training else 0.0)


def test_arguments_of_the_layer_pass_through():
    layer = WeightNormalization(Shifted(5))
    plain = np.asarray(layer(X))
    shift = np.arange(5, dtype="float32")
    np.testing.assert_allclose(layer(X, shift), plain + shift, atol=1e-5)
    np.testing.assert_allclose(layer(X, shift=shift), plain + shift, atol=1e-5)
    np.testing.assert_allclose(layer(X, factor=2.0), 2 * plain, atol=1e-5)
    np.testing.assert_allclose(layer(X, training=True), plain + 100, atol=1e-4)


def test_steps_of_a_folded_convolution_follow_the_wrapper():
    layer = moved(WeightNormalization(CausalDilatedConv1D(5, kernel_size=3, dilation_rate=2)))
    expected = np.asarray(layer(X))
    conv = layer.fold()
    state = conv.initial_state(4)
    for t in range(X.shape[1]):
        output, state = conv.step(X[:, t], state)
        np.testing.assert_allclose(output, expected[:, t], atol=1e-4)


def test_directions_are_measured_in_float32():
    """A norm in half precision would overflow at 300 ** 2."""
    layer = WeightNormalization(keras.layers.Dense(5, dtype="mixed_float16"))
    expected = layer(X)
    assert layer(X).dtype == "float16" and layer.g.dtype == "float32"
    layer.v.assign(layer.v * 300.0)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-2, atol=1e-2)


def test_an_error_in_the_layer_leaves_its_weights_in_place():
    layer = WeightNormalization(Shifted(5))
    layer(X)
    with pytest.raises(Exception, match="shape|broadcast|size"):
        layer(X, np.zeros(7, "float32"))
    assert layer.layer.kernel is layer.v


def test_a_kernel_of_zeros_learns():
    layer = WeightNormalization(keras.layers.Dense(5, kernel_initializer="zeros"))
    model = keras.Sequential([layer])
    model.compile(keras.optimizers.Adam(1e-2), loss="mse")
    losses = model.fit(X, X[..., :5], epochs=20, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < 0.8 * losses[0]


def test_layers_without_kernel_are_refused():
    for other in (keras.layers.Dropout(0.1), keras.layers.LSTM(3)):
        with pytest.raises(ValueError, match="`layer` must have a `kernel`"):
            WeightNormalization(other)(X)
    with pytest.raises(ValueError, match="`data_init` needs a layer with a bias. Received"):
        WeightNormalization(keras.layers.Dense(3, use_bias=False), data_init=True)(X)
