import keras
import numpy as np
import pytest

from jax_process import run_on_jax
from keras_speech import WaveGlow, waveglow_configs
from keras_speech.ops import mel as mel_ops
from models.waveglow.tiny_waveglow import SIZES, SPEC, tiny_inputs, tiny_waveglow


def tones(n, frames=20, seed=0):
    """Recordings of a tone each, with the mels that tell their pitch."""
    random = np.random.default_rng(seed)
    n_samples = frames * SPEC.hop_length
    pitch, phase = random.uniform(300, 1500, (n, 1)), random.uniform(0, 2 * np.pi, (n, 1))
    samples = 0.5 * np.sin(2 * np.pi * pitch * np.arange(n_samples) / SPEC.sample_rate + phase)
    samples = (samples + random.normal(0, 0.01, samples.shape)).astype("float32")
    # Centered frames are one more than hops.
    mel = np.asarray(mel_ops.log_mel_spectrogram(samples, SPEC))[:, :frames]
    return {"samples": samples, "mel": mel}


def test_the_loss_is_the_density_of_the_audio():
    """Its parts add up to what SciPy says of the noise, and of the change of variables."""
    from scipy import stats

    model, inputs = tiny_waveglow(sigma=0.7), tiny_inputs()
    model.compile()
    shown = model.evaluate(inputs, verbose=0, return_dict=True)
    z, log_det = (np.asarray(x, "float64") for x in model(inputs))
    nats = -(stats.norm(0, 0.7).logpdf(z).sum(axis=(1, 2)) + log_det) / 48
    np.testing.assert_allclose(shown["loss"], nats.mean(), rtol=1e-5)
    np.testing.assert_allclose(shown["z_energy"], np.mean(z**2), rtol=1e-5)
    parts = shown["log_scale"] + shown["log_det_weights"]
    np.testing.assert_allclose(parts, log_det.mean() / 48, rtol=1e-4)
    matrices = [np.linalg.slogdet(c.matrix())[1] for c in model.flows.convolutions]
    np.testing.assert_allclose(shown["log_det_weights"], np.sum(matrices) / 8, rtol=1e-4)


def test_training_makes_real_audio_likelier_than_noise():
    keras.utils.set_random_seed(0)
    model = WaveGlow(SPEC, **{**SIZES, "channels": 8})
    model.compile(keras.optimizers.Adam(3e-3))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    train, held_out = tones(16), tones(8, seed=1)
    before = model.evaluate(held_out, verbose=0, return_dict=True)["loss"]
    model.fit(train, batch_size=8, epochs=40, verbose=0)
    after = model.evaluate(held_out, verbose=0, return_dict=True)["loss"]
    deviation = held_out["samples"].std()
    noise = np.random.default_rng(2).normal(0, deviation, held_out["samples"].shape)
    of_noise = model.evaluate(
        {"samples": noise.astype("float32"), "mel": held_out["mel"]}, verbose=0, return_dict=True
    )["loss"]
    assert after < before - 0.5 and after < of_noise - 0.5
    z, _ = model(held_out)
    back = model.flows.inverse(z, model.upsampler(held_out["mel"]))
    np.testing.assert_allclose(np.reshape(back, (8, -1)), held_out["samples"], atol=1e-4)


@pytest.mark.slow
def test_inverse_recovers_input_after_training_in_the_published_size():
    keras.utils.set_random_seed(0)
    model = WaveGlow(**waveglow_configs.CHANNELS_256)
    random = np.random.default_rng(0)
    samples = 0.3 * np.sin(np.arange(4 * 768).reshape(4, 768) / 9 + random.normal(size=(4, 1)))
    mel = random.normal(-5, 2, (4, 3, 80)).astype("float32")
    inputs = {"samples": samples.astype("float32"), "mel": mel}
    model.compile(keras.optimizers.Adam(1e-4))
    losses = model.fit(inputs, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    z, _ = model(inputs)
    back = np.reshape(model.flows.inverse(z, model.upsampler(mel)), (4, -1))
    np.testing.assert_allclose(back, inputs["samples"], atol=1e-4)


def test_silence_and_clipping_train_in_bfloat16():
    """What overflows elsewhere: constant samples, whose likelihood has no limit."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = WaveGlow(SPEC, **SIZES)
    finally:
        keras.config.set_dtype_policy(before)
    model.compile(keras.optimizers.Adam(0.05))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    samples = np.zeros((2, 48), "float32")
    samples[1] = 1.0
    mel = np.full((2, 6, 5), np.log(1e-5), "float32")
    losses = model.fit({"samples": samples, "mel": mel}, epochs=60, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert np.isfinite(model.generate(mel)).all()


def test_rows_are_weighted():
    model, inputs = tiny_waveglow(), tiny_inputs()
    model.compile()
    first = model.evaluate({k: v[:1] for k, v in inputs.items()}, verbose=0, return_dict=True)
    weighted = model.compute_loss(inputs, None, model(inputs), np.array([2.0, 0.0], "float32"))
    np.testing.assert_allclose(weighted, first["loss"], rtol=1e-5)


@pytest.mark.parametrize("remat", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_it_trains_and_generates_on_jax(remat):
    output = run_on_jax(
        "import sys, keras, numpy as np\n"
        "from models.waveglow.tiny_waveglow import tiny_inputs, tiny_waveglow\n"
        f"model, inputs = tiny_waveglow(remat={remat}, n_flows=2), tiny_inputs()\n"
        "samples = model.generate(inputs['mel'], lengths=[6, 4], seed=2, denoise=0.1)\n"
        "model.compile(keras.optimizers.SGD(1e-2))\n"
        "history = model.fit(inputs, epochs=3, verbose=0).history['loss']\n"
        "print(*history, *samples[1, :8])",
        optimize=False,
    )
    model, inputs = tiny_waveglow(remat=remat, n_flows=2), tiny_inputs()
    samples = model.generate(inputs["mel"], lengths=[6, 4], seed=2, denoise=0.1)
    model.compile(keras.optimizers.SGD(1e-2), jit_compile=False)
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    history = model.fit(inputs, epochs=3, verbose=0).history["loss"]
    actual = [float(x) for x in output.split()]
    np.testing.assert_allclose(actual, [*history, *samples[1, :8]], rtol=1e-3, atol=1e-4)
