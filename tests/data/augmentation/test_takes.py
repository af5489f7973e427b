"""Takes of a corpus at other tempos and pitches."""

import os

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    Trim,
    acoustic_batches,
    ljspeech,
    read_audio,
    track_f0,
    waveform_batches,
)
from keras_speech.data.audio_change import AudioChange
from keras_speech.data.audio_files import read_recording
from keras_speech.data.augmentation import with_takes

SPEC = AudioSpec()
RATE = SPEC.sample_rate


def test_takes_come_after_the_recordings_and_keep_all_else(lj_directory):
    corpus = ljspeech(lj_directory)
    taken = with_takes(corpus, 2, tempo=(0.9, 1.1), seed=1)
    assert taken.recordings[:5] == corpus.recordings
    assert taken.ids[5:7] == ["clip1~1", "clip1~2"] and len(taken) == 15
    take = taken["clip3~2"]
    assert (take.path, take.text) == (corpus["clip3"].path, corpus["clip3"].text)
    assert take.where == "'clip3~2' (line 3 of metadata.csv)"


def test_a_take_depends_on_the_seed_its_id_and_its_number_alone(lj_directory):
    corpus = ljspeech(lj_directory)

    def changes(recordings, seed=1, n_takes=2):
        taken = with_takes(recordings, n_takes, tempo=(0.8, 1.2), semitones=(-2, 2), seed=seed)
        return {r.id: r.change for r in taken if r.change}

    all_ = changes(corpus)
    assert changes(corpus[::-1]) == all_ and len(set(all_.values())) == 10
    assert changes(corpus[2:3], n_takes=1) == {"clip3~1": all_["clip3~1"]}
    assert not set(all_.values()) & set(changes(corpus, seed=2).values())
    assert all(0.8 <= c.tempo <= 1.2 and -2 <= c.semitones <= 2 for c in all_.values())


def test_takes_are_on_the_side_of_their_recording(lj_directory):
    corpus = ljspeech(lj_directory)
    taken = with_takes(corpus, tempo=0.9)
    for part, original in ((taken.train, corpus.train), (taken.validation, corpus.validation)):
        assert set(part.ids) == {*original.ids, *(f"{i}~1" for i in original.ids)}
    assert set(with_takes(corpus.train, tempo=0.9).train.ids) == set(taken.train.ids)


@pytest.mark.parametrize("change", [AudioChange(0.8), AudioChange(1, 3), AudioChange(1.25, -2)])
def test_a_take_is_read_with_its_tempo_and_pitch(lj_directory, change):
    """The fifth clip is a tone of 280 Hz, 0.72 s."""
    recording = ljspeech(lj_directory)["clip5"].replace(change=change)
    samples, before = read_recording(recording, RATE), read_audio(recording.path, RATE)
    assert samples.dtype == np.float32 and len(samples) == round(len(before) / change.tempo)
    f0_hz = track_f0(samples, RATE, hop_length=256)[6:-6]
    assert abs(np.median(f0_hz) / (280 * 2 ** (change.semitones / 12)) - 1) < 0.01


def test_batches_hold_takes_and_recordings_each_with_its_frames(lj_directory, letters):
    corpus = with_takes(ljspeech(lj_directory), tempo=0.8)
    options = dict(seed=0, batch_size=10, f0=True, progress=False)
    (batch,) = acoustic_batches(corpus, SPEC, letters, **options)
    expected = [SPEC.n_frames(len(read_recording(r, RATE))) for r in corpus]
    assert sorted(batch["mel_lengths"].numpy()) == sorted(expected)
    assert expected[5] > 1.2 * expected[0]
    voiced = [row[row > 0] for row in batch["f0_hz"].numpy()]
    pitches = sorted(round(float(np.median(row)) / 40) * 40 for row in voiced)
    assert pitches == [120, 120, 160, 160, 200, 200, 240, 240, 280, 280]


def test_caches_keep_takes_apart_and_are_not_made_anew(lj_directory, letters, tmp_path):
    corpus = ljspeech(lj_directory)
    options = dict(shuffle=False, batch_size=10, progress=False, cache=tmp_path / "cache")

    def mels(recordings):
        (batch,) = acoustic_batches(recordings, SPEC, letters, **options)
        return batch["mel"].numpy()

    original = mels(corpus)
    files = set(os.listdir(tmp_path / "cache"))
    taken = with_takes(corpus, semitones=2)
    both = mels(taken)
    np.testing.assert_array_equal(both[:5], original)
    assert (np.abs(both[5:] - original).mean(axis=(1, 2)) > 0.1).all()
    assert len(set(os.listdir(tmp_path / "cache")) - files) == 5
    np.testing.assert_array_equal(mels(with_takes(corpus, semitones=2)), both)
    assert len(os.listdir(tmp_path / "cache")) == 10


def test_raw_audio_has_takes_too(lj_directory, tmp_path):
    corpus = ljspeech(lj_directory)
    options = dict(seed=0, progress=False, trim=Trim(-60.0))
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        taken = with_takes(corpus.subset(["clip5"]), tempo=0.5)
        (batch,) = waveform_batches(taken, 4096, 2, steps_per_epoch=1, cache=cache, **options)
        # Two rows, one of each: a tone and the same tone at half the tempo.
        assert len(np.unique(batch["samples"].numpy(), axis=0)) == 2
    assert len(os.listdir(tmp_path / "cache")) == 2


def test_what_cannot_be_is_an_error(lj_directory):
    corpus = ljspeech(lj_directory)
    with pytest.raises(ValueError, match="must change something"):
        with_takes(corpus)
    with pytest.raises(ValueError, match="must not hold takes already. Received: 'clip1~1'"):
        with_takes(with_takes(corpus, tempo=0.9), tempo=0.9)
    with pytest.raises(ValueError, match="`n_takes` must be a positive integer"):
        with_takes(corpus, 0, tempo=0.9)
    with pytest.raises(ValueError, match="must not be so far apart"):
        with_takes(corpus, tempo=(0.6, 1), semitones=(0, 12))
    timed = corpus.with_durations({i: [1, 2] for i in corpus.ids})
    with pytest.raises(ValueError, match="`tempo` must be 1 where recordings have durations"):
        with_takes(timed, tempo=0.9)
    assert with_takes(timed, semitones=1)["clip1~1"].durations.tolist() == [1, 2]
