import keras
import numpy as np
import pytest
from keras import ops

from keras_speech.layers import Aligner


def spoken(n_rows=24, n_tokens=9, n_sounds=6, n_mels=12, seed=0):
    """Texts whose symbols each have a spectrum and are held for 3 to 12 frames, with noise."""
    rng = np.random.default_rng(seed)
    sounds = rng.normal(size=(n_sounds + 1, n_mels))
    # No symbol twice in a row: between the two there is no border that could be heard.
    steps = rng.integers(1, n_sounds, (n_rows, n_tokens))
    tokens = (1 + np.cumsum(steps, axis=1) % n_sounds).astype("int32")
    durations = rng.integers(3, 13, (n_rows, n_tokens))
    lengths = durations.sum(axis=1).astype("int32")
    mel = np.zeros((n_rows, lengths.max(), n_mels), "float32")
    for row in range(n_rows):
        mel[row, : lengths[row]] = sounds[np.repeat(tokens[row], durations[row])]
    mel += 0.3 * rng.normal(size=mel.shape)
    return tokens, np.full(n_rows, n_tokens, "int32"), mel, lengths, durations


@pytest.mark.parametrize("n_states", [1, 2])
def test_it_learns_the_borders_of_sounds_from_texts_alone(n_states):
    tokens, token_lengths, mel, mel_lengths, durations = spoken()
    keras.utils.set_random_seed(0)
    inputs = [keras.Input(shape=s, dtype=d) for s, d in (
        ((None,), "int32"), ((None, 12), "float32"), ((), "int32"), ((), "int32")
    )]  # fmt: skip
    layer = Aligner(
        7, n_mels=12, filters=16, states_per_token=n_states, context_warmup=20, sharpness=1.0
    )
    model = keras.Model(inputs, layer(*inputs))

    class Likelihood(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return -layer.log_likelihood(y_pred, token_lengths, mel_lengths) / 100.0

    model.compile(keras.optimizers.Adam(0.03), loss=Likelihood())
    # Else Keras makes the graph of a step twice.
    model.optimizer.build(model.trainable_variables)
    data = [tokens, mel, token_lengths, mel_lengths]
    model.fit(data, np.zeros(len(tokens)), batch_size=len(tokens), epochs=60, verbose=0)
    log_probs = model.predict(data, verbose=0, batch_size=len(tokens))
    found = np.asarray(layer.durations(log_probs, token_lengths, mel_lengths))
    off = np.abs(np.cumsum(found, 1) - np.cumsum(durations, 1))
    assert np.mean(off <= 1) > 0.9, np.bincount(off.ravel())


def test_likelihoods_are_those_of_a_gaussian_about_the_expected_sound():
    layer = Aligner(
        7, n_mels=4, filters=8, context_warmup=0, sharpness=0.5, prior_concentration=0.0,
        states_per_token=2,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    tokens, mel = np.array([[3, 1, 5]]), rng.normal(size=(1, 6, 4)).astype("float32")
    found = np.asarray(layer(tokens, mel, np.array([3]), np.array([6])))[0]
    text = layer.embedding(tokens)
    expected_sound = np.asarray(
        layer.dense(ops.relu(layer.own_dense(text) + layer.context_conv(text)))
    ).reshape(6, 8)  # three tokens' states, mel and slope
    ends = np.concatenate([mel[0, :1], mel[0], mel[0, -1:]])
    heard = np.concatenate([mel[0], ends[2:] - ends[:-2]], axis=1)
    for t in range(6):
        for n in range(6):
            distance = ((heard[t] - expected_sound[n]) ** 2).sum()
            np.testing.assert_allclose(found[t, n], -0.25 * distance, rtol=1e-4)


def test_padding_changes_nothing():
    tokens, token_lengths, mel, mel_lengths, _ = spoken(n_rows=2)
    layer = Aligner(7, n_mels=12, filters=8)
    short = np.asarray(layer(tokens, mel, token_lengths - 2, mel_lengths - [0, 5]))
    longer = np.pad(tokens, [(0, 0), (0, 3)], constant_values=2)
    noise = np.pad(mel, [(0, 0), (0, 4), (0, 0)], constant_values=5.0)
    long = np.asarray(layer(longer, noise, token_lengths - 2, mel_lengths - [0, 5]))
    for row, n in enumerate(mel_lengths - [0, 5]):
        np.testing.assert_allclose(long[row, :n, :14], short[row, :n, :14], rtol=1e-4, atol=1e-4)
    assert (long[:, :, 14:] <= -1e8).all()


@pytest.mark.parametrize(
    "name, value", [("states_per_token", 0), ("sharpness", 0.0), ("prior_concentration", -1.0)]
)
def test_numbers_out_of_range_are_refused(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must .*Received: {name}={value}"):
        Aligner(7, **{name: value})


def test_the_gradient_moves_expected_sounds_only():
    """Nothing of the mel's side is trained: no transform of it could make frames easier."""
    layer = Aligner(7, n_mels=12, filters=8)
    layer.build((None, None))
    assert [tuple(w.shape) for w in layer.trainable_weights] == [
        (7, 8), (8, 8), (8,), (3, 8, 8), (8, 48), (48,),
    ]  # fmt: skip


def test_neighbors_matter_after_the_warmup_only():
    layer = Aligner(7, n_mels=12, filters=8, context_warmup=3)
    tokens, token_lengths, mel, mel_lengths, _ = spoken(n_rows=1)
    other = tokens.copy()
    other[0, 5] = 1 + other[0, 5] % 6
    changes = []
    for _ in range(6):
        first, second = (
            np.asarray(layer(x, mel, token_lengths, mel_lengths)) for x in (tokens, other)
        )
        changes.append(np.abs(first - second)[0].max(axis=0)[8] > 1e-4)
        layer(tokens, mel, token_lengths, mel_lengths, training=True)
    assert changes == [False] * 4 + [True] * 2
