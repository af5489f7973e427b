"""Pauses, tempo, level and WAV files in a graph are those that a voice makes in Python."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.export import delivery_graph
from keras_speech.text.sentence_graph import split_batch
from keras_speech.voices import delivery, sound_files


def test_pauses_are_those_between_sentences():
    texts = ["Wait! “Who is (there?)” Nobody.\n\nOne; " + "two, " * 60 + "…", "A. B", "\n\n«”"]
    pauses = {"!": 0.7, "\n": 1.5}
    pieces = split_batch(tf.constant(texts), closing=delivery.CLOSING)
    actual = delivery_graph.pauses_of(pieces.last, pieces.ends_paragraph, pieces.rows, pauses)
    split = [piece for text in texts for piece in delivery.split_with_pauses(text, pauses)]
    assert [sentence.encode() for sentence, _ in split] == pieces.texts.numpy().tolist()
    assert actual.numpy().tolist() == [seconds for _, seconds in split]


@pytest.mark.parametrize("speed", [0.25, 0.8, 1.0, 1.2, 4.0])
def test_tempo_is_that_of_stretch(speed):
    for frames in (1, 2, 3, 50, 303):
        mel = np.random.default_rng(frames).normal(size=(frames, 4)).astype("float32")
        actual = delivery_graph.stretch(tf.constant(mel), tf.constant(speed, tf.float64))
        np.testing.assert_array_equal(actual, delivery.stretch(mel, speed))


@pytest.mark.parametrize("level_db, peak", [(-20.0, 0.95), (-3.0, 0.5), (None, 0.95)])
@pytest.mark.parametrize("amplitude", [0.0, 1e-5, 0.02, 3.0])
def test_level_is_that_of_level_gain(level_db, peak, amplitude):
    noise = np.random.default_rng(0).normal(size=2000) * np.linspace(0, 1, 2000)
    for size in (1, 512, 2000):
        samples = (amplitude * noise[-size:]).astype("float32")
        gain = delivery.level_gain(samples, level_db=level_db, peak=peak)
        actual = delivery_graph.leveled(tf.constant(samples), level_db=level_db, peak=peak)
        np.testing.assert_allclose(actual, samples * np.float32(gain), rtol=1e-6)


def test_energy_moves_the_level():
    samples = np.full(2048, 0.5, "float32")
    louder = delivery_graph.leveled(tf.constant(samples), level_db=-20.0, peak=0.95, energy=6.0)
    # The level is an RMS, so a constant of 10 ** (-14 / 20).
    np.testing.assert_allclose(louder, np.full(2048, 10 ** (-14 / 20)), rtol=1e-6)


@pytest.mark.parametrize("size", [0, 1, 5000])
def test_wav_files_are_those_of_a_speech(size):
    samples = np.random.default_rng(0).uniform(-1.1, 1.1, size).astype("float32")
    samples[: size // 2] *= 1e-4
    actual = delivery_graph.wav_file(tf.constant(samples), 22050).numpy()
    assert actual == sound_files.wav_bytes(samples, 22050)
