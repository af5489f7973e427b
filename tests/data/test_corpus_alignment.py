"""Alignments of a corpus, with a model whose answers are known."""

import json

import numpy as np
import pytest

from keras_speech import AudioSpec, data
from keras_speech.data import Recording, align_corpus, write_alignments

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=80, win_length=200, n_mels=8, fmax=4000)


class Letters:
    """A tokenizer of single letters."""

    symbols = ["", "a", "b", "c"]

    def __call__(self, texts):
        rows = [[self.symbols.index(letter) for letter in text] for text in texts]
        tokens = np.zeros((len(rows), max(map(len, rows), default=0)), "int32")
        for target, row in zip(tokens, rows, strict=True):
            target[: len(row)] = row
        return tokens, np.array([len(row) for row in rows])


class FirstTakesAll:
    """Gives each token one frame, and the first what is left."""

    def __init__(self):
        self.speakers, self.sizes = [], []

    def align(self, tokens, token_lengths, mel, mel_lengths, speaker=None):
        if (token_lengths > mel_lengths).any():
            raise ValueError("too short")
        durations = (np.arange(tokens.shape[1]) < token_lengths[:, None]).astype("int32")
        durations[:, 0] += mel_lengths - token_lengths
        self.sizes.append(len(tokens))
        self.speakers.append(speaker)
        return durations


@pytest.fixture
def corpus(tmp_path):
    """Three recordings of 31, 11 and 21 frames."""
    recordings = []
    for name, text, n_samples in (("x", "abc", 2400), ("y", "ab", 800), ("z", "c", 1600)):
        path = tmp_path / f"{name}.wav"
        data.write_wav(path, 0.1 * np.ones(n_samples), 8000)
        recordings.append(Recording(id=name, path=str(path), text=text, speaker="ann"))
    return data.Corpus(recordings)


def test_rows_come_in_the_order_of_the_corpus_whatever_the_batches(corpus):
    for batch_size in (1, 2, 3):
        model = FirstTakesAll()
        rows = align_corpus(corpus, SPEC, Letters(), model, batch_size=batch_size, progress=False)
        assert [row["id"] for row in rows] == ["x", "y", "z"]
        assert [row["symbols"] for row in rows] == [["a", "b", "c"], ["a", "b"], ["c"]]
        assert [row["durations"] for row in rows] == [[29, 1, 1], [10, 1], [21]]
        assert max(model.sizes) <= batch_size


def test_seconds_lie_between_the_centers_of_frames(corpus):
    """Frame i is centered at 0.01 i seconds: 29 frames end halfway between frames 28 and 29."""
    row = align_corpus(corpus, SPEC, Letters(), FirstTakesAll(), progress=False)[0]
    np.testing.assert_allclose(row["starts"], [0.0, 0.285, 0.295])
    np.testing.assert_allclose(row["lengths"], [0.285, 0.01, 0.005], atol=1e-9)
    assert row["hop_seconds"] == 0.01
    hop = align_corpus(
        corpus, SPEC.replace(padding="hop"), Letters(), FirstTakesAll(), progress=False
    )[0]
    # 30 frames, each of its own 0.01 seconds
    np.testing.assert_allclose(hop["starts"], [0.0, 0.28, 0.29])


def test_speakers_are_numbered_as_the_model_s(corpus):
    model = FirstTakesAll()
    align_corpus(corpus, SPEC, Letters(), model, speakers=["bob", "ann"], progress=False)
    assert model.speakers[0].tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="'x' must be of one of the model's speakers"):
        align_corpus(corpus, SPEC, Letters(), model, speakers=["bob"], progress=False)


def test_one_bad_recording_does_not_take_its_batch_along(corpus):
    long = [r.replace(text="abc" * 9) if r.id == "y" else r for r in corpus]
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of the corpus were skipped"):
        rows = align_corpus(
            long, SPEC, Letters(), FirstTakesAll(), on_error="skip", skipped=skipped, progress=False
        )
    assert [row["id"] for row in rows] == ["x", "z"]
    assert [entry.recording.id for entry in skipped] == ["y"]
    with pytest.raises(ValueError, match="'y' cannot be aligned with its text: too short"):
        align_corpus(long, SPEC, Letters(), FirstTakesAll(), progress=False)


def test_a_model_without_align_is_named(corpus):
    with pytest.raises(ValueError, match="`model` must be one that aligns.*Received: object"):
        align_corpus(corpus, SPEC, Letters(), object())


def test_what_is_written_is_read_back_as_durations(corpus, tmp_path):
    rows = align_corpus(corpus, SPEC, Letters(), FirstTakesAll(), progress=False)
    path = tmp_path / "phones.jsonl"
    write_alignments(path, rows)
    assert [json.loads(line) for line in path.read_text().splitlines()] == rows
    timed = data.with_phone_times(corpus, Letters(), SPEC, path)
    assert [r.durations.tolist() for r in timed] == [[29, 1, 1], [10, 1], [21]]
