"""Pitch and energy: of frames, and averaged over tokens."""

from keras import ops

from keras_speech.ops import alignment

# How far, in tokens, a token without a value looks for its neighbours' ones.
_REACH = 2.0


def frame_energy(mel):
    """Level of each frame in nats: half the logarithm of the summed squared magnitudes.

    Args:
        mel: `(batch, frames, n_mels)`, log-mels in nats.

    Returns: float32 `(batch, frames)`.
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
    """
    f0_hz = ops.cast(f0_hz, "float32")
    voiced = f0_hz > 0
    values = ops.log(ops.where(voiced, f0_hz, 1.0))
    return _token_means(values, ops.cast(voiced, "float32"), durations, default)


def token_energy(mel, durations, default):
    """Mean of `frame_energy` over each token; tokens without a frame take their neighbours'.

    Args:
        mel: `(batch, frames, n_mels)`, log-mels in nats.
        durations: int `(batch, tokens)`, frames of each token.
        default: what a row without a frame gets.

    Returns: float32 `(batch, tokens)`, in nats.
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
