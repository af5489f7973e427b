"""Sentences as lines of JSON: what is heard, with the numbers of its pictures."""

import base64

import numpy as np

from keras_speech.serving.errors import json_bytes
from keras_speech.serving.pcm import pcm16
from keras_speech.voices.voice import MAX_DETAILED_SENTENCES


class LinesEncoder:
    """One line of JSON a sentence: samples, and the mel and alignment that they were made from.

    Longer texts have pictures of as many sentences as `Voice.speak` keeps at most; so do all
    sentences of a model that gives its sound alone have none: `null` stands there.

    Args:
        name: `"jsonl"`.
        sample_rate: in hertz.
    """

    def __init__(self, name, sample_rate):
        self._sample_rate, self._pictures = sample_rate, MAX_DETAILED_SENTENCES

    def sentence(self, speech):
        """Bytes of a `Speech`."""
        pictured = self._pictures > 0 and speech.mel is not None and speech.alignment is not None
        self._pictures -= 1
        line = {
            "text": speech.text,
            "sample_rate": self._sample_rate,
            "audio": _base64(pcm16(speech.samples)),
            "mel": floats_json(speech.mel) if pictured else None,
            "alignment": floats_json(speech.alignment) if pictured else None,
            "symbols": list(speech.symbols) if pictured and speech.symbols else None,
        }
        return json_bytes(line) + b"\n"

    def end(self):
        return b""


def floats_json(array):
    """An array as what JSON can hold: its shape, and its float32 numbers, little-endian, in base64.

    Example:

    >>> floats_json(np.ones((1, 2)))
    {'shape': [1, 2], 'b64': 'AACAPwAAgD8='}
    """
    return {"shape": list(np.shape(array)), **_base64(np.asarray(array, "<f4").tobytes())}


def _base64(content):
    return {"b64": base64.b64encode(content).decode("ascii")}
