"""What a WaveNet is asked to generate, checked."""

import dataclasses
import numbers

import numpy as np
from keras import ops

from keras_speech.models import checks


@dataclasses.dataclass(frozen=True)
class Request:
    """The checked arguments of `WaveNet.generate`, all with one number of rows."""

    n_samples: int
    prime: np.ndarray  # (batch, samples)
    speaker: np.ndarray | None
    mel: np.ndarray | None
    temperature: np.float32
    top_p: float
    seed: int

    @property
    def batch_size(self):
        return len(self.prime)


def checked_request(
    model, n_samples, prime, speaker, mel, temperature, top_p, seed, batch_size
):  # fmt: skip
    """The `Request` of these arguments to a `WaveNet`, or a `ValueError`."""
    _check_sampling(temperature, top_p, seed)
    mel, prime = _checked_mel(model, mel), _checked_prime(model, prime)
    batch = _number_of_rows(batch_size=batch_size, prime=prime, mel=mel, speaker=speaker)
    if prime is None:
        prime = np.zeros((batch, 0), "float32")
    prime = np.broadcast_to(prime, (batch, prime.shape[1]))
    if model.n_speakers:
        speaker = checks.check_speaker(speaker, batch, model.n_speakers)
    elif speaker is not None:
        raise ValueError(
            f"`speaker` must be None for a model without speakers. Received: speaker={speaker}"
        )
    if n_samples is not None and not _is_whole(n_samples, 0):
        hint = " A local condition is given as `mel=`." if np.ndim(n_samples) else ""
        raise ValueError(
            f"`n_samples` must be a whole number from 0.{hint} Received: n_samples={n_samples}"
        )
    if mel is not None:
        mel = np.broadcast_to(mel, (batch, *mel.shape[1:]))
        longest = mel.shape[1] * model.hop_length - prime.shape[1]
        n_samples = max(longest, 0) if n_samples is None else n_samples
        if n_samples > longest:
            raise ValueError(
                "`mel` must last for the prime and `n_samples`. Received: "
                f"{mel.shape[1]} frames of {model.hop_length} samples, a prime of "
                f"{prime.shape[1]} samples, n_samples={n_samples}"
            )
    if n_samples is None:
        raise ValueError("`n_samples` must be a whole number from 0. Received: n_samples=None")
    return Request(
        int(n_samples), prime, speaker, mel, np.float32(temperature), float(top_p),
        int(seed) % 2**32,
    )  # fmt: skip


def sample_counts(lengths, request, hop_length):
    """Samples of each row of a request, from its `lengths` in frames; `None` for all."""
    if lengths is None:
        return None
    lengths = np.asarray(ops.convert_to_numpy(lengths))
    frames = 0 if request.mel is None else request.mel.shape[1]
    if (
        lengths.shape != (request.batch_size,)
        or lengths.dtype.kind not in "iu"
        or not (0 <= lengths.min() and lengths.max() <= frames)
    ):
        raise ValueError(
            f"`lengths` must hold the frames of each row of `mel`, at most {frames}. "
            f"Received: lengths={lengths.tolist()}"
        )
    return lengths * hop_length


def _is_whole(value, low):
    return isinstance(value, numbers.Integral) and not isinstance(value, bool) and value >= low


def _check_sampling(temperature, top_p, seed):
    # In float32 the smallest of these is still above 0, the largest still finite.
    if not (isinstance(temperature, numbers.Real) and 1e-30 <= temperature <= 1e30):
        raise ValueError(
            f"`temperature` must be a finite number above 0. Received: temperature={temperature}"
        )
    if not (isinstance(top_p, numbers.Real) and 0 < top_p <= 1):
        raise ValueError(f"`top_p` must be in (0, 1]. Received: top_p={top_p}")
    if not isinstance(seed, numbers.Integral):
        raise ValueError(f"`seed` must be a whole number. Received: seed={seed!r}")


def _number_of_rows(*, batch_size, **arrays):
    if batch_size is not None and not _is_whole(batch_size, 1):
        raise ValueError(
            f"`batch_size` must be a whole number from 1. Received: batch_size={batch_size}"
        )
    rows = {"batch_size": batch_size}
    rows |= {name: len(a) for name, a in arrays.items() if a is not None and np.ndim(a)}
    rows = {name: n for name, n in rows.items() if n is not None}
    batch = max(rows.values(), default=1)
    if any(n not in (1, batch) for n in rows.values()) or batch < 1:
        raise ValueError(
            f"All arguments must have one number of rows (or a single one). Received: {rows}"
        )
    return batch


def _checked_mel(model, mel):
    channels = model.local_channels
    if not channels:
        if mel is not None:
            raise ValueError("`mel` must be None for a model without a local condition.")
        return None
    mel = None if mel is None else np.asarray(ops.convert_to_numpy(mel), "float32")
    if mel is None or mel.ndim != 3 or mel.shape[2] != channels or 0 in mel.shape:
        raise ValueError(
            f"`mel` must have the shape (batch, frames, {channels}), none of them 0. "
            f"Received: shape={None if mel is None else mel.shape}"
        )
    if not np.isfinite(mel).all():
        raise ValueError("`mel` must be finite. Received: NaN or infinite values")
    return mel


def _checked_prime(model, prime):
    if prime is None:
        return None
    prime = np.asarray(ops.convert_to_numpy(prime))
    kind = prime.dtype.kind
    prime = (prime[None] if prime.ndim == 1 else prime).astype("float32")
    if prime.ndim != 2 or not len(prime) or not np.isfinite(prime).all():
        raise ValueError(
            "`prime` must be finite samples of shape (samples,) or (batch, samples). "
            f"Received: shape={prime.shape}"
        )
    limit = np.max(np.abs(prime), initial=0.0)
    if model.head.bounded and (kind in "iub" or limit > 1):
        raise ValueError(
            "`prime` must be floats from -1 to 1. "
            f"Received: dtype={'float' if kind == 'f' else 'integer'}, up to {limit:g}"
        )
    return prime


def check_inputs(model, inputs):
    """Raises `ValueError` unless `inputs` are what a `WaveNet` is called with, as far as known."""
    names = ["samples"]
    names += ["mel"] if model.local_channels else []
    names += ["speaker"] if model.n_speakers else []
    if not isinstance(inputs, dict) or not set(names) <= inputs.keys():
        got = sorted(inputs) if isinstance(inputs, dict) else type(inputs).__name__
        raise ValueError(f"`inputs` must be a dict of {', '.join(names)}. Received: {got}")
    if len(inputs["samples"].shape) != 2:
        raise ValueError(
            "`inputs['samples']` must have the shape (batch, samples). "
            f"Received: shape={tuple(inputs['samples'].shape)}"
        )
    if model.local_channels:
        samples, mel = inputs["samples"].shape[1], tuple(inputs["mel"].shape)
        wanted = None if samples is None else samples / model.hop_length
        if len(mel) != 3 or (None not in (wanted, mel[1]) and mel[1] != wanted):
            raise ValueError(
                f"`inputs['mel']` must have a frame for each {model.hop_length} samples: "
                f"(batch, {wanted}, {model.local_channels}). Received: shape={mel}"
            )
