"""Voices: text in, sound out, from the package or from a directory."""

from keras_speech.voices.presets import bundled_voices
from keras_speech.voices.speech import Speech
from keras_speech.voices.voice import Voice

__all__ = ["Speech", "Voice", "bundled_voices"]
