import keras
import librosa
import numpy as np
import pytest
import tensorflow as tf

import signals
from keras_speech.ops import griffin_lim as module
from keras_speech.ops import stft
from keras_speech.ops.griffin_lim import griffin_lim

SMALL = {"n_fft": 256, "hop_length": 64, "win_length": 256}


def magnitude_of(samples, settings=SMALL, padding="center"):
    return np.asarray(stft.magnitude(*stft.stft(samples, **settings, padding=padding)))


def spectral_convergence(samples, magnitude, settings=SMALL, padding="center"):
    """Norm of the error of the magnitudes over the norm of the magnitudes."""
    error = magnitude_of(np.asarray(samples), settings, padding)[: len(magnitude)] - magnitude
    return np.linalg.norm(error) / np.linalg.norm(magnitude)


def naive_griffin_lim(magnitude, first, momentum, n_iter, n_fft, hop_length):
    """Algorithm 2 of the paper, frame by frame, in float64."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    n_frames = len(magnitude)
    total = (n_frames - 1) * hop_length + n_fft

    def signal_of(spectrum):
        signal, weight = np.zeros(total), np.zeros(total)
        for t in range(n_frames):
            at = slice(t * hop_length, t * hop_length + n_fft)
            signal[at] += window * np.fft.irfft(spectrum[t], n_fft)
            weight[at] += window**2
        return signal / np.maximum(weight, 1e-8)

    def consistent(spectrum):
        signal = signal_of(spectrum)
        return np.stack(
            [
                np.fft.rfft(window * signal[t * hop_length : t * hop_length + n_fft])
                for t in range(n_frames)
            ]
        )

    spectrum, last = magnitude * np.exp(1j * first), 0
    for i in range(n_iter):
        now = consistent(spectrum)
        pushed = now + momentum * (now - last) if i else now
        spectrum, last = magnitude * np.exp(1j * np.angle(pushed)), now
    return signal_of(spectrum)[n_fft // 2 :][: n_frames * hop_length]


@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_equals_the_published_algorithm(momentum):
    magnitude = magnitude_of(signals.speech_like(0.1))
    frames, n_freqs = magnitude.shape
    first = 2 * np.pi * np.asarray(module._noise(3, frames, n_freqs, "float32", keras.ops))
    expected = naive_griffin_lim(magnitude, first, momentum, 4, 256, 64)
    actual = griffin_lim(magnitude, **SMALL, n_iter=4, momentum=momentum, seed=3)
    np.testing.assert_allclose(actual, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("padding", ["center", "hop"])
def test_momentum_converges_further(padding):
    settings = {"n_fft": 512, "hop_length": 128, "win_length": 512}
    magnitude = magnitude_of(signals.speech_like(0.5), settings, padding)

    def reached(momentum, n_iter):
        samples = griffin_lim(
            magnitude, **settings, padding=padding, n_iter=n_iter, momentum=momentum, seed=0
        )
        return spectral_convergence(samples, magnitude, settings, padding)

    assert reached(0.99, 60) < 0.7 * reached(0.0, 60)
    assert reached(0.0, 60) < 0.6 * reached(0.0, 0)


def test_converges_as_far_as_librosa():
    """On average: where 60 rounds arrive varies by a tenth or more between seeds."""
    settings = {"n_fft": 512, "hop_length": 128, "win_length": 512}
    magnitude = magnitude_of(signals.speech_like(0.5), settings)
    compiled = tf.function(lambda seed: griffin_lim(magnitude, **settings, n_iter=60, seed=seed))
    ours, theirs = [], []
    for seed in range(8):
        samples = compiled(tf.constant(seed))
        ours.append(spectral_convergence(samples, magnitude, settings))
        samples = librosa.griffinlim(
            magnitude.T, **settings, n_iter=60, random_state=seed, pad_mode="reflect"
        )
        theirs.append(spectral_convergence(samples, magnitude, settings))
    assert np.mean(ours) < 1.1 * np.mean(theirs)


def test_seed_decides_the_sound():
    magnitude = magnitude_of(signals.speech_like(0.2))
    one, again, other = (griffin_lim(magnitude, **SMALL, n_iter=3, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.01
    in_a_graph = tf.function(lambda seed: griffin_lim(magnitude, **SMALL, n_iter=3, seed=seed))
    np.testing.assert_allclose(in_a_graph(tf.constant(1)), one, atol=1e-5)


def test_without_a_seed_every_call_differs():
    magnitude = magnitude_of(signals.speech_like(0.2))
    one, other = (griffin_lim(magnitude, **SMALL, n_iter=1) for _ in range(2))
    assert np.abs(one - other).max() > 0.01


def test_noise_is_uniform_and_a_longer_one_starts_with_the_shorter():
    short, long = (np.asarray(module._noise(7, n, 129, "float32", keras.ops)) for n in (100, 3000))
    np.testing.assert_array_equal(long[:100], short)
    assert 0 <= long.min() and long.max() < 1
    # 387,000 cells over 10 bins: the standard deviation of a share is sqrt(0.09 / 387000).
    shares = np.histogram(long, 10, (0, 1))[0] / long.size
    np.testing.assert_allclose(shares, 0.1, atol=5 * np.sqrt(0.09 / long.size))
    # Neighbors in time and frequency, and another seed, are uncorrelated.
    others = [(long[1:], long[:-1]), (long[:, 1:], long[:, :-1])]
    others.append((long, np.asarray(module._noise(8, 3000, 129, "float32", keras.ops))))
    for a, b in others:
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / np.sqrt(a.size)


def test_padding_and_other_rows_change_nothing():
    rows = [magnitude_of(signals.speech_like(s, seed=i)) for i, s in enumerate((0.2, 0.1, 0.15))]
    lengths = [len(row) for row in rows]
    batch = np.full((3, max(lengths) + 9, 129), 3.0, "float32")  # padding need not be silent
    for row, magnitude in zip(batch, rows, strict=True):
        row[: len(magnitude)] = magnitude
    together = np.asarray(griffin_lim(batch, **SMALL, n_iter=20, seed=0, lengths=lengths))
    for row, magnitude in zip(together, rows, strict=True):
        alone = np.asarray(griffin_lim(magnitude, **SMALL, n_iter=20, seed=0))
        assert len(alone) == 64 * len(magnitude)
        np.testing.assert_allclose(row[: len(alone)], alone, atol=1e-4)
        assert np.all(row[len(alone) :] == 0)


@pytest.mark.parametrize("settings", [{"n_fft": 250, "hop_length": 60, "win_length": 200}, SMALL])
@pytest.mark.parametrize("padding", ["center", "hop"])
@pytest.mark.parametrize("length", [None, 1, 1000, 5000])
def test_length_is_as_asked(length, padding, settings):
    magnitude = np.ones((2, 20, settings["n_fft"] // 2 + 1), "float32")
    samples = griffin_lim(magnitude, **settings, padding=padding, n_iter=1, seed=0, length=length)
    assert samples.shape == (2, 20 * settings["hop_length"] if length is None else length)


def test_silence_stays_silent():
    assert np.all(np.asarray(griffin_lim(np.zeros((5, 129), "float32"), **SMALL, seed=0)) == 0)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_loop_compiles(jit_compile):
    magnitude = magnitude_of(signals.speech_like(0.2))[None]
    function = tf.function(
        lambda x: griffin_lim(x, **SMALL, n_iter=5, seed=0), jit_compile=jit_compile
    )
    expected = griffin_lim(magnitude, **SMALL, n_iter=5, seed=0)
    np.testing.assert_allclose(function(magnitude), expected, atol=1e-4)


def test_one_trace_serves_every_size():
    function = tf.function(
        lambda x, n: griffin_lim(x, **SMALL, n_iter=2, seed=0, lengths=n),
        input_signature=[tf.TensorSpec((None, None, 129)), tf.TensorSpec((None,), tf.int32)],
    )
    for batch, frames in ((1, 5), (3, 12)):
        samples = function(tf.ones((batch, frames, 129)), tf.fill([batch], frames))
        assert samples.shape == (batch, 64 * frames)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"n_iter": -1}, "`n_iter` must be an integer >= 0. Received: n_iter=-1"),
        ({"momentum": 1.0}, r"`momentum` must lie in \[0, 1\). Received: momentum=1.0"),
        ({"hop_length": 300}, "`hop_length` must not exceed `win_length`"),
        ({"n_fft": 512}, r"n_fft // 2 \+ 1 = 257 frequencies"),
    ],
)
def test_bad_settings_are_explained(changes, message):
    with pytest.raises(ValueError, match=message):
        griffin_lim(np.ones((5, 129), "float32"), **{**SMALL, **changes})
