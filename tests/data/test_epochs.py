"""Batches as a function of the epoch."""

import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import acoustic_batches, acoustic_epochs, ljspeech

SPEC = AudioSpec(n_mels=20)


def order(dataset):
    return [tuple(batch["token_lengths"].numpy()) for batch in dataset]


@pytest.fixture
def corpus(lj_directory):
    return ljspeech(lj_directory)


def test_an_epoch_is_the_same_in_every_pass(corpus, letters):
    epochs = acoustic_epochs(corpus, SPEC, letters, 2, seed=0)
    third = epochs(3)
    assert order(third) == order(third) == order(epochs(3))
    assert len({str(order(epochs(e))) for e in range(4)}) > 1


def test_epochs_are_the_passes_over_the_batches(corpus, letters):
    epochs = acoustic_epochs(corpus, SPEC, letters, 2, seed=0)
    batches = acoustic_batches(corpus, SPEC, letters, 2, seed=0)
    assert [order(epochs(e)) for e in range(4)] == [order(batches) for _ in range(4)]


def test_lengths_are_known(corpus, letters):
    epochs = acoustic_epochs(corpus, SPEC, letters, 2)
    assert len(epochs) == int(epochs(0).cardinality()) == 3


def test_a_negative_epoch_is_an_error(corpus, letters):
    with pytest.raises(ValueError, match="`epoch` must not be negative. Received: epoch=-1"):
        acoustic_epochs(corpus, SPEC, letters)(-1)
