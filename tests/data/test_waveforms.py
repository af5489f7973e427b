"""Batches of raw audio, from files to arrays."""

import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    Corpus,
    Recording,
    waveform_batches,
    waveform_epochs,
)

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=50, win_length=200, n_mels=20, fmax=4000.0)
# Samples of the files that count: each sample's 16-bit level tells its file and place.
COUNTED = {"long": (0, 9000), "middle": (-20000, 1000), "short": (20000, 300)}
SEGMENT = 200


def write(path, samples, sample_rate=8000, subtype="PCM_16"):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, sample_rate, subtype=subtype)
    return path


def noise(n_samples, seed=0, scale=0.1):
    return np.random.default_rng(seed).normal(scale=scale, size=n_samples).astype("float32")


@pytest.fixture
def counted(tmp_path):
    for name, (first, length) in COUNTED.items():
        levels = np.arange(first, first + length, dtype="int16")
        write(tmp_path / "counted" / f"{name}.wav", levels)
    return tmp_path / "counted"


@pytest.fixture
def noises(tmp_path):
    """Files of different lengths, none a whole number of hops."""
    for number, length in enumerate((813, 4001, 12345)):
        write(tmp_path / "noises" / f"{number}.wav", noise(length, number))
    return tmp_path / "noises"


def levels_of(batches):
    """int `(crops, segment_length)`: the 16-bit levels of all crops."""
    return np.concatenate(
        [np.rint(batch["samples"].numpy() * 32768).astype(int) for batch in batches]
    )


def test_a_crop_is_a_stretch_of_its_file(counted):
    levels = levels_of(waveform_batches(counted, SEGMENT, 4, seed=0))
    assert levels.shape == (13 * 4, SEGMENT)  # ceil((9000 + 1000 + 300) / (200 * 4)) batches
    assert (np.diff(levels, axis=1) == 1).all()


@pytest.mark.parametrize("balance", ["files", "seconds"])
def test_long_files_get_their_share_and_no_more(counted, balance):
    """Visits of each sample over 20 epochs, against their expectation."""
    epochs = waveform_epochs(counted, SEGMENT, 8, seed=0, balance=balance, steps_per_epoch=60)
    levels = np.concatenate([levels_of(epochs(epoch)) for epoch in range(20)])
    seen = np.bincount(levels.ravel() + 32768, minlength=65536)
    total = sum(length for _, length in COUNTED.values())
    for first, length in COUNTED.values():
        visits = seen[first + 32768 :][:length]
        share = 1 / 3 if balance == "files" else length / total
        n_crops = share * len(levels)
        n_starts = length - SEGMENT + 1
        chance = np.convolve(np.ones(n_starts), np.ones(SEGMENT)) / n_starts
        # Five standard deviations of independent places, and of what chance decides of the number
        # of crops: in an epoch, one at each end of the file, with a variance of at most 1 / 4.
        variance = n_crops * chance * (1 - chance) + 20 * 2 / 4
        assert np.all(np.abs(visits - n_crops * chance) <= 5 * np.sqrt(variance))
        assert abs(visits.sum() / SEGMENT - n_crops) <= 5 * np.sqrt(20 * 2 / 4)


def test_shapes_and_cardinality_are_known(noises):
    batches = waveform_batches(noises, SEGMENT, 3, spec=SPEC, steps_per_epoch=5)
    assert int(batches.cardinality()) == len(list(batches)) == 5
    spec = batches.element_spec
    assert {key: (tuple(s.shape), s.dtype.name) for key, s in spec.items()} == {
        "samples": ((3, SEGMENT), "float32"),
        "mel": ((3, SEGMENT // 50, 20), "float32"),
    }
    assert len(list(batches.repeat().take(12))) == 12


def test_an_epoch_is_as_long_as_all_recordings(noises):
    epochs = waveform_epochs(noises, SEGMENT, 3)
    total = 813 + 4001 + 12345
    assert len(epochs) == -(-total // (SEGMENT * 3))
    assert epochs.seconds == total / 8000 and epochs.sample_rate == 8000


def test_the_seed_decides_every_pass(noises):
    def passes(seed):
        batches = waveform_batches(noises, SEGMENT, 3, seed=seed)
        return [levels_of(batches).tolist() for _ in range(2)]

    first = passes(1)
    assert passes(1) == first and passes(2) != first
    assert first[0] != first[1]


def test_epochs_are_the_passes_over_the_batches(noises):
    epochs = waveform_epochs(noises, SEGMENT, 3, seed=0)
    batches = waveform_batches(noises, SEGMENT, 3, seed=0)
    for epoch in range(3):
        np.testing.assert_array_equal(levels_of(epochs(epoch)), levels_of(batches))
    third = epochs(2)
    np.testing.assert_array_equal(levels_of(third), levels_of(third))


def test_unshuffled_epochs_are_all_the_same_and_begin_at_the_start(counted):
    batches = waveform_batches(counted, SEGMENT, 4, shuffle=False)
    first = levels_of(batches)
    np.testing.assert_array_equal(levels_of(batches), first)
    starts = set(first[:, 0])
    for begin, length in COUNTED.values():
        assert {begin, begin + length - SEGMENT} <= starts


def test_files_shorter_than_a_segment_are_named_with_both_lengths(noises):
    with pytest.raises(ValueError, match=r"than a segment of 4001 .*'0': 813 samples \(0.102 s\)"):
        waveform_batches(noises, 4001)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of noises were skipped"):
        waveform_batches(noises, 4001, on_error="skip", skipped=skipped)
    assert [entry.recording.id for entry in skipped] == ["0"]
    assert "4001 samples (0.5 s). Received: 813 samples" in skipped[0].reason


def test_nothing_left_is_an_error(noises):
    with (
        pytest.raises(ValueError, match="All 3 were skipped"),
        pytest.warns(UserWarning, match="3 recordings"),
    ):
        waveform_batches(noises, 20000, on_error="skip")


def test_a_folder_without_audio_is_an_error(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing to hear")
    with pytest.raises(ValueError, match="No recordings in .* Looked for: files that end in .wav"):
        waveform_batches(tmp_path, SEGMENT)
    with pytest.raises(ValueError, match="`corpus` must hold recordings"):
        waveform_batches([], SEGMENT)


def test_speakers_are_those_of_the_corpus(counted):
    names = {"long": "ann", "middle": "cem", "short": "ann"}
    recordings = [Recording(n, str(counted / f"{n}.wav"), speaker=s) for n, s in names.items()]
    corpus = Corpus(recordings, speakers=["ann", "bob", "cem"])
    for batch in waveform_batches(corpus, SEGMENT, 4):
        is_cem = batch["samples"].numpy()[:, 0] < 0
        np.testing.assert_array_equal(batch["speaker"], np.where(is_cem, 2, 0))
        assert batch["speaker"].dtype.name == "int32"
    # A plain list numbers the names it has.
    batch = next(iter(waveform_batches(recordings[1:2], SEGMENT, 4)))
    np.testing.assert_array_equal(batch["speaker"], [0] * 4)
    with pytest.raises(ValueError, match="must have a speaker, or none.*2 of 3.*'short' has none"):
        waveform_batches([*recordings[:2], recordings[2].replace(speaker=None)], SEGMENT)


def test_a_segment_is_a_multiple_of_the_hop(noises):
    with pytest.raises(ValueError, match="such as 200 or 250. Received: segment_length=210"):
        waveform_batches(noises, 210, spec=SPEC)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"segment_length": 0}, "`segment_length` must be a positive integer"),
        ({"segment_length": 0.5}, "`segment_length` must be a positive integer"),
        ({"batch_size": 0}, "`batch_size` must be a positive integer. Received: batch_size=0"),
        ({"steps_per_epoch": 0}, "`steps_per_epoch` must be a positive integer"),
        ({"sample_rate": -1}, "`sample_rate` must be a positive integer"),
        ({"seed": -1}, "`seed` must be a non-negative integer or None"),
        ({"balance": "speakers"}, "`balance` must be one of"),
        ({"silence_db": 10.0}, "`silence_db` must be negative. Received: silence_db=10.0"),
        ({"on_error": "ignore"}, "`on_error` must be 'raise' or 'skip'"),
    ],
)
def test_arguments_out_of_range_are_errors(noises, options, message):
    with pytest.raises(ValueError, match=message):
        waveform_batches(noises, **{"segment_length": SEGMENT, **options})


def test_a_negative_epoch_is_an_error(noises):
    with pytest.raises(ValueError, match="`epoch` must not be negative. Received: epoch=-1"):
        waveform_epochs(noises, SEGMENT)(-1)
