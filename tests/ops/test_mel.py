import librosa
import numpy as np
import pytest
import tensorflow as tf

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.ops import mel

SPECS = {
    "nvidia": AudioSpec(),
    "hifi_gan": AudioSpec(padding="hop"),
    "telephone": AudioSpec(sample_rate=8000, n_fft=512, hop_length=100, win_length=400, fmax=4000),
    "htk": AudioSpec(mel_scale="htk", mel_norm=None, n_mels=40, fmin=55.0, fmax=7600.0),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())


def librosa_filters(spec):
    return librosa.filters.mel(
        sr=spec.sample_rate,
        n_fft=spec.n_fft,
        n_mels=spec.n_mels,
        fmin=spec.fmin,
        fmax=spec.fmax,
        htk=spec.mel_scale == "htk",
        norm=spec.mel_norm,
    )


def librosa_magnitude(samples, spec):
    center = spec.padding == "center"
    if not center:
        samples = np.pad(samples, (spec.n_fft - spec.hop_length) // 2, mode="reflect")
    return np.abs(
        librosa.stft(
            samples,
            n_fft=spec.n_fft,
            hop_length=spec.hop_length,
            win_length=spec.win_length,
            center=center,
            pad_mode="reflect",
        )
    )


def naive_filterbank(*, sample_rate, n_fft, n_mels, fmin, fmax):
    """HTK triangles of height 1, one weight after another."""

    def to_mel(hz):
        return 2595 * np.log10(1 + hz / 700)

    step = (to_mel(fmax) - to_mel(fmin)) / (n_mels + 1)
    edges = [700 * (10 ** ((to_mel(fmin) + i * step) / 2595) - 1) for i in range(n_mels + 2)]
    filters = np.zeros((n_fft // 2 + 1, n_mels))
    for k in range(n_fft // 2 + 1):
        hz = k * sample_rate / n_fft
        for m, (left, center, right) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
            if left <= hz <= center:
                filters[k, m] = (hz - left) / (center - left)
            elif center < hz <= right:
                filters[k, m] = (right - hz) / (right - center)
    return filters


def test_filterbank_equals_a_naive_one():
    settings = {"sample_rate": 16000, "n_fft": 512, "n_mels": 20, "fmin": 60.0, "fmax": 7000.0}
    actual = mel.mel_filterbank(**settings, htk=True, norm=None)
    np.testing.assert_allclose(actual, naive_filterbank(**settings), atol=1e-6)


@pytest.mark.parametrize("htk", [False, True])
@pytest.mark.parametrize("norm", ["slaney", None])
@pytest.mark.parametrize(
    "settings",
    [
        {"sample_rate": 22050, "n_fft": 1024, "n_mels": 80, "fmin": 0.0, "fmax": 8000.0},
        {"sample_rate": 8000, "n_fft": 401, "n_mels": 23, "fmin": 20.0, "fmax": None},
        {"sample_rate": 48000, "n_fft": 2048, "n_mels": 128, "fmin": 1100.0, "fmax": 24000.0},
    ],
)
def test_filterbank_equals_librosa(settings, norm, htk):
    actual = mel.mel_filterbank(**settings, htk=htk, norm=norm)
    theirs = dict(settings)
    expected = librosa.filters.mel(sr=theirs.pop("sample_rate"), **theirs, htk=htk, norm=norm).T
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5 * expected.max())


@pytest.mark.parametrize("htk", [False, True])
def test_mel_scale_inverts_and_passes_its_anchors(htk):
    hz = np.array([0.0, 440.0, 1000.0, 6400.0, 11025.0])
    np.testing.assert_allclose(mel.mel_to_hz(mel.hz_to_mel(hz, htk=htk), htk=htk), hz, rtol=1e-12)
    if htk:
        # 2595 log10(1 + 1000 / 700)
        np.testing.assert_allclose(mel.hz_to_mel(1000.0, htk=True), 999.9855, rtol=1e-6)
    else:
        # 1000 / (200 / 3); and 27 steps further up, 6.4 times as high
        np.testing.assert_allclose(mel.hz_to_mel([1000.0, 6400.0]), [15.0, 42.0], rtol=1e-12)


def test_silent_filters_are_reported():
    # Below 1 kHz the triangles are 23 Hz wide, the frequencies of the transform 31 Hz apart.
    with pytest.warns(UserWarning, match="mel filters lie between two frequencies"):
        mel.mel_filterbank(sample_rate=8000, n_fft=256, n_mels=200)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"fmax": 9000.0}, "fmax=9000.0, sample_rate=16000"),
        ({"fmin": -1.0}, "0 <= fmin"),
        ({"n_mels": 0}, "`n_mels` must be at least 1"),
        ({"norm": "area"}, "`norm` must be 'slaney' or None"),
    ],
)
def test_bad_settings_are_explained(changes, message):
    with pytest.raises(ValueError, match=message):
        mel.mel_filterbank(**{"sample_rate": 16000, "n_fft": 512, "n_mels": 40, **changes})


@every_spec
def test_log_mel_equals_librosa_within_1e_4(spec):
    """Relative to each value itself: an error of the logarithm is that of the magnitude."""
    samples = signals.speech_like(2.0, spec.sample_rate)
    bands = librosa_filters(spec) @ librosa_magnitude(samples, spec)
    expected = np.log(np.maximum(bands, 1e-5)).T
    actual = np.asarray(mel.log_mel_spectrogram(samples, spec))
    assert actual.shape == (spec.n_frames(len(samples)), spec.n_mels) == expected.shape
    assert np.abs(np.exp(actual - expected) - 1).max() < 1e-4
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)


@every_spec
@pytest.mark.parametrize("n", [1, 2, 100, 999, 1001, 8191])
def test_frame_count_of_any_length(n, spec):
    assert mel.log_mel_spectrogram(np.ones(n, "float32"), spec).shape == (
        spec.n_frames(n),
        spec.n_mels,
    )


def test_silence_is_the_floor_and_has_gradient_zero():
    samples = tf.zeros((1, 2000))
    with tf.GradientTape() as tape:
        tape.watch(samples)
        output = mel.log_mel_spectrogram(samples, AudioSpec())
        loss = tf.reduce_sum(output)
    np.testing.assert_allclose(output, np.log(1e-5), rtol=1e-6)
    assert np.all(tape.gradient(loss, samples) == 0)


def test_gradient_is_finite_where_speech_meets_digital_silence():
    samples = tf.constant(signals.speech_like()[None])
    with tf.GradientTape() as tape:
        tape.watch(samples)
        loss = tf.reduce_sum(mel.log_mel_spectrogram(samples, AudioSpec()))
    gradient = tape.gradient(loss, samples).numpy()
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0


def test_expand_inverts_compress_above_the_floor():
    x = np.array([0.0, 1e-9, 1e-5, 0.3, 40.0], "float32")
    back = mel.log_expand(mel.log_compress(x, 1e-5))
    np.testing.assert_allclose(back, np.maximum(x, 1e-5), rtol=1e-5)


def test_tf_data_map_gives_the_same():
    signal = signals.speech_like()
    lengths = [1, 300, 5001, 22050]
    dataset = tf.data.Dataset.from_generator(
        lambda: (signal[:n] for n in lengths), output_signature=tf.TensorSpec((None,))
    ).map(lambda x: mel.log_mel_spectrogram(x, AudioSpec()))
    for n, actual in zip(lengths, dataset, strict=True):
        expected = mel.log_mel_spectrogram(signal[:n], AudioSpec())
        np.testing.assert_allclose(actual, expected, atol=1e-5)


def relative_error(actual, expected):
    return np.linalg.norm(actual - expected) / np.linalg.norm(expected)


@every_spec
def test_inversion_meets_the_bands_and_is_nearer_to_the_magnitudes_than_librosas(spec):
    magnitude = librosa_magnitude(signals.speech_like(0.5, spec.sample_rate), spec)
    filters = librosa_filters(spec)
    bands = np.maximum(filters @ magnitude, spec.log_floor)
    ours = np.asarray(mel.mel_to_magnitude(np.log(bands).T.astype("float32"), spec)).T
    theirs = librosa.feature.inverse.mel_to_stft(
        bands,
        sr=spec.sample_rate,
        n_fft=spec.n_fft,
        power=1.0,
        fmin=spec.fmin,
        fmax=spec.fmax,
        htk=spec.mel_scale == "htk",
        norm=spec.mel_norm,
    )
    assert ours.shape == theirs.shape and ours.min() >= 0
    assert relative_error(filters @ ours, bands) < 0.01
    # Forty bands hold several harmonics each: there nothing tells the two solutions apart.
    allowed = 1.0 if spec.n_mels == 80 else 1.02
    assert relative_error(ours, magnitude) < allowed * relative_error(theirs, magnitude)


def test_inversion_of_silence_is_silence():
    floor = np.full((3, 80), np.log(1e-5), "float32")
    magnitude = np.asarray(mel.mel_to_magnitude(floor, AudioSpec()))
    assert magnitude.shape == (3, 513)
    assert 0 <= magnitude.min() and magnitude.max() < 1e-2


def test_inversion_leaves_frequencies_outside_the_bands_at_zero():
    magnitude = np.asarray(mel.mel_to_magnitude(np.zeros((1, 2, 80), "float32"), AudioSpec()))
    hz = np.fft.rfftfreq(1024, 1 / 22050)
    assert np.all(magnitude[..., hz > 8000] == 0) and np.all(magnitude[..., hz == 0] == 0)


def test_inversion_refuses_another_number_of_bands():
    with pytest.raises(ValueError, match=r"`mel` must have the 80 bands.*\(1, 5, 40\)"):
        mel.mel_to_magnitude(np.zeros((5, 40), "float32"), AudioSpec())


def test_the_first_guess_of_magnitudes_goes_on_beyond_the_bands():
    spec = AudioSpec(sample_rate=16000, n_fft=256, hop_length=64, win_length=256, n_mels=10,
                     fmin=1000.0, fmax=4000.0)  # fmt: skip
    bands = np.linspace(-5, 0, 10, dtype="float32")[None, None]
    start = np.asarray(mel.log_magnitude_start(bands, spec))[0, 0]
    inside = np.flatnonzero(mel.filterbank_of(spec).any(axis=1))
    assert (start[: inside[0]] == start[inside[0]]).all()
    assert (start[inside[-1] :] == start[inside[-1]]).all()


def test_magnitudes_are_fitted_to_the_mel_and_kept_outside_it():
    spec = AudioSpec(sample_rate=16000, n_fft=256, hop_length=64, win_length=256, n_mels=10,
                     fmax=4000.0)  # fmt: skip
    rng = np.random.default_rng(0)
    true, start = rng.uniform(0.1, 1, (2, 2, 5, 129)).astype("float32")
    filters = mel.filterbank_of(spec)
    bands = np.log(true @ filters)
    fitted = np.asarray(mel.fit_to_mel(start, bands, spec, n_iter=30))
    np.testing.assert_allclose(np.log(fitted @ filters), bands, atol=0.02)
    outside = filters.sum(axis=1) == 0
    assert outside.sum() > 60
    np.testing.assert_array_equal(fitted[..., outside], start[..., outside])
