"""From recordings to the arrays of one batch."""

import numpy as np

# Texts tokenized at once: the tokenizer pads them to one length, which would be much for a whole
# corpus.
_TEXTS_AT_ONCE = 256


def tokenize(corpus, tokenizer, *, on_error):
    """Turns every text into tokens.

    Args:
        corpus: sequence of `Recording`.
        tokenizer: `tokenizer(list of str) -> (tokens, lengths)`.
        on_error: an `OnError`, called with each recording whose text has no token, or whose text
            the tokenizer refuses with a `ValueError`.

    Returns: `(recordings that have tokens, dict of id to int32 (tokens,))`.
    """
    recordings, tokens = list(corpus), {}
    for start in range(0, len(recordings), _TEXTS_AT_ONCE):
        part = recordings[start : start + _TEXTS_AT_ONCE]
        for recording, row in _rows(part, tokenizer, on_error):
            if len(row):
                tokens[recording.id] = row
                continue
            message = (
                f"Recording {recording.where} has no text that the tokenizer can speak. "
                f"Received: text={recording.text!r}."
            )
            on_error(ValueError(message), recording.where, recording)
    return [r for r in recordings if r.id in tokens], tokens


def _rows(part, tokenizer, on_error):
    """Yields `(recording, int32 (tokens,))` of those whose texts the tokenizer takes."""
    try:
        rows, lengths = tokenizer([recording.text for recording in part])
    except ValueError as error:
        if len(part) > 1:
            # Halves, until the text is found that it is about: few calls, where most are good.
            yield from _rows(part[: len(part) // 2], tokenizer, on_error)
            yield from _rows(part[len(part) // 2 :], tokenizer, on_error)
            return
        (recording,) = part
        message = f"Recording {recording.where} has a text that the tokenizer refuses: {error}"
        on_error(ValueError(message), recording.where, recording)
        return
    rows, lengths = np.asarray(rows, "int32"), np.asarray(lengths)
    for recording, row, length in zip(part, rows, lengths, strict=True):
        yield recording, row[:length].copy()  # or the padded rows would stay in memory


def with_fitting_durations(recordings, n_frames, tokens, *, on_error):
    """The recordings whose durations, where there are any, fit their tokens and frames.

    Args:
        recordings: sequence of `Recording`; all have durations, or none.
        n_frames: number of mel frames of each.
        tokens: dict of id to tokens.
        on_error: an `OnError`, called with each recording whose durations do not fit.

    Returns: list of `(recording, number of frames)`.
    """
    n_with = sum(recording.durations is not None for recording in recordings)
    if n_with not in (0, len(recordings)):
        without = next(r for r in recordings if r.durations is None)
        raise ValueError(
            "All recordings of a corpus must have durations, or none. Received: "
            f"{n_with} of {len(recordings)} with durations; {without.where} has none."
        )
    fitting = []
    for recording, frames in zip(recordings, n_frames, strict=True):
        problem = _durations_problem(recording.durations, len(tokens[recording.id]), int(frames))
        if problem:
            message = f"Durations of recording {recording.where} {problem}."
            on_error(ValueError(message), recording.where, recording)
        else:
            fitting.append((recording, int(frames)))
    return fitting


def _durations_problem(durations, n_tokens, n_frames):
    if durations is None:
        return ""
    durations = np.asarray(durations)
    if durations.ndim != 1 or not np.issubdtype(durations.dtype, np.integer):
        return (
            "must be integers of shape (tokens,). "
            f"Received: shape {durations.shape}, {durations.dtype}"
        )
    if len(durations) != n_tokens:
        return f"must be one for each token. Received: {len(durations)} for {n_tokens} tokens"
    if durations.min() < 0:
        return f"must not be negative. Received: {durations.min()} at {durations.argmin()}"
    if durations.sum() != n_frames:
        return (
            f"must sum to its mel frames. Received: {durations.sum()} in all for {n_frames} frames"
        )
    return ""


class Collate:
    """Gathers utterances into the padded arrays of a batch.

    Args:
        recordings: list of `Recording`, all with durations or none.
        tokens: dict of id to int32 `(tokens,)`.
        cache: gives the features of a recording.
        speakers: names in the order of their ids.
        n_mels, mel_padding: number of bands, and the value of frames that are not there.
        f0_cache: gives the pitch track of a recording. Defaults to `None`: batches without.
        frame_multiple, token_multiple: padded lengths are multiples of these.
    """

    def __init__(
        self,
        recordings,
        tokens,
        cache,
        *,
        speakers,
        n_mels,
        mel_padding,
        frame_multiple,
        token_multiple,
        f0_cache=None,
    ):
        self.f0_cache = f0_cache
        self.recordings, self.tokens, self.cache = recordings, tokens, cache
        self.n_mels, self.mel_padding = n_mels, mel_padding
        self.frame_multiple, self.token_multiple = frame_multiple, token_multiple
        self.speaker_ids = {name: i for i, name in enumerate(speakers)}
        n_with = sum(r.speaker is not None for r in recordings)
        if n_with not in (0, len(recordings)):
            without = next(r for r in recordings if r.speaker is None)
            raise ValueError(
                "All recordings of a corpus must have a speaker, or none. Received: "
                f"{n_with} of {len(recordings)} with a speaker; {without.where} has none."
            )
        self.has_speakers = n_with > 0
        self.has_durations = recordings[0].durations is not None

    def signature(self):
        """`{key: (dtype, shape without the batch axis)}` of what a call returns."""
        keys = {
            "tokens": ("int32", (None,)),
            "token_lengths": ("int32", ()),
            "mel": ("float32", (None, self.n_mels)),
            "mel_lengths": ("int32", ()),
            "stop": ("float32", (None,)),
        }
        if self.has_speakers:
            keys["speaker"] = ("int32", ())
        if self.has_durations:
            keys["durations"] = ("int32", (None,))
        if self.f0_cache is not None:
            keys["f0_hz"] = ("float32", (None,))
        return keys

    def __call__(self, indices):
        """Arrays of the recordings with these indices, in the signature's order."""
        recordings = [self.recordings[i] for i in indices if i >= 0]
        tokens = [self.tokens[r.id] for r in recordings]
        mels = [_features(self.cache, r) for r in recordings]
        mel_lengths = np.array([len(m) for m in mels], "int32")
        n_tokens = _round_up(max(len(t) for t in tokens), self.token_multiple)
        n_frames = _round_up(mel_lengths.max(), self.frame_multiple)
        batch = {
            "tokens": _padded(tokens, n_tokens, 0, "int32"),
            "token_lengths": np.array([len(t) for t in tokens], "int32"),
            "mel": _padded(mels, n_frames, self.mel_padding, "float32"),
            "mel_lengths": mel_lengths,
            "stop": (np.arange(n_frames) >= mel_lengths[:, None] - 1).astype("float32"),
        }
        if self.has_speakers:
            batch["speaker"] = np.array([self.speaker_ids[r.speaker] for r in recordings], "int32")
        if self.has_durations:
            batch["durations"] = _padded([r.durations for r in recordings], n_tokens, 0, "int32")
        if self.f0_cache is not None:
            tracks = [_features(self.f0_cache, r) for r in recordings]
            batch["f0_hz"] = _padded(tracks, n_frames, 0, "float32")
        return [batch[key] for key in self.signature()]


def _features(cache, recording):
    features = cache.load(recording)
    if features is None:
        raise RuntimeError(
            f"Features of recording {recording.where} are gone: its file or the cache "
            "directory was changed while batches were made."
        )
    return features


def _padded(rows, length, value, dtype):
    batch = np.full((len(rows), length, *rows[0].shape[1:]), value, dtype)
    for target, row in zip(batch, rows, strict=True):
        target[: len(row)] = row
    return batch


def _round_up(length, multiple):
    return -(-int(length) // multiple) * multiple
