import numpy as np
import pytest

from keras_speech import FastSpeech2
from keras_speech.training import calibrate_durations


def batch(model, n_rows=4, n_tokens=9):
    rng = np.random.default_rng(0)
    durations = rng.integers(2, 20, (n_rows, n_tokens)).astype("int32")
    durations[1, 6:] = 0
    lengths = durations.sum(axis=1).astype("int32")
    return {
        "tokens": rng.integers(1, model.vocabulary_size, durations.shape).astype("int32"),
        "token_lengths": np.array([9, 6, 9, 9], "int32"),
        "mel": rng.normal(size=(n_rows, lengths.max(), 6)).astype("float32"),
        "mel_lengths": lengths,
        "f0_hz": np.full((n_rows, lengths.max()), 100.0, "float32"),
        "durations": durations,
    }


def test_what_is_spoken_lasts_as_long_as_the_recordings():
    model = FastSpeech2(
        9, n_mels=6, channels=8, encoder_layers=1, decoder_layers=1, filters=12,
        predictor_filters=8,
    )  # fmt: skip
    # Lengths that vary a little, far too short.
    dense = model.variance_adaptor.duration_predictor.dense
    dense.set_weights([0.2 * dense.get_weights()[0], np.array([1.5], "float32")])
    x = batch(model)
    before = np.asarray(model.generate(x["tokens"], x["token_lengths"])["lengths"]).sum()
    factor = calibrate_durations(model, [x, x])
    after = np.asarray(model.generate(x["tokens"], x["token_lengths"])["lengths"]).sum()
    assert after == pytest.approx(x["mel_lengths"].sum(), rel=0.03)
    assert factor == pytest.approx(x["mel_lengths"].sum() / before, rel=0.1)


def test_no_batch_is_refused():
    with pytest.raises(ValueError, match="`batches` must hold a batch"):
        calibrate_durations(None, [])
