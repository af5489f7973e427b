import numpy as np
import pytest

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.models.griffin_lim import GriffinLim, LinearGriffinLim
from keras_speech.ops import linear_spectrogram, mel

SPEC = AudioSpec(sample_rate=16000, n_fft=512, hop_length=128, win_length=512, n_mels=60)


def linear_of(samples):
    return np.asarray(linear_spectrogram.log_linear_spectrogram(samples, SPEC))


def mel_of(samples):
    return np.asarray(mel.log_mel_spectrogram(samples, SPEC))


def test_audio_has_the_spectrogram_it_was_made_of_and_is_nearer_than_from_the_mel():
    samples = signals.speech_like(0.5, 16000)
    linear, log_mel = linear_of(samples), mel_of(samples)
    errors = []
    for vocoder, spectrogram in (
        (LinearGriffinLim(SPEC, n_iter=60, power=1.0), linear),
        (GriffinLim(SPEC, n_iter=60), log_mel),
    ):
        audio = np.asarray(vocoder.generate(spectrogram[None]))[0]
        assert audio.shape == (128 * len(linear),)
        found = linear_of(audio)[: len(linear)]
        loud = linear > -4.0
        errors.append(np.abs(found - linear)[loud].mean())
    assert errors[0] < 0.12
    assert errors[0] < 0.5 * errors[1]


def test_power_sharpens_at_equal_energy():
    linear = linear_of(signals.speech_like(0.5, 16000))[None]
    plain, sharp = (
        np.asarray(LinearGriffinLim(SPEC, n_iter=30, power=p).generate(linear))[0]
        for p in (1.0, 1.2)
    )
    assert 0.9 < np.mean(sharp**2) / np.mean(plain**2) < 1.1
    assert linear_of(sharp).std() > 1.05 * linear_of(plain).std()


def test_rows_are_independent_and_silent_after_their_end():
    vocoder = LinearGriffinLim(SPEC, n_iter=5)
    linear = linear_of(signals.speech_like(0.3, 16000))
    batch = np.zeros((2, len(linear) + 9, 257), "float32")  # 0 is loud: log(1)
    batch[0, : len(linear)] = linear
    together = np.asarray(vocoder.generate(batch, lengths=[len(linear), 20], seed=2))
    alone = np.asarray(vocoder.generate(linear[None], seed=2))[0]
    np.testing.assert_allclose(together[0, : len(alone)], alone, atol=1e-4)
    assert np.all(together[0, len(alone) :] == 0)


def test_a_mel_is_refused():
    log_mel = mel_of(signals.speech_like(0.2, 16000))[None]
    with pytest.raises(ValueError, match=r"`mel` must have the shape \(batch, frames, 257\)"):
        LinearGriffinLim(SPEC).generate(log_mel)
