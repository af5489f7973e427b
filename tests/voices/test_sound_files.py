import os

import numpy as np
import pytest
import soundfile

from keras_speech.voices import sound_files

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)).astype("float32")


@pytest.mark.parametrize(
    "suffix, format, subtype",
    [(".wav", "WAV", "PCM_16"), (".flac", "FLAC", "PCM_16"), (".OGG", "OGG", "VORBIS")],
)
def test_suffix_chooses_the_format(tmp_path, suffix, format, subtype):
    path = tmp_path / f"tone{suffix}"
    with sound_files.SoundWriter(path, 8000) as writer:
        writer.write(TONE[:3000])
        writer.write(TONE[3000:])
    info = soundfile.info(path)
    assert (info.format, info.subtype, info.samplerate, info.channels) == (format, subtype, 8000, 1)
    read, _ = soundfile.read(path)
    # Half a step of 16 bits; Vorbis is lossy.
    tolerance = 0.05 if format == "OGG" else 1 / 32768
    np.testing.assert_allclose(read, TONE, atol=tolerance)


def test_too_loud_is_clipped_and_not_wrapped(tmp_path):
    with sound_files.SoundWriter(tmp_path / "loud.wav", 8000) as writer:
        writer.write(np.array([2.0, -2.0]))
    read, _ = soundfile.read(tmp_path / "loud.wav")
    np.testing.assert_allclose(read, [1, -1], atol=1e-4)


def test_unknown_suffix_names_those_known(tmp_path):
    with pytest.raises(ValueError, match=r"one of \.wav, \.flac, \.ogg. Received: path='x.mp3'"):
        sound_files.SoundWriter("x.mp3", 8000)


def test_interrupt_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "tone.wav"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        with sound_files.SoundWriter(path, 8000) as writer:
            writer.write(TONE)
            raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["tone.wav"]


@pytest.mark.parametrize("where", ["missing/tone.wav", "file/tone.wav", "folder.wav"])
def test_place_that_cannot_be_written_is_named(tmp_path, where):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(OSError, match=f"cannot be written: .*{where}"):
        with sound_files.SoundWriter(tmp_path / where, 8000) as writer:
            writer.write(TONE)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.wav"]


def test_permissions_follow_the_umask(tmp_path):
    with sound_files.SoundWriter(tmp_path / "tone.wav", 8000) as writer:
        writer.write(TONE)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "tone.wav").stat().st_mode & 0o777 == 0o666 & ~mask


def test_bytes_are_a_wav_file(tmp_path):
    (tmp_path / "tone.wav").write_bytes(sound_files.wav_bytes(TONE, 8000))
    read, rate = soundfile.read(tmp_path / "tone.wav")
    assert rate == 8000
    np.testing.assert_allclose(read, TONE, atol=1 / 32768)
