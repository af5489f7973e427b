"""Corpora on disk, and the batches that models learn from."""

from keras_speech.data.acoustic_batches import acoustic_batches
from keras_speech.data.acoustic_epochs import AcousticEpochs, acoustic_epochs
from keras_speech.data.audio_edit import Level, Trim
from keras_speech.data.audio_files import AudioError, decode_audio, read_audio, write_wav
from keras_speech.data.corpus import Corpus, Recording
from keras_speech.data.fsdd import fsdd
from keras_speech.data.ljspeech import ljspeech
from keras_speech.data.tables import Skipped, read_ids
from keras_speech.data.vctk import vctk
from keras_speech.data.wav_folder import wav_folder

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
    "decode_audio",
    "fsdd",
    "ljspeech",
    "read_audio",
    "read_ids",
    "vctk",
    "wav_folder",
    "write_wav",
]
