"""Training in sixteen bits, and a model in thirty-two afterwards."""

import contextlib

import keras
from keras import ops

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


@contextlib.contextmanager
def dtype_policy(name):
    """Sets Keras's dtype policy for the length of a `with` block.

    A model that is made in there computes by it, as long as it lives. With `"mixed_float16"`, its
    `compile` scales losses, so that small gradients do not become 0.

    Args:
        name: `"float32"`, `"mixed_bfloat16"` or `"mixed_float16"`.

    Raises:
        ValueError: another name.

    Example:

    ```python
    with dtype_policy("mixed_bfloat16"):
        model = Tacotron2(vocabulary_size=40)
    ```
    """
    if name not in PRECISIONS:
        raise ValueError(f"`name` must be one of {', '.join(PRECISIONS)}. Received: name={name!r}.")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(model):
    """Returns an equal model that computes in float32: what was trained in sixteen bits, to keep.

    Weights are float32 in any case, and taken over as they are.

    Args:
        model: built `keras.Model` with `get_config`.

    Returns: a model of the same class with weights of its own, or `model` itself if it computes in
        float32.

    Example:

    ```python
    in_float32(model).save("model.keras")
    ```
    """
    config = model.get_config()
    plain = _without_mixed(config)
    if plain == config:
        return model
    with dtype_policy("float32"):
        copy = type(model).from_config(plain)
        if not copy.built:
            copy.build_from_config(model.get_build_config())
    copy.set_weights([ops.convert_to_numpy(weight) for weight in model.weights])
    return copy


def _without_mixed(config):
    """The config with each policy of sixteen bits in it replaced."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            if config["config"]["name"].startswith("mixed_"):
                return {**config, "config": {"name": "float32"}}
        return {name: _without_mixed(value) for name, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_without_mixed(value) for value in config)
    return "float32" if isinstance(config, str) and config in PRECISIONS[1:] else config
