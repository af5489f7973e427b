"""Spectral losses against NumPy, and where their gradients are in danger: silence and equality."""

import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import keras_speech as ks
from jax_process import run_on_jax
from keras_speech import losses

SPEC = ks.AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=48, n_mels=8, fmax=4000.0)
RESOLUTIONS = ((64, 12, 40), (128, 30, 128))


def signals(batch=2, n=500, seed=0):
    rng = np.random.default_rng(seed)
    return tuple((0.3 * rng.standard_normal((batch, n))).astype("float32") for _ in range(2))


def numpy_magnitude(samples, n_fft, hop_length, win_length):
    """|STFT| frame by frame: reflected by half a frame, periodic Hann window in the middle."""
    padded = np.pad(samples.astype("float64"), [(0, 0), (n_fft // 2, n_fft // 2)], "reflect")
    window = np.zeros(n_fft)
    left = (n_fft - win_length) // 2
    window[left : left + win_length] = 0.5 - 0.5 * np.cos(
        2 * np.pi * np.arange(win_length) / win_length
    )
    starts = range(0, padded.shape[1] - n_fft + 1, hop_length)
    return np.stack([abs(np.fft.rfft(padded[:, i : i + n_fft] * window)) for i in starts], axis=1)


@functools.cache
def compiled_gradient(loss):
    @tf.function(jit_compile=True)
    def compute(samples, predicted):
        with tf.GradientTape() as tape:
            tape.watch(predicted)
            value = loss(samples, predicted)
        return tape.gradient(value, predicted)

    return compute


def gradient(loss, samples, predicted):
    """The gradient of `loss(samples, predicted)` with respect to `predicted`, by XLA."""
    return compiled_gradient(loss)(tf.constant(samples), tf.constant(predicted)).numpy()


def multi_resolution(samples, predicted):
    return losses.multi_resolution_stft(samples, predicted, RESOLUTIONS)


def mel_l1(samples, predicted):
    return losses.mel_l1(samples, predicted, SPEC)


LOSSES = pytest.mark.parametrize("loss", [multi_resolution, mel_l1])


def test_multi_resolution_stft_equals_the_formulas():
    """Eq. 4 to 6 of Yamamoto et al. 2020, with the reference code's floor of 1e-7 on the power."""
    samples, predicted = signals()
    expected = 0.0
    for frame in RESOLUTIONS:
        ours, theirs = (
            np.sqrt(np.maximum(numpy_magnitude(x, *frame) ** 2, 1e-7)) for x in (samples, predicted)
        )
        convergence = np.linalg.norm(ours - theirs) / np.linalg.norm(ours)
        expected += convergence + np.mean(abs(np.log(ours) - np.log(theirs)))
    got = losses.multi_resolution_stft(samples, predicted, RESOLUTIONS)
    np.testing.assert_allclose(got, expected / 2, rtol=1e-5)


def test_mel_l1_equals_the_formula():
    samples, predicted = signals()
    filters = ks.ops.mel.filterbank_of(SPEC)
    ours, theirs = (
        np.log(np.maximum(numpy_magnitude(x, 64, 16, 48) @ filters, 1e-5))
        for x in (samples, predicted)
    )
    got = losses.mel_l1(samples, predicted, SPEC)
    np.testing.assert_allclose(got, np.mean(abs(ours - theirs)), rtol=1e-5)


def test_frames_outside_the_mask_change_nothing():
    samples, predicted = signals(n=32 * 16)
    both = losses.mel_l1(samples[:1, : 20 * 16], predicted[:1, : 20 * 16], SPEC, np.ones((1, 18)))
    # The first 18 frames reach 2 hops further than they start: 20 hops settle them.
    mask = (np.arange(32) < 18)[None].astype("float32")
    for shape in ((1, 32), (1, 32, 1)):
        got = losses.mel_l1(samples[:1], predicted[:1], SPEC, mask.reshape(shape))
        np.testing.assert_allclose(got, both, rtol=1e-6)


@LOSSES
def test_equal_signals_are_at_no_distance(loss):
    samples, _ = signals()
    assert float(loss(samples, samples)) == 0.0
    assert np.isfinite(gradient(loss, samples, samples)).all()


@LOSSES
def test_gradient_is_finite_at_silence(loss):
    samples, predicted = signals()
    silence = np.zeros_like(samples)
    for reference, other in ((samples, silence), (silence, samples), (silence, silence)):
        assert np.isfinite(float(loss(reference, other)))
        assert np.isfinite(gradient(loss, reference, other)).all()
    assert np.abs(gradient(loss, samples, predicted)).max() > 0


@LOSSES
def test_gradient_is_the_slope(loss):
    """A step along the gradient changes the loss by the step's length times the slope."""
    samples, predicted = signals()
    slope = gradient(loss, samples, predicted)
    step = 1e-3 * slope / np.linalg.norm(slope)
    change = float(loss(samples, predicted + step)) - float(loss(samples, predicted - step))
    assert change == pytest.approx(2e-3 * np.linalg.norm(slope), rel=0.05)


def test_sixteen_bits_are_computed_in_float32():
    samples, predicted = signals()
    half = ops.cast(predicted, "bfloat16")
    exact = np.asarray(ops.convert_to_numpy(ops.cast(half, "float32")))
    for loss in (multi_resolution, mel_l1):
        got = loss(samples, half)
        assert keras.backend.standardize_dtype(got.dtype) == "float32"
        np.testing.assert_allclose(got, loss(samples, exact), rtol=1e-6)


def test_length_may_be_unknown():
    samples, predicted = signals()
    compute = tf.function(
        lambda a, b: (
            losses.multi_resolution_stft(a, b, RESOLUTIONS),
            losses.mel_l1(a, b, SPEC, tf.ones(tf.shape(a) // [1, 16])),
        ),
        input_signature=[tf.TensorSpec([None, None])] * 2,
    )
    got = compute(samples, predicted)
    np.testing.assert_allclose(got[0], multi_resolution(samples, predicted), rtol=1e-5)
    assert np.isfinite(got[1])


def test_jax_gives_the_same_gradients(tmp_path):
    samples, predicted = signals()
    predicted[0] = 0.0
    np.savez(tmp_path / "signals.npz", samples=samples, predicted=predicted)
    run_on_jax(ON_JAX, tmp_path, json.dumps(RESOLUTIONS), json.dumps(SPEC.to_dict()))
    with np.load(tmp_path / "gradients.npz") as found:
        for loss in (multi_resolution, mel_l1):
            expected = gradient(loss, samples, predicted)
            np.testing.assert_allclose(found[loss.__name__], expected, rtol=1e-3, atol=1e-6)


ON_JAX = """
import json, pathlib, sys
import jax
import numpy as np
import keras_speech as ks

directory = pathlib.Path(sys.argv[1])
resolutions, spec = json.loads(sys.argv[2]), ks.AudioSpec.from_dict(json.loads(sys.argv[3]))
given = np.load(directory / "signals.npz")
samples = given["samples"]
losses = {
    "multi_resolution": lambda x: ks.losses.multi_resolution_stft(samples, x, resolutions),
    "mel_l1": lambda x: ks.losses.mel_l1(samples, x, spec),
}
found = {name: jax.jit(jax.grad(loss))(given["predicted"]) for name, loss in losses.items()}
np.savez(directory / "gradients.npz", **found)
"""


def test_a_silent_row_does_not_dominate():
    """By row, the second row's convergence alone would be above 100."""
    samples, predicted = signals()
    samples[1] = 0.0
    assert float(multi_resolution(samples, predicted)) < 10.0


def test_shapes_that_differ():
    samples, predicted = signals()
    with pytest.raises(ValueError, match="must both have the shape"):
        losses.multi_resolution_stft(samples, predicted[:, :-1])
    with pytest.raises(ValueError, match="must both have the shape"):
        losses.mel_l1(samples, predicted[..., None], SPEC)
    with pytest.raises(ValueError, match="`resolutions` must hold at least one"):
        losses.multi_resolution_stft(samples, predicted, ())
