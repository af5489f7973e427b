"""What every neural vocoder shares: checks, rows, windows and streams."""

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech.models import mel_windows, vocoder
from tests.conformance import TINY_SPEC, normal

HOP = TINY_SPEC.hop_length


def vocos():
    keras.utils.set_random_seed(3)
    return ks.Vocos(
        spec=TINY_SPEC, channels=12, hidden_channels=16, n_blocks=2, kernel_size=3,
        phase_rounds=2, mel_mean=-4.0, mel_scale=2.0,
    )  # fmt: skip


MODELS = {"Vocos": vocos}


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    return MODELS[request.param]()


def mels(*shape):
    return normal(*shape, TINY_SPEC.n_mels) - 4


def test_a_row_sounds_the_same_alone_and_padded(model):
    mel = mels(3, 40)
    lengths = np.array([40, 17, 1])
    together = model.generate(mel, lengths)
    for row, n in enumerate(lengths):
        alone = model.generate(mel[row : row + 1, :n])
        np.testing.assert_allclose(together[row, : n * HOP], alone[0], atol=1e-5)
        assert not together[row, n * HOP :].any()


@pytest.mark.parametrize("sizes", [[1] * 90, [90], [7, 40, 0, 43], [3, 87]])
def test_a_stream_equals_the_whole_however_mels_arrive(model, sizes):
    mel = mels(2, sum(sizes))
    whole = model.generate(mel, seed=5)
    ends = np.cumsum(sizes)
    chunks = (mel[:, end - size : end] for size, end in zip(sizes, ends, strict=True))
    pieces = list(model.stream(chunks, seed=5, chunk_frames=8))
    assert all(piece.shape == (2, 8 * HOP) for piece in pieces[:-1])
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


def test_the_first_chunk_asks_for_no_more_than_its_context(model):
    asked = []

    def frame_by_frame():
        for i in range(200):
            asked.append(i)
            yield mels(1)

    first = next(iter(model.stream(frame_by_frame(), chunk_frames=4)))
    assert first.shape == (1, 4 * HOP)
    assert len(asked) == min(200, 4 + model.context_frames)


def test_a_mel_longer_than_the_windows_equals_one_window(model, monkeypatch):
    mel = mels(2, 150)
    lengths = np.array([150, 71])
    whole = model.generate(mel, lengths)
    monkeypatch.setattr(vocoder, "MAX_FRAMES", 3 * model.context_frames)
    np.testing.assert_allclose(model.generate(mel, lengths), whole, atol=1e-5)


def test_xla_gives_the_same_samples(model):
    mel = mels(2, 30)
    lengths = np.array([30, 12])
    np.testing.assert_allclose(
        model.generate(mel, lengths, jit=True), model.generate(mel, lengths), atol=1e-4
    )


def test_one_frame_is_enough(model):
    samples = model.generate(mels(1, 1))
    assert samples.shape == (1, HOP) and np.isfinite(samples).all()


@pytest.mark.parametrize(
    "mel, message",
    [
        (np.zeros((1, 0, 8), "float32"), r"`mel` must have .*\(1, 0, 8\)"),
        (np.zeros((1, 5, 9), "float32"), r"`mel` must have .*\(1, 5, 9\)"),
        (np.zeros((5, 8), "float32"), r"`mel` must have .*\(5, 8\)"),
        (np.full((1, 5, 8), np.nan, "float32"), "finite.* 40 of 40"),
    ],
)
def test_a_mel_that_does_not_fit_is_refused(model, mel, message):
    with pytest.raises(ValueError, match=message):
        model.generate(mel)


@pytest.mark.parametrize("lengths", [[6], [-1], [2, 2], [2.5]])
def test_lengths_that_do_not_fit_are_refused(model, lengths):
    with pytest.raises(ValueError, match="`lengths` must hold 1 integers between 0 and 5"):
        model.generate(mels(1, 5), lengths)


@pytest.mark.parametrize(
    "chunks, message",
    [
        ([], "at least one frame"),
        ([np.zeros((0, 8), "float32")], "at least one frame"),
        ([mels(4), mels(2, 4)], r"\(1, frames, 8\).*chunk 1"),
        ([np.zeros((4, 7), "float32")], r"shape=\(1, 4, 7\) as chunk 0"),
        ([mels(4), np.full((4, 8), np.inf, "float32")], "chunk 1 of `mel_chunks`"),
    ],
)
def test_chunks_that_do_not_fit_are_refused(model, chunks, message):
    with pytest.raises(ValueError, match=message):
        list(model.stream(chunks))


def test_a_stream_says_at_once_what_is_wrong_with_its_numbers(model):
    with pytest.raises(ValueError, match="`chunk_frames` must be a whole number from 1"):
        model.stream([mels(4)], chunk_frames=0)
    with pytest.raises(ValueError, match="`seed` must be a whole number. Received: seed=1.5"):
        model.stream([mels(4)], seed=1.5)


@pytest.mark.parametrize("seed", [None, 1.5, "1"])
def test_a_seed_is_a_whole_number(model, seed):
    with pytest.raises(ValueError, match=f"`seed` must be a whole number. Received: seed={seed!r}"):
        model.generate(mels(1, 4), seed=seed)


def test_windows_cover_every_frame_once_with_context():
    for frames, size, context in [(10, 3, 2), (9, 3, 0), (1, 5, 4), (64, 16, 40)]:
        windows = list(mel_windows.windows_of(frames, size, context))
        covered = [i for w in windows for i in range(w.begin, w.end)]
        assert covered == list(range(frames))
        for w in windows:
            assert w.first == max(0, w.begin - context) and w.last == min(frames, w.end + context)
