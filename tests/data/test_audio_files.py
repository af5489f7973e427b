"""Reading recordings: every format, and every way a file can be bad."""

import numpy as np
import pytest
import soundfile
import soxr

from keras_speech.data import AudioError, audio_files, decode_audio, read_audio, write_wav


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_every_format_gives_the_tone(tmp_path, write_tone, tone, suffix):
    path = write_tone(tmp_path / f"a.{suffix}", seconds=0.5)
    samples = read_audio(path)
    assert samples.dtype == np.float32 and samples.shape == (round(0.5 * 22050),)
    # The lossy formats keep the wave's shape, not its samples.
    assert np.corrcoef(samples, tone(seconds=0.5))[0, 1] > 0.99


@pytest.mark.parametrize(
    "subtype, step", [("PCM_U8", 2**-7), ("PCM_16", 2**-15), ("PCM_24", 2**-23), ("FLOAT", 0.0)]
)
def test_every_sample_width_is_read_to_its_last_step(tmp_path, write_tone, tone, subtype, step):
    samples = read_audio(write_tone(tmp_path / "a.wav", subtype=subtype))
    np.testing.assert_allclose(samples, tone(), atol=step)


def test_other_rates_are_resampled(tmp_path, write_tone, tone):
    path = write_tone(tmp_path / "a.wav", sample_rate=8000, subtype="FLOAT")
    samples = read_audio(path, sample_rate=22050)
    np.testing.assert_array_equal(samples, soxr.resample(tone(sample_rate=8000), 8000, 22050))
    # 200 Hz to 1 kHz lie far below the old Nyquist frequency: away from the edges the resampled
    # tone is the tone made at the new rate.
    np.testing.assert_allclose(samples[1000:-1000], tone()[1000:-1000], atol=1e-3)


def test_channels_are_averaged_or_kept(tmp_path):
    left, right = np.full(100, 0.5, "float32"), np.full(100, -0.25, "float32")
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([left, right], 1), 8000, subtype="FLOAT")
    np.testing.assert_allclose(read_audio(path), np.full(100, 0.125))  # (0.5 - 0.25) / 2
    assert read_audio(path, mono=False).shape == (100, 2)
    assert read_audio(path, 16000, mono=False).shape == (200, 2)
    assert decode_audio(path)[1] == 8000


def _empty(path):
    path.write_bytes(b"")


def _text(path):
    path.write_text("this is not audio at all\n" * 50)


def _no_samples(path):
    soundfile.write(path, np.zeros(0), 22050)


def _directory(path):
    path.mkdir()


def _not_finite(path):
    soundfile.write(path, np.array([0.0, np.nan]), 22050, subtype="FLOAT")


@pytest.mark.parametrize(
    "name, make, message",
    [
        ("missing.wav", lambda path: None, "No such file"),
        ("empty.wav", _empty, "0 bytes"),
        ("text.wav", _text, "not audio that can be read"),
        ("text.mp3", _text, "not audio that can be read"),
        ("no_samples.wav", _no_samples, "no samples"),
        ("directory.wav", _directory, "directory"),
        ("not_finite.wav", _not_finite, "not finite"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path, name, make, message):
    make(tmp_path / name)
    with pytest.raises(AudioError, match=message) as error:
        read_audio(tmp_path / name)
    assert name in str(error.value)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path, write_tone, suffix, part):
    path = write_tone(tmp_path / f"a.{suffix}", seconds=2.0)
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(AudioError, match=f"a.{suffix}.* (truncated|damaged|not audio)"):
        read_audio(path)


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0xFFFFFFFF])
def test_a_streamed_wav_without_its_length_is_no_truncated_one(tmp_path, write_tone, length):
    path = write_tone(tmp_path / "a.wav")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = length.to_bytes(4, "little")
    path.write_bytes(content)
    assert len(read_audio(path)) == round(0.3 * 22050)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_files_in_memory_are_read_and_refused_alike(tmp_path, write_tone, suffix):
    path = write_tone(tmp_path / f"a.{suffix}", seconds=0.5)
    content = path.read_bytes()
    samples, rate = audio_files.decode_bytes(content)
    assert rate == 22050
    np.testing.assert_array_equal(samples, decode_audio(path)[0])
    path.write_bytes(content[:-500])
    with pytest.raises(AudioError) as on_disk:
        decode_audio(path)
    with pytest.raises(AudioError) as in_memory:
        audio_files.decode_bytes(content[:-500], str(path))
    assert str(in_memory.value) == str(on_disk.value)
    with pytest.raises(AudioError, match="the content is empty"):
        audio_files.decode_bytes(b"")


def test_one_sample_is_audio(tmp_path):
    soundfile.write(tmp_path / "one.wav", np.array([0.5]), 22050, subtype="FLOAT")
    assert read_audio(tmp_path / "one.wav").tolist() == [0.5]


def test_write_wav_is_read_back(tmp_path, tone):
    write_wav(tmp_path / "a.wav", tone(), 22050)
    samples, rate = decode_audio(tmp_path / "a.wav")
    assert rate == 22050
    np.testing.assert_allclose(samples[:, 0], tone(), atol=2**-15)


def test_write_wav_clips_and_does_not_wrap(tmp_path):
    write_wav(tmp_path / "a.wav", np.array([-2.0, 0.0, 2.0]), 8000)
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav"), [-1.0, 0.0, 1.0], atol=2**-15)


@pytest.mark.parametrize("samples", [np.zeros((2, 2, 2)), np.array([np.inf]), 0.0])
def test_write_wav_leaves_nothing_behind_after_an_error(tmp_path, samples):
    with pytest.raises(ValueError, match="`samples` must"):
        write_wav(tmp_path / "a.wav", samples, 8000)
    assert list(tmp_path.iterdir()) == []
