"""Speech synthesis and audio generation on Keras 3.

The public names are listed here and load when they are first touched. Models, layers and ops run
on any Keras backend; what needs TensorFlow, sound files or plots is not loaded before it is used,
so that `import keras_speech` works on a JAX installation without TensorFlow.
"""

import importlib
import sys

from keras_speech.audio_spec import AudioSpec

__version__ = "0.1.0"

# public name -> the module to load when it is first touched
_ON_FIRST_USE = {
    "FastSpeech2": "keras_speech.models",
    "GriffinLim": "keras_speech.models",
    "HiFiGAN": "keras_speech.models",
    "LinearGriffinLim": "keras_speech.models",
    "NeuralHMMTTS": "keras_speech.models",
    "Speech": "keras_speech.voices",
    "Tacotron": "keras_speech.models",
    "Tacotron2": "keras_speech.models",
    "TransformerTTS": "keras_speech.models",
    "Vocos": "keras_speech.models",
    "Voice": "keras_speech.voices",
    "WaveGlow": "keras_speech.models",
    "WaveNet": "keras_speech.models",
    "callbacks": "keras_speech.callbacks",
    "data": "keras_speech.data",
    "evaluation": "keras_speech.evaluation",
    "export": "keras_speech.export",
    "fastspeech2_configs": "keras_speech.models",
    "hifigan_configs": "keras_speech.models",
    "layers": "keras_speech.layers",
    "losses": "keras_speech.losses",
    "metrics": "keras_speech.metrics",
    "models": "keras_speech.models",
    "neural_hmm_configs": "keras_speech.models",
    "ops": "keras_speech.ops",
    "optimizers": "keras_speech.optimizers",
    "plots": "keras_speech.plots",
    "serving": "keras_speech.serving",
    "tacotron2_configs": "keras_speech.models",
    "tacotron_configs": "keras_speech.models",
    "text": "keras_speech.text",
    "training": "keras_speech.training",
    "transformer_tts_configs": "keras_speech.models",
    "vocos_configs": "keras_speech.models",
    "voices": "keras_speech.voices",
    "waveglow_configs": "keras_speech.models",
    "wavenet_configs": "keras_speech.models",
}

__all__ = [
    "AudioSpec",
    "FastSpeech2",
    "GriffinLim",
    "HiFiGAN",
    "LinearGriffinLim",
    "NeuralHMMTTS",
    "Speech",
    "Tacotron",
    "Tacotron2",
    "TransformerTTS",
    "Vocos",
    "Voice",
    "WaveGlow",
    "WaveNet",
    "callbacks",
    "data",
    "evaluation",
    "export",
    "fastspeech2_configs",
    "hifigan_configs",
    "layers",
    "losses",
    "metrics",
    "models",
    "neural_hmm_configs",
    "ops",
    "optimizers",
    "plots",
    "serving",
    "tacotron2_configs",
    "tacotron_configs",
    "text",
    "training",
    "transformer_tts_configs",
    "vocos_configs",
    "voices",
    "waveglow_configs",
    "wavenet_configs",
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


# `keras.models.load_model` knows the classes that are imported, no others. The command line, which
# has not imported Keras yet, need not wait for it to print its help.
if "keras" in sys.modules:
    for _name in ("layers", "models", "optimizers"):
        __getattr__(_name)
