import keras
import librosa
import numpy as np
import pytest
import tensorflow as tf

import signals
from keras_speech.ops import stft

NVIDIA = {"n_fft": 1024, "hop_length": 256, "win_length": 1024}
SETTINGS = [
    NVIDIA,
    {"n_fft": 512, "hop_length": 100, "win_length": 400},  # neither divides the other
    {"n_fft": 251, "hop_length": 50, "win_length": 199},  # odd
    {"n_fft": 64, "hop_length": 64, "win_length": 64},  # no overlap
]
every_setting = pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: str(s["n_fft"]))
both_paddings = pytest.mark.parametrize("padding", ["center", "hop"])


def naive_stft(samples, *, n_fft, hop_length, win_length, padding):
    """One frame after another, in float64."""
    pad = n_fft // 2 if padding == "center" else (n_fft - hop_length) // 2
    samples = np.pad(samples.astype("float64"), pad, mode="reflect")
    samples = np.pad(samples, (0, max(0, n_fft - len(samples))))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(win_length) / win_length)
    before = (n_fft - win_length) // 2
    window = np.pad(window, (before, n_fft - win_length - before))
    starts = range(0, len(samples) - n_fft + 1, hop_length)
    return np.stack([np.fft.rfft(samples[i : i + n_fft] * window) for i in starts])


def complex_of(real_and_imag):
    real, imag = (np.asarray(x) for x in real_and_imag)
    return real + 1j * imag


def assert_close(actual, expected, tolerance=1e-5):
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= tolerance * max(np.abs(expected).max(), 1e-12)


@both_paddings
@every_setting
@pytest.mark.parametrize("n", [1, 2, 3, 63, 64, 65, 300, 1023, 4000, 4001])
def test_equals_a_naive_transform_at_any_length(n, settings, padding):
    """Odd lengths, and signals shorter than one frame, which are reflected again and again."""
    samples = signals.speech_like(0.2)[-n:]
    expected = naive_stft(samples, **settings, padding=padding)
    assert_close(complex_of(stft.stft(samples, **settings, padding=padding)), expected)
    assert stft.n_frames(
        n, n_fft=settings["n_fft"], hop_length=settings["hop_length"], padding=padding
    ) == len(expected)


@every_setting
def test_equals_librosa(settings):
    samples = signals.speech_like()
    expected = librosa.stft(samples, **settings, pad_mode="reflect").T
    assert_close(complex_of(stft.stft(samples, **settings)), expected)


def test_equals_librosa_with_hifi_gan_padding():
    samples = signals.speech_like()
    padded = np.pad(samples, (1024 - 256) // 2, mode="reflect")
    expected = librosa.stft(padded, **NVIDIA, center=False).T
    assert_close(complex_of(stft.stft(samples, **NVIDIA, padding="hop")), expected)


@both_paddings
@pytest.mark.parametrize("settings", SETTINGS[:3], ids=lambda s: str(s["n_fft"]))
@pytest.mark.parametrize("n", [5000, 5001, 5119])
def test_inverse_recovers_input(n, settings, padding):
    samples = signals.speech_like()[:n]
    real, imag = stft.stft(samples, **settings, padding=padding)
    # Samples that no frame covers well are not in the transform: compare up to the last hop.
    whole = n - n % settings["hop_length"] - settings["hop_length"]
    back = stft.istft(real, imag, **settings, padding=padding, length=n)
    assert back.shape == (n,)
    assert_close(np.asarray(back)[:whole], samples[:whole])


@pytest.mark.parametrize("settings", SETTINGS[:3], ids=lambda s: str(s["n_fft"]))
@pytest.mark.parametrize("length", [None, 3000, 6000])
def test_inverse_of_any_spectrum_equals_librosa(settings, length):
    """Also of one that is no signal's transform, as a network's output."""
    rng = np.random.default_rng(0)
    n_freqs = settings["n_fft"] // 2 + 1
    spectrum = rng.standard_normal((20, n_freqs)) + 1j * rng.standard_normal((20, n_freqs))
    # The imaginary parts at 0 and at half the sample rate have no meaning.
    spectrum[:, 0] = spectrum[:, 0].real
    if settings["n_fft"] % 2 == 0:
        spectrum[:, -1] = spectrum[:, -1].real
    expected = librosa.istft(spectrum.T, **settings, length=length)
    actual = stft.istft(
        spectrum.real.astype("float32"), spectrum.imag.astype("float32"), **settings, length=length
    )
    # Past the middle of the last frame the windows fade out and librosa divides by nearly nothing.
    solid = 19 * settings["hop_length"]
    assert actual.shape == expected.shape
    assert_close(np.asarray(actual)[:solid], expected[:solid])


def test_magnitude_of_a_sinusoid_is_half_the_sum_of_the_window():
    """A bin-centered sine of amplitude 1 has |X| = sum(window) / 2 = win_length / 4."""
    hz = 64 * 22050 / 1024
    samples = np.sin(2 * np.pi * hz * np.arange(22050) / 22050).astype("float32")
    real, imag = stft.stft(samples, n_fft=1024, hop_length=256, win_length=1024)
    np.testing.assert_allclose(stft.magnitude(real, imag)[40, 64], 1024 / 4, rtol=1e-4)


def test_batch_equals_its_rows():
    rows = np.stack([signals.speech_like(0.1, seed=seed) for seed in range(3)])
    batch = complex_of(stft.stft(rows, **NVIDIA))
    for row, expected in zip(batch, rows, strict=True):
        np.testing.assert_array_equal(row, complex_of(stft.stft(expected, **NVIDIA)))


def test_silence_has_zero_magnitude_and_finite_gradient():
    samples = tf.zeros((1, 3000))
    with tf.GradientTape() as tape:
        tape.watch(samples)
        magnitude = stft.magnitude(*stft.stft(samples, **NVIDIA))
        loss = tf.reduce_sum(magnitude)
    assert np.all(magnitude == 0)
    assert np.all(tape.gradient(loss, samples) == 0)


def test_gradient_equals_finite_differences():
    samples = signals.speech_like(0.1).astype("float64")[:600]
    settings = {"n_fft": 128, "hop_length": 32, "win_length": 100}
    weights = np.random.default_rng(0).standard_normal((19, 65))

    def loss(x):
        return tf.reduce_sum(stft.magnitude(*stft.stft(x, **settings)) * weights)

    x = tf.constant(samples)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    gradient = tape.gradient(value, x).numpy()
    for i in (0, 1, 40, 299, 598, 599):
        step = np.zeros(600)
        step[i] = 1e-6
        difference = (loss(samples + step) - loss(samples - step)).numpy() / 2e-6
        assert abs(difference - gradient[i]) <= 1e-5 * np.abs(gradient).max()


def test_unknown_batch_and_length_in_a_graph():
    samples = np.stack([signals.speech_like(0.1)] * 2)
    function = tf.function(
        lambda x: stft.istft(*stft.stft(x, **NVIDIA), **NVIDIA),
        input_signature=[tf.TensorSpec((None, None))],
    )
    for n in (1, 1000, 2205):
        expected = stft.istft(*stft.stft(samples[:, :n], **NVIDIA), **NVIDIA)
        np.testing.assert_allclose(function(samples[:, :n]), expected, atol=1e-6)


@pytest.mark.parametrize(
    "dtype, computed_in, tolerance", [("float16", "float32", 1e-3), ("float64", "float64", 1e-5)]
)
def test_half_precision_is_computed_in_float32(dtype, computed_in, tolerance):
    samples = signals.speech_like(0.1)
    real, _ = stft.stft(samples.astype(dtype), **NVIDIA)
    assert keras.backend.standardize_dtype(real.dtype) == computed_in
    expected, _ = stft.stft(samples, **NVIDIA)
    assert_close(np.asarray(real), np.asarray(expected), tolerance)


@pytest.mark.parametrize(
    "samples, message",
    [
        (np.zeros((1, 2, 1000), "float32"), r"`samples` must have the axes.*mono.*\(1, 2, 1000\)"),
        (np.zeros((1000, 2), "float32"), r"looks like stereo.*\(1000, 2\)"),
        (np.zeros(1000, "int16"), "`samples` must be floating-point. Received: dtype=int16"),
        (np.zeros(0, "float32"), "`samples` must hold at least one sample"),
        (np.float32(0), r"`samples` must have the axes.*shape=\(\)"),
    ],
)
def test_bad_samples_are_explained(samples, message):
    with pytest.raises(ValueError, match=message):
        stft.stft(samples, **NVIDIA)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"hop_length": 2000}, "`hop_length` must not exceed `win_length`.*hop_length=2000"),
        ({"win_length": 2000}, "`win_length` must not exceed `n_fft`.*win_length=2000"),
        ({"hop_length": 0}, "`hop_length` must be a positive integer"),
        ({"n_fft": 1024.0}, "`n_fft` must be a positive integer"),
        ({"padding": "reflect"}, "`padding` must be one of"),
    ],
)
def test_bad_settings_are_explained(changes, message):
    samples, spectrum = np.zeros(1000, "float32"), np.zeros((3, 513), "float32")
    with pytest.raises(ValueError, match=message):
        stft.stft(samples, **{**NVIDIA, **changes})
    with pytest.raises(ValueError, match=message):
        stft.istft(spectrum, spectrum, **{**NVIDIA, **changes})


def test_a_spectrum_of_another_size_is_refused():
    spectrum = np.zeros((3, 257), "float32")
    with pytest.raises(ValueError, match=r"513 frequencies. Received: shape=\(1, 3, 257\)"):
        stft.istft(spectrum, spectrum, **NVIDIA)
