"""Melody, loudness and tempo of speech: how lively it is, to be set beside recordings'."""

import dataclasses
import math

import numpy as np

SPEECH_DB = -35.0  # frames within this of the loudest one are speech
PAUSE_SECONDS = 0.1  # quiet that is longer is a pause; what is shorter belongs to the sounds


@dataclasses.dataclass(frozen=True)
class Prosody:
    """Sums over utterances, so that those of several add up with `+`.

    Attributes:
        utterances: number of them with a voiced frame.
        means, squared_means: sums over these of the mean pitch in semitones, and of its square.
        voiced_frames, squared_f0: voiced frames, and the sum of their squared distances in
            semitones from the mean of their utterance.
        speech_frames, squared_level: frames of speech, and the same of their levels in dB.
        words: number of words said.
        speech_seconds: from the first sound to the last, without pauses.
        sentences, pauses, pause_seconds: number of utterances, of pauses in them, and their time.
    """

    utterances: int = 0
    means: float = 0.0
    squared_means: float = 0.0
    voiced_frames: int = 0
    squared_f0: float = 0.0
    speech_frames: int = 0
    squared_level: float = 0.0
    words: int = 0
    speech_seconds: float = 0.0
    sentences: int = 0
    pauses: int = 0
    pause_seconds: float = 0.0

    @property
    def f0_spread(self):
        """Standard deviation of the pitch around its utterance's mean, in semitones."""
        return _root(self.squared_f0, self.voiced_frames)

    @property
    def f0_spread_across(self):
        """Standard deviation of the utterances' mean pitches, in semitones."""
        if not self.utterances:
            return math.nan
        mean = self.means / self.utterances
        return math.sqrt(max(0.0, self.squared_means / self.utterances - mean**2))

    @property
    def energy_spread(self):
        """Standard deviation of the level of speech around its utterance's mean, in dB."""
        return _root(self.squared_level, self.speech_frames)

    @property
    def words_per_second(self):
        """Words by the seconds of speech, pauses left out."""
        return self.words / self.speech_seconds if self.speech_seconds else math.nan

    def __add__(self, other):
        mine, theirs = dataclasses.astuple(self), dataclasses.astuple(other)
        return Prosody(*(a + b for a, b in zip(mine, theirs, strict=True)))

    def to_dict(self):
        """The measures as floats, NaN where nothing was voiced or said."""
        sentences = self.sentences or math.nan
        return {
            "f0_spread_semitones": self.f0_spread,
            "f0_spread_across_semitones": self.f0_spread_across,
            "energy_spread_db": self.energy_spread,
            "words_per_second": self.words_per_second,
            "pauses_per_sentence": self.pauses / sentences,
            "pause_seconds": self.pause_seconds / self.pauses if self.pauses else 0.0,
        }


def measure(samples, f0_hz, *, sample_rate, hop_length, n_words):
    """Prosody of one utterance.

    Args:
        samples: float array `(samples,)`.
        f0_hz: float array `(frames,)`, 0 where unvoiced.
        sample_rate: in Hz.
        hop_length: samples from frame to frame.
        n_words: number of words that were said.

    Returns: `Prosody`.

    Example:

    >>> samples = np.sin(np.arange(22_050) / 10)
    >>> said = measure(samples, np.full(87, 200.0), sample_rate=22_050, hop_length=256, n_words=3)
    >>> said.f0_spread, round(said.words_per_second, 1)
    (0.0, 3.0)
    """
    level = frame_levels(samples, hop_length)
    speech = np.flatnonzero(level > level.max(initial=-math.inf) + SPEECH_DB)
    if len(speech) == 0 or level.max() < -90:
        return Prosody(words=n_words, sentences=1)
    gaps = np.diff(speech) - 1
    pauses = gaps[gaps * hop_length >= PAUSE_SECONDS * sample_rate]
    frame_seconds = hop_length / sample_rate
    pitch = 12 * np.log2(f0_hz[f0_hz > 0] / 100.0)
    mean = float(pitch.mean()) if len(pitch) else 0.0
    return Prosody(
        utterances=int(len(pitch) > 0),
        means=mean,
        squared_means=mean**2,
        voiced_frames=len(pitch),
        squared_f0=float(np.sum((pitch - mean) ** 2)),
        speech_frames=len(speech),
        squared_level=float(np.sum((level[speech] - level[speech].mean()) ** 2)),
        words=n_words,
        speech_seconds=float(speech[-1] + 1 - speech[0] - pauses.sum()) * frame_seconds,
        sentences=1,
        pauses=len(pauses),
        pause_seconds=float(pauses.sum()) * frame_seconds,
    )


def frame_levels(samples, hop_length):
    """Level of every hop of `samples`, in dB relative to full scale: float `(frames,)`."""
    samples = np.asarray(samples, dtype="float64")
    padded = np.pad(samples, (0, -len(samples) % hop_length)).reshape(-1, hop_length)
    return 10 * np.log10(np.mean(padded**2, axis=1) + 1e-12)


def _root(total, count):
    return math.sqrt(total / count) if count else math.nan
