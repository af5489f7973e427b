"""Batches of tokens and log-mels: what is in them, in which order, and that models take them."""

import math

import keras
import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    Corpus,
    Level,
    Trim,
    acoustic_batches,
    ljspeech,
    read_audio,
)
from keras_speech.ops import mel
from keras_speech.text import CharacterTokenizer

SPEC = AudioSpec(n_mels=20)
KEYS = ["tokens", "token_lengths", "mel", "mel_lengths", "stop"]


@pytest.fixture
def corpus(lj_directory):
    return ljspeech(lj_directory)


def arrays(dataset):
    return [{key: value.numpy() for key, value in batch.items()} for batch in dataset]


def test_a_batch_holds_the_features_of_its_files(corpus, letters):
    (batch,) = arrays(acoustic_batches(corpus, SPEC, letters, 5, shuffle=False))
    assert list(batch) == KEYS
    tokens, token_lengths = letters([r.text for r in corpus])
    np.testing.assert_array_equal(batch["tokens"], tokens)
    np.testing.assert_array_equal(batch["token_lengths"], token_lengths)
    assert len(set(batch["mel_lengths"])) == 5
    for row, recording in enumerate(corpus):
        samples = read_audio(recording.path)
        expected = np.asarray(mel.log_mel_spectrogram(samples, SPEC))
        n_frames = SPEC.n_frames(len(samples))
        assert batch["mel_lengths"][row] == n_frames == len(expected)
        np.testing.assert_allclose(batch["mel"][row, :n_frames], expected, atol=1e-5)
        np.testing.assert_allclose(batch["mel"][row, n_frames:], math.log(SPEC.log_floor))


def test_stop_is_1_from_the_last_real_frame_on(corpus, letters):
    for batch in acoustic_batches(corpus, SPEC, letters, 3, reduction=4):
        for stop, n_frames in zip(batch["stop"].numpy(), batch["mel_lengths"], strict=True):
            assert np.flatnonzero(stop)[0] == n_frames - 1
            assert stop[n_frames - 1 :].all() and set(stop) <= {0.0, 1.0}


@pytest.mark.parametrize("reduction, frame_multiple, multiple", [(5, 1, 5), (2, 3, 6), (1, 32, 32)])
def test_padded_lengths_are_multiples(corpus, letters, reduction, frame_multiple, multiple):
    options = {"reduction": reduction, "frame_multiple": frame_multiple, "token_multiple": 7}
    for batch in arrays(acoustic_batches(corpus, SPEC, letters, 2, **options)):
        longest = batch["mel_lengths"].max()
        assert batch["mel"].shape[1] == batch["stop"].shape[1] == -(-longest // multiple) * multiple
        assert batch["tokens"].shape[1] == -(-batch["token_lengths"].max() // 7) * 7


def test_dtypes_are_those_of_the_contract(corpus, letters):
    corpus = Corpus(r.replace(speaker="a") for r in corpus)
    (batch,) = arrays(acoustic_batches(corpus, SPEC, letters))
    dtypes = {key: value.dtype.name for key, value in batch.items()}
    assert dtypes == {
        **dict.fromkeys(["tokens", "token_lengths", "mel_lengths", "speaker"], "int32"),
        **dict.fromkeys(["mel", "stop"], "float32"),
    }


def test_rows_belong_together(corpus, letters):
    """Shuffled, each text still comes with its own recording."""
    (whole,) = arrays(acoustic_batches(corpus, SPEC, letters, 5, shuffle=False))
    expected = {
        tuple(tokens[tokens > 0]): mels[:n].sum()
        for tokens, mels, n in zip(whole["tokens"], whole["mel"], whole["mel_lengths"], strict=True)
    }
    found = {}
    for batch in arrays(acoustic_batches(corpus, SPEC, letters, 2, seed=3)):
        for tokens, mels, n in zip(
            batch["tokens"], batch["mel"], batch["mel_lengths"], strict=True
        ):
            found[tuple(tokens[tokens > 0])] = mels[:n].sum()
    assert found == pytest.approx(expected)


def test_cardinality_is_known(corpus, letters):
    assert int(acoustic_batches(corpus, SPEC, letters, 2).cardinality()) == 3
    dropped = acoustic_batches(corpus, SPEC, letters, 2, drop_remainder=True)
    assert int(dropped.cardinality()) == 2
    assert [batch["mel"].shape[0] for batch in dropped] == [2, 2]
    assert dropped.element_spec["mel"].shape.as_list() == [2, None, 20]


def order(dataset, epochs=3):
    return [[tuple(b["token_lengths"].numpy()) for b in dataset] for _ in range(epochs)]


def test_a_seed_fixes_the_order_of_every_epoch(corpus, letters):
    first, second, other = (
        order(acoustic_batches(corpus, SPEC, letters, 2, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == second != other
    assert first[0] != first[1] or first[1] != first[2]


def test_without_a_seed_numpys_generator_decides(corpus, letters):
    orders = []
    for seed in (5, 5, 6):
        keras.utils.set_random_seed(seed)
        orders.append(order(acoustic_batches(corpus, SPEC, letters, 1)))
    assert orders[0] == orders[1] != orders[2]


def test_unshuffled_batches_keep_the_order_in_every_epoch(corpus, letters):
    lengths = letters([r.text for r in corpus])[1]
    epochs = order(acoustic_batches(corpus, SPEC, letters, 2, shuffle=False), epochs=2)
    assert epochs[0] == epochs[1] == [tuple(lengths[:2]), tuple(lengths[2:4]), (lengths[4],)]


def test_speakers_are_numbered_as_in_the_whole_corpus(corpus, letters):
    names = ["zoe", "adam", "mia", "zoe", "adam"]
    corpus = Corpus(r.replace(speaker=n) for r, n in zip(corpus, names, strict=True))
    part = corpus.filter(lambda r: r.speaker != "adam")
    (batch,) = arrays(acoustic_batches(part, SPEC, letters, shuffle=False))
    assert batch["speaker"].tolist() == [2, 1, 2]  # adam 0, mia 1, zoe 2


def durations_of(corpus, letters):
    """All frames on the first token, but for one on the last."""
    lengths = letters([r.text for r in corpus])[1]
    durations = {}
    for recording, n_tokens in zip(corpus, lengths, strict=True):
        n_frames = SPEC.n_frames(len(read_audio(recording.path)))
        durations[recording.id] = [n_frames - 1, *[0] * (n_tokens - 2), 1]
    return durations


def test_durations_sum_to_the_frames(corpus, letters):
    corpus = corpus.with_durations(durations_of(corpus, letters))
    for batch in arrays(acoustic_batches(corpus, SPEC, letters, 2)):
        assert batch["durations"].dtype == np.int32
        assert batch["durations"].shape == batch["tokens"].shape
        np.testing.assert_array_equal(batch["durations"].sum(1), batch["mel_lengths"])
        assert not batch["durations"][batch["tokens"] == 0].any()


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda d: d[:-1], "one for each token. Received: 36 for 37 tokens"),
        (lambda d: [d[0] + 1, *d[1:]], "must sum to its mel frames. Received: 30 in all for 29"),
        (lambda d: [d[0] + 1, -1, *d[2:]], "must not be negative. Received: -1 at 1"),
        (lambda d: [float(x) for x in d], "must be integers of shape"),
    ],
)
def test_durations_that_do_not_fit_are_named(corpus, letters, change, message):
    durations = durations_of(corpus, letters)
    durations["clip2"] = change(durations["clip2"])
    corpus = corpus.with_durations(durations)
    with pytest.raises(ValueError, match=r"'clip2' \(line 2 of metadata.csv\)") as error:
        acoustic_batches(corpus, SPEC, letters)
    assert message in str(error.value)


def test_durations_and_speakers_are_for_all_or_none(corpus, letters):
    for field, value in (("durations", np.array([1])), ("speaker", "a")):
        part = Corpus([corpus[0].replace(**{field: value}), *corpus[1:]])
        with pytest.raises(ValueError, match=f"{field}, or none.*1 of 5.*'clip2'"):
            acoustic_batches(part, SPEC, letters, on_error="skip")


def test_level_and_trim_are_applied_before_the_features(corpus, letters):
    samples = read_audio(corpus[0].path)
    silence = np.zeros(8000, "float32")
    soundfile.write(corpus[0].path, np.concatenate([silence, samples, silence]), 22050)
    options = {"level": Level(-1.0), "trim": Trim(-30.0, margin_s=0.01)}
    (batch,) = arrays(acoustic_batches(corpus[:1], SPEC, letters, **options))
    edited = Level(-1.0)(Trim(-30.0, margin_s=0.01)(read_audio(corpus[0].path), 22050))
    assert len(edited) < len(samples) + 600
    expected = np.asarray(mel.log_mel_spectrogram(edited, SPEC))
    np.testing.assert_allclose(batch["mel"][0], expected, atol=1e-5)
    numbers = {"level": -1.0, "trim": -30.0}
    (batch,) = arrays(acoustic_batches(corpus[:1], SPEC, letters, **numbers))
    assert batch["mel"].shape[1] == SPEC.n_frames(
        len(Trim(-30.0)(read_audio(corpus[0].path), 22050))
    )


class TokenCounter(keras.Model):
    """The smallest model that learns from the dicts: one number for each mel band."""

    def __init__(self):
        super().__init__()
        self.bands = self.add_weight(shape=(SPEC.n_mels,), initializer="zeros")

    def call(self, inputs):
        return inputs["mel"] - self.bands

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(y_pred))


def test_fit_and_evaluate_take_the_batches(corpus):
    tokenizer = CharacterTokenizer()
    batches = acoustic_batches(corpus, SPEC, tokenizer, 2, seed=0)
    model = TokenCounter()
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    history = model.fit(batches, validation_data=batches, epochs=3, shuffle=False, verbose=0)
    assert history.history["loss"][2] < history.history["loss"][0]
