"""A WaveNet learns real speech by heart, and goes on with it where it is broken off."""

import os

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech import data

RATE, LENGTH, PRIME, STEPS = 8000, 2048, 1024, 1000
SENTENCES = ("Good morning.", "How late is it?", "Seven or eight.", "I do not know.")


@pytest.fixture
def directory(tmp_path):
    """The folder that `KERAS_SPEECH_RECORDINGS` names, else four sentences of the bundled voice."""
    if "KERAS_SPEECH_RECORDINGS" in os.environ:
        return os.environ["KERAS_SPEECH_RECORDINGS"]
    voice = ks.Voice.from_preset("kathleen")
    for i, sentence in enumerate(SENTENCES):
        voice.speak(sentence).save(tmp_path / f"{i}.wav")
    return tmp_path


def beginnings(directory):
    """The first quarter of a second of four recordings that have as much."""
    found = []
    for recording in data.wav_folder(directory):
        samples = data.Level()(data.read_audio(recording.path, RATE))
        samples = data.Trim()(samples, RATE)
        if len(samples) >= LENGTH:
            found.append(samples[:LENGTH])
        if len(found) == 4:
            return np.stack(found)
    raise AssertionError(f"{directory} must hold four recordings of {LENGTH / RATE} s")


@pytest.mark.slow
def test_a_batch_of_recordings_is_learned_by_heart_and_continued(directory):
    """Under 1 bit a sample; primed with the first half, the second correlates above 0.9."""
    keras.utils.set_random_seed(0)
    samples = beginnings(directory)
    model = ks.WaveNet(
        n_cycles=2, layers_per_cycle=9, residual_channels=64, gate_channels=128,
        skip_channels=128, sample_rate=RATE,
    )  # fmt: skip
    rate = keras.optimizers.schedules.CosineDecay(0.0, STEPS, warmup_target=3e-3, warmup_steps=50)
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    for _ in range(STEPS):
        model.train_on_batch({"samples": samples})
    assert (
        model.evaluate({"samples": samples}, return_dict=True, verbose=0)["bits_per_sample"] < 1.0
    )
    continued = model.generate(LENGTH - PRIME, prime=samples[:, :PRIME], temperature=0.05)
    for row, expected in zip(continued, samples[:, PRIME:], strict=True):
        assert np.corrcoef(row, expected)[0, 1] > 0.9
