"""The pitch of every frame in the batches: whose it is, where it is kept, what goes wrong."""

import sys

import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    AudioError,
    Corpus,
    F0Options,
    acoustic_batches,
    acoustic_epochs,
    f0_tracking,
    ljspeech,
    read_audio,
    track_f0,
)

SPEC = AudioSpec(n_mels=20)


@pytest.fixture
def tracked(monkeypatch):
    """Numbers of samples of what was tracked."""
    lengths = []
    track = f0_tracking.track_f0

    def counted(samples, *args, **options):
        lengths.append(len(samples))
        return track(samples, *args, **options)

    monkeypatch.setattr(f0_tracking, "track_f0", counted)
    return lengths


@pytest.fixture
def batch_of(lj_directory, letters):
    def batch(spec=SPEC, corpus=None, **options):
        corpus = ljspeech(lj_directory) if corpus is None else corpus
        options = {"f0": True, "shuffle": False, **options}
        (found,) = acoustic_batches(corpus, spec, letters, 5, **options)
        return {key: value.numpy() for key, value in found.items()}

    return batch


@pytest.mark.parametrize("padding", ["center", "hop"])
def test_rows_are_the_tracks_of_their_recordings(batch_of, lj_directory, padding):
    spec = SPEC.replace(padding=padding)
    batch = batch_of(spec)
    assert batch["f0_hz"].dtype == np.float32
    assert batch["f0_hz"].shape == batch["mel"].shape[:2]
    for row, recording in enumerate(ljspeech(lj_directory)):
        track = track_f0(read_audio(recording.path), 22_050, hop_length=256, padding=padding)
        assert len(track) == batch["mel_lengths"][row]
        np.testing.assert_array_equal(batch["f0_hz"][row, : len(track)], track)
        assert not batch["f0_hz"][row, len(track) :].any()
        pitch = 120 + 40 * row  # as the corpus's tones were made
        assert abs(np.median(track[track > 0]) / pitch - 1) < 0.01


def test_without_it_batches_are_as_before(batch_of):
    assert "f0_hz" not in batch_of(f0=False)
    with_f0 = batch_of()
    for key, value in batch_of(f0=None).items():
        np.testing.assert_array_equal(with_f0[key], value)


def test_padded_frames_are_unvoiced(batch_of):
    batch = batch_of(frame_multiple=64)
    assert batch["f0_hz"].shape[1] == batch["mel"].shape[1] == 64 * -(-batch["mel"].shape[1] // 64)
    assert not batch["f0_hz"][:, -1].any()


def test_epochs_have_it_too(lj_directory, letters):
    epochs = acoustic_epochs(ljspeech(lj_directory), SPEC, letters, 2, seed=0, f0=True)
    for batch in epochs(1):
        for track, frames in zip(batch["f0_hz"].numpy(), batch["mel_lengths"], strict=True):
            assert track[:frames].any() and not track[frames:].any()


def test_trimming_comes_first(batch_of, lj_directory):
    corpus = ljspeech(lj_directory)[:1]
    whole = batch_of(corpus=corpus, trim=-40.0)
    samples = read_audio(corpus[0].path)
    silence = np.zeros(9000, "float32")
    soundfile.write(corpus[0].path, np.concatenate([silence, samples, silence]), 22050)
    trimmed = batch_of(corpus=corpus, trim=-40.0)
    n_frames = trimmed["mel_lengths"][0]
    assert n_frames == trimmed["f0_hz"].shape[1] <= whole["f0_hz"].shape[1] + 10
    assert (trimmed["f0_hz"] > 0).sum() > n_frames // 2


def test_a_second_run_tracks_nothing_and_gives_the_same(batch_of, tracked, tmp_path):
    first = batch_of(cache=tmp_path / "cache")
    assert len(tracked) == 5 and len(list((tmp_path / "cache").iterdir())) == 10
    second = batch_of(cache=tmp_path / "cache")
    assert len(tracked) == 5
    np.testing.assert_array_equal(second["f0_hz"], first["f0_hz"])
    np.testing.assert_array_equal(second["f0_hz"], batch_of(cache=None)["f0_hz"])


@pytest.mark.parametrize(
    "options, again",
    [
        ({"f0": F0Options(fmax=400.0)}, 5),
        ({"f0": F0Options(tracker="pyin")}, 5),
        ({"trim": -30.0}, 5),
        ({"spec": SPEC.replace(hop_length=200)}, 5),
        ({"spec": SPEC.replace(padding="hop")}, 5),
        # These change the mel alone.
        ({"level": -3.0}, 0),
        ({"spec": SPEC.replace(n_mels=40, log_floor=1e-4)}, 0),
        ({"f0": F0Options()}, 0),
    ],
)
def test_only_settings_that_change_the_track_have_it_tracked_anew(
    batch_of, tracked, tmp_path, options, again
):
    batch_of(cache=tmp_path / "cache")
    cached = batch_of(**options, cache=tmp_path / "cache")
    assert len(tracked) == 5 + again
    np.testing.assert_array_equal(cached["f0_hz"], batch_of(**options)["f0_hz"])


def test_a_changed_recording_alone_is_tracked_again(batch_of, tracked, lj_directory, write_tone):
    cache = lj_directory.parent / "cache"
    batch_of(cache=cache)
    write_tone(lj_directory / "wavs" / "clip2.wav", seconds=0.9, f0_hz=300.0)
    batch = batch_of(cache=cache)
    assert len(tracked) == 6
    assert abs(np.median(batch["f0_hz"][1, : batch["mel_lengths"][1]]) - 300) < 3


@pytest.mark.parametrize("content", [b"", b"no array", None])
def test_damaged_tracks_are_made_again(batch_of, tracked, tmp_path, content):
    first = batch_of(cache=tmp_path / "cache")
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:-8] if content is None else content)
    second = batch_of(cache=tmp_path / "cache")
    assert len(tracked) == 10
    np.testing.assert_array_equal(second["f0_hz"], first["f0_hz"])


def test_a_bad_recording_is_skipped_or_named(batch_of, lj_directory, monkeypatch):
    """One that can be read for the mel and not, a little later, for the pitch."""
    from keras_speech.data import f0_features

    read = f0_features.features.read_prepared

    def gone(recording, spec, *, level=None, trim=None):
        if recording.id == "clip3" and level is None:
            raise AudioError(f"Cannot read {recording.path}.")
        return read(recording, spec, level=level, trim=trim)

    monkeypatch.setattr(f0_features.features, "read_prepared", gone)
    with pytest.raises(AudioError, match=r"'clip3' \(line 3 of metadata.csv\): .*clip3.wav"):
        batch_of(level=-3.0)
    with pytest.warns(UserWarning, match="1 recordings of corpus were skipped.*clip3"):
        assert batch_of(level=-3.0, on_error="skip")["f0_hz"].shape[0] == 4


def test_several_takes_of_a_prompt_keep_their_own_pitch(batch_of, lj_directory, write_tone):
    corpus = ljspeech(lj_directory)
    takes = [corpus[0], corpus[0].replace(id="clip1_b", path=corpus[3].path)]
    batch = batch_of(corpus=Corpus(takes))
    pitches = [np.median(track[track > 0]) for track in batch["f0_hz"]]
    np.testing.assert_allclose(pitches, [120, 240], rtol=0.01)


def test_a_missing_tracker_says_what_to_install(batch_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyworld", None)
    with pytest.raises(ImportError, match=r'pip install "keras-speech\[pitch\]"'):
        batch_of()


def test_anything_else_is_an_error(batch_of):
    with pytest.raises(ValueError, match="`f0` must be a bool or F0Options. Received: f0='world'"):
        batch_of(f0="world")
