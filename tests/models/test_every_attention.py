"""Both Tacotrons with every attention that has a name."""

import functools

import keras
import numpy as np
import pytest

from keras_speech import Tacotron, Tacotron2
from keras_speech.layers import attention

SHARED = dict(
    vocabulary_size=9, n_mels=6, reduction=2, prenet_units=(8, 6), prenet_dropout=0.0,
    attention_units=6, encoder_dropout=0.0,
)  # fmt: skip
MODELS = {
    "Tacotron": (
        Tacotron,
        dict(
            SHARED, n_freqs=0, embedding_channels=6, encoder_units=4, encoder_prenet_units=(6,),
            encoder_bank_size=2, highway_layers=1, attention_rnn_units=10, decoder_units=8,
            decoder_layers=1,
        ),
    ),
    "Tacotron2": (
        Tacotron2,
        dict(
            SHARED, encoder_channels=8, encoder_convolutions=1, attention_lstm_units=10,
            decoder_lstm_units=8, attention_filters=4, attention_kernel_size=5, postnet_filters=8,
            postnet_layers=2, postnet_dropout=0.0, zoneout=0.0,
        ),
    ),
}  # fmt: skip
BATCH = {
    "tokens": np.array([[1, 5, 2, 8, 3], [4, 4, 7, 0, 0]], "int32"),
    "token_lengths": np.array([5, 3], "int32"),
    "mel": np.random.default_rng(0).normal(size=(2, 7, 6)).astype("float32"),
    "mel_lengths": np.array([7, 5], "int32"),
}
# "monotonic" is a second name of one of them.
NAMES = sorted(set(attention.registry.NAMES) - {"monotonic"})
every_model = pytest.mark.parametrize("kind", MODELS)
every_attention = pytest.mark.parametrize("name", NAMES)


@functools.cache
def made(kind, name):
    model, sizes = MODELS[kind]
    return model(**sizes, attention=name)


def heads(outputs):
    return [np.asarray(outputs[key]) for key in ("mel", "alignment", "stop_logits")]


@every_model
@every_attention
def test_step_equals_call(kind, name):
    """What is learned in parallel is what is spoken step by step."""
    decoder = made(kind, name).decoder
    rng = np.random.default_rng(1)
    frames = rng.normal(size=(2, 4, 6)).astype("float32")
    values = rng.normal(size=(2, 5, made(kind, name).encoder.channels)).astype("float32")
    mask = np.arange(5) < np.array([[5], [3]])
    # Not in training: a window acts in inference only.
    mel, stop_logits, alignment = decoder(frames, values, values_mask=mask, training=False)
    memory = decoder.prepare(keras.ops.convert_to_tensor(values), keras.ops.convert_to_tensor(mask))
    state = decoder.initial_state(memory)
    for t in range(4):
        (said, stop, weights), state = decoder.step(frames[:, t], memory, state)
        np.testing.assert_allclose(said, mel[:, 2 * t : 2 * t + 2], atol=1e-5)
        np.testing.assert_allclose(stop, stop_logits[:, t], atol=1e-5)
        np.testing.assert_allclose(weights, alignment[:, t], atol=1e-5)


@every_model
@every_attention
def test_its_config_makes_the_same_model_again(kind, name):
    model = made(kind, name)
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    for a, b in zip(heads(copy(BATCH)), heads(model(BATCH)), strict=True):
        np.testing.assert_array_equal(a, b)


@every_model
@every_attention
def test_a_step_of_training_reaches_the_attention_and_leaves_numbers(kind, name):
    model, sizes = MODELS[kind]
    model = model(**sizes, attention=name)
    loops = getattr(model.decoder, "attention_rnn", None) or model.decoder.attention_lstm
    before = [np.array(w) for w in loops.attention.trainable_weights]
    model.compile(keras.optimizers.SGD(0.1), run_eagerly=True)
    assert np.isfinite(model.train_on_batch(BATCH)).all()
    assert all(np.isfinite(w).all() for w in model.get_weights())
    after = loops.attention.trainable_weights
    assert any(np.abs(a - b).max() > 1e-6 for a, b in zip(after, before, strict=True))


# Tacotron's loop with its own attention, `gmm` and `forward` is held by `tacotron/test_tacotron`.
@pytest.mark.parametrize("kind", [pytest.param("Tacotron", marks=pytest.mark.slow), "Tacotron2"])
@every_attention
def test_a_row_is_spoken_alike_beside_any_other(kind, name):
    """The loop that speaks can carry the attention's state, a row of it for each row."""
    model, options = made(kind, name), dict(max_frames=12, stop_threshold=1.0, seed=2)
    tokens = BATCH["tokens"].copy()
    said = model.generate(tokens, **options)
    assert np.isfinite(said["mel"]).all() and said["mel"].shape == (2, 12, 6)
    tokens[0] = [8, 6, 6, 1, 0]
    beside = model.generate(tokens, **options)
    assert np.abs(np.asarray(beside["mel"][0]) - np.asarray(said["mel"][0])).max() > 1e-3
    for key in ("mel", "alignment"):
        np.testing.assert_allclose(beside[key][1], said[key][1], atol=1e-5)
