"""Shards: what is in them, and that equal work gives equal bytes."""

import filecmp
import json
import shutil

import numpy as np
import pytest
import soundfile
import soxr

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    Corpus,
    F0Options,
    Recording,
    ljspeech,
    prepare,
    read_audio,
    shards,
    track_f0,
    wav_folder,
)
from keras_speech.data.sharding import packed

# What describes the sources on this disk, times of change and all.
PLAN = "plan.jsonl"


def equal(one, other):
    """Whether two directories of shards hold the same files with the same bytes."""
    names = sorted(p.name for p in one.iterdir() if p.name != PLAN)
    assert names == sorted(p.name for p in other.iterdir() if p.name != PLAN)
    return filecmp.cmpfiles(one, other, names, shallow=False)[0] == names


def test_the_number_of_processes_changes_nothing(lj_directory, tmp_path):
    corpus = ljspeech(lj_directory)
    prepare(corpus, tmp_path / "one", 16000, per_shard=2, processes=1)
    prepare(corpus, tmp_path / "three", 16000, per_shard=2, processes=3)
    assert len(list((tmp_path / "one").glob("*.tfrecord"))) == 3
    assert equal(tmp_path / "one", tmp_path / "three")


def test_where_the_recordings_lie_changes_nothing(lj_directory, tmp_path):
    (lj_directory / "wavs" / "clip2.wav").write_bytes(b"")
    copy = shutil.copytree(lj_directory, tmp_path / "elsewhere" / lj_directory.name)
    for corpus, out in ((lj_directory, "one"), (copy, "other")):
        with pytest.warns(UserWarning, match="1 recordings of corpus were skipped"):
            prepare(ljspeech(corpus), tmp_path / out, on_error="skip", processes=1)
    assert equal(tmp_path / "one", tmp_path / "other")
    assert str(tmp_path) not in (tmp_path / "one" / "manifest.json").read_text()


def test_a_repeated_call_changes_nothing(lj_directory, tmp_path):
    prepare(ljspeech(lj_directory), tmp_path / "shards", per_shard=2, processes=1)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "shards").glob("shard*")}
    prepare(ljspeech(lj_directory), tmp_path / "shards", per_shard=2, processes=1)
    after = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "shards").glob("shard*")}
    assert before == after and len(before) == 6


def test_recordings_come_back_as_they_were(lj_directory, tmp_path):
    corpus = ljspeech(lj_directory, speaker="ann")
    packed_corpus = prepare(corpus, tmp_path / "shards", per_shard=2, processes=1)
    assert packed_corpus.ids == corpus.ids
    assert packed_corpus.name == corpus.name
    for ours, theirs in zip(packed_corpus, corpus, strict=True):
        assert (ours.text, ours.speaker, ours.where) == (theirs.text, "ann", theirs.where)
        # Files of 16 bits at their own rate lose nothing.
        np.testing.assert_array_equal(read_audio(ours.path), read_audio(theirs.path))


@pytest.mark.parametrize("bits, full_scale", [(16, 2**15), (24, 2**23)])
def test_samples_are_resampled_mixed_and_rounded(tmp_path, tone, bits, full_scale):
    left, right = tone(sample_rate=22050), tone(sample_rate=22050, f0_hz=310.0)
    (tmp_path / "in").mkdir()
    soundfile.write(tmp_path / "in" / "a.wav", np.stack([left, right], 1), 22050, "FLOAT")
    corpus = prepare(wav_folder(tmp_path / "in"), tmp_path / "out", 16000, bits=bits, processes=1)
    expected = soxr.resample(np.mean([left, right], axis=0, dtype="float32"), 22050, 16000)
    np.testing.assert_allclose(
        read_audio(corpus[0].path, 16000) * full_scale, np.round(expected * full_scale), atol=1e-3
    )


def test_what_is_beyond_full_scale_is_clipped_and_counted(tmp_path):
    (tmp_path / "in").mkdir()
    soundfile.write(tmp_path / "in" / "a.wav", np.array([0.0, 1.5, -1.5]), 8000, "FLOAT")
    soundfile.write(tmp_path / "in" / "b.wav", np.array([0.0, 0.5, -1.0]), 8000, "FLOAT")
    corpus = prepare(wav_folder(tmp_path / "in"), tmp_path / "out", processes=1)
    np.testing.assert_array_equal(read_audio(corpus["a"].path), [0.0, 1 - 2**-15, -1.0])
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["n_clipped"] == 1


def test_a_single_sample_is_a_recording(tmp_path):
    (tmp_path / "in").mkdir()
    soundfile.write(tmp_path / "in" / "a.wav", np.array([0.5]), 8000)
    corpus = prepare(wav_folder(tmp_path / "in"), tmp_path / "out", processes=1)
    assert read_audio(corpus[0].path).tolist() == [0.5]


def test_the_fixed_split_is_kept(lj_directory, tmp_path):
    (lj_directory / "val.txt").write_text("clip2\nclip4\n")
    (lj_directory / "train.txt").write_text("clip1\nclip5\n")
    corpus = prepare(ljspeech(lj_directory), tmp_path / "shards", per_shard=2, processes=1)
    assert corpus.validation.ids == ["clip2", "clip4"]
    assert corpus.train.ids == ["clip1", "clip5"]


def test_a_split_by_chance_is_that_of_the_recordings(lj_directory, tmp_path):
    """Also where some are left out, which would give another draw."""
    whole = ljspeech(lj_directory)
    left_out = next(i for i in whole.train.ids)
    (lj_directory / "wavs" / f"{left_out}.wav").write_bytes(b"")
    with pytest.warns(UserWarning):
        corpus = prepare(whole, tmp_path / "shards", on_error="skip", processes=1)
    assert corpus.validation.ids == whole.validation.ids
    assert corpus.train.ids == [i for i in whole.train.ids if i != left_out]


def test_speakers_keep_their_numbers(lj_directory, tmp_path):
    recordings = [r.replace(speaker="b") for r in ljspeech(lj_directory)]
    corpus = Corpus(recordings, speakers=["c", "b", "a"])
    assert prepare(corpus, tmp_path / "shards", processes=1).speakers == ("c", "b", "a")


def test_durations_are_kept(lj_directory, tmp_path):
    durations = {name: [1, 0, 300 + n] for n, name in enumerate(ljspeech(lj_directory).ids)}
    corpus = ljspeech(lj_directory).with_durations(durations)
    for recording in prepare(corpus, tmp_path / "shards", per_shard=2, processes=1):
        assert recording.durations.tolist() == durations[recording.id]
        assert packed.read_features(recording.path)["durations"] == durations[recording.id]


def test_pitch_is_that_of_the_stored_samples(lj_directory, tmp_path):
    spec, options = AudioSpec(), F0Options(fmin=80.0)
    corpus = prepare(
        ljspeech(lj_directory), tmp_path / "shards", f0=options, spec=spec, processes=1
    )
    for recording in corpus:
        f0_hz = packed.stored_f0(recording.path, options, spec)
        samples = read_audio(recording.path)
        expected = track_f0(samples, 22050, hop_length=spec.hop_length, options=options)
        np.testing.assert_array_equal(f0_hz, expected)
        for others in ((F0Options(), spec), (options, spec.replace(padding="hop"))):
            assert packed.stored_f0(recording.path, *others) is None


def test_shards_can_be_packed_anew(lj_directory, tmp_path):
    corpus = prepare(ljspeech(lj_directory), tmp_path / "one", per_shard=2, processes=1)
    prepare(corpus, tmp_path / "two", per_shard=3, processes=1)
    prepare(ljspeech(lj_directory), tmp_path / "three", per_shard=3, processes=1)
    assert equal(tmp_path / "two", tmp_path / "three")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"sample_rate": 0}, "`sample_rate` must be a positive integer. Received: sample_rate=0."),
        ({"sample_rate": 10**6}, "`sample_rate` must be at most 655350"),
        ({"bits": 8}, "`bits` must be one of .16, 24.. Received: bits=8."),
        ({"per_shard": 0}, "`per_shard` must be a positive integer"),
        ({"processes": True}, "`processes` must be a positive integer"),
        ({"f0": True}, "`f0` needs the `spec` whose frames it is for"),
        ({"f0": "world"}, "`f0` must be a bool or F0Options"),
        ({"sample_rate": 8000, "spec": AudioSpec()}, "`sample_rate` must be that of `spec`"),
        ({"on_error": "stop"}, "`on_error` must be 'raise' or 'skip'"),
    ],
)
def test_arguments_out_of_range_are_named(lj_directory, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        prepare(ljspeech(lj_directory), tmp_path / "shards", **options)
    assert not (tmp_path / "shards").exists()


def test_nothing_to_pack_is_an_error(tmp_path, lj_directory):
    with pytest.raises(ValueError, match="`corpus` must hold recordings. Received: an empty one."):
        prepare(ljspeech(lj_directory)[:0], tmp_path / "shards")
    with pytest.raises(ValueError, match="usable recordings. None of 1 can be read."):
        prepare(Corpus([Recording("a", "a.wav")]), tmp_path / "shards")


def test_rates_that_differ_need_a_choice(lj_directory, tmp_path, write_tone):
    write_tone(lj_directory / "wavs" / "clip1.wav", sample_rate=16000)
    with pytest.raises(ValueError, match="1 files of 16000 Hz"):
        prepare(ljspeech(lj_directory), tmp_path / "shards")
    assert len(prepare(ljspeech(lj_directory), tmp_path / "shards", 16000, processes=1)) == 5
    assert len(shards(tmp_path / "shards", verify=True)) == 5
