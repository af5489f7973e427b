"""Recordings as plain `tf.data`: the same as `read_audio`, by both decoders, damage named."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.data import (
    AudioError,
    Trim,
    audio_dataset,
    ljspeech,
    prepare,
    read_audio,
    wav_folder,
)


@pytest.fixture
def mixed(tmp_path, write_tone):
    """A folder with a file of each kind, at two rates."""
    for number, suffix in enumerate(("wav", "flac", "mp3", "ogg")):
        rate = 22050 if number % 2 else 16000
        write_tone(tmp_path / "mixed" / f"{suffix}.{suffix}", rate, seconds=0.3, f0_hz=150.0)
    return tmp_path / "mixed"


def test_samples_are_those_of_the_recordings(lj_directory, decoder):
    corpus = ljspeech(lj_directory, speaker="ann")
    dataset = audio_dataset(corpus, decoder=decoder)
    assert dataset.cardinality() == len(corpus)
    for record, recording in zip(dataset, corpus, strict=True):
        assert record["id"].numpy().decode() == recording.id
        assert record["text"].numpy().decode() == recording.text
        assert record["speaker"] == b"ann"
        np.testing.assert_array_equal(record["samples"], read_audio(recording.path))


def test_every_kind_and_rate_is_taken(mixed, decoder):
    dataset = audio_dataset(mixed, 22050, decoder=decoder)
    for record in dataset:
        name = record["id"].numpy().decode()
        expected = read_audio(mixed / f"{name}.{name}", 22050)
        # Harmonics far below half of either rate; what differs are the resamplers' ends.
        assert record["samples"].shape == expected.shape
        noise = np.sum((record["samples"].numpy() - expected) ** 2)
        assert noise < 1e-4 * np.sum(expected**2), name


def test_rates_must_be_told_where_they_differ(mixed):
    with pytest.raises(ValueError, match="`sample_rate` must be given"):
        audio_dataset(mixed)


def test_recordings_of_shards_are_read_where_they_lie(lj_directory, tmp_path, decoder):
    corpus = ljspeech(lj_directory)
    packed = prepare(corpus, tmp_path / "shards", per_shard=2, processes=1)
    for source in (packed, tmp_path / "shards", [*packed[:2], *corpus[2:]]):
        found = list(audio_dataset(source, 22050, decoder=decoder))
        for record, recording in zip(found, corpus, strict=True):
            np.testing.assert_array_equal(record["samples"], read_audio(recording.path))


def test_a_seed_fixes_the_order_of_every_pass(lj_directory):
    def passes(seed):
        dataset = audio_dataset(ljspeech(lj_directory), shuffle=True, seed=seed)
        return [[r["id"].numpy() for r in dataset] for _ in range(3)]

    assert passes(1) == passes(1) != passes(2)
    assert len({tuple(ids) for ids in passes(1)}) > 1
    assert all(len(set(ids)) == 5 for ids in passes(1))


@pytest.fixture
def damaged(lj_directory):
    """The corpus, one of whose files is cut; it was a FLAC file, whatever its name says."""
    import damaged_audio

    path = lj_directory / "wavs" / "clip3.wav"
    path.write_bytes(damaged_audio.encoded("flac")[:-500])
    return ljspeech(lj_directory)


def test_a_damaged_recording_is_named_before_the_training(damaged, decoder):
    with pytest.raises(AudioError, match="clip3.*damaged"):
        audio_dataset(damaged, decoder=decoder)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of .* were skipped"):
        dataset = audio_dataset(damaged, decoder=decoder, on_error="skip", skipped=skipped)
    assert [r["id"].numpy().decode() for r in dataset] == ["clip1", "clip2", "clip4", "clip5"]
    assert skipped[0].recording.id == "clip3"


def test_unchecked_it_is_named_when_its_turn_comes(damaged, decoder):
    records = iter(audio_dataset(damaged, 22050, decoder=decoder, check=False))
    assert [next(records)["id"].numpy() for _ in range(2)] == [b"clip1", b"clip2"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="clip3.wav is damaged"):
        next(records)


def test_what_was_harmed_after_the_check_is_named(lj_directory, decoder):
    dataset = audio_dataset(ljspeech(lj_directory), decoder=decoder)
    path = lj_directory / "wavs" / "clip1.wav"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(tf.errors.InvalidArgumentError, match="clip1.wav is truncated"):
        list(dataset)


def test_what_it_does_not_do_is_refused(lj_directory):
    corpus = ljspeech(lj_directory)
    with pytest.raises(ValueError, match="with a change.*Received: 'clip1', changed"):
        audio_dataset([corpus[0].replace(change=Trim())])
    with pytest.raises(ValueError, match="`corpus` must hold recordings"):
        audio_dataset([])
    with pytest.raises(ValueError, match="`decoder` must be one of"):
        audio_dataset(corpus, decoder="sox")
    path = lj_directory / "wavs"
    for file in path.iterdir():
        file.write_bytes(b"")
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="All 5 were bad"):
        audio_dataset(wav_folder(path), 22050, on_error="skip")
