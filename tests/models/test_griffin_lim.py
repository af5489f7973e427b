import keras
import librosa
import numpy as np
import pytest

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.models.griffin_lim import GriffinLim
from keras_speech.ops import mel

SPEC = AudioSpec(sample_rate=16000, n_fft=512, hop_length=128, win_length=512, n_mels=60)


def mel_of(samples, spec=SPEC):
    return np.asarray(mel.log_mel_spectrogram(samples, spec))


def mel_error(samples, log_mel, spec=SPEC):
    return np.abs(mel_of(np.asarray(samples), spec)[: len(log_mel)] - log_mel).mean()


@pytest.mark.parametrize("padding", ["center", "hop"])
def test_audio_has_the_mel_it_was_made_of(padding):
    spec = SPEC.replace(padding=padding)
    samples = signals.speech_like(1.0, 16000)
    log_mel = mel_of(samples, spec)
    audio = np.asarray(GriffinLim(spec).generate(log_mel[None]))[0]
    assert audio.shape == (128 * len(log_mel),)
    assert mel_error(audio, log_mel, spec) < 0.2
    assert 0.9 < np.sqrt(np.mean(audio**2) / np.mean(samples**2)) < 1.1


def test_audio_is_nearer_to_the_mel_than_librosas():
    samples = signals.speech_like(0.5, 16000)
    log_mel = mel_of(samples)
    audio = GriffinLim(SPEC).generate(log_mel[None])[0]
    magnitude = librosa.feature.inverse.mel_to_stft(
        np.exp(log_mel.T), sr=16000, n_fft=512, power=1.0, fmin=SPEC.fmin, fmax=SPEC.fmax
    )
    theirs = librosa.griffinlim(
        magnitude, n_iter=60, n_fft=512, hop_length=128, random_state=0, length=len(samples)
    )
    assert mel_error(audio, log_mel) < mel_error(theirs, log_mel)


def test_seed_decides_the_sound():
    vocoder, log_mel = GriffinLim(SPEC, n_iter=3), mel_of(signals.speech_like(0.2, 16000))[None]
    one, again, other = (np.asarray(vocoder.generate(log_mel, seed=s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.01


@pytest.mark.parametrize("power", [1.0, 1.2])
def test_padding_and_other_rows_change_nothing(power):
    vocoder = GriffinLim(SPEC, n_iter=10, power=power)
    rows = [mel_of(signals.speech_like(s, 16000, seed=i)) for i, s in enumerate((0.5, 0.1))]
    lengths = [len(row) for row in rows]
    batch = np.zeros((2, 100, 60), "float32")  # 0 is loud: log(1)
    for row, log_mel in zip(batch, rows, strict=True):
        row[: len(log_mel)] = log_mel
    together = np.asarray(vocoder.generate(batch, lengths=lengths))
    assert together.shape == (2, 100 * 128)
    for row, log_mel in zip(together, rows, strict=True):
        alone = np.asarray(vocoder.generate(log_mel[None]))[0]
        assert len(alone) == 128 * len(log_mel)
        np.testing.assert_allclose(row[: len(alone)], alone, atol=1e-4)
        assert np.all(row[len(alone) :] == 0)


def test_a_row_of_no_frames_is_silent():
    samples = GriffinLim(SPEC, n_iter=2).generate(np.zeros((2, 5, 60), "float32"), lengths=[0, 5])
    samples = np.asarray(samples)
    assert np.all(samples[0] == 0) and np.isfinite(samples).all() and np.any(samples[1] != 0)


def test_call_is_generate():
    vocoder, log_mel = GriffinLim(SPEC, n_iter=4), mel_of(signals.speech_like(0.2, 16000))[None]
    expected = np.asarray(vocoder.generate(log_mel, lengths=[12], seed=3))
    actual = vocoder(log_mel, lengths=np.array([12]), seed=3)
    np.testing.assert_allclose(actual, expected, atol=1e-4)


def test_power_sharpens_at_equal_energy():
    log_mel = mel_of(signals.speech_like(0.5, 16000))[None]
    plain, sharp = (
        np.asarray(GriffinLim(SPEC, n_iter=30, power=p).generate(log_mel)) for p in (1.0, 1.4)
    )
    assert 0.9 < np.sqrt(np.mean(sharp**2) / np.mean(plain**2)) < 1.1
    # Peaks grow against valleys: the bands' spread widens.
    assert mel_of(sharp[0]).std() > 1.1 * mel_of(plain[0]).std()


def test_mixed_precision_does_not_touch_the_sound():
    log_mel = mel_of(signals.speech_like(0.2, 16000))[None]
    half = GriffinLim(SPEC, n_iter=2, dtype="mixed_float16")
    expected = np.asarray(GriffinLim(SPEC, n_iter=2).generate(log_mel))
    np.testing.assert_array_equal(half.generate(log_mel), expected)
    np.testing.assert_allclose(half(log_mel), expected, atol=1e-4)


def test_keras_file_gives_the_same_sound(tmp_path):
    vocoder = GriffinLim(SPEC, n_iter=5, power=1.1, momentum=0.5)
    log_mel = mel_of(signals.speech_like(0.2, 16000))[None]
    vocoder(log_mel)
    vocoder.save(tmp_path / "vocoder.keras")
    loaded = keras.saving.load_model(tmp_path / "vocoder.keras", safe_mode=True)
    assert isinstance(loaded, GriffinLim) and loaded.spec == SPEC
    assert loaded.get_config() == vocoder.get_config()
    np.testing.assert_array_equal(loaded.generate(log_mel), vocoder.generate(log_mel))


def test_config_holds_the_spec_as_a_dict():
    config = GriffinLim(SPEC).get_config()
    assert config["spec"] == SPEC.to_dict()
    assert GriffinLim.from_config(config).spec == SPEC


@pytest.mark.parametrize(
    "options, message",
    [
        ({"n_iter": -1}, "`n_iter` must be an integer >= 0"),
        ({"power": 0}, "`power` must be positive. Received: power=0"),
        ({"momentum": 1}, r"`momentum` must lie in \[0, 1\)"),
        ({"spec": {"n_mels": 0}}, "`n_mels` must be a positive integer"),
    ],
)
def test_bad_options_are_explained(options, message):
    with pytest.raises(ValueError, match=message):
        GriffinLim(**options)


@pytest.mark.parametrize(
    "shape, lengths, message",
    [
        ((5, 60), None, r"shape \(batch, frames, 60\).*\(5, 60\)"),
        ((1, 5, 80), None, r"shape \(batch, frames, 60\).*\(1, 5, 80\)"),
        ((1, 0, 60), None, "none of them 0"),
        ((1, 5, 60), [6], r"1 integers between 0 and 5.*\[6\]"),
        ((2, 5, 60), [5], r"2 integers between 0 and 5.*\[5\]"),
    ],
)
def test_bad_mels_are_explained(shape, lengths, message):
    with pytest.raises(ValueError, match=message):
        GriffinLim(SPEC, n_iter=1).generate(np.zeros(shape, "float32"), lengths=lengths)
