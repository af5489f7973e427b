"""Attentions by name and by config, from a fixed table: nothing loaded runs code."""

import importlib

import keras

from keras_speech.layers.attention.attention_mechanism import AttentionMechanism

# class -> its module, imported when it is asked for: the windowed one asks here itself.
CLASSES = {
    "BahdanauAttention": "bahdanau_attention",
    "BahdanauMonotonicAttention": "bahdanau_monotonic_attention",
    "DynamicConvolutionAttention": "dynamic_convolution_attention",
    "ForwardAttention": "forward_attention",
    "GMMAttention": "gmm_attention",
    "LocationSensitiveAttention": "location_sensitive_attention",
    "LuongAttention": "luong_attention",
    "LuongMonotonicAttention": "luong_monotonic_attention",
    "WindowedAttention": "windowed_attention",
}

NAMES = {
    "bahdanau": "BahdanauAttention",
    "bahdanau_monotonic": "BahdanauMonotonicAttention",
    "dynamic_convolution": "DynamicConvolutionAttention",
    "forward": "ForwardAttention",
    "gmm": "GMMAttention",
    "location_sensitive": "LocationSensitiveAttention",
    "luong": "LuongAttention",
    "luong_monotonic": "LuongMonotonicAttention",
    "monotonic": "BahdanauMonotonicAttention",
    "windowed": "WindowedAttention",
}

# These compare nothing in a width of their own.
WITHOUT_UNITS = {"LuongAttention", "LuongMonotonicAttention", "WindowedAttention"}


def get(identifier, units=None, dtype=None):
    """An attention layer from its name, its config, or itself.

    Args:
        identifier: name (`"bahdanau"`, `"bahdanau_monotonic"` or `"monotonic"`,
            `"dynamic_convolution"`, `"forward"`, `"gmm"`, `"location_sensitive"`, `"luong"`,
            `"luong_monotonic"`, `"windowed"`); dict of `"class_name"` and `"config"`, as
            `serialize` makes it; or a layer, which is returned as it is.
        units: width in which a layer made from its name compares, where it has one. Defaults to
            None (the layer's own default).
        dtype: dtype policy of a layer made from its name. Defaults to None (the global one).

    Returns: the layer.

    Raises:
        ValueError: if there is no such attention.

    Example:
    >>> get("gmm", units=32).units
    32
    >>> get({"class_name": "ForwardAttention", "config": {"units": 16}}).units
    16
    """
    if isinstance(identifier, keras.layers.Layer):
        return identifier
    if isinstance(identifier, str) and identifier in NAMES:
        name = NAMES[identifier]
        options = {} if units is None or name in WITHOUT_UNITS else {"units": units}
        return _find(name)(dtype=dtype, **options)
    if isinstance(identifier, dict) and identifier.keys() >= {"class_name", "config"}:
        found = _find(identifier["class_name"])
        if found is not None:
            return found.from_config(dict(identifier["config"]))
    raise ValueError(
        f"`attention` must be one of {', '.join(sorted(NAMES))}, the config of an attention, or a "
        f"layer. Received: attention={identifier!r}"
    )


def serialize(layer):
    """Dict of `"class_name"` and `"config"`, from which `get` makes the same layer again."""
    name = type(layer).__name__
    if _find(name) is not type(layer):
        name = keras.saving.get_registered_name(type(layer))
    return {"class_name": name, "config": layer.get_config()}


def identified(identifier):
    """`identifier` as it stands in a config: a layer as its dict, all else as it is."""
    return serialize(identifier) if isinstance(identifier, keras.layers.Layer) else identifier


def _find(name):
    """The class in the table, else one that its author registered with Keras, else None."""
    if name in CLASSES:
        module = importlib.import_module(f"keras_speech.layers.attention.{CLASSES[name]}")
        return getattr(module, name)
    found = keras.saving.get_registered_object(name)
    known = isinstance(found, type) and issubclass(found, AttentionMechanism)
    return found if known else None
