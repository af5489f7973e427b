"""Recordings decoded once: rates, mels, levels, and what cannot be read."""

import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    AudioError,
    Corpus,
    Recording,
    audio_files,
    read_audio,
    waveform_batches,
    waveform_epochs,
    waveform_files,
)
from keras_speech.ops import mel

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=50, win_length=200, n_mels=20, fmax=4000.0)
SEGMENT = 200


def write(path, samples, sample_rate=8000, subtype="PCM_16"):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, sample_rate, subtype=subtype)
    return path


def noise(n_samples, seed=0, scale=0.1):
    return np.random.default_rng(seed).normal(scale=scale, size=n_samples).astype("float32")


@pytest.fixture
def noises(tmp_path):
    """Files of different lengths, none a whole number of hops."""
    for number, length in enumerate((813, 4001, 12345)):
        write(tmp_path / "noises" / f"{number}.wav", noise(length, number))
    return tmp_path / "noises"


@pytest.mark.parametrize("spec", [SPEC, SPEC.replace(padding="hop"), SPEC.replace(hop_length=25)])
def test_mels_are_aligned_with_samples(noises, spec):
    """Where the samples are found in a file, the whole file's frames are those of the crop."""
    whole = {}
    for path in noises.iterdir():
        samples = read_audio(path)
        frames = np.asarray(mel.log_mel_spectrogram(samples[None], spec))[0]
        whole[path.name] = samples, frames
    n_found = 0
    for batch in waveform_batches(noises, SEGMENT, 4, spec=spec, seed=0, steps_per_epoch=10):
        for crop, crop_mel in zip(batch["samples"].numpy(), batch["mel"].numpy(), strict=True):
            for samples, frames in whole.values():
                for start in np.flatnonzero(samples[: len(samples) - SEGMENT + 1] == crop[0]):
                    if np.array_equal(samples[start : start + SEGMENT], crop):
                        assert start % spec.hop_length == 0
                        frame = start // spec.hop_length
                        expected = frames[frame : frame + SEGMENT // spec.hop_length]
                        np.testing.assert_allclose(crop_mel, expected, atol=1e-4)
                        n_found += 1
    assert n_found == 40


@pytest.mark.parametrize("padding", ["center", "hop"])
def test_mels_made_in_parts_are_those_of_the_whole(noises, padding, monkeypatch):
    spec = SPEC.replace(padding=padding)

    def mels():
        batches = waveform_batches(noises, SEGMENT, 4, spec=spec, balance="seconds", shuffle=False)
        return np.concatenate([batch["mel"].numpy() for batch in batches])

    whole = mels()
    # Parts of 20 frames, which divide none of the recordings.
    monkeypatch.setattr(waveform_files, "_SAMPLES_AT_ONCE", 1000)
    np.testing.assert_allclose(mels(), whole, atol=1e-4)


def test_recordings_are_decoded_once(noises, monkeypatch):
    names, decode = [], audio_files.decode_audio
    monkeypatch.setattr(audio_files, "decode_audio", lambda p: names.append(p) or decode(p))
    batches = waveform_batches(noises, SEGMENT)
    assert len(list(batches.repeat(2))) > 0 and len(names) == 3


def test_mixed_rates_need_a_rate_and_are_resampled(noises):
    write(noises / "other.wav", noise(9000, 9), 11025)
    with pytest.raises(ValueError, match="3 files of 8000 Hz, 1 files of 11025 Hz"):
        waveform_batches(noises, SEGMENT)
    only = Corpus([Recording("other", str(noises / "other.wav"))])
    batches = waveform_batches(only, 1000, 6, sample_rate=8000, shuffle=False, steps_per_epoch=1)
    expected = read_audio(noises / "other.wav", 8000)
    (batch,) = batches
    # First and last crop, to half of a 16-bit level.
    np.testing.assert_allclose(batch["samples"][0], expected[:1000], atol=0.51 / 32768)
    np.testing.assert_allclose(batch["samples"][-1], expected[-1000:], atol=0.51 / 32768)


def test_the_specs_rate_counts(noises):
    epochs = waveform_epochs(noises, 400, spec=SPEC.replace(sample_rate=16000))
    assert epochs.sample_rate == 16000
    with pytest.raises(ValueError, match="`sample_rate` must be that of `spec`"):
        waveform_epochs(noises, SEGMENT, spec=SPEC, sample_rate=16000)


def test_level_and_trim_are_applied(tmp_path):
    samples = np.concatenate([np.zeros(4000), noise(2000), np.zeros(4000)])
    write(tmp_path / "a" / "a.wav", samples)
    options = {"level": -6.0, "trim": -40.0, "shuffle": False, "steps_per_epoch": 1}
    epochs = waveform_epochs(tmp_path / "a", 2000, 4, **options)
    assert epochs.seconds == pytest.approx(2000 / 8000 + 2 * 0.05, abs=0.01)
    (batch,) = epochs(0)
    peak = np.abs(batch["samples"].numpy()).max()
    assert peak == pytest.approx(10 ** (-6 / 20), abs=1e-3)


def test_a_corrupt_file_is_named_or_skipped(noises):
    (noises / "broken.wav").write_bytes(b"RIFF and then nothing")
    with pytest.raises(AudioError, match=r"Recording 'broken': File .*broken\.wav is not audio"):
        waveform_batches(noises, SEGMENT)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of noises were skipped.*broken"):
        epochs = waveform_epochs(noises, SEGMENT, on_error="skip", skipped=skipped)
    assert [entry.recording.id for entry in skipped] == ["broken"]
    assert [r.id for r in epochs.recordings] == ["0", "1", "2"]
    assert all(np.isfinite(batch["samples"]).all() for batch in epochs(0))
