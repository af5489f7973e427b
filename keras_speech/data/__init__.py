"""Corpora on disk, and the batches that models learn from."""

import importlib

from keras_speech.data.audio_edit import Level, Trim
from keras_speech.data.audio_files import AudioError, decode_audio, read_audio, write_wav
from keras_speech.data.corpus import Corpus, Recording
from keras_speech.data.durations import align_durations
from keras_speech.data.fsdd import fsdd
from keras_speech.data.ljspeech import ljspeech
from keras_speech.data.tables import Skipped, read_ids
from keras_speech.data.vctk import vctk
from keras_speech.data.wav_folder import wav_folder

# These need TensorFlow, which reading a corpus does not: they load when first touched.
_ON_FIRST_USE = {
    "AcousticEpochs": "epochs",
    "acoustic_batches": "batches",
    "acoustic_epochs": "epochs",
}

__all__ = [
    "AcousticEpochs",
    "AudioError",
    "Corpus",
    "Level",
    "Recording",
    "Skipped",
    "Trim",
    "acoustic_batches",
    "acoustic_epochs",
    "align_durations",
    "decode_audio",
    "fsdd",
    "ljspeech",
    "read_audio",
    "read_ids",
    "vctk",
    "wav_folder",
    "write_wav",
]


def __getattr__(name):
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
