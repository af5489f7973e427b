"""Corpora on disk, and the batches that models learn from."""

import importlib

from keras_speech.data.audio_edit import Level, Trim
from keras_speech.data.audio_files import AudioError, decode_audio, read_audio, write_wav
from keras_speech.data.chords import midi_to_hz, note_name, parse_chord
from keras_speech.data.corpus import Corpus, Recording
from keras_speech.data.durations import align_durations
from keras_speech.data.f0_tracking import F0Options, track_f0
from keras_speech.data.fsdd import fsdd
from keras_speech.data.inspection.corpus_inspection import inspect
from keras_speech.data.inspection.corpus_report import CorpusReport
from keras_speech.data.ljspeech import ljspeech
from keras_speech.data.note_bank import NoteBank
from keras_speech.data.note_corpus import Note, note_corpus
from keras_speech.data.note_roll import note_roll, note_roll_channels
from keras_speech.data.phone_times import with_phone_times
from keras_speech.data.prepare import prepare
from keras_speech.data.shards import shards
from keras_speech.data.tables import Skipped, read_ids
from keras_speech.data.vctk import vctk
from keras_speech.data.wav_folder import wav_folder

# These need TensorFlow, which reading a corpus does not: they load when first touched.
_ON_FIRST_USE = {
    "augmentation": None,
    "AcousticEpochs": "epochs",
    "BatchWatch": "batch_watch",
    "ChordEpochs": "chord_dataset",
    "acoustic_batches": "batches",
    "acoustic_epochs": "epochs",
    "chord_batches": "chord_mixes",
    "chord_epochs": "chord_mixes",
    "linear_batches": "linear_targets",
    "linear_epochs": "linear_targets",
    "shard_dataset": "shard_records",
    "WaveformEpochs": "waveform_dataset",
    "align_corpus": "corpus_alignment",
    "audio_dataset": "recordings_dataset",
    "decode_in_graph": "graph_decoding",
    "from_service": "service",
    "waveform_batches": "waveforms",
    "waveform_epochs": "waveforms",
    "write_alignments": "corpus_alignment",
}

__all__ = [
    "AcousticEpochs",
    "AudioError",
    "BatchWatch",
    "ChordEpochs",
    "Corpus",
    "CorpusReport",
    "F0Options",
    "Level",
    "Note",
    "NoteBank",
    "Recording",
    "Skipped",
    "Trim",
    "WaveformEpochs",
    "acoustic_batches",
    "acoustic_epochs",
    "align_corpus",
    "align_durations",
    "audio_dataset",
    "augmentation",
    "chord_batches",
    "chord_epochs",
    "decode_audio",
    "decode_in_graph",
    "from_service",
    "fsdd",
    "inspect",
    "linear_batches",
    "linear_epochs",
    "ljspeech",
    "midi_to_hz",
    "note_corpus",
    "note_name",
    "note_roll",
    "note_roll_channels",
    "parse_chord",
    "prepare",
    "read_audio",
    "read_ids",
    "shard_dataset",
    "shards",
    "track_f0",
    "vctk",
    "wav_folder",
    "waveform_batches",
    "waveform_epochs",
    "with_phone_times",
    "write_alignments",
    "write_wav",
]


def __getattr__(name):
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file = _ON_FIRST_USE[name]
    module = importlib.import_module(f"{__name__}.{file or name}")
    value = getattr(module, name) if file else module
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
