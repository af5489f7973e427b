"""What a clip measures, on signals whose numbers are known."""

import numpy as np
import pytest
import soundfile

from keras_speech.data.inspection import clip_measures

RATE = 16000


def sine(seconds, amplitude=0.5, hz=440.0):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def noise(seconds, amplitude, seed=0):
    return amplitude * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def measured(*parts, channels=1):
    samples = np.concatenate(parts).astype("float32")
    return clip_measures.measure(np.repeat(samples[:, None], channels, 1), RATE)


def test_lengths_peaks_and_channels():
    found = measured(sine(0.5), channels=2)
    assert (found.sample_rate, found.channels, found.seconds) == (RATE, 2, 0.5)
    assert found.peak == pytest.approx(0.5, abs=1e-3)


def test_loudness_is_that_of_what_is_loud():
    """Silence does not count: half a second of it changes nothing."""
    level = 20 * np.log10(0.5 / np.sqrt(2))  # a sine's root mean square
    assert measured(sine(0.5)).level_dbfs == pytest.approx(level, abs=0.05)
    assert measured(np.zeros(8000), sine(0.5)).level_dbfs == pytest.approx(level, abs=0.05)


def test_noise_floor_is_the_level_in_pauses():
    hiss = 20 * np.log10(1e-3)
    found = measured(sine(0.5) + noise(0.5, 1e-3), noise(0.3, 1e-3, 1))
    assert found.noise_floor_dbfs == pytest.approx(hiss, abs=1.5)
    # Digital silence around it tells nothing of the room.
    padded = measured(np.zeros(RATE), sine(0.5) + noise(0.5, 1e-3), noise(0.3, 1e-3, 1))
    assert padded.noise_floor_dbfs == pytest.approx(found.noise_floor_dbfs, abs=0.1)


@pytest.mark.parametrize("floor", [0.0, 1e-4, 2e-2])
def test_silences_are_found_in_any_room(floor):
    """0.2 s before, 0.4 s after, pauses of 0.1 and 0.3 s; the last floor is 25 dB below speech."""
    parts = [0.2, sine(0.5), 0.1, sine(0.4), 0.3, sine(0.3), 0.4]
    wave = np.concatenate([np.zeros(round(p * RATE)) if np.isscalar(p) else p for p in parts])
    found = measured(wave + noise(len(wave) / RATE, floor))
    assert found.silence_before_s == pytest.approx(0.2, abs=0.011)
    assert found.silence_after_s == pytest.approx(0.4, abs=0.011)
    assert found.longest_pause_s == pytest.approx(0.3, abs=0.021)


def test_a_click_ends_no_silence():
    click = np.zeros(8000)
    click[100:120] = 0.9
    assert measured(click, sine(0.5)).silence_before_s == pytest.approx(0.5, abs=0.011)


def test_what_cannot_be_heard_is_all_silence():
    found = measured(np.zeros(RATE))
    assert found.level_dbfs <= clip_measures.INAUDIBLE_DBFS
    assert (found.silence_before_s, found.silence_after_s, found.longest_pause_s) == (1.0, 0, 0)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ALAW", "ULAW"])
def test_clipping_is_counted_in_every_sample_format(tmp_path, subtype):
    wave = sine(0.5, 1.6)
    soundfile.write(tmp_path / "a.wav", np.clip(wave, -1, 1), RATE, subtype=subtype)
    clipped = clip_measures.measure_file(tmp_path / "a.wav").clipped
    # arcsin(1 / 1.6) of a quarter period is whole.
    expected = len(wave) * (1 - np.arcsin(1 / 1.6) / (np.pi / 2))
    assert clipped == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("suffix", ["mp3", "ogg"])
def test_clipping_is_seen_through_lossy_formats(tmp_path, suffix):
    soundfile.write(tmp_path / f"a.{suffix}", np.clip(sine(0.5, 3.0), -1, 1), RATE)
    assert clip_measures.measure_file(tmp_path / f"a.{suffix}").clipped > 100


def test_clipping_is_seen_though_the_level_was_lowered_later(tmp_path):
    soundfile.write(tmp_path / "a.wav", 0.4 * np.clip(sine(0.5, 2.0), -1, 1), RATE)
    assert clip_measures.measure_file(tmp_path / "a.wav").clipped > 1000


@pytest.mark.parametrize("amplitude", [1.0, 0.9, 0.2])
@pytest.mark.parametrize("hz", [80.0, 440.0, 3000.0])
def test_loud_waves_that_are_whole_are_not_clipped(tmp_path, amplitude, hz):
    wave = sine(0.5, amplitude, hz) * np.linspace(0.5, 1, 8000)
    soundfile.write(tmp_path / "a.wav", wave, RATE)
    assert clip_measures.measure_file(tmp_path / "a.wav").clipped < 10


def test_the_digest_is_of_samples_not_of_files(tmp_path):
    wave = np.round(32768 * sine(0.2)).astype("int16")
    for name in ("a.wav", "a.flac"):
        soundfile.write(tmp_path / name, wave, RATE)
    soundfile.write(tmp_path / "slow.wav", wave, 8000)
    soundfile.write(tmp_path / "other.wav", -wave, RATE)
    digests = [
        clip_measures.measure_file(tmp_path / name).digest
        for name in ("a.wav", "a.flac", "slow.wav", "other.wav")
    ]
    assert digests[0] == digests[1] and len(set(digests)) == 3


def test_an_hour_is_measured_in_parts(monkeypatch):
    """The numbers do not depend on where the parts end."""
    wave = np.concatenate([np.zeros(3000), sine(1.0), noise(0.4, 1e-3), sine(0.5)])
    whole = measured(wave)
    monkeypatch.setattr(clip_measures, "_FRAMES_AT_ONCE", 7)
    assert measured(wave) == whole


def test_one_sample_and_huge_samples_have_numbers():
    for samples in ([0.5], [1e30, -1e30] * 500):
        found = measured(np.array(samples))
        assert all(np.isfinite(value) for value in vars(found).values())
