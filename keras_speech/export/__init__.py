"""SavedModels that need nothing of this package where they are served."""

from keras_speech.export.wavenet import saved_wavenet

__all__ = ["saved_wavenet"]
