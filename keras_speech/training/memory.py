"""How much memory a training takes: counted where that can be, measured where not."""

import sys
import time
from pathlib import Path

import numpy as np

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def memory_of_training(model, batch, *, n_steps=2):
    """Counts the bytes of weights, gradients and optimizer, and measures those of training steps.

    Activations, temporary values and compiled code are what the process grows by, at its peak, in
    real training steps on `batch`, less the gradients: give the longest batch that there will be.
    That is main memory; of a GPU's own memory nothing is known.

    Args:
        model: compiled, built `keras.Model`; its weights are changed by the steps.
        batch: as `train_on_batch` takes it.
        n_steps: how many are made; the first also compiles. Defaults to 2.

    Returns: dict of bytes: `"weights"`, `"gradients"`, `"optimizer"` (with the averages of the
        weights and the loss scale, if there are any), `"activations"`, `"before"` (of the process,
        ahead of the steps) and `"peak"`; the last three are `None` on Windows, where nothing
        measures them. And `"seconds"`, of the last step.

    Example:

    ```python
    model.compile(optimizers.get("adam"))
    memory_of_training(model, next(iter(batches)))["peak"]
    ```
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    counted = {
        "weights": _bytes(model.weights),
        "gradients": _bytes(model.trainable_variables),
        "optimizer": _bytes(model.optimizer.variables),
    }
    before = _restart_peak()
    for _ in range(n_steps):
        started = time.perf_counter()
        model.train_on_batch(batch)
        seconds = time.perf_counter() - started
    peak = _peak()
    measured = {"activations": None, "before": before, "peak": peak}
    if peak is not None:
        # Small steps fit into what the process has left over from making the model.
        measured["activations"] = max(0, peak - before - counted["gradients"])
    return {**counted, **measured, "seconds": seconds}


def _bytes(variables):
    return sum(
        int(np.prod(variable.shape)) * np.asarray(variable).dtype.itemsize for variable in variables
    )


def _restart_peak():
    """Forgets the process's peak, where that can be; returns what growth counts from."""
    try:
        _RESET.write_text("5")
        return _kilobytes("VmRSS")
    except OSError:
        # Growth then shows beyond the highest that there was so far.
        return _peak()


def _peak():
    """The largest main memory of the process in bytes, `None` if nothing tells."""
    try:
        return _kilobytes("VmHWM")
    except OSError:
        pass
    try:
        import resource
    except ModuleNotFoundError:
        return None
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def _kilobytes(name):
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{_STATUS} has no {name}")
