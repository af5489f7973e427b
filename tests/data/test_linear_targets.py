import math

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import acoustic_batches, linear_batches, linear_epochs, ljspeech
from keras_speech.ops import mel

SPEC = AudioSpec(n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=11025.0)
OPTIONS = dict(batch_size=3, shuffle=False, reduction=4, progress=False, seed=0)


def batches(dataset):
    return list(dataset.as_numpy_iterator())


def test_linear_frames_stand_beside_the_mels(lj_directory, letters):
    corpus = ljspeech(lj_directory)
    found = batches(linear_batches(corpus, SPEC, letters, **OPTIONS))
    plain = batches(acoustic_batches(corpus, SPEC, letters, **OPTIONS))
    assert len(found) == len(plain) == 2
    for batch, other in zip(found, plain, strict=True):
        for key in other:
            np.testing.assert_array_equal(batch[key], other[key])
        assert batch["linear"].shape == (*batch["mel"].shape[:2], 129)
        assert batch["linear"].dtype == "float32"
        bands = np.log(np.exp(batch["linear"]) @ mel.filterbank_of(SPEC))
        for row, length in enumerate(batch["mel_lengths"]):
            loud = batch["mel"][row, :length] > -5.0  # far above 16-bit rounding
            difference = (bands - batch["mel"])[row, :length][loud]
            assert loud.sum() > 50 and np.abs(difference).max() < 0.05
            assert np.all(batch["linear"][row, length:] == np.float32(math.log(SPEC.log_floor)))


def test_an_epoch_is_the_same_in_every_pass_and_from_the_cache(lj_directory, letters, tmp_path):
    corpus = ljspeech(lj_directory)
    options = dict(OPTIONS, shuffle=True, trim=-40.0, level=-3.0, cache=tmp_path / "cache")
    first = linear_epochs(corpus, SPEC, letters, **options)
    again = linear_epochs(corpus, SPEC, letters, **options)
    assert len(first) == 2
    for one, other in zip(batches(first(1)), batches(again(1)), strict=True):
        np.testing.assert_array_equal(one["linear"], other["linear"])
        lengths = one["mel_lengths"]
        real = np.arange(one["mel"].shape[1]) < lengths[:, None]
        assert np.all(one["linear"].max(axis=2)[real] > math.log(SPEC.log_floor))


def test_a_recording_that_cannot_be_read_is_skipped(lj_directory, letters):
    (lj_directory / "wavs" / "clip2.wav").write_bytes(b"RIFF")
    skipped = []
    options = dict(OPTIONS, on_error="skip", skipped=skipped)
    with pytest.warns(UserWarning, match="1 recordings of"):
        found = batches(linear_batches(ljspeech(lj_directory), SPEC, letters, **options))
    assert sum(len(batch["linear"]) for batch in found) == 4
    assert len(skipped) == 1
