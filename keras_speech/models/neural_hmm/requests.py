"""What `NeuralHMMTTS` is asked, checked and made into arrays."""

import numpy as np
from keras import ops

from keras_speech.models import checks
from keras_speech.models.neural_hmm.generation import CHUNK

# How fast and how slow speech may be asked for.
SLOWEST, FASTEST = 0.25, 4.0


def generation_arrays(
    model, shape, max_frames, quantile, speed, temperature, sample_durations, seed
):
    """`uniform`, `normal`, `settings`, `max_frames` and `speed` of `generate_mel`.

    Noise is drawn for each step and shared by all rows, so that a row sounds the same in any batch.

    Raises:
        ValueError: if an argument has the wrong shape or is out of range.
    """
    checks.check_decoding(max_frames, seed)
    if not 0 < quantile < 1:
        raise ValueError(f"`quantile` must be in (0, 1). Received: quantile={quantile}")
    if not 0 <= temperature < np.inf:
        raise ValueError(
            f"`temperature` must be a number from 0. Received: temperature={temperature}"
        )
    n_steps = -(-max_frames // model.reduction)
    n_steps = -(-n_steps // CHUNK) * CHUNK
    rng = np.random.default_rng(seed)
    uniform = rng.random((n_steps, sum(model.decoder.prenet_units) + 1), dtype="float32")
    normal = rng.standard_normal((n_steps, model.decoder.channels), dtype="float32")
    settings = np.array([-np.log1p(-quantile), temperature, bool(sample_durations)], "float32")
    return uniform, normal, settings, np.int32(max_frames), _speed(speed, shape)


def _speed(speed, shape):
    """float32 `(batch, tokens)` from a number, one for each row or one for each token."""
    speed = np.asarray(ops.convert_to_numpy(speed))
    fits = speed.shape in ((), shape[:1], shape) and speed.dtype.kind in "iuf"
    if not fits or not ((speed >= SLOWEST) & (speed <= FASTEST)).all():
        raise ValueError(
            f"`speed` must be a number in [{SLOWEST}, {FASTEST}], one for each row, or one for "
            f"each of the {shape} tokens. Received: speed={speed.tolist()}"
        )
    if speed.ndim == 1:
        speed = speed[:, None]
    return np.broadcast_to(speed, shape).astype("float32")


def prenet_noise(model, n_steps):
    """Random numbers for the prenet's dropout, `(1, n_steps, units)`, the same ones each time."""
    units = sum(model.decoder.prenet_units)
    return np.random.default_rng(0).random((1, n_steps, units), dtype="float32")


def check_mel(mel, mel_lengths, batch_size, n_mels):
    """float32 `(batch, frames, n_mels)` and int32 `(batch,)`, or `ValueError`."""
    mel = np.asarray(ops.convert_to_numpy(mel), dtype="float32")
    if mel.ndim != 3 or mel.shape[0] != batch_size or mel.shape[2] != n_mels or 0 in mel.shape:
        raise ValueError(
            f"`mel` must have the shape ({batch_size}, frames, {n_mels}), as many rows as "
            f"`tokens`. Received: shape={mel.shape}"
        )
    mel_lengths = np.asarray(ops.convert_to_numpy(mel_lengths))
    if (
        mel_lengths.shape != (batch_size,)
        or mel_lengths.dtype.kind not in "iu"
        or not (1 <= mel_lengths.min() and mel_lengths.max() <= mel.shape[1])
    ):
        raise ValueError(
            "`mel_lengths` must hold one whole number per row, from 1 to the number of frames. "
            f"Received: mel_lengths={mel_lengths.tolist()} for mel {mel.shape}"
        )
    return mel, mel_lengths.astype("int32")


def durations_in_frames(durations, n_states, mel_lengths, reduction):
    """Frames of each token from its steps, with the sum `mel_lengths`; or `ValueError`."""
    durations = np.array(ops.convert_to_numpy(durations)) * reduction
    n_states = np.asarray(ops.convert_to_numpy(n_states))
    n_steps = -(-mel_lengths // reduction)
    if (n_states > n_steps).any():
        row = int(np.argmax(n_states > n_steps))
        raise ValueError(
            "`mel` must have at least as many steps as the tokens have states. Received: "
            f"{n_steps[row]} steps of {reduction} frames for {n_states[row]} states in row {row}."
        )
    # The last step may reach beyond the end, by less than the frames of one step.
    last = durations.shape[1] - 1 - np.argmax(durations[:, ::-1] > 0, axis=1)
    durations[np.arange(len(durations)), last] += mel_lengths - durations.sum(axis=1)
    return durations.astype("int32")
