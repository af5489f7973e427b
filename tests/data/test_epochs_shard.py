"""Workers that read parts of the same epochs: no recording twice, none missing."""

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import acoustic_epochs, ljspeech, waveform_epochs
from keras_speech.text import CharacterTokenizer

SPEC = AudioSpec(sample_rate=22050, n_fft=512, hop_length=256, win_length=512, n_mels=8)


@pytest.fixture
def acoustic(lj_directory):
    return acoustic_epochs(
        ljspeech(lj_directory), SPEC, CharacterTokenizer(), 2, seed=0, progress=False
    )


def rows(dataset, key):
    """The rows of each batch without their padding, as bytes: equal rows are equal bytes."""
    return [
        [row[:n].tobytes() for row, n in zip(batch[key], batch[f"{key}_lengths"], strict=True)]
        for batch in dataset.as_numpy_iterator()
    ]


def test_each_recording_is_in_one_part(acoustic):
    """Five recordings in batches of two: one of one is left out."""
    parts = [acoustic.shard(index, 2) for index in range(2)]
    assert [len(part) for part in parts] == [2, 2] and len(acoustic) == 3
    for epoch in range(3):
        whole = [batch for batch in rows(acoustic(epoch), "mel") if len(batch) == 2]
        divided = zip(*(rows(part(epoch), "mel") for part in parts), strict=True)
        for batch, (first, second) in zip(whole, divided, strict=True):
            assert sorted(batch) == sorted(first + second)
            assert len(first) == len(second) == 1


def test_batches_that_can_be_divided(acoustic):
    sizes = [len(batch["mel"]) for batch in acoustic.shard(None, 2)(0)]
    assert sizes == [2, 2]
    assert len(acoustic) == 3  # the epochs themselves are as they were


def test_too_many_parts_are_refused(acoustic):
    with pytest.raises(ValueError, match="`batch_size` must be a multiple .*=2, count=3"):
        acoustic.shard(0, 3)


@pytest.mark.parametrize("shuffle", [True, False])
def test_crops_of_parts_are_those_of_the_whole(lj_directory, shuffle):
    epochs = waveform_epochs(
        lj_directory / "wavs", 1024, 4, spec=SPEC, seed=1, shuffle=shuffle, progress=False
    )
    whole = list(epochs(1).as_numpy_iterator())
    parts = [list(epochs.shard(index, 2)(1).as_numpy_iterator()) for index in range(2)]
    for batch, first, second in zip(whole, *parts, strict=True):
        for key in ("samples", "mel"):
            np.testing.assert_array_equal(batch[key][0::2], first[key])
            np.testing.assert_array_equal(batch[key][1::2], second[key])
    same = list(epochs.shard(None, 2)(1).as_numpy_iterator())
    np.testing.assert_array_equal(whole[0]["samples"], same[0]["samples"])
