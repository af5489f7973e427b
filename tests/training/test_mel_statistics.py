"""Level and spread of the mels are those of the frames that are no padding."""

import numpy as np
import pytest

from keras_speech.training import mel_statistics


def test_padding_does_not_count():
    frames = np.random.default_rng(0).normal(-5.0, 2.0, (2, 50, 8)).astype("float32")
    padded = np.pad(frames, ((0, 0), (0, 30), (0, 0)), constant_values=-11.5)
    batch = {"mel": padded, "mel_lengths": np.array([50, 50])}
    mean, scale = mel_statistics([batch])
    assert mean == pytest.approx(frames.mean(), abs=0.006)
    assert scale == pytest.approx(frames.std(), abs=0.006)


def test_without_lengths_all_frames_count():
    mel = np.arange(8.0).reshape(1, 2, 4)
    # mean and standard deviation of 0, 1, ..., 7: 3.5 and sqrt(5.25)
    assert mel_statistics([{"mel": mel}]) == (3.5, 2.29)


def test_no_more_batches_than_asked_for():
    batch = {"mel": np.arange(8.0).reshape(1, 2, 4), "mel_lengths": np.array([2])}

    def batches():
        yield batch
        yield batch
        raise AssertionError("a third batch was asked for")

    # mean and standard deviation of 0, 1, ..., 7: 3.5 and sqrt(5.25)
    assert mel_statistics(batches(), n_batches=2) == (3.5, 2.29)


@pytest.mark.parametrize(
    "batches, message",
    [
        ([], "must hold frames"),
        ([{"mel": np.full((1, 3, 2), -11.5), "mel_lengths": [3]}], "silent"),
    ],
    ids=["none", "silence"],
)
def test_nothing_to_measure_is_an_error(batches, message):
    with pytest.raises(ValueError, match=message):
        mel_statistics(batches)
