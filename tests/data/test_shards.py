"""Models are fed the same from shards as from the recordings that were packed."""

import os
import pickle

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    AudioError,
    acoustic_batches,
    acoustic_epochs,
    decode_audio,
    f0_tracking,
    linear_batches,
    ljspeech,
    prepare,
    read_audio,
    shards,
    waveform_batches,
)

SPEC = AudioSpec(n_mels=20)


@pytest.fixture
def corpus(lj_directory):
    return ljspeech(lj_directory, speaker="ann")


@pytest.fixture
def directory(corpus, tmp_path):
    prepare(corpus, tmp_path / "shards", per_shard=2, processes=1)
    return tmp_path / "shards"


def assert_equal(ours, theirs):
    n_batches = 0
    for our, their in zip(ours, theirs, strict=True):
        assert set(our) == set(their)
        for key in their:
            np.testing.assert_array_equal(our[key], their[key])
        n_batches += 1
    assert n_batches > 1


def test_acoustic_batches_are_equal(corpus, directory, letters, tmp_path):
    options = {"batch_size": 2, "seed": 3, "level": -3.0, "trim": -40.0}
    expected = list(acoustic_batches(corpus, SPEC, letters, **options))
    for cache in (None, tmp_path / "cache"):
        options["cache"] = cache
        assert_equal(acoustic_batches(shards(directory), SPEC, letters, **options), expected)
    # The directory itself is taken as well, and the cache is found again.
    assert_equal(acoustic_batches(directory, SPEC, letters, **options), expected)
    assert len(list((tmp_path / "cache").iterdir())) == len(corpus)


def test_parts_and_epochs_are_equal(corpus, directory, letters):
    ours = acoustic_epochs(shards(directory).train, SPEC, letters, 2, seed=1)
    theirs = acoustic_epochs(corpus.train, SPEC, letters, 2, seed=1)
    assert_equal(ours(4), theirs(4))


def test_linear_batches_are_equal(corpus, directory, letters):
    ours = linear_batches(shards(directory), SPEC, letters, 2, seed=0)
    assert_equal(ours, linear_batches(corpus, SPEC, letters, 2, seed=0))


def test_waveform_batches_are_equal(corpus, directory, tmp_path):
    options = {"batch_size": 3, "seed": 0, "spec": SPEC, "steps_per_epoch": 2}
    expected = list(waveform_batches(corpus, 1024, **options))
    assert_equal(waveform_batches(directory, 1024, cache=tmp_path / "cache", **options), expected)
    # Without a spec the rate is that of the shards.
    options["spec"] = None
    assert_equal(
        waveform_batches(directory, 1000, **options), waveform_batches(corpus, 1000, **options)
    )


def test_stored_pitch_is_taken_where_it_fits(corpus, letters, tmp_path, monkeypatch):
    directory = tmp_path / "with_f0"
    prepare(corpus, directory, f0=True, spec=SPEC, processes=1)
    options = {"f0": True, "batch_size": 2, "seed": 0}
    expected = list(acoustic_batches(corpus, SPEC, letters, **options))

    def track(*arguments, **options):
        raise AssertionError("tracked again")

    monkeypatch.setattr(f0_tracking, "track_f0", track)
    assert_equal(acoustic_batches(directory, SPEC, letters, **options), expected)
    for other in (
        {"trim": -40.0},
        {"f0": f0_tracking.F0Options(fmin=90.0)},
        {"spec": SPEC.replace(padding="hop")},
    ):
        with pytest.raises(AssertionError, match="tracked again"):
            acoustic_batches(
                **{"corpus": directory, "spec": SPEC, "tokenizer": letters, **options, **other}
            )


def test_durations_come_along(corpus, letters, tmp_path):
    rows, _ = letters([r.text for r in corpus])
    durations = {}
    for recording, row in zip(corpus, rows, strict=True):
        n_tokens = int((row > 0).sum())
        n_frames = SPEC.n_frames(len(read_audio(recording.path)))
        durations[recording.id] = [0] * (n_tokens - 1) + [n_frames]
    corpus = corpus.with_durations(durations)
    prepare(corpus, tmp_path / "shards", per_shard=2, processes=1)
    ours = acoustic_batches(tmp_path / "shards", SPEC, letters, 2, seed=0)
    assert_equal(ours, acoustic_batches(corpus, SPEC, letters, 2, seed=0))


def test_parts_of_workers_have_nothing_in_common(directory):
    corpus = shards(directory)
    parts = [corpus.shard(index, 3) for index in range(3)]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert sorted(name for part in parts for name in part.ids) == sorted(corpus.ids)
    assert all(part.speakers == corpus.speakers for part in parts)
    for index, count in ((3, 3), (-1, 2), (0, 0)):
        with pytest.raises(ValueError, match="`index` must be at least 0 and less than `count`"):
            corpus.shard(index, count)


def test_recordings_can_be_sent_to_other_processes(directory):
    recording = shards(directory)[3]
    copy = pickle.loads(pickle.dumps(recording))
    np.testing.assert_array_equal(read_audio(copy.path), read_audio(recording.path))


def test_a_flipped_byte_is_named_when_its_recording_is_read(directory, letters):
    corpus = shards(directory)
    path = directory / "shard-00001-of-00003.tfrecord"
    data = bytearray(path.read_bytes())
    data[len(data) // 4] ^= 1  # in the first of its two recordings
    path.write_bytes(data)
    with pytest.raises(AudioError, match="byte 0 of .*00001-of-00003.tfrecord is damaged"):
        decode_audio(corpus["clip3"].path)
    assert len(read_audio(corpus["clip4"].path)) > 0
    with pytest.raises(AudioError, match="'clip3' .line 3 of metadata.csv.*is damaged"):
        acoustic_batches(corpus, SPEC, letters)
    skipped = []
    with pytest.warns(UserWarning):
        acoustic_batches(corpus, SPEC, letters, 2, on_error="skip", skipped=skipped)
    assert [entry.recording.id for entry in skipped] == ["clip3"]
    shards(directory)
    with pytest.raises(ValueError, match="00001-of-00003.tfrecord is damaged: its SHA-256"):
        shards(directory, verify=True)


def test_a_cut_shard_is_named_at_once(directory):
    path = directory / "shard-00002-of-00003.tfrecord"
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(ValueError, match="00002-of-00003.tfrecord is damaged: it has"):
        shards(directory)
    path.unlink()
    with pytest.raises(ValueError, match="Cannot read .*00002-of-00003.tfrecord: No such file"):
        shards(directory)


def test_a_record_of_something_else_is_named(tmp_path):
    from keras_speech.data.sharding import examples, records

    path = tmp_path / "a.tfrecord"
    for content in (b"no example", examples.encode({"text": "b"}), examples.encode({"audio": 3})):
        path.write_bytes(records.framed(content))
        with pytest.raises(AudioError, match="byte 0 of .*a.tfrecord holds no recording"):
            decode_audio(f"{path}:0")
    path.write_bytes(records.framed(examples.encode({"audio": b"no FLAC"})))
    with pytest.raises(AudioError, match="a.tfrecord:0 is not audio"):
        decode_audio(f"{path}:0")
    with pytest.raises(AudioError, match="Cannot read shard .*b.tfrecord:0: No such file"):
        decode_audio(tmp_path / "b.tfrecord:0")


def test_what_is_no_directory_of_shards_is_named(tmp_path, lj_directory, letters):
    with pytest.raises(ValueError, match="shards.. needs a directory"):
        shards(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="Cannot read .*manifest.json: No such file"):
        acoustic_batches(lj_directory, SPEC, letters)
