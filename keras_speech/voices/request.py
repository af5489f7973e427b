"""What is asked of a voice beside the text, checked before the first sentence."""

import dataclasses

import numpy as np

from keras_speech.voices import checks

# What a model's `controls` may name, each with its range and the value that changes nothing.
LIMITS = {"speed": (0.25, 4.0), "pitch": (-12.0, 12.0), "energy": (-20.0, 20.0)}
NEUTRAL = {"speed": 1.0, "pitch": 0.0, "energy": 0.0}


@dataclasses.dataclass(frozen=True)
class Request:
    """How sentences are to be spoken. Made by `checked_request`.

    Attributes:
        speaker: index, or `None` where there is no choice.
        speed: 2.0 is twice as fast.
        energy: in dB.
        seed, batch_size: whole numbers.
        controls: dict of those controls that the acoustic model has.
        max_frames: limit of frames a sentence, or `None`.
    """

    speaker: int | None
    speed: float
    energy: float
    seed: int
    batch_size: int
    controls: dict
    max_frames: int | None

    def model_options(self, n_sentences):
        """Keywords of the acoustic model's `generate` for so many sentences."""
        options = {"seed": self.seed, **self.controls}
        if self.max_frames is not None:
            options["max_frames"] = self.max_frames
        if self.speaker is not None:
            options["speaker"] = np.full(n_sentences, self.speaker, "int32")
        return options

    @property
    def stretch(self):
        """The speed by which the mel is still to be stretched: that which no model took on."""
        return 1.0 if "speed" in self.controls else self.speed


def checked_request(voice, *, speaker, speed, pitch, energy, seed, batch_size, max_frames):
    """Returns the arguments of `Voice.speak` as a `Request`.

    Raises:
        ValueError: for an unknown speaker, a number out of range, or a control that the voice's
            acoustic model does not have.
    """
    values = {"speed": speed, "pitch": pitch, "energy": energy}
    has = getattr(voice.acoustic_model, "controls", ())
    for name, value in values.items():
        low, high = LIMITS[name]
        values[name] = checks.finite(name, value, low=low, high=high)
        # Any voice can speak faster: its mel is stretched.
        if name not in ("speed", *has) and value != NEUTRAL[name]:
            raise ValueError(
                f"`{name}` must be 0: the voice {voice.name!r} has an acoustic model "
                f"({type(voice.acoustic_model).__name__}) without a control of {name}. "
                f"Received: {name}={value}."
            )
    if max_frames is not None:
        max_frames = checks.integer("max_frames", max_frames, low=1)
    return Request(
        speaker=checks.speaker_index(speaker, voice.speakers),
        speed=values["speed"],
        energy=values["energy"],
        seed=checks.seed(seed),
        batch_size=checks.integer("batch_size", batch_size, low=1),
        controls={name: value for name, value in values.items() if name in has},
        max_frames=max_frames,
    )
