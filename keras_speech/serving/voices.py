"""`GET /v1/voices`: what can be asked of each voice, for whoever lets people choose."""

import numpy as np

from keras_speech.ops import mel
from keras_speech.serving.speaking import learned_controls
from keras_speech.voices.request import LIMITS, NEUTRAL
from keras_speech.voices.voice import Voice

# What of a voice's metadata is for everyone.
METADATA = ("description", "language", "license", "credits")

UNITS = {"speed": "times", "pitch": "semitones", "energy": "dB"}


def of_voice(name, voice, limits):
    """Describes a voice.

    Args:
        name: of the model, as clients call it.
        voice: `Voice`; or whatever else speaks, which gives its sound alone, without the mel and
            the alignment that it was made from.
        limits: `Limits`.

    Returns: dict that JSON can hold. `controls` has only those that may be changed; `mel_hz` are
        the frequencies of the mel's bands where there are `pictures`.
    """
    controls = {"speed", *learned_controls(voice.acoustic_model)}
    pictures = isinstance(voice, Voice)
    return {
        "name": name,
        "speakers": list(voice.speakers or ()),
        "controls": {
            each: {"low": low, "high": high, "default": NEUTRAL[each], "unit": UNITS[each]}
            for each, (low, high) in LIMITS.items()
            if each in controls
        },
        "sample_rate": voice.spec.sample_rate,
        "hop_length": voice.spec.hop_length,
        "max_text": limits.max_text,
        "pictures": pictures,
        "mel_hz": band_centers(voice.spec) if pictures else None,
        **{key: voice.metadata.get(key) for key in METADATA},
    }


def band_centers(spec):
    """Frequencies in the middle of the mel bands of an `AudioSpec`, a list of hertz.

    Example:

    >>> from keras_speech.audio_spec import AudioSpec
    >>> centers = band_centers(AudioSpec())
    >>> len(centers), centers[0], centers[-1]
    (80, 37.2, 7698.6)
    """
    htk = spec.mel_scale == "htk"
    low, high = mel.hz_to_mel([spec.fmin, spec.fmax], htk=htk)
    centers = mel.mel_to_hz(np.linspace(low, high, spec.n_mels + 2)[1:-1], htk=htk)
    return centers.round(1).tolist()
