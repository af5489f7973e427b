"""Crops of one file: silence, and the last place there is."""

import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import read_audio, waveform_batches

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


@pytest.mark.parametrize("shuffle", [True, False])
def test_silence_is_drawn_again(tmp_path, shuffle):
    """Three quarters of the file are 30 dB below the rest."""
    samples = np.concatenate([noise(2000), noise(6000, 1, scale=0.1 * 10 ** (-30 / 20))])
    write(tmp_path / "a" / "a.wav", samples)

    def levels_db(**options):
        batches = waveform_batches(
            tmp_path / "a", SEGMENT, 8, seed=0, shuffle=shuffle, steps_per_epoch=5, **options
        )
        crops = np.concatenate([batch["samples"].numpy() for batch in batches])
        # RMS of the loud part is 0.1.
        return 20 * np.log10(np.sqrt(np.mean(crops**2, axis=1)) / 0.1)

    assert (levels_db() < -29).sum() > 20
    assert (levels_db(silence_db=-35.0) < -29).sum() > 20
    # The loudest crop is a little above the RMS of the loud part.
    assert -21 < levels_db(silence_db=-20.0).min() < -1


def test_where_nearly_all_is_silence_the_loudest_is_taken(tmp_path):
    samples = np.zeros(100000)
    samples[50000:50100] = 0.5
    write(tmp_path / "a" / "a.wav", samples)
    batches = waveform_batches(tmp_path / "a", SEGMENT, 8, silence_db=-20.0, steps_per_epoch=2)
    for batch in batches:
        assert (np.abs(batch["samples"].numpy()).max(axis=1) == 0.5).all()


def test_a_file_of_silence_is_named(noises):
    write(noises / "mute.wav", np.zeros(1000))
    assert waveform_batches(noises, SEGMENT) is not None
    with pytest.raises(ValueError, match="'mute' is nothing but silence"):
        waveform_batches(noises, SEGMENT, silence_db=-40.0)
    skipped = []
    with pytest.warns(UserWarning, match="'mute' is nothing but silence"):
        waveform_batches(noises, SEGMENT, silence_db=-40.0, on_error="skip", skipped=skipped)
    assert [entry.recording.id for entry in skipped] == ["mute"]


def test_every_frame_can_be_cut(tmp_path):
    """400 samples hold 9 frames, of which the last begins where samples end."""
    write(tmp_path / "a" / "a.wav", noise(400))
    batches = waveform_batches(tmp_path / "a", 100, 7, spec=SPEC, shuffle=False, steps_per_epoch=1)
    (batch,) = batches
    samples = read_audio(tmp_path / "a" / "a.wav")
    for number, crop in enumerate(batch["samples"].numpy()):
        np.testing.assert_array_equal(crop, samples[50 * number :][:100])


def test_samples_without_a_frame_of_their_own_are_not_cut(tmp_path):
    """An odd window with padding "hop" leaves 7 frames to 400 samples, which are 8 hops."""
    write(tmp_path / "a" / "a.wav", noise(400))
    spec = SPEC.replace(n_fft=255, padding="hop")
    assert spec.n_frames(400) == 7
    (batch,) = waveform_batches(tmp_path / "a", 350, 4, spec=spec, steps_per_epoch=1)
    samples = read_audio(tmp_path / "a" / "a.wav")
    np.testing.assert_array_equal(batch["samples"], np.tile(samples[:350], (4, 1)))
    with pytest.raises(ValueError, match="must not be shorter than a segment"):
        waveform_batches(tmp_path / "a", 400, spec=spec)
