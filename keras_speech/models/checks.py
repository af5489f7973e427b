"""Arguments of acoustic models, checked: an error names argument, rule and value."""

import numbers

import numpy as np
from keras import ops


def check_positive(**numbers):
    """Raise `ValueError` for the first number that is not greater than 0."""
    for name, value in numbers.items():
        if not value > 0:
            raise ValueError(f"`{name}` must be greater than 0. Received: {name}={value}")


def check_whole(*, least=1, **numbers_by_name):
    """Raise `ValueError` for the first number that is not a whole one from `least` on."""
    for name, value in numbers_by_name.items():
        if not is_whole(value) or value < least:
            raise ValueError(
                f"`{name}` must be a whole number from {least}. Received: {name}={value}"
            )


def check_seed(seed):
    """Raise `ValueError` for a seed that is no whole number."""
    if not is_whole(seed):
        raise ValueError(f"`seed` must be a whole number. Received: seed={seed!r}")


def is_whole(value):
    """Tell whether a value is an integer, NumPy's included; `True` and `False` are none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def check_share(**numbers):
    """Raise `ValueError` for the first number that is not in [0, 1]."""
    for name, value in numbers.items():
        if not 0 <= value <= 1:
            raise ValueError(f"`{name}` must be in [0, 1]. Received: {name}={value}")


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
