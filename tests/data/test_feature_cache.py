"""Features on disk: used again where nothing changed, never where something did."""

import os

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import acoustic_batches, audio_files, ljspeech

SPEC = AudioSpec(n_mels=20)


@pytest.fixture
def reads(monkeypatch):
    """Names of the files that were decoded."""
    names = []
    decode = audio_files.decode_audio

    def counted(path):
        names.append(os.path.basename(path))
        return decode(path)

    monkeypatch.setattr(audio_files, "decode_audio", counted)
    return names


@pytest.fixture
def batch_of(lj_directory, tmp_path, letters):
    def batch(spec=SPEC, **options):
        options = {"cache": tmp_path / "cache", "shuffle": False, **options}
        (found,) = acoustic_batches(ljspeech(lj_directory), spec, letters, 5, **options)
        return {key: value.numpy() for key, value in found.items()}

    return batch


def test_a_second_run_decodes_nothing_and_gives_the_same(batch_of, reads, tmp_path):
    first = batch_of()
    assert len(reads) == 5 and len(list((tmp_path / "cache").iterdir())) == 5
    second = batch_of()
    assert len(reads) == 5
    for key, value in first.items():
        np.testing.assert_array_equal(second[key], value)


def test_memory_and_disk_give_the_same(batch_of):
    np.testing.assert_array_equal(batch_of()["mel"], batch_of(cache=None)["mel"])


@pytest.mark.parametrize(
    "options",
    [
        {"spec": SPEC.replace(hop_length=200)},
        {"spec": SPEC.replace(log_floor=1e-4)},
        {"level": -3.0},
        {"trim": -30.0},
    ],
)
def test_other_settings_meet_no_old_features(batch_of, reads, options):
    batch_of()
    fresh = batch_of(**options, cache=None)
    cached = batch_of(**options)
    assert len(reads) == 15
    np.testing.assert_array_equal(cached["mel"], fresh["mel"])


def test_a_changed_recording_alone_is_read_again(batch_of, reads, lj_directory, write_tone):
    first = batch_of()
    write_tone(lj_directory / "wavs" / "clip2.wav", seconds=0.9)
    second = batch_of()
    assert reads[5:] == ["clip2.wav"]
    assert second["mel_lengths"][1] != first["mel_lengths"][1]


def test_a_touched_recording_of_the_same_size_is_read_again(batch_of, reads, lj_directory):
    batch_of()
    os.utime(lj_directory / "wavs" / "clip1.wav", ns=(0, 1))
    batch_of()
    assert reads[5:] == ["clip1.wav"]


@pytest.mark.parametrize("content", [b"", b"no array", None])
def test_damaged_features_are_made_again(batch_of, reads, tmp_path, content):
    first = batch_of()
    for path in sorted((tmp_path / "cache").iterdir())[:2]:
        path.write_bytes(path.read_bytes()[:-8] if content is None else content)
    second = batch_of()
    assert len(reads) == 7
    np.testing.assert_array_equal(second["mel"], first["mel"])


def test_only_what_was_interrupted_is_done_again(batch_of, reads, monkeypatch, tmp_path):
    from keras_speech.data.feature_cache import DiskCache

    store = DiskCache.store

    def interrupted(self, recording, features):
        if recording.id == "clip3":
            raise KeyboardInterrupt
        store(self, recording, features)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(DiskCache, "store", interrupted)
        batch_of()
    assert len(list((tmp_path / "cache").iterdir())) == 2
    reads.clear()
    batch_of()
    assert sorted(reads) == ["clip3.wav", "clip4.wav", "clip5.wav"]


def test_a_cache_that_is_a_file_is_an_error(batch_of, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="`cache` must be a directory that can be made"):
        batch_of(cache=tmp_path / "file")


def test_a_missing_recording_is_named_though_its_features_were_kept(batch_of, lj_directory):
    batch_of()
    (lj_directory / "wavs" / "clip1.wav").rename(lj_directory / "wavs" / "moved.wav")
    with pytest.raises(ValueError, match="metadata.csv, line 1: .*'clip1' has no audio file"):
        batch_of()
