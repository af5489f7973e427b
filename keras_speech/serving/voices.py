"""`GET /v1/voices`: what can be asked of each voice, for whoever lets people choose."""

import numpy as np

from keras_speech.ops import mel
from keras_speech.serving.speaking import learned_controls
from keras_speech.voices.request import LIMITS, NEUTRAL

UNITS = {"speed": "times", "pitch": "semitones", "energy": "dB"}


def of_voice(name, voice, limits):
    """Describes a voice.

    Args:
        name: of the model, as clients call it.
        voice: `Voice`.
        limits: `Limits`.

    Returns: dict, as `described` gives it.
    """
    controls = ["speed", *learned_controls(voice.acoustic_model)]
    return described(
        name, voice.speakers, controls, voice.spec.sample_rate, limits,
        metadata=voice.metadata, spec=voice.spec,
    )  # fmt: skip


def described(name, speakers, controls, sample_rate, limits, *, metadata=None, spec=None):
    """Describes what is served under a name.

    Args:
        name: of the model, as clients call it.
        speakers: names, or `None` where there is no choice.
        controls: names, of speed, pitch and energy.
        sample_rate: of its sound, in hertz.
        limits: `Limits`.
        metadata: dict for people, as that of `Voice`. Defaults to none.
        spec: `AudioSpec` of the mels in its lines of JSON. Defaults to `None`: it gives sound
            alone, and there are no pictures.

    Returns: dict that JSON can hold.

    Example:

    >>> from keras_speech.serving.limits import Limits
    >>> described("mine", None, ["speed"], 22050, Limits())["controls"]
    {'speed': {'low': 0.25, 'high': 4.0, 'default': 1.0, 'unit': 'times'}}
    """
    metadata = metadata or {}
    return {
        "name": name,
        "speakers": list(speakers or ()),
        "controls": {
            each: {"low": low, "high": high, "default": NEUTRAL[each], "unit": UNITS[each]}
            for each, (low, high) in LIMITS.items()
            if each in controls
        },
        "sample_rate": int(sample_rate),
        "hop_length": spec.hop_length if spec else None,
        "max_text": limits.max_text,
        "pictures": spec is not None,
        "mel_hz": band_centers(spec) if spec else None,
        **{key: metadata.get(key) for key in ("description", "language", "license", "credits")},
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
