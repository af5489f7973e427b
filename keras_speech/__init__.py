"""Speech synthesis and audio generation on Keras 3.

Models, layers and ops run on any Keras backend and load with the package. What needs TensorFlow,
sound files or plots loads when it is first touched, so that `import keras_speech` is quick and
works on a JAX installation without TensorFlow.
"""

import importlib

from keras_speech import layers, losses, metrics, models, ops
from keras_speech.audio_spec import AudioSpec
from keras_speech.models import GriffinLim, Tacotron2, tacotron2_configs

__version__ = "0.1.0"

# public name -> the module to load when it is first touched
_ON_FIRST_USE = {
    "Speech": "keras_speech.voices",
    "Voice": "keras_speech.voices",
    "callbacks": "keras_speech.callbacks",
    "data": "keras_speech.data",
    "evaluation": "keras_speech.evaluation",
    "plots": "keras_speech.plots",
    "text": "keras_speech.text",
    "training": "keras_speech.training",
    "voices": "keras_speech.voices",
}

__all__ = [
    "AudioSpec",
    "GriffinLim",
    "Speech",
    "Tacotron2",
    "Voice",
    "callbacks",
    "data",
    "evaluation",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "plots",
    "tacotron2_configs",
    "text",
    "training",
    "voices",
]


def __getattr__(name):
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_ON_FIRST_USE[name])
    value = module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
