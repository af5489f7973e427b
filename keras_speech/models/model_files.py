"""`.keras` files: small on the way out, safe on the way in."""

import io
import json
import os
import warnings
import zipfile
from pathlib import Path

import keras
import numpy as np

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def save_model(model, path, *, weights_dtype="float32"):
    """Saves a model for inference: without optimizer and discriminators, optionally in 16 bits.

    `float16` halves the file; the variables keep their own dtype and are cast when the file is
    loaded. The file stays one that plain `keras.models.load_model` reads.

    Args:
        model: built `keras.Model`.
        path: file name that ends in `.keras`.
        weights_dtype: `"float32"` or `"float16"`: how floating-point weights are stored. Defaults
            to `"float32"`.

    Raises:
        ValueError: for a model that is not built, and for a weight that does not fit into float16.
    """
    path = Path(path)
    if not model.built and model.layers:
        raise ValueError(
            "A model must be built before it is saved, or its weights are not. "
            f"Received: {type(model).__name__} that is not built; call it on some data first."
        )
    if callable(getattr(model, "without_discriminators", None)):
        model = model.without_discriminators()
    with warnings.catch_warnings():
        # Of a model without layers, such as Griffin-Lim, there is nothing to build.
        warnings.filterwarnings("ignore", message="You are saving a model that has not yet been")
        model.save(path)
    archive = {}
    with zipfile.ZipFile(path) as source:
        for name in source.namelist():
            archive[name] = source.read(name)
    config = json.loads(archive[CONFIG])
    config["compile_config"] = None
    archive[CONFIG] = json.dumps(config).encode()
    archive[WEIGHTS] = _rewrite(archive[WEIGHTS], np.dtype(weights_dtype), path.name)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w") as target:
            for name, content in archive.items():
                target.writestr(name, content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_model(path, *, role):
    """Loads a `.keras` file in safe mode: nothing in it may run code.

    Args:
        path: the file.
        role: what the file should hold, for messages: such as `"voice's vocoder"`.

    Returns: `keras.Model` that has `generate`.

    Raises:
        ValueError: when the file is missing, damaged, unsafe or of a class that is not known.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"The {role} is missing: no file {str(path)!r}.")
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise ValueError(_damaged(role, path, error)) from error
    if damaged is not None:
        raise ValueError(_damaged(role, path, f"{damaged!r} fails its checksum"))
    try:
        # Keras finds classes of ours by the names they registered when they were imported.
        import keras_speech.models  # noqa: F401

        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        # Keras raises many kinds here: bad JSON, missing entries, shapes that differ, unknown
        # classes, Python code. For the reader it is one thing: this file cannot be used.
        raise ValueError(_damaged(role, path, _first_line(error))) from error
    if not callable(getattr(model, "generate", None)):
        raise ValueError(
            f"The {role} must have `generate`. Received: {type(model).__name__} in {str(path)!r}."
        )
    return model


def _rewrite(content, dtype, name):
    """Returns the HDF5 file `content` without optimizer and with float32 stored as `dtype`."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(io.BytesIO(content), "r") as source, h5py.File(buffer, "w") as target:

        def copy(old, new, where):
            for key, value in old.attrs.items():
                new.attrs[key] = value
            for key, item in old.items():
                if not where and key == "optimizer":
                    continue
                inner = f"{where}/{key}"
                if isinstance(item, h5py.Group):
                    copy(item, new.create_group(key), inner)
                else:
                    values = item[()]
                    if values.dtype == np.float32:
                        values = _cast(values, dtype, f"{name}:{inner}")
                    dataset = new.create_dataset(key, data=values)
                    for attribute, value in item.attrs.items():
                        dataset.attrs[attribute] = value

        copy(source, target, "")
    return buffer.getvalue()


def _cast(values, dtype, where):
    with np.errstate(over="ignore"):
        cast = values.astype(dtype)
    if np.isinf(cast).any() and not np.isinf(values).any():
        raise ValueError(
            f"`weights_dtype` must be able to hold every weight. Received: weights_dtype={dtype}, "
            f"largest magnitude {np.abs(values).max():.6g} in {where}."
        )
    return cast


def _damaged(role, path, reason):
    return f"The {role} cannot be read from {str(path)!r}: {reason}."


def _first_line(error):
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
