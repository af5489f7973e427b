"""Objective evaluation of voices and vocoders (extra `[evaluate]`)."""

import importlib

from keras_speech.evaluation.perceptual import pesq_wb, stoi
from keras_speech.evaluation.pitches import (
    PitchMatch,
    match_pitches,
    strongest_partials,
)
from keras_speech.evaluation.recognizer import (
    ClosedRecognizer,
    FreeRecognizer,
    RecognitionScore,
    SentenceScore,
)
from keras_speech.evaluation.scoring_text import scoring_words
from keras_speech.evaluation.slips import Slips, count_slips

# The recognizer needs no Keras; what speaks does, and loads when first touched.
_ON_FIRST_USE = {
    "evaluate_vocoder": "vocoder_evaluation",
    "evaluate_voice": "voice_evaluation",
    "format_table": "report",
}

__all__ = [
    "ClosedRecognizer",
    "FreeRecognizer",
    "PitchMatch",
    "RecognitionScore",
    "SentenceScore",
    "Slips",
    "count_slips",
    "evaluate_vocoder",
    "evaluate_voice",
    "format_table",
    "match_pitches",
    "pesq_wb",
    "scoring_words",
    "stoi",
    "strongest_partials",
]


def __getattr__(name):
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
