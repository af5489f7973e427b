"""A small HTTP server for voices: TensorFlow Serving's REST API, and that of OpenAI's clients."""

from keras_speech.serving.application import application
from keras_speech.serving.limits import Limits
from keras_speech.serving.server import serve

__all__ = ["Limits", "application", "serve"]
