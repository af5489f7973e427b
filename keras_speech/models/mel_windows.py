"""Windows of mel spectrograms: a long or arriving mel cut so that no sample notices."""

from dataclasses import dataclass

import numpy as np
from keras import ops


@dataclass(frozen=True)
class Window:
    """Frames `begin` to `end`, and the frames `first` to `last` that are computed for them."""

    begin: int
    end: int
    first: int
    last: int

    def kept(self, hop_length):
        """Slice of the samples computed for `first` to `last` that belong to `begin` to `end`."""
        return slice((self.begin - self.first) * hop_length, (self.end - self.first) * hop_length)


def windows_of(frames, size, context):
    """The windows of `size` frames, `context` more on each side, of a mel of known length."""
    for begin in range(0, frames, size):
        end = min(begin + size, frames)
        yield Window(begin, end, max(0, begin - context), min(end + context, frames))


def arriving(mel_chunks, n_mels, size, context):
    """Yields `(mel, window)` as soon as the chunks so far hold the window's last frame.

    Holds no more than one window and one chunk.

    Args:
        mel_chunks: iterable of `(frames, n_mels)` or `(batch, frames, n_mels)`, or one array.
        n_mels: bands that each must have.
        size, context: frames of each window, and of what it sees more on each side.
    """
    if hasattr(mel_chunks, "shape"):
        mel_chunks = [mel_chunks]
    held, first, begin = None, 0, 0

    def cut(end, last):
        window = Window(begin, end, first, last)
        return held[:, : last - first], window

    for number, chunk in enumerate(mel_chunks):
        chunk = _checked_chunk(chunk, n_mels, held, number)
        held = chunk if held is None else np.concatenate([held, chunk], axis=1)
        while first + held.shape[1] >= begin + size + context:
            yield cut(begin + size, begin + size + context)
            begin += size
            drop = max(0, begin - context) - first
            held, first = held[:, drop:], first + drop
    if held is None or first + held.shape[1] == 0:
        raise ValueError("`mel_chunks` must hold at least one frame. Received: none.")
    total = first + held.shape[1]
    while begin < total:
        end = min(begin + size, total)
        yield cut(end, min(end + context, total))
        begin = end
        drop = max(0, begin - context) - first
        held, first = held[:, drop:], first + drop


def _checked_chunk(chunk, n_mels, held, number):
    chunk = np.asarray(ops.convert_to_numpy(chunk))
    chunk = chunk[None] if chunk.ndim == 2 else chunk
    batch = None if held is None else len(held)
    if chunk.ndim != 3 or chunk.shape[2] != n_mels or batch not in (None, len(chunk)):
        rows = "batch" if batch is None else batch
        raise ValueError(
            f"`mel_chunks` must have the shape ({rows}, frames, {n_mels}) each, or without the "
            f"batch axis. Received: shape={chunk.shape} as chunk {number}."
        )
    return _finite(chunk, f"chunk {number} of `mel_chunks`")


def _finite(mel, name="`mel`"):
    bad = int(np.size(mel) - np.isfinite(mel).sum())
    if bad:
        raise ValueError(
            f"{name} must hold finite numbers. Received: {bad} of {mel.size} are NaN or infinite."
        )
    return mel.astype("float32", copy=False)


def checked_mel(mel, n_mels):
    """float32 array `(batch, frames, n_mels)`, or `ValueError`."""
    mel = np.asarray(ops.convert_to_numpy(mel))
    if mel.ndim != 3 or mel.shape[2] != n_mels or 0 in mel.shape:
        raise ValueError(
            f"`mel` must have the shape (batch, frames, {n_mels}), none of them 0. "
            f"Received: shape={mel.shape}."
        )
    return _finite(mel)


def checked_pair(inputs, hop_length):
    """`"samples"` and `"mel"` of a dict, a hop for each frame as far as is known; `ValueError`."""
    if not isinstance(inputs, dict) or not {"samples", "mel"} <= set(inputs):
        raise ValueError(
            'The model is called with a dict of "mel" and "samples"; `generate` takes a mel alone. '
            f"Received: {sorted(inputs) if isinstance(inputs, dict) else type(inputs).__name__}."
        )
    samples, mel = inputs["samples"], inputs["mel"]
    shapes = tuple(samples.shape), tuple(mel.shape)
    fit = len(shapes[0]) == 2 and len(shapes[1]) == 3
    if not fit or None not in (n := (shapes[0][1], shapes[1][1])) and n[0] != n[1] * hop_length:
        raise ValueError(
            f'"samples" must be (batch, frames * {hop_length}), a hop for each frame of "mel". '
            f"Received: samples {shapes[0]}, mel {shapes[1]}."
        )
    return samples, mel


def checked_lengths(lengths, mel):
    """int array `(batch,)` of each row's frames, or `ValueError`."""
    batch, frames, _ = mel.shape
    if lengths is None:
        return np.full(batch, frames)
    lengths = np.asarray(ops.convert_to_numpy(lengths))
    whole = lengths.dtype.kind in "iu" and lengths.shape == (batch,)
    if not whole or lengths.min() < 0 or lengths.max() > frames:
        raise ValueError(
            f"`lengths` must hold {batch} integers between 0 and {frames}. "
            f"Received: lengths={lengths.tolist()}."
        )
    return lengths
