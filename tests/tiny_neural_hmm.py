"""A neural HMM small enough to train in a test."""

import numpy as np

TINY = dict(
    vocabulary_size=9, n_mels=6, encoder_channels=8, encoder_convolutions=1, encoder_dropout=0.0,
    prenet_units=(8, 8), prenet_dropout=0.0, lstm_units=16, hidden_units=16, std_floor=0.05,
)  # fmt: skip


def batch(n_tokens=5, n_frames=23, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "tokens": rng.integers(1, 9, (2, n_tokens)).astype("int32"),
        "token_lengths": np.array([n_tokens, n_tokens - 2], "int32"),
        "mel": rng.normal(size=(2, n_frames, 6)).astype("float32"),
        "mel_lengths": np.array([n_frames, n_frames - 4], "int32"),
    }


def shuffled(model, seed=0):
    """Random numbers in the last layer, whose zeros make all states equal at first."""
    kernel = model.decoder.output_kernel
    kernel.assign(0.3 * np.random.default_rng(seed).normal(size=kernel.shape))
    return model
