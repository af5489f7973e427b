import keras
import numpy as np
import pytest

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.log_mel_spectrogram import LogMelSpectrogram
from keras_speech.ops import mel

SPEC = AudioSpec(n_mels=40, padding="hop")


def test_layer_is_the_op():
    samples = signals.speech_like()[None]
    np.testing.assert_array_equal(
        LogMelSpectrogram(SPEC)(samples), mel.log_mel_spectrogram(samples, SPEC)
    )


@pytest.mark.parametrize("n", [None, 22050, 100])
def test_symbolic_shape_agrees(n):
    outputs = LogMelSpectrogram(SPEC)(keras.Input((n,)))
    assert outputs.shape == (None, None if n is None else SPEC.n_frames(n), 40)
    assert outputs.dtype == "float32"


def test_mixed_precision_does_not_touch_the_features():
    samples = signals.speech_like()[None]
    half = LogMelSpectrogram(SPEC, dtype="mixed_float16")(samples)
    np.testing.assert_array_equal(half, LogMelSpectrogram(SPEC)(samples))


def test_keras_file_keeps_the_spec(tmp_path):
    inputs = keras.Input((None,))
    keras.Model(inputs, LogMelSpectrogram(SPEC, name="mel")(inputs)).save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)
    assert loaded.get_layer("mel").spec == SPEC
    samples = signals.speech_like()[None]
    np.testing.assert_allclose(loaded(samples), LogMelSpectrogram(SPEC)(samples), atol=1e-6)


def test_stereo_is_refused():
    with pytest.raises(ValueError, match="looks like stereo"):
        LogMelSpectrogram(SPEC)(np.zeros((1000, 2), "float32"))
