"""Tacotron 2 with every attention."""

import keras
import numpy as np
import pytest

from keras_speech import Tacotron2
from keras_speech.layers import AttentionLSTM, attention

TINY = dict(
    vocabulary_size=9, n_mels=6, reduction=2, encoder_channels=8, encoder_convolutions=1,
    prenet_units=(8, 8), prenet_dropout=0.0, attention_lstm_units=12, decoder_lstm_units=12,
    attention_units=6, attention_filters=4, attention_kernel_size=5, postnet_filters=8,
    postnet_layers=2,
)  # fmt: skip
BATCH = {
    "tokens": np.array([[1, 5, 2, 8, 3], [4, 4, 7, 0, 0]], "int32"),
    "token_lengths": np.array([5, 3], "int32"),
    "mel": np.random.default_rng(0).normal(size=(2, 8, 6)).astype("float32"),
    "mel_lengths": np.array([8, 5], "int32"),
}


# One with a layer inside, one with numbers that say how its weights begin.
@pytest.mark.parametrize("name", ["windowed", "gmm"])
def test_the_file_keeps_any_attention(name, tmp_path):
    model = Tacotron2(**TINY, attention=name)
    said = model(BATCH)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    again = loaded(BATCH)
    for key in ("mel", "alignment", "stop_logits"):
        np.testing.assert_array_equal(again[key], said[key])
    assert type(loaded.decoder.attention_lstm.attention) is type(attention.get(name))


def test_a_layer_is_kept_with_its_settings():
    layer = attention.WindowedAttention(
        attention.GMMAttention(7, n_components=2, version="v1"), back=2, ahead=4
    )
    model = Tacotron2(**TINY, attention=layer)
    copy = Tacotron2.from_config(model.get_config())
    kept = copy.decoder.attention_lstm.attention
    assert (kept.back, kept.ahead) == (2, 4)
    assert (kept.attention.units, kept.attention.version) == (7, "v1")
    assert copy.get_config()["attention"] == model.get_config()["attention"]


def test_a_name_takes_the_width_along():
    model = Tacotron2(**TINY, attention="bahdanau")
    assert model.decoder.attention_lstm.attention.units == 6


def test_location_sensitive_attention_keeps_its_fast_loop_however_it_is_named():
    layer = attention.LocationSensitiveAttention(6, filters=4, kernel_size=5)
    models = [
        Tacotron2(**TINY, attention=identifier)
        for identifier in ("location_sensitive", layer, attention.serialize(layer))
    ]
    shapes = [[tuple(w.shape) for w in model.weights] for model in models]
    assert shapes[0] == shapes[1] == shapes[2]
    assert all(type(model.decoder.attention_lstm) is AttentionLSTM for model in models)


def test_a_config_from_before_there_was_a_choice_is_location_sensitive():
    config = Tacotron2(**TINY).get_config()
    config.pop("attention")
    assert Tacotron2.from_config(config).get_config()["attention"] == "location_sensitive"


def test_the_weights_of_speakers_come_last():
    """Optimizers keep what they know of the weights in this order."""
    model = Tacotron2(**TINY, n_speakers=2, speaker_channels=3)
    assert tuple(model.trainable_weights[-1].shape) == (2, 3)


def test_patience_ends_a_row_that_has_left_the_text():
    """A monotonic attention that never stops has no weight anywhere from the first step on."""
    layer = attention.BahdanauMonotonicAttention(6, mode="hard", score_bias_init=-100.0)
    model = Tacotron2(**TINY, attention=layer, end_patience=6)
    result = model.generate(BATCH["tokens"], max_frames=40, stop_threshold=1.0)
    assert not np.any(result["alignment"])
    assert np.asarray(result["lengths"]).tolist() == [6, 6]


def test_an_unknown_attention_is_named():
    with pytest.raises(ValueError, match="`attention` must be one of bahdanau, "):
        Tacotron2(**TINY, attention="sensitive")
