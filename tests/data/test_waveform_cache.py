"""Decoded audio on disk: used again where nothing changed, whole or not there at all."""

import os

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import audio_files, waveform_batches, waveform_cache

SPEC = AudioSpec(n_mels=20)
SEGMENT = 2048


@pytest.fixture
def folder(tmp_path, write_tone):
    for number in range(3):
        write_tone(tmp_path / "tones" / f"{number}.wav", seconds=0.3, f0_hz=200 + 90 * number)
    return tmp_path / "tones"


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
def batch_of(folder, tmp_path):
    def batch(**options):
        options = {"cache": tmp_path / "cache", "spec": SPEC, "seed": 0, **options}
        found = waveform_batches(folder, SEGMENT, 4, steps_per_epoch=1, **options)
        return {key: value.numpy() for key, value in next(iter(found)).items()}

    return batch


def assert_equal(first, second):
    assert first.keys() == second.keys()
    for key, value in first.items():
        np.testing.assert_array_equal(second[key], value)


def test_a_second_run_decodes_nothing_and_gives_the_same(batch_of, reads, tmp_path):
    first = batch_of()
    # Samples and mel of each.
    assert len(reads) == 3 and len(list((tmp_path / "cache").iterdir())) == 6
    assert_equal(batch_of(), first)
    assert len(reads) == 3


def test_memory_and_disk_give_the_same(batch_of):
    for options in ({}, {"silence_db": -20.0}, {"spec": None}):
        assert_equal(batch_of(**options), batch_of(**options, cache=None))


@pytest.mark.parametrize(
    "options",
    [
        {"spec": SPEC.replace(fmax=7000.0)},
        {"spec": None, "sample_rate": 16000},
        {"level": -3.0},
        {"trim": -30.0},
    ],
)
def test_other_settings_meet_nothing_old(batch_of, reads, options):
    batch_of()
    assert_equal(batch_of(**options), batch_of(**options, cache=None))
    assert len(reads) == 9


def test_samples_are_the_same_whatever_the_mels(batch_of, reads):
    batch_of()
    batch_of(spec=None)
    assert len(reads) == 3


def test_a_changed_recording_alone_is_read_again(batch_of, reads, folder, write_tone):
    batch_of()
    write_tone(folder / "1.wav", seconds=0.5)
    assert_equal(batch_of(), batch_of(cache=None))
    assert reads[3:4] == ["1.wav"] and len(reads) == 7


def test_an_interrupted_write_leaves_nothing_to_be_taken_for_whole(
    batch_of, reads, tmp_path, monkeypatch
):
    def interrupted(file, array, **options):
        file.write(b"\x93NUMPY")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(waveform_cache.np, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            batch_of()
    assert list((tmp_path / "cache").iterdir()) == []
    assert_equal(batch_of(), batch_of(cache=None))


@pytest.mark.parametrize("kind", ["samples", "mel"])
@pytest.mark.parametrize("n_bytes", [0, 100, 1000])
def test_a_damaged_file_is_made_anew(batch_of, reads, tmp_path, kind, n_bytes):
    first = batch_of()
    path = next((tmp_path / "cache").glob(f"*.{kind}.npy"))
    os.truncate(path, n_bytes)
    assert_equal(batch_of(), first)
    assert len(reads) == 4


def test_a_cache_that_is_no_directory_is_an_error(batch_of, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="`cache` must be a directory that can be made"):
        batch_of(cache=tmp_path / "file")


@pytest.mark.parametrize("shape", [(50,), (50, 3)])
def test_slices_of_a_file_are_those_of_its_array(tmp_path, shape):
    array = np.random.default_rng(0).normal(size=shape).astype("float32")
    np.save(tmp_path / "array.npy", array)
    file = waveform_cache.ArrayFile(tmp_path / "array.npy")
    assert len(file) == 50 and file.shape == shape
    for rows in (slice(0, 50), slice(7, 20), slice(45, 60), slice(50, 60)):
        np.testing.assert_array_equal(file[rows], array[rows])


def test_a_file_gone_meanwhile_is_named(tmp_path):
    path = tmp_path / "array.npy"
    np.save(path, np.zeros(5, "int16"))
    file = waveform_cache.ArrayFile(path)
    path.unlink()
    with pytest.raises(RuntimeError, match=r"array\.npy is gone: the cache directory was changed"):
        file[0:2]


def test_16_bit_levels_are_exact_and_clipped():
    levels = np.arange(-32768, 32768)
    samples = (levels / 32768).astype("float32")
    np.testing.assert_array_equal(waveform_cache.to_int16(samples), levels)
    beyond = np.array([-2.0, 1.0, 2.0], "float32")
    assert waveform_cache.to_int16(beyond).tolist() == [-32768, 32767, 32767]
