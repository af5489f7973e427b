"""One file that holds everything a training run needs to go on exactly where it stopped."""

import json
from pathlib import Path

import numpy as np

from keras_speech.whole_files import written_whole

_STATE = "state.json"
_METRICS = "metrics/"


def save_checkpoint(path, model, *, epoch, batch=0, history=None, seconds=0.0):
    """Writes model, optimizer and random seeds to one file, whole or not at all.

    `model.save_weights` leaves out the random seeds, `model.save` needs the model's Python class
    to be serializable; a run that must repeat itself exactly needs the first and not the second.
    Once this returns the disk has the file; until then it has the one before.

    Args:
        path: file to write, by custom `….npz`. Its directory must exist.
        model: built `keras.Model`, with a built optimizer if it is compiled.
        epoch: number of epochs that are complete.
        batch: batches done of the next one. Where there are some, the metrics so far are kept too.
            Defaults to 0.
        history: dict of metric name to list of values, one per epoch. Defaults to `{}`.
        seconds: that those batches took. Defaults to 0.

    Example:

    ```python
    save_checkpoint("run/checkpoint.npz", model, epoch=3)
    restore_checkpoint("run/checkpoint.npz", model)["epoch"]  # 3
    ```
    """
    write_arrays(
        path, checkpoint_arrays(model, epoch=epoch, batch=batch, history=history, seconds=seconds)
    )


def checkpoint_arrays(model, *, epoch, batch=0, history=None, seconds=0.0):
    """Returns what `save_checkpoint` writes, by name; its arguments but for the path."""
    arrays = {name: _storable(value) for name, value in _variables(model)}
    if batch:
        arrays |= {
            f"{_METRICS}{i:04d}": np.asarray(v) for i, v in enumerate(model.metrics_variables)
        }
    state = {
        "epoch": int(epoch),
        "batch": int(batch),
        "history": history or {},
        "seconds": float(seconds),
        "optimizer": _optimizer_name(model),
    }
    arrays[_STATE] = np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)
    return arrays


def read_checkpoint(path):
    """Returns where a checkpoint is, or `None` if there is no such file.

    Args:
        path: file that `save_checkpoint` wrote.

    Returns: dict of `epoch`, `batch`, `history` and `seconds` as they were given, and `optimizer`,
        the name of its class or `None`.

    Raises:
        ValueError: the file is damaged or is no checkpoint.
    """
    if not Path(path).exists():
        return None
    return _read_state(path, _read_arrays(path))


def restore_checkpoint(path, model):
    """Puts model, optimizer and random seeds back as `save_checkpoint` found them.

    Args:
        path: file that `save_checkpoint` wrote.
        model: built model of the same configuration, compiled with the same kind of optimizer,
            which must be built (`model.optimizer.build(model.trainable_variables)`).

    Returns: dict as of `read_checkpoint`, with `metrics` besides: the list of arrays that
        `restore_metrics` takes, empty at the end of an epoch.

    Raises:
        ValueError: the file is damaged, or comes from a model or optimizer of another kind or
            shape.
    """
    arrays = _read_arrays(path)
    state = _read_state(path, arrays)
    del arrays[_STATE]
    metrics = [arrays.pop(name) for name in sorted(arrays) if name.startswith(_METRICS)]
    theirs, ours = state["optimizer"], _optimizer_name(model)
    if None not in (theirs, ours) and theirs != ours:
        raise ValueError(
            f"`{path}` comes from another model or optimizer: it was trained with {theirs}, and "
            f"this model is compiled with {ours}."
        )
    variables = _variables(model)
    ours = {name: tuple(variable.shape) for name, variable in variables}
    theirs = {name: array.shape for name, array in arrays.items()}
    if ours != theirs:
        name = next(n for n in {**ours, **theirs} if ours.get(n) != theirs.get(n))
        raise ValueError(
            f"`{path}` comes from another model or optimizer: {name} has shape "
            f"{theirs.get(name, 'none')} there and {ours.get(name, 'none')} here."
        )
    for name, variable in variables:
        variable.assign(arrays[name])
    return {**state, "metrics": metrics}


def restore_metrics(model, arrays):
    """Lets the metrics of an epoch go on from `restore_checkpoint`'s `metrics`, if any.

    Where a metric has no state yet, or another than it had, those of the epoch begin anew.
    """
    variables = model.metrics_variables
    if [tuple(v.shape) for v in variables] == [array.shape for array in arrays]:
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)


def save_weights(path, model):
    """Writes the model's variables alone, whole or not at all."""
    write_arrays(path, {f"{i:04d}": _storable(v) for i, v in enumerate(model.variables)})


def restore_weights(path, model):
    """Puts back what `save_weights` wrote for a model of the same configuration."""
    arrays = _read_arrays(path)
    for i, variable in enumerate(model.variables):
        variable.assign(arrays[f"{i:04d}"])


def write_arrays(path, arrays):
    """Writes named arrays to an `.npz` file, whole or not at all."""
    with written_whole(path, sync=True) as file:
        np.savez(file, **arrays)


def _read_arrays(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except Exception as error:  # zipfile, numpy and zlib each raise their own
        raise ValueError(f"`{path}` is damaged or no checkpoint: {error}") from error
    return arrays


def _read_state(path, arrays):
    # What files from before there was a position within the epoch leave out.
    others = {"batch": 0, "seconds": 0.0, "optimizer": None}
    try:
        return {**others, **json.loads(arrays[_STATE].tobytes())}
    except (KeyError, ValueError) as error:
        raise ValueError(f"`{path}` is damaged or no checkpoint: {error}") from error


def _variables(model):
    """Returns `(name, variable)` pairs; the number keeps names of equal layers apart."""
    pairs = [(f"model/{i:04d}", v) for i, v in enumerate(model.variables)]
    if getattr(model, "optimizer", None) is not None:
        pairs += [(f"optimizer/{i:04d}", v) for i, v in enumerate(model.optimizer.variables)]
    return pairs


def _optimizer_name(model):
    optimizer = getattr(model, "optimizer", None)
    return None if optimizer is None else type(optimizer).__name__


def _storable(variable):
    array = np.asarray(variable)
    # NumPy files know no bfloat16; float32 holds each of its values exactly.
    return array.astype("float32") if array.dtype.name == "bfloat16" else array
