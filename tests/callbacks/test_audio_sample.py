"""Sounds of a model while it learns, as files and for TensorBoard."""

import os
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import soundfile
import tensorflow as tf

from callbacks.events import read_events
from keras_speech.callbacks import AudioSample


@keras.saving.register_keras_serializable("keras_speech_tests")
class Tone(keras.Model):
    """Plays a constant: its only weight."""

    sample_rate = 8000

    def __init__(self):
        super().__init__()
        self.level = self.add_weight(shape=(), initializer="zeros")
        self.calls = []

    def call(self, x):
        return x * self.level

    def generate(self, n_samples, rows=1, seed=0):
        self.calls.append(seed)
        return keras.ops.ones((rows, n_samples)) * self.level


@pytest.fixture
def fit():
    """Trains a tone from level 0 towards 1 with a callback, and returns it."""

    def run(callback, epochs):
        model = Tone()
        model.compile("sgd", "mse")
        x = np.ones((1, 1), "float32")
        model.fit(x, x, epochs=epochs, verbose=0, callbacks=[callback])
        return model

    return run


def test_files_are_written_every_so_many_epochs(fit, tmp_path):
    directory = tmp_path / "new" / "samples"
    model = fit(AudioSample(directory, every=2, n_samples=100, seed=5), epochs=5)
    assert sorted(os.listdir(directory)) == ["sample_epoch_0002.wav", "sample_epoch_0004.wav"]
    first, rate = soundfile.read(directory / "sample_epoch_0002.wav")
    assert (rate, first.shape) == (8000, (100,))
    # Gradient descent on (1 - w)^2 by 0.01 brings it 0.98 times as near each epoch.
    np.testing.assert_allclose(first, 1 - 0.98**2, atol=1e-4)
    second, _ = soundfile.read(directory / "sample_epoch_0004.wav")
    np.testing.assert_allclose(second, 1 - 0.98**4, atol=1e-4)
    assert model.calls == [5, 5]


def test_sounds_are_in_the_logs_too(fit, tmp_path):
    callback = AudioSample(tmp_path / "wav", log_directory=tmp_path / "logs", n_samples=50)
    fit(callback, epochs=2)
    events = read_events(tmp_path / "logs" / "samples")
    assert [event.step for event in events] == [1, 2]
    for event in events:
        (value,) = event.summary.value
        sound = tf.make_ndarray(value.tensor)[0, 0]
        assert value.tag == "sample"
        assert sound == (tmp_path / "wav" / f"sample_epoch_000{event.step}.wav").read_bytes()


def test_each_row_has_a_file(fit, tmp_path):
    fit(AudioSample(tmp_path, n_samples=10, rows=2), epochs=1)
    assert sorted(os.listdir(tmp_path)) == ["sample_epoch_0001_1.wav", "sample_epoch_0001_2.wav"]


def test_sample_rate_may_be_given(fit, tmp_path):
    fit(AudioSample(tmp_path, n_samples=10, sample_rate=22050), epochs=1)
    assert soundfile.info(tmp_path / "sample_epoch_0001.wav").samplerate == 22050


def test_values_that_are_no_numbers_are_silence_with_a_warning(tmp_path):
    callback = AudioSample(tmp_path)
    samples = np.array([[0.5, np.nan, np.inf]])
    callback.set_model(SimpleNamespace(sample_rate=8000, generate=lambda: samples))
    with pytest.warns(UserWarning, match="audio sample of epoch 3, values that are not finite"):
        callback.write(3)
    read, _ = soundfile.read(tmp_path / "sample_epoch_0003.wav")
    np.testing.assert_allclose(read, [0.5, 0, 0], atol=1e-4)


class Reader:
    """Makes mels: as many frames as a row has tokens, of their ids."""

    def generate(self, tokens, seed=0):
        mel = np.repeat(np.asarray(tokens, "float32")[:, :, None], 3, axis=2)
        return {"mel": mel, "lengths": (mel[:, :, 0] > 0).sum(axis=1)}


class Vocoder:
    """Makes four samples of a frame, of a tenth of its first band."""

    spec = SimpleNamespace(sample_rate=8000)

    def generate(self, mel, lengths):
        return np.repeat(mel[:, :, 0] / 10, 4, axis=1)


def test_a_vocoder_makes_the_sound_of_mels(tmp_path):
    callback = AudioSample(tmp_path, vocoder=Vocoder(), tokens=[[1, 2, 3], [5, 0, 0]])
    callback.set_model(Reader())
    callback.write(1)
    for row, values in ((1, [0.1, 0.2, 0.3]), (2, [0.5])):
        read, rate = soundfile.read(tmp_path / f"sample_epoch_0001_{row}.wav")
        assert rate == 8000
        np.testing.assert_allclose(read, np.repeat(values, 4), atol=1e-4)


def test_mels_need_a_vocoder(tmp_path):
    callback = AudioSample(tmp_path, sample_rate=8000, tokens=[[1]])
    callback.set_model(Reader())
    with pytest.raises(ValueError, match="`vocoder` must be given .* model of type Reader"):
        callback.write(1)


def test_mel_that_is_no_number_is_silence_with_a_warning(tmp_path):
    callback = AudioSample(tmp_path, vocoder=Vocoder(), tokens=[[1.0, np.nan]])
    callback.set_model(Reader())
    with pytest.warns(UserWarning, match="Of the mel of an audio sample"):
        callback.write(1)


def test_interrupt_leaves_nothing_half_written(tmp_path, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    callback = AudioSample(tmp_path)
    callback.set_model(SimpleNamespace(sample_rate=8000, generate=lambda: np.zeros((1, 9))))
    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        callback.on_epoch_end(0)
    assert os.listdir(tmp_path) == []


def test_model_without_a_sample_rate_needs_one(tmp_path):
    callback = AudioSample(tmp_path)
    callback.set_model(SimpleNamespace(generate=lambda: np.zeros((1, 9))))
    with pytest.raises(ValueError, match="`sample_rate` must be given"):
        callback.on_epoch_end(0)


@pytest.mark.parametrize("every", [0, 1.5, "2"])
def test_bad_number_is_refused(tmp_path, every):
    with pytest.raises(ValueError, match="`every` must be a positive integer"):
        AudioSample(tmp_path, every=every)
