"""Pitch and energy: of frames, and averaged over tokens."""

from keras import ops

from keras_speech.ops import alignment

# How far, in tokens, a token without a value looks for its neighbors' ones.
_REACH = 2.0


def frame_energy(mel):
    """Level of each frame in nats: half the logarithm of the summed squared magnitudes.

    Args:
        mel: `(batch, frames, n_mels)`, log-mels in nats.

    Returns: float32 `(batch, frames)`.

    Example:
    >>> import numpy as np
    >>> magnitudes = np.array([[[3.0, 4.0]]])  # a frame of two bands
    >>> round(float(np.exp(frame_energy(np.log(magnitudes)))[0, 0]), 4)
    5.0
    """
    return 0.5 * ops.logsumexp(2.0 * ops.cast(mel, "float32"), axis=-1)


def token_log_f0(f0_hz, durations, default):
    """Mean logarithm of the pitch over each token's voiced frames.

    Tokens without a voiced frame take a mean of the voiced ones about them, the nearer the more:
    pitch goes on behind a voiceless sound.

    Args:
        f0_hz: `(batch, frames)`, 0 where unvoiced.
        durations: int `(batch, tokens)`, frames of each token.
        default: what a row without a voiced frame gets, in log-hertz.

    Returns: float32 `(batch, tokens)`, natural logarithm of hertz.

    Example:
    >>> import numpy as np
    >>> f0_hz = np.array([[0.0, 100.0, 100.0, 0.0, 200.0]])
    >>> pitch = np.exp(token_log_f0(f0_hz, np.array([[3, 1, 1]]), default=5.0))
    >>> pitch.round(1)[0].tolist()  # the second token is voiceless
    [100.0, 126.0, 200.0]
    """
    f0_hz = ops.cast(f0_hz, "float32")
    voiced = f0_hz > 0
    values = ops.log(ops.where(voiced, f0_hz, 1.0))
    return _token_means(values, ops.cast(voiced, "float32"), durations, default)


def token_energy(mel, durations, default):
    """Mean of `frame_energy` over each token; tokens without a frame take their neighbors'.

    Args:
        mel: `(batch, frames, n_mels)`, log-mels in nats.
        durations: int `(batch, tokens)`, frames of each token.
        default: what a row without a frame gets.

    Returns: float32 `(batch, tokens)`, in nats.

    Example:
    >>> import numpy as np
    >>> mel = np.array([[[-4.0], [-2.0], [-6.0]]])  # of one band
    >>> np.asarray(token_energy(mel, np.array([[2, 1]]), default=-5.0)).tolist()
    [[-3.0, -6.0]]
    """
    values = frame_energy(mel)
    return _token_means(values, ops.ones_like(values), durations, default)


def _token_means(values, weights, durations, default):
    owner = alignment.assignment(durations, ops.shape(values)[1])
    stacked = ops.stack([values * weights, weights], axis=-1)
    sums, counts = ops.unstack(ops.matmul(ops.transpose(owner, (0, 2, 1)), stacked), axis=-1)
    places = ops.cast(ops.arange(ops.shape(sums)[1]), "float32")
    near = ops.exp(-ops.abs(places[:, None] - places[None, :]) / _REACH)
    nearby = ops.matmul(counts, near)
    # Weights fall to about 1e-30 over a hundred tokens and more; none left means no value at all.
    filled = ops.matmul(sums, near) / ops.maximum(nearby, 1e-30)
    filled = ops.where(nearby > 1e-30, filled, default)
    return ops.where(counts > 0, sums / ops.maximum(counts, 1.0), filled)
