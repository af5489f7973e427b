"""What each augmentation of raw audio promises."""

import numpy as np
import pytest
import tensorflow as tf

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.data import augmentation as aug
from keras_speech.data import track_f0
from keras_speech.ops import mel

RATE = 16000
SPEC = AudioSpec(sample_rate=RATE, n_fft=512, hop_length=100, win_length=400, n_mels=20)


def changed(function, samples, key="samples"):
    (batch,) = tf.data.Dataset.from_tensors({"samples": samples}).map(function)
    return batch[key].numpy()


def db(a, b):
    return 10 * np.log10(np.mean(np.square(a)) / np.mean(np.square(b)))


def pitch_of(samples):
    f0_hz = track_f0(samples, RATE, hop_length=160)[5:-5]
    assert (f0_hz > 0).mean() > 0.9
    return np.median(f0_hz[f0_hz > 0])


def test_noise_is_at_the_ratio_asked_for(samples):
    """Samples this quiet reach no full scale, so that what was added is the difference."""
    for snr_db in (-5.0, 12.0, 40.0):
        noisy = changed(aug.Noise(snr_db, seed=1), samples * 0.1)
        for row in (0, 1):
            assert abs(db(samples[row] * 0.1, noisy[row] - samples[row] * 0.1) - snr_db) < 0.1
        assert not noisy[2].any()


def test_ratios_cover_their_range_row_by_row(samples):
    rows = np.tile(samples[:1] * 0.1, (200, 1))
    noisy = changed(aug.Noise((10, 20), seed=1), rows)
    ratios = np.array([db(a, b - a) for a, b in zip(rows, noisy, strict=True)])
    # Of 200 uniform numbers, the least and the largest are within a tenth of the ends but once in
    # a billion times.
    assert 9.9 < ratios.min() < 11 and 19 < ratios.max() < 20.1


def test_white_noise_is_white_and_recorded_noise_is_the_recording(samples):
    rows = np.tile(samples[:1] * 0.1, (4, 1))
    added = changed(aug.Noise(0, seed=1), rows) - rows
    power = np.abs(np.fft.rfft(added)) ** 2
    thirds = [part.mean() for part in np.array_split(power, 3, axis=1)]
    assert max(thirds) / min(thirds) < 1.1
    assert abs(np.corrcoef(added)[0, 1]) < 0.05
    recording = np.sin(np.arange(3000) * 0.05).astype("float32")
    added = changed(aug.Noise(0, noise=recording, seed=1), rows) - rows
    line = np.abs(np.fft.rfft(added[:, :2900] * np.hanning(2900))).argmax(axis=1)
    assert (line == round(0.05 * 2900 / (2 * np.pi))).all()


def test_gains_are_in_their_range_and_row_by_row(samples):
    louder = changed(aug.Gain((-6, 3), seed=1), np.tile(samples[:1], (50, 1)))
    gains = 20 * np.log10(louder[:, 0] / samples[0, 0])
    assert -6.01 < gains.min() < -4 and 1 < gains.max() < 3.01


def test_takes_are_mixed_with_another_of_the_batch():
    """Tones of four pitches: two of them in each row, each in the background once."""
    time = np.arange(8000) / RATE
    tones = np.sin(2 * np.pi * np.array([[200], [300], [400], [500]]) * time).astype("float32")
    mixed = changed(aug.MixTakes(10.0, seed=1), 0.3 * tones)
    strengths = np.abs(np.fft.rfft(mixed)[:, [100, 150, 200, 250]]) / 4000
    np.testing.assert_allclose(strengths.diagonal(), 0.3, rtol=1e-3)
    behind = strengths - 0.3 * np.eye(4)
    background = 0.3 * 10 ** (-10 / 20)
    np.testing.assert_allclose(np.sort(behind, axis=1)[:, -1], background, rtol=1e-2)
    assert sorted(behind.argmax(axis=1)) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="`MixTakes` needs batches of two rows or more"):
        changed(aug.MixTakes(seed=1), tones[:1])


def test_crops_are_stretches_from_all_places_within_the_margins():
    counted = np.tile(np.arange(100, dtype="float32"), (3000, 1))
    crops = changed(aug.RandomCrop(30, margin=10, seed=1), counted)
    assert crops.shape == (3000, 30) and (np.diff(crops, axis=1) == 1).all()
    # 61 places, each drawn about 49 times.
    assert set(crops[:, 0]) == set(range(10, 61))
    with pytest.raises(ValueError, match="must fit into a row. Received: segment_length=30"):
        changed(aug.RandomCrop(30, margin=36, seed=1), counted)


def test_crops_of_mels_go_with_their_samples_and_margins_spare_the_ends():
    """Of a long signal's mel, frames are those of the crop, however far they look."""
    signal = signals.speech_like(2.0, RATE)
    whole = np.asarray(mel.log_mel_spectrogram(signal, SPEC))
    rows = np.stack([signal[3000:5000], signal[10000:12000]] * 10)
    dataset = tf.data.Dataset.from_tensors({"samples": rows}).map(aug.AddMel(SPEC))
    (batch,) = dataset.map(aug.RandomCrop(800, margin=SPEC.n_fft // 2, seed=1))
    assert batch["mel"].shape == (20, 8, 20)
    for samples, frames in zip(batch["samples"].numpy(), batch["mel"].numpy(), strict=True):
        (begin,) = [
            i for i in range(0, len(signal) - 800, 100) if (signal[i : i + 800] == samples).all()
        ]
        np.testing.assert_allclose(frames, whole[begin // 100 :][:8], atol=1e-3)


def test_added_mels_are_of_the_changed_sound(samples):
    dataset = tf.data.Dataset.from_tensors({"samples": samples})
    (batch,) = dataset.map(aug.Noise(10, seed=1)).map(aug.AddMel(SPEC))
    expected = mel.log_mel_spectrogram(batch["samples"], SPEC)[:, :80]
    np.testing.assert_allclose(batch["mel"], expected, atol=1e-5)
    with pytest.raises(ValueError, match="whole number of hops. Received: 8000 samples"):
        dataset.map(aug.AddMel(SPEC.replace(hop_length=111)))


def test_pitch_keeps_the_duration_and_moves_by_the_semitones(samples):
    moved = changed(aug.Pitch(RATE, 3.0, seed=1), samples)
    assert moved.shape == samples.shape
    assert abs(pitch_of(moved[0]) / (150 * 2 ** (3 / 12)) - 1) < 0.01
    rows = changed(aug.Pitch(RATE, (-4, 4), seed=1), np.tile(samples[:1], (6, 1)))
    semitones = [12 * np.log2(pitch_of(row) / 150) for row in rows]
    assert np.ptp(semitones) > 1 and max(np.abs(semitones)) < 4.1


def test_tempo_keeps_the_pitch(samples):
    faster = changed(aug.Tempo(RATE, 6000, (1.1, 1.3), seed=1), samples)
    assert faster.shape == (3, 6000)
    assert abs(pitch_of(faster[0]) / 150 - 1) < 0.01
    with pytest.raises(
        ValueError, match="rows of at least 7800 samples for 6000 at a tempo of 1.3"
    ):
        changed(aug.Tempo(RATE, 6000, (1.1, 1.3), seed=1), samples[:, :7000])
