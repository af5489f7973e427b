"""Speech synthesis and audio generation on Keras 3.

`keras_speech.data`, `.text`, `.voices` and the other modules named in `_ON_FIRST_USE` load when
they are first touched: some need TensorFlow, which a JAX installation does not have.
"""

import importlib

__version__ = "0.1.0"

_ON_FIRST_USE = {
    "callbacks",
    "cli",
    "data",
    "evaluation",
    "export",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "plots",
    "text",
    "voices",
}


def __getattr__(name):
    if name in _ON_FIRST_USE:
        return importlib.import_module(f"keras_speech.{name}")
    raise AttributeError(f"module 'keras_speech' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_ON_FIRST_USE})
