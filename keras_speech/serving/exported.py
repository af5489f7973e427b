"""A voice that was exported, behind what is asked of a `Voice` here."""

import numpy as np

from keras_speech.serving.signatures import Answers
from keras_speech.voices import delivery
from keras_speech.voices.request import LIMITS
from keras_speech.voices.speech import Speech

SIGNATURES = ("serving_default", "speak", "wav_bytes", "speak_wav_bytes", "mel", "vocode")

# What is called; the others are answered by these.
CALLED = ("speak", "mel", "vocode")


class ExportedVoice:
    """Speaks by the signatures of a SavedModel.

    It has those attributes of a `Voice` that are looked at here. Its graph splits texts as Python
    does, and speaks a sentence alone as among others: so the pieces of `spoken`, joined, are what
    the signature `speak` gives for the whole text, but for the rounding of sentences that the
    acoustic model speaks at once.

    Args:
        loaded: `keras_speech.export.loading.Loaded` of a voice.

    Raises:
        ValueError: its signatures are not those of a voice.
    """

    def __init__(self, loaded):
        about, names = loaded.about, loaded.inputs
        speaks = set(names.get("speak", ()))
        if set(names) != set(SIGNATURES) or (about.speakers is None) == ("speaker" in speaks):
            raise ValueError(f"The SavedModel of {loaded.name} is damaged: it is not of a voice.")
        self.name, self.spec, self.speakers = about.name, about.spec, about.speakers
        self.pauses, self.metadata = about.pauses, about.metadata
        self.acoustic_model, self.vocoder = _AcousticModel(loaded), _Vocoder(loaded)
        self._loaded = loaded

    def warm_up(self):
        """Compiles what the first calls would."""
        self._loaded.warm_up(CALLED)

    def spoken(self, text, options):
        """Yields a `Speech` for each sentence, the pause after it included.

        Args:
            text: str.
            options: `keras_speech.voices.request.Request`.
        """
        # As the graph reads it: what float32 takes from decimals, it gives back.
        speed = np.round(np.float64(np.float32(options.speed)) * 1e6) / 1e6
        for sentence, pause in delivery.split_with_pauses(text, self.pauses):
            made = self.call("speak", sentence, options)
            samples = made["audio"][0, : made["audio_lengths"][0]]
            if len(samples):
                rest = round(pause / speed * self.spec.frame_rate) * self.spec.hop_length
                yield Speech(np.pad(samples, (0, rest)), self.spec.sample_rate, text=sentence)

    def call(self, signature, text, options):
        """What a signature makes of one text, a dict of arrays with one row."""
        values = {
            "text": text, "speed": options.speed, "energy": options.energy, "seed": options.seed,
            "speaker": self.speakers[options.speaker] if self.speakers else "",
            **options.controls,
        }  # fmt: skip
        names = self._loaded.inputs[signature]
        return self._loaded(signature, {name: [values[name]] for name in names})


class _AcousticModel:
    def __init__(self, loaded):
        # As a model's own: what it changes itself.
        self.controls = tuple(name for name in LIMITS if name in loaded.inputs["mel"])


class _Vocoder:
    def __init__(self, loaded):
        self._loaded = loaded

    def generate(self, mel, seed):
        return self._loaded("vocode", {"mel": mel, "lengths": [mel.shape[1]]})["audio"]


class ExportedAnswers(Answers):
    """Answers to the signatures of an `ExportedVoice`."""

    def _mel(self, text, asked):
        return {name: value[0] for name, value in self.voice.call("mel", text, asked).items()}

    def of_signatures(self):
        """What answers each signature, by name."""
        functions = {"mel": self.mel, "vocode": self.vocode}
        functions |= {"serving_default": self.audio, "speak": self.audio}
        return {**functions, "wav_bytes": self.wav, "speak_wav_bytes": self.wav}
