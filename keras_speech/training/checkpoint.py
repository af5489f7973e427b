"""One file that holds everything a training run needs to go on exactly where it stopped."""

import json
import os
from pathlib import Path

import numpy as np

_STATE = "state.json"


def save_checkpoint(path, model, *, epoch, history=None):
    """Writes model, optimizer and random seeds to one file, whole or not at all.

    `model.save_weights` leaves out the random seeds, `model.save` needs the model's Python class
    to be serializable; a run that must repeat itself exactly needs the first and not the second.

    Args:
        path: file to write, by custom `….npz`. Its directory must exist.
        model: built `keras.Model`, with a built optimizer if it is compiled.
        epoch: number of epochs that are complete.
        history: dict of metric name to list of values, one per epoch. Defaults to `{}`.

    Example:

    ```python
    save_checkpoint("run/checkpoint.npz", model, epoch=3)
    restore_checkpoint("run/checkpoint.npz", model)["epoch"]  # 3
    ```
    """
    arrays = {name: _storable(value) for name, value in _variables(model)}
    state = {"epoch": int(epoch), "history": history or {}}
    arrays[_STATE] = np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)
    write_arrays(path, arrays)


def read_checkpoint(path):
    """Returns the `{"epoch", "history"}` of a checkpoint, or `None` if there is no such file.

    Args:
        path: file that `save_checkpoint` wrote.

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

    Returns: dict with `epoch` (epochs complete) and `history` (metric name to list of values).

    Raises:
        ValueError: the file is damaged, or comes from a model or optimizer of another shape.
    """
    arrays = _read_arrays(path)
    state = _read_state(path, arrays)
    del arrays[_STATE]
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
    return state


def save_weights(path, model):
    """Writes the model's variables alone, whole or not at all."""
    write_arrays(path, {f"{i:04d}": _storable(v) for i, v in enumerate(model.variables)})


def restore_weights(path, model):
    """Puts back what `save_weights` wrote for a model of the same configuration."""
    arrays = _read_arrays(path)
    for i, variable in enumerate(model.variables):
        variable.assign(arrays[f"{i:04d}"])


def write_arrays(path, arrays):
    """Writes named arrays to an `.npz` file: first under another name, then renamed."""
    path = Path(path)
    # The process id keeps two runs that were started by mistake from writing the same file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _read_arrays(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except Exception as error:  # zipfile, numpy and zlib each raise their own
        raise ValueError(f"`{path}` is damaged or no checkpoint: {error}") from error
    return arrays


def _read_state(path, arrays):
    try:
        return json.loads(arrays[_STATE].tobytes())
    except (KeyError, ValueError) as error:
        raise ValueError(f"`{path}` is damaged or no checkpoint: {error}") from error


def _variables(model):
    """Returns `(name, variable)` pairs; the number keeps names of equal layers apart."""
    pairs = [(f"model/{i:04d}", v) for i, v in enumerate(model.variables)]
    if getattr(model, "optimizer", None) is not None:
        pairs += [(f"optimizer/{i:04d}", v) for i, v in enumerate(model.optimizer.variables)]
    return pairs


def _storable(variable):
    array = np.asarray(variable)
    # NumPy files know no bfloat16; float32 holds each of its values exactly.
    return array.astype("float32") if array.dtype.name == "bfloat16" else array
