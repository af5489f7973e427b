"""How long recordings are without decoding them."""

import pytest

from keras_speech.data import augmentation, ljspeech, read_audio
from keras_speech.data.lengths import seconds_of


def test_lengths_are_those_of_the_samples_at_the_tempo_of_each_take(lj_directory):
    corpus = ljspeech(lj_directory)
    found = seconds_of(augmentation.with_takes(corpus, 1, tempo=(1.25, 1.25), seed=0))
    for recording in corpus:
        seconds = len(read_audio(recording.path, 22050)) / 22050
        assert found[recording.id] == pytest.approx(seconds, abs=1e-3)
        assert found[f"{recording.id}~1"] == pytest.approx(seconds / 1.25, abs=1e-3)
