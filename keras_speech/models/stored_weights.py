"""Weights in a `.keras` file: stored in fewer bits, and widened again."""

import io

import numpy as np

DTYPES = ("float32", "float16", "int8")
SCALE = "scale"

# int8 pays where one scale serves many weights, and costs nothing where there are few of them.
MIN_WEIGHTS, MIN_WEIGHTS_OF_CHANNEL = 1024, 32
# Scales are an attribute of their dataset, and HDF5 takes no more than 64 KiB for one.
MAX_CHANNELS = 8192


def check_dtype(weights_dtype):
    """Raises `ValueError` unless weights can be stored as `weights_dtype`."""
    if weights_dtype not in DTYPES:
        raise ValueError(
            "`weights_dtype` must be 'float32', 'float16' or 'int8'. "
            f"Received: weights_dtype={weights_dtype!r}."
        )


def narrow(content, weights_dtype, name):
    """Rewrites an HDF5 file of Keras without optimizer and with float32 stored in fewer bits.

    `int8` takes kernels, embeddings and other matrices of at least 1,024 weights: for each output
    channel, the last axis, `q = round(w / scale)` with `scale = max |w| / 127`, so that what is
    read back, `q * scale`, is off by half a step at most. All else is stored as `float16`.

    Args:
        content: bytes of the file.
        weights_dtype: one of `DTYPES`.
        name: of the file, for messages.

    Returns: bytes of an HDF5 file of the same layout.

    Raises:
        ValueError: for a weight that does not fit into float16.
    """

    def store(values, attributes, where):
        if values.dtype != np.float32:
            return values, attributes
        if weights_dtype == "int8" and is_large(values):
            quantized, scale = quantize(values)
            return quantized, {**attributes, SCALE: scale}
        return _cast(values, weights_dtype, f"{name}:{where}"), attributes

    return _rewritten(content, store, skip="optimizer")


def widen(content):
    """Rewrites what `narrow` made so that Keras reads it: int8 as the float32 that it stands for.

    Args:
        content: bytes of the file, from wherever: nothing in it may run code or reach other files.

    Returns: bytes of an HDF5 file of the same layout.

    Raises:
        ValueError: for a file that `narrow` did not make.
    """

    def restore(values, attributes, where):
        if values.dtype != np.int8 or SCALE not in attributes:
            return values, attributes
        scale = np.asarray(attributes.pop(SCALE))
        if scale.dtype != np.float32 or scale.shape != values.shape[-1:]:
            raise ValueError(f"{where} must have a scale for each of its channels")
        return values * scale, attributes

    return _rewritten(content, restore)


def quantize(values):
    """Returns int8 of `values`' shape, and the float32 scale of each channel, the last axis."""
    scale = np.abs(values).max(axis=tuple(range(values.ndim - 1))) / np.float32(127)
    # A channel of zeros, or of numbers so small that a 127th of them is none.
    scale[scale == 0] = 1
    return np.clip(np.rint(values / scale), -127, 127).astype(np.int8), scale


def is_large(values):
    """Whether a weight is stored as int8 where that is asked for."""
    return (
        values.ndim > 1
        and values.size >= MIN_WEIGHTS
        and values.shape[-1] <= MAX_CHANNELS
        and values.size >= MIN_WEIGHTS_OF_CHANNEL * values.shape[-1]
        and bool(np.isfinite(values).all())
    )


def _rewritten(content, change, skip=None):
    """Copies an HDF5 file, its datasets as `change(values, attributes, where)` returns them."""
    import h5py

    buffer, seen = io.BytesIO(), set()
    with h5py.File(io.BytesIO(content), "r") as source, h5py.File(buffer, "w") as target:

        def copy(old, new, where):
            new.attrs.update(old.attrs)
            for key in old:
                inner = f"{where}/{key}"
                if inner == f"/{skip}":
                    continue
                item = _own_item(old, key, inner, seen)
                if isinstance(item, h5py.Group):
                    copy(item, new.create_group(key), inner)
                else:
                    values, attributes = change(item[()], dict(item.attrs), inner)
                    new.create_dataset(key, data=values).attrs.update(attributes)

        copy(source, target, "")
    return buffer.getvalue()


def _own_item(group, key, where, seen):
    """The item, if it stands in the file itself, once, with all the bytes that it declares."""
    import h5py

    if group.get(key, getlink=True, getclass=True) is not h5py.HardLink:
        raise ValueError(f"{where} must not be a link")
    item = group[key]
    address = h5py.h5o.get_info(item.id).addr
    if address in seen:
        raise ValueError(f"{where} must not be there twice")
    seen.add(address)
    if isinstance(item, h5py.Dataset):
        plain = not item.external and not item.is_virtual
        if not plain or item.id.get_storage_size() < item.nbytes:
            raise ValueError(f"{where} must hold all its values")
    return item


def _cast(values, weights_dtype, where):
    with np.errstate(over="ignore"):
        cast = values.astype("float32" if weights_dtype == "float32" else "float16")
    if np.isinf(cast).any() and not np.isinf(values).any():
        largest = f"{np.abs(values).max():.6g} in {where}"
        raise ValueError(
            "`weights_dtype` must be able to hold every weight. "
            f"Received: weights_dtype={weights_dtype}, largest magnitude {largest}."
        )
    return cast
