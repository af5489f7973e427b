"""Files that need nothing of this package where they are used."""

from keras_speech.export.litert_files import litert
from keras_speech.export.onnx_files import onnx
from keras_speech.export.serving import saved_model
from keras_speech.export.vocoder import saved_vocoder
from keras_speech.export.wavenet import saved_wavenet

__all__ = ["litert", "onnx", "saved_model", "saved_vocoder", "saved_wavenet"]
