"""What an acoustic model makes of a fixed batch, row by row and without padding."""

import contextlib

import keras
import numpy as np


def check_batch(batch):
    """Raises `ValueError` for a batch that is not a dict."""
    if not isinstance(batch, dict):
        raise ValueError(
            "`batch` must be a dict of arrays, such as one element of a dataset. "
            f"Received: batch of type {type(batch).__name__}."
        )


def check_positive_integers(**values):
    """Raises `ValueError` for a value that is not a whole number from 1."""
    for name, value in values.items():
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")


def teacher_forced(model, batch):
    """The outputs of `model` for `batch` outside training, as NumPy arrays.

    Dropout that always acts draws its random numbers, but the seeds are put back: a training
    that is looked at gives the same weights as one that is not.
    """
    with seeds_kept(model):
        outputs = model(batch, training=False)
    return {name: numpy_of(value) for name, value in outputs.items()}


@contextlib.contextmanager
def seeds_kept(model):
    """Puts the states of the model's seed generators back at the end of a `with` block."""
    seeds = [v for v in getattr(model, "variables", ()) if v.name == "seed_generator_state"]
    before = [np.array(keras.ops.convert_to_numpy(seed)) for seed in seeds]
    try:
        yield
    finally:
        for seed, value in zip(seeds, before, strict=True):
            seed.assign(value)


def numpy_of(value):
    """An array of any backend as NumPy's, floats as float32."""
    array = np.asarray(keras.ops.convert_to_numpy(value))
    # bfloat16 is of a kind of its own
    return array.astype("float32") if array.dtype.kind not in "iub" else array


def lengths_of(batch, name, n_rows, default):
    """int `(n_rows,)`: `batch[name]`, or `default` for each row without it; at least 1."""
    if batch.get(name) is None:
        return np.full(n_rows, default)
    return np.maximum(np.asarray(keras.ops.convert_to_numpy(batch[name])).astype(int), 1)


def alignment_rows(outputs, batch):
    """The alignment of each row, `(steps, tokens)` without its padding.

    Args:
        outputs: dict of NumPy arrays with `"alignment"` and, where a step makes several frames,
            `"mel"`.
        batch: dict, from which `"token_lengths"` and `"mel_lengths"` are taken, if there.

    Returns: list of arrays, and the number of frames that each step makes.
    """
    alignment = outputs["alignment"]
    n_rows, n_steps, n_tokens = alignment.shape
    n_frames = outputs["mel"].shape[1] if "mel" in outputs else n_steps
    frames_per_step = max(1, round(n_frames / max(1, n_steps)))
    tokens = lengths_of(batch, "token_lengths", n_rows, n_tokens)
    steps = -(-lengths_of(batch, "mel_lengths", n_rows, n_frames) // frames_per_step)
    rows = [alignment[row, : steps[row], : tokens[row]] for row in range(n_rows)]
    return rows, frames_per_step
