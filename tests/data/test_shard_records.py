"""Shards as plain `tf.data`: what the documented features hold, in which order."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import ljspeech, prepare, read_audio, shard_dataset


@pytest.fixture
def corpus(lj_directory):
    corpus = ljspeech(lj_directory, speaker="ann")
    return corpus.with_durations({name: [2, 0, n] for n, name in enumerate(corpus.ids)})


@pytest.fixture
def directory(corpus, tmp_path):
    prepare(corpus, tmp_path / "shards", per_shard=2, f0=True, spec=AudioSpec(), processes=1)
    return tmp_path / "shards"


def test_records_hold_what_was_packed(corpus, directory, decoder):
    dataset = shard_dataset(directory, decoder=decoder)
    assert dataset.cardinality() == len(corpus)
    for number, (record, recording) in enumerate(zip(dataset, corpus, strict=True)):
        record = {key: value.numpy() for key, value in record.items()}
        assert record["id"].decode() == recording.id
        assert record["text"].decode() == recording.text
        assert record["speaker"] == b"ann"
        assert record["sample_rate"] == 22050
        assert record["durations"].tolist() == [2, 0, number]
        assert len(record["f0_hz"]) == AudioSpec().n_frames(record["n_samples"])
        assert b'"hop_length": 256' in record["f0_settings"]
        assert record["audio"].startswith(b"fLaC")
        np.testing.assert_array_equal(record["samples"], read_audio(recording.path))


def test_what_is_not_known_is_empty(lj_directory, tmp_path):
    prepare(ljspeech(lj_directory), tmp_path / "bare", processes=1)
    record = next(iter(shard_dataset(tmp_path / "bare", decode=False)))
    assert "samples" not in record
    assert record["speaker"] == record["f0_settings"] == b""
    assert record["durations"].shape == record["f0_hz"].shape == (0,)


def test_a_seed_fixes_the_order_of_every_pass(corpus, directory):
    def passes(seed):
        dataset = shard_dataset(directory, decode=False, shuffle=True, seed=seed)
        return [[r["id"].numpy().decode() for r in dataset] for _ in range(2)]

    first = passes(seed=1)
    assert first == passes(seed=1)
    assert all(sorted(ids) == sorted(corpus.ids) for ids in first)
    assert first[0] != first[1]
    assert first != passes(seed=2)


def test_both_decoders_give_all_24_bits(lj_directory, tmp_path, decoder):
    packed = prepare(ljspeech(lj_directory), tmp_path / "24", bits=24, processes=1)
    records = shard_dataset(tmp_path / "24", decoder=decoder)
    for record, recording in zip(records, packed, strict=True):
        np.testing.assert_array_equal(record["samples"], read_audio(recording.path))


def test_without_count_nothing_is_asserted(directory):
    dataset = shard_dataset(directory, counted=False, decode=False)
    assert dataset.cardinality() == tf.data.UNKNOWN_CARDINALITY
    assert len(list(dataset)) == 5


def test_damage_is_noticed_while_reading(directory):
    path = directory / "shard-00001-of-00003.tfrecord"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(tf.errors.DataLossError, match="corrupted record at"):
        list(shard_dataset(directory))
    with pytest.raises(ValueError, match="00001-of-00003.tfrecord is damaged: its SHA-256"):
        shard_dataset(directory, verify=True)
    path.write_bytes(data[:-1])
    with pytest.raises(ValueError, match="00001-of-00003.tfrecord is damaged"):
        shard_dataset(directory)
