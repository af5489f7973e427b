"""Arguments of acoustic models, checked: an error names argument, rule and value."""

import numpy as np
from keras import ops

from keras_speech.layers.argument_checks import check_positive as check_positive
from keras_speech.layers.argument_checks import check_share as check_share
from keras_speech.layers.argument_checks import check_whole as check_whole
from keras_speech.layers.argument_checks import is_whole as is_whole


def check_seed(seed):
    """Raise `ValueError` for a seed that is no whole number."""
    if not is_whole(seed):
        raise ValueError(f"`seed` must be a whole number. Received: seed={seed!r}")


def check_decoding(max_frames, seed, stop_threshold=0.5):
    """Raise `ValueError` for arguments that decoding frame by frame cannot take."""
    check_whole(max_frames=max_frames)
    check_share(stop_threshold=stop_threshold)
    check_seed(seed)
    # NumPy, which draws the noise, has no generators of negative seeds.
    check_whole(least=0, seed=seed)


def check_tokens(tokens, token_lengths, vocabulary_size):
    """int32 `tokens` `(batch, tokens)` and `token_lengths` `(batch,)`, or `ValueError`.

    Without `token_lengths` a row ends with its last token that is not padding (0).
    """
    tokens = np.asarray(ops.convert_to_numpy(tokens))
    if tokens.ndim != 2 or 0 in tokens.shape or tokens.dtype.kind not in "iu":
        raise ValueError(
            "`tokens` must be integers of shape (batch, tokens), none of them 0 long. "
            f"Received: shape={tokens.shape}, dtype={tokens.dtype}"
        )
    if tokens.min() < 0 or tokens.max() >= vocabulary_size:
        raise ValueError(
            f"`tokens` must be in [0, {vocabulary_size}), the model's vocabulary. "
            f"Received: values from {tokens.min()} to {tokens.max()}"
        )
    if token_lengths is None:
        real = tokens != 0
        token_lengths = np.where(real.any(1), tokens.shape[1] - real[:, ::-1].argmax(1), 0)
    token_lengths = np.asarray(ops.convert_to_numpy(token_lengths))
    if token_lengths.shape != tokens.shape[:1] or not (
        1 <= token_lengths.min() and token_lengths.max() <= tokens.shape[1]
    ):
        raise ValueError(
            "`token_lengths` must hold one number per row, from 1 to the number of tokens. "
            f"Received: token_lengths={token_lengths.tolist()} for tokens {tokens.shape}"
        )
    return tokens.astype("int32"), token_lengths.astype("int32")


def check_speaker(speaker, batch_size, n_speakers):
    """int32 `(batch_size,)` from one speaker or one for each row, or `ValueError`."""
    if speaker is None:
        raise ValueError(
            f"`speaker` must be given: the model has {n_speakers} speakers. Received: speaker=None"
        )
    speaker = np.asarray(ops.convert_to_numpy(speaker))
    if speaker.dtype.kind not in "iu" or speaker.shape not in ((), (1,), (batch_size,)):
        raise ValueError(
            "`speaker` must be one whole number, or one for each row. "
            f"Received: speaker={speaker.tolist()} for {batch_size} rows"
        )
    speaker = np.broadcast_to(speaker, (batch_size,))
    if speaker.min() < 0 or speaker.max() >= n_speakers:
        raise ValueError(
            f"`speaker` must be in [0, {n_speakers}). Received: speaker={speaker.tolist()}"
        )
    return speaker.astype("int32")


def check_batch_speaker(speaker, n_speakers):
    """Raise `ValueError` for a batch's speakers, if there are none or one that is not known.

    In a graph the numbers themselves cannot be seen: there only the first is checked.
    """
    if speaker is None:
        raise ValueError(
            f'`inputs` must have "speaker": the model has {n_speakers} speakers. '
            "Received: speaker=None"
        )
    known = concrete(speaker)
    if known is not None and known.size and not (0 <= known.min() and known.max() < n_speakers):
        raise ValueError(
            f'"speaker" of `inputs` must be in [0, {n_speakers}). '
            f"Received: speaker={known.tolist()}"
        )


def check_batch_durations(durations, mel_lengths):
    """Raise `ValueError` for a batch's durations that are negative or not as long as the mels.

    In a graph the numbers cannot be seen, and nothing is checked.
    """
    durations, mel_lengths = concrete(durations), concrete(mel_lengths)
    if durations is None or mel_lengths is None:
        return
    wrong = (durations < 0).any(axis=1) | (durations.sum(axis=1) != mel_lengths)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            '"durations" of `inputs` must be numbers of frames from 0 that sum to "mel_lengths". '
            f"Received: {durations[row].tolist()} for {mel_lengths[row]} frames in row {row}"
        )


def concrete(value):
    """`value` as a NumPy array, or None for what is only a symbol, in a graph."""
    try:
        return np.asarray(ops.convert_to_numpy(value))
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return None
