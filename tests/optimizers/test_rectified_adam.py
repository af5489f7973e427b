import keras
import numpy as np
import pytest

from keras_speech.optimizers import RectifiedAdam

X = np.random.default_rng(0).normal(size=(64, 6)).astype("float32")
Y = X @ np.arange(12, dtype="float32").reshape(6, 2) / 6


def steps(optimizer, gradients):
    """The weight after each gradient, from zero."""
    weight = keras.Variable(np.zeros(1, "float32"))
    found = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor([float(gradient)])], [weight])
        found.append(float(keras.ops.convert_to_numpy(weight)[0]))
    return np.array(found)


def naive(gradients, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, threshold=5.0):
    """Liu et al., 2020, algorithm 2, in double precision."""
    weight = mean = square = 0.0
    found, longest = [], 2 / (1 - beta_2) - 1
    for t, gradient in enumerate(gradients, start=1):
        mean = beta_1 * mean + (1 - beta_1) * gradient
        square = beta_2 * square + (1 - beta_2) * gradient**2
        length = longest - 2 * t * beta_2**t / (1 - beta_2**t)
        step = mean / (1 - beta_1**t)
        if length >= threshold:
            share = (length - 4) * (length - 2) * longest
            step *= np.sqrt(share / ((longest - 4) * (longest - 2) * length))
            step /= np.sqrt(square / (1 - beta_2**t)) + epsilon
        weight -= rate * step
        found.append(weight)
    return np.array(found)


def test_steps_are_those_of_the_paper():
    gradients = np.random.default_rng(0).normal(size=200)
    np.testing.assert_allclose(steps(RectifiedAdam(0.1), gradients), naive(gradients, 0.1), 2e-4)


def test_gradients_of_any_size_make_the_same_adaptive_steps():
    gradients = np.random.default_rng(1).normal(size=30)
    small, large = (steps(RectifiedAdam(0.1), factor * gradients) for factor in (1.0, 10.0))
    np.testing.assert_allclose(np.diff(large)[5:], np.diff(small)[5:], rtol=1e-3, atol=2e-6)
    np.testing.assert_allclose(large[:5], 10 * small[:5], rtol=1e-4)


def check_fit(make, jit_compile):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile(make(), loss="mse", jit_compile=jit_compile)
    losses = model.fit(X, Y, epochs=40, batch_size=16, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < 0.1 * losses[0]
    return model


# Without XLA it is also fitted below, and goes on from a file. On JAX: `test_lookahead.py`.
@pytest.mark.parametrize("jit_compile", [pytest.param(False, marks=pytest.mark.slow), True])
def test_fit_lowers_the_loss(jit_compile):
    check_fit(lambda: RectifiedAdam(0.05, amsgrad=True, clipnorm=10.0), jit_compile)


def test_training_goes_on_from_a_keras_file(tmp_path):
    model = check_fit(lambda: RectifiedAdam(0.05, beta_1=0.8, sma_threshold=4.5), False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    for trained in (model, loaded):
        trained.fit(X, Y, epochs=1, shuffle=False, verbose=0)
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"beta_1": 1.0}, r"`beta_1` must be in \[0, 1\). Received: beta_1=1.0"),
        ({"beta_2": -0.1}, r"`beta_2` must be in \[0, 1\). Received: beta_2=-0.1"),
        ({"sma_threshold": 3.0}, "`sma_threshold` must be at least 4. Received: sma_threshold=3.0"),
        ({"beta_2": 0.6}, "`beta_2` must be above .* Received: beta_2=0.6, sma_threshold=5.0"),
    ],
)
def test_impossible_settings_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        RectifiedAdam(**arguments)
