"""`.keras` files: small on the way out, safe on the way in."""

import contextlib
import json
import os
import tempfile
import warnings
import zipfile
from pathlib import Path

import keras

from keras_speech.models import stored_weights

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
# Not the name that Keras knows: it would take the whole numbers for the weights.
INT8_WEIGHTS = "model.weights.int8.h5"
# What unpacks to more than this, and to so many times its size, are no weights.
MAX_BYTES, MAX_EXPANSION = 2**28, 100


def save_model(model, path, *, weights_dtype="float32"):
    """Saves a model for inference: without optimizer and discriminators, optionally in fewer bits.

    The variables keep their own dtype, which they are brought back to when the file is loaded.
    `float16` halves the file, which stays one that plain `keras.models.load_model` reads; `int8`
    (see `stored_weights.narrow`) halves it again, and needs this module's `load_model`.

    Args:
        model: built `keras.Model`.
        path: file name that ends in `.keras`.
        weights_dtype: `"float32"`, `"float16"` or `"int8"`: how floating-point weights are stored.
            Defaults to `"float32"`.

    Raises:
        ValueError: for another `weights_dtype`, a model that is not built, and a weight that does
            not fit into float16.
    """
    stored_weights.check_dtype(weights_dtype)
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
    weights = stored_weights.narrow(archive.pop(WEIGHTS), weights_dtype, path.name)
    archive[INT8_WEIGHTS if weights_dtype == "int8" else WEIGHTS] = weights
    # Floats hardly shrink; whole numbers of a kernel do, by a tenth.
    packing = zipfile.ZIP_DEFLATED if weights_dtype == "int8" else zipfile.ZIP_STORED
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", packing) as target:
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

        with _readable(path) as plain:
            model = keras.models.load_model(plain, compile=False, safe_mode=True)
    except Exception as error:
        # Keras raises many kinds here: bad JSON, missing entries, shapes that differ, unknown
        # classes, Python code. For the reader it is one thing: this file cannot be used.
        raise ValueError(_damaged(role, path, _first_line(error))) from error
    if not callable(getattr(model, "generate", None)):
        raise ValueError(
            f"The {role} must have `generate`. Received: {type(model).__name__} in {str(path)!r}."
        )
    return model


@contextlib.contextmanager
def _readable(path):
    """Gives the path of a file that Keras reads: this one, or a passing one with wide weights."""
    with zipfile.ZipFile(path) as source:
        if INT8_WEIGHTS not in source.namelist():
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="keras_speech.") as directory:
            wide = Path(directory) / path.name
            with zipfile.ZipFile(wide, "w") as target:
                for name in sorted(set(source.namelist()) - {INT8_WEIGHTS, WEIGHTS}):
                    target.writestr(name, _read(source, name))
                target.writestr(WEIGHTS, stored_weights.widen(_read(source, INT8_WEIGHTS)))
            yield wide


def _read(archive, name):
    info = archive.getinfo(name)
    if info.file_size > max(MAX_BYTES, MAX_EXPANSION * info.compress_size):
        raise ValueError(f"{name!r} would unpack to {info.file_size} bytes")
    return archive.read(name)


def _damaged(role, path, reason):
    return f"The {role} cannot be read from {str(path)!r}: {reason}."


def _first_line(error):
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
