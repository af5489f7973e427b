"""Two players, one loss: what `fit` does to each of them."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from adversarial_tools import SPEC, Generator, Judge, tones
from jax_process import run_on_jax
from keras_speech.layers import MultiPeriodDiscriminator
from keras_speech.models import Vocos, adversarial, model_files

ALONE = ["loss", "mel_l1"]
BOTH = [
    "loss", "mel_l1", "feature_matching", "generator_adversarial", "discriminator",
    "real_accuracy", "fake_accuracy",
]  # fmt: skip


def gradients(model, loss, of):
    with tf.GradientTape() as tape:
        value = loss()
    return tape.gradient(value, [w.value for w in of])


@pytest.mark.parametrize("kind", ["least_squares", "hinge"])
def test_each_loss_reaches_its_own_players_weights_alone(kind):
    """The gradient of the sum is, for each weight, that of its player's published loss."""
    model = Generator(discriminators=[Judge()], adversarial_loss=kind, mel_weight=3.0)
    judge, batch = model.discriminators[0], tones()
    discriminator_loss, generator_loss, _ = adversarial.KINDS[kind]
    theirs = judge.trainable_variables
    ours = model.dense.trainable_variables
    real = batch["samples"]

    def both():
        return model.compute_loss(batch, y_pred=model(batch))

    def discriminators():
        fake = judge(model(batch))
        return discriminator_loss(adversarial.scores(judge(real)), adversarial.scores(fake))

    def generators():
        fake = judge(model(batch))
        return (
            model.spectral_loss(real, model(batch))
            + generator_loss(adversarial.scores(fake))
            + 2.0
            * adversarial.adversarial.feature_matching(
                adversarial.features(judge(real)), adversarial.features(fake)
            )
        )

    for weights, alone in ((theirs, discriminators), (ours, generators)):
        for actual, expected in zip(
            gradients(model, both, weights), gradients(model, alone, weights), strict=True
        ):
            np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-6)


def test_a_players_loss_has_no_gradient_for_the_others_weights():
    model = Generator(discriminators=[Judge()], mel_weight=0.0)
    judge, batch = model.discriminators[0], tones()

    def discriminators():
        # Nothing but the discriminator's own loss is left without the generator's weights.
        model.adversarial_weight = model.feature_weight = 0.0
        return model.players_losses(batch["samples"], model(batch))

    def generators():
        fake = adversarial.with_constant_weights(judge, model(batch))
        return adversarial.adversarial.least_squares_generator(adversarial.scores(fake))

    for gradient in gradients(model, generators, judge.trainable_variables):
        assert gradient is None or not np.any(gradient)
    for gradient in gradients(model, discriminators, model.dense.trainable_variables):
        assert gradient is None or not np.any(gradient)
    for gradient in gradients(model, generators, model.dense.trainable_variables):
        assert np.any(gradient)


@pytest.mark.parametrize(
    "policy, jit_compile",
    [
        ("float32", False),
        # By XLA the tests of warm starts and of JAX train both, and those of the conformance table
        # a HiFi-GAN, in bfloat16 too.
        pytest.param("float32", True, marks=pytest.mark.slow),
        pytest.param("mixed_bfloat16", False, marks=pytest.mark.slow),
        pytest.param("mixed_bfloat16", True, marks=pytest.mark.slow),
    ],
)
def test_fit_trains_both_players(policy, jit_compile):
    model = Generator(discriminators=[Judge(dtype=policy)], stft_weight=1.0, dtype=policy)
    before = model.get_weights()
    model.compile(keras.optimizers.AdamW(2e-3, beta_1=0.8, beta_2=0.99), jit_compile=jit_compile)
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    history = model.fit(tones(), epochs=20, verbose=0).history
    assert sorted(history) == sorted([*BOTH, "stft"])
    assert np.isfinite(list(history.values())).all()
    assert history["mel_l1"][-1] < history["mel_l1"][0]
    assert history["discriminator"][-1] < history["discriminator"][0]
    assert all(np.any(a != b) for a, b in zip(before, model.get_weights(), strict=True))
    assert sorted(model.evaluate(tones(seed=1), verbose=0, return_dict=True)) == sorted(history)


def test_warm_start_leaves_the_discriminators_alone():
    model = Generator(discriminators=[Judge()], adversarial=False)
    before = [np.array(w) for w in model.discriminators[0].weights]
    model.compile(keras.optimizers.Adam(1e-2))
    history = model.fit(tones(), epochs=10, verbose=0).history
    assert sorted(history) == sorted(ALONE)
    assert history["mel_l1"][-1] < history["mel_l1"][0]
    assert len(model.optimizer.variables) == 2 + 2 * len(model.dense.weights)
    for was, weight in zip(before, model.discriminators[0].weights, strict=True):
        np.testing.assert_array_equal(weight, was)
    model.adversarial = True
    model.compile(keras.optimizers.Adam(1e-2))
    history = model.fit(tones(), epochs=1, verbose=0).history
    assert sorted(history) == sorted(BOTH)
    assert all(
        np.any(np.array(w) != b)
        for b, w in zip(before, model.discriminators[0].weights, strict=True)
    )


def test_a_warm_start_goes_on_from_a_file(tmp_path):
    """With its optimizer's state, and with discriminators that stay out of it."""
    judge = MultiPeriodDiscriminator((2,), channels=(2,))
    sizes = dict(channels=8, hidden_channels=8, n_blocks=1)
    model = Vocos(SPEC, **sizes, discriminators=[judge], adversarial=False)
    model.compile(keras.optimizers.Adam(1e-2))
    model.fit(tones(), epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert not loaded.adversarial
    assert len(loaded.trainable_variables) == len(model.trainable_variables)
    for each in (model, loaded):
        each.fit(tones(), verbose=0)
    for ours, theirs in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    loaded.adversarial = True
    assert len(loaded.trainable_variables) == len(loaded.weights)


def test_without_discriminators_it_makes_the_same_sound(tmp_path):
    """And so it is saved: what makes sound needs no judge."""
    sizes = dict(channels=8, hidden_channels=8, n_blocks=1)
    model = Vocos(SPEC, **sizes, discriminators=[Judge()], discriminator_weights=[0.5])
    alone, batch = model.without_discriminators(), tones()
    assert (alone.discriminators, len(model.discriminators)) == ([], 1)
    assert alone.without_discriminators() is alone
    assert alone.count_params() == model.count_params() - model.discriminators[0].count_params()
    np.testing.assert_array_equal(alone.generate(batch["mel"]), model.generate(batch["mel"]))
    model_files.save_model(model, tmp_path / "model.keras")
    loaded = model_files.load_model(tmp_path / "model.keras", role="model")
    assert loaded.get_config() == alone.get_config()
    np.testing.assert_array_equal(loaded.generate(batch["mel"]), alone.generate(batch["mel"]))
    alone.set_weights([0 * weight for weight in alone.get_weights()])
    assert any(np.any(weight) for weight in model.embed.get_weights())


def test_learning_rate_decay_and_averages_work_with_fit():
    model = Generator(discriminators=[Judge()])
    decay = keras.optimizers.schedules.ExponentialDecay(1e-2, 1, 0.5, staircase=True)
    model.compile(keras.optimizers.AdamW(decay, use_ema=True, ema_momentum=0.9))
    model.fit(tones(), epochs=3, verbose=0)
    np.testing.assert_allclose(float(model.optimizer.learning_rate), 1e-2 * 0.5**3, rtol=1e-5)
    # `fit` leaves the averages in the model.
    averages = model.optimizer._model_variables_moving_average
    for weight, average in zip(model.trainable_variables, averages, strict=True):
        np.testing.assert_array_equal(weight, average)


def test_discriminator_weights_scale_their_share():
    batch, judge = tones(), Judge()
    model = Generator(discriminators=[judge], mel_weight=0.0)
    once = float(model.compute_loss(batch, y_pred=model(batch)))
    model.discriminators, model.discriminator_weights = [judge, judge], [0.25, 0.5]
    np.testing.assert_allclose(
        float(model.compute_loss(batch, y_pred=model(batch))), 0.75 * once, rtol=1e-5
    )


def test_fit_on_jax_gives_the_same_losses():
    """The same weights and batch, one step: spectra, scores and features agree."""
    code = """
import json, sys
import keras, numpy as np
from adversarial_tools import Generator, Judge, tones
model = Generator(discriminators=[Judge()])
random = np.random.default_rng(0)
model.set_weights([random.normal(0, 0.3, w.shape) for w in model.weights])
model.compile(keras.optimizers.AdamW(1e-3))
history = model.fit(tones(), epochs=2, verbose=0).history
print(json.dumps(history))
"""
    on_jax = json.loads(run_on_jax(code, optimize=False).splitlines()[-1])
    model = Generator(discriminators=[Judge()])
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.3, w.shape) for w in model.weights])
    model.compile(keras.optimizers.AdamW(1e-3))
    history = model.fit(tones(), epochs=2, verbose=0).history
    assert sorted(on_jax) == sorted(history)
    for name, values in history.items():
        np.testing.assert_allclose(on_jax[name], values, rtol=1e-3, err_msg=name)


@pytest.mark.parametrize(
    "options, named",
    [
        ({"adversarial_loss": "wasserstein"}, "adversarial_loss='wasserstein'"),
        ({"mel_weight": -1.0}, "mel_weight=-1.0"),
        ({"stft_weight": float("nan")}, "stft_weight=nan"),
        ({"discriminator_weights": [1.0]}, "for each of the 0 discriminators"),
    ],
)
def test_bad_settings_are_named(options, named):
    with pytest.raises(ValueError, match=named):
        Generator(**options)


def test_a_batch_without_its_recording_is_refused():
    model, batch = Generator(), tones()
    predicted = model(batch)
    with pytest.raises(ValueError, match=r"Received: \['mel'\]"):
        model.compute_loss({"mel": batch["mel"]}, y_pred=predicted)
    with pytest.raises(ValueError, match=r"Received: samples \(4, 368\), made of mel \(4, 384\)"):
        model.compute_loss({**batch, "samples": batch["samples"][:, 16:]}, y_pred=predicted)
    with pytest.raises(ValueError, match="sample_weight"):
        model.compute_loss(batch, y_pred=predicted, sample_weight=np.ones(4))
