import librosa
import numpy as np

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.ops import linear_spectrogram, mel

SPEC = AudioSpec(sample_rate=16000, n_fft=512, hop_length=128, win_length=400, n_mels=40)


def test_it_is_the_log_of_librosas_magnitude():
    samples = signals.speech_like(0.5, 16000)
    found = np.asarray(linear_spectrogram.log_linear_spectrogram(samples, SPEC))
    theirs = librosa.stft(samples, n_fft=512, hop_length=128, win_length=400, pad_mode="reflect")
    np.testing.assert_allclose(np.exp(found.T), np.maximum(np.abs(theirs), 1e-5), atol=2e-4)


def test_its_bands_are_the_mel():
    samples = signals.speech_like(0.5, 16000)
    linear = np.asarray(linear_spectrogram.log_linear_spectrogram(samples, SPEC))
    bands = np.log(np.maximum(np.exp(linear) @ mel.filterbank_of(SPEC), SPEC.log_floor))
    # The floor is applied before the bands are summed here, after that in the mel: look above it.
    expected = np.asarray(mel.log_mel_spectrogram(samples, SPEC))
    loud = expected > -6.0
    assert loud.mean() > 0.5
    np.testing.assert_allclose(bands[loud], expected[loud], atol=1e-2)
