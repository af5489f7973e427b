"""Models, one folder each, on any Keras backend."""

from keras_speech.models.fastspeech2 import fastspeech2_configs
from keras_speech.models.fastspeech2.fastspeech2 import FastSpeech2
from keras_speech.models.griffin_lim.griffin_lim import GriffinLim
from keras_speech.models.griffin_lim.linear_griffin_lim import LinearGriffinLim
from keras_speech.models.hifigan import hifigan_configs
from keras_speech.models.hifigan.hifigan import HiFiGAN
from keras_speech.models.neural_hmm import neural_hmm_configs
from keras_speech.models.neural_hmm.neural_hmm import NeuralHMMTTS
from keras_speech.models.presets import bundled_models, load_model_preset, save_model_preset
from keras_speech.models.tacotron import tacotron_configs
from keras_speech.models.tacotron.tacotron import Tacotron
from keras_speech.models.tacotron2 import tacotron2_configs
from keras_speech.models.tacotron2.tacotron2 import Tacotron2
from keras_speech.models.transformer_tts import transformer_tts_configs
from keras_speech.models.transformer_tts.transformer_tts import TransformerTTS
from keras_speech.models.vocos import vocos_configs
from keras_speech.models.vocos.vocos import Vocos
from keras_speech.models.waveglow import waveglow_configs
from keras_speech.models.waveglow.waveglow import WaveGlow
from keras_speech.models.wavenet import wavenet_configs
from keras_speech.models.wavenet.wavenet import WaveNet

__all__ = [
    "FastSpeech2",
    "GriffinLim",
    "HiFiGAN",
    "LinearGriffinLim",
    "NeuralHMMTTS",
    "Tacotron",
    "Tacotron2",
    "TransformerTTS",
    "Vocos",
    "WaveGlow",
    "WaveNet",
    "bundled_models",
    "fastspeech2_configs",
    "hifigan_configs",
    "load_model_preset",
    "neural_hmm_configs",
    "save_model_preset",
    "tacotron2_configs",
    "tacotron_configs",
    "transformer_tts_configs",
    "vocos_configs",
    "waveglow_configs",
    "wavenet_configs",
]
