"""The measures of a recording's copy, and of many copies."""

import dataclasses
import math

import numpy as np

from keras_speech import metrics
from keras_speech.evaluation import measures, perceptual

# Means over recordings; of those for which there is a value.
MEANS = ("pesq_wb", "stoi", "mcd_db", "log_spectral_distance_db", "multi_resolution_stft")


@dataclasses.dataclass(frozen=True)
class CopyScore:
    """What was measured of one rendition of a recording, the recording itself included.

    Attributes:
        seconds: length of the sound.
        largest_step: see `largest_step`.
        hypothesis: words that the recognizer heard, `None` where there is no text.
        words: `WordErrors` against the text, or `None`.
        distances: dict of the distances from the recording, by the names in `MEANS`; NaN where
            one is not defined. Empty for the recording.
        largest_step_ratio: of the copy's largest step to the recording's, or `None`.
        real_time_factor: seconds of computing per second of sound, or `None`.
    """

    seconds: float
    largest_step: float
    hypothesis: str | None = None
    words: metrics.WordErrors | None = None
    distances: dict = dataclasses.field(default_factory=dict)
    largest_step_ratio: float | None = None
    real_time_factor: float | None = None

    def to_dict(self):
        """The measures as JSON can hold them."""
        result = {"seconds": round(self.seconds, 3)}
        if self.words is not None:
            result["hypothesis"] = self.hypothesis
            result |= {"word_edits": self.words.edits, "words": self.words.words}
        result |= {name: measures.number(value) for name, value in self.distances.items()}
        for name in ("largest_step", "largest_step_ratio", "real_time_factor"):
            if getattr(self, name) is not None:
                result[name] = measures.number(getattr(self, name))
        return result

    def summary(self):
        """The most telling measures as a line of text."""
        parts = []
        if self.words is not None:
            parts.append(f"{self.words.edits} of {self.words.words} words wrong")
        for name, layout in (
            ("pesq_wb", "PESQ-WB {:.2f}"),
            ("stoi", "STOI {:.3f}"),
            ("mcd_db", "MCD {:.2f} dB"),
        ):
            value = self.distances.get(name, math.nan)
            if math.isfinite(value):
                parts.append(layout.format(value))
        return ", ".join(parts or [f"{self.seconds:.1f} s"])


def distances(samples, copy, spec, *, with_perceptual):
    """How far a copy is from its recording.

    Args:
        samples: float array `(samples,)`, the recording.
        copy: float array of the same shape.
        spec: `AudioSpec` of the mel spectrograms between which the mel-cepstral distortion is
            taken.
        with_perceptual: whether PESQ and STOI are taken as well.

    Returns: dict of floats by the names in `MEANS`.
    """
    found = {}
    if with_perceptual:
        found["pesq_wb"] = perceptual.pesq_wb(samples, copy, spec.sample_rate)
        found["stoi"] = perceptual.stoi(samples, copy, spec.sample_rate)
    mels = [log_mel(each, spec) for each in (samples, copy)]
    n_coefficients = min(13, spec.n_mels - 1)
    found["mcd_db"] = metrics.mel_cepstral_distortion(
        *mels, n_coefficients=n_coefficients, aligned=True
    )
    found["log_spectral_distance_db"] = metrics.log_spectral_distance(samples, copy)
    found["multi_resolution_stft"] = metrics.multi_resolution_stft_distance(samples, copy)
    return found


def log_mel(samples, spec):
    """Log-mel spectrogram of samples `(samples,)` as a NumPy array `(frames, n_mels)`."""
    import keras

    from keras_speech.ops import mel

    samples = np.asarray(samples, dtype="float32")
    return keras.ops.convert_to_numpy(mel.log_mel_spectrogram(samples, spec))


def totals(scores):
    """Measures of a set of recordings in one rendition.

    Words are pooled; PESQ, STOI and distances are means over the recordings for which they are
    defined; steps are the largest, and the real-time factor is the median.

    Args:
        scores: non-empty list of `CopyScore`.

    Returns: dict that JSON can hold.
    """
    result = {
        "utterances": len(scores),
        "seconds": round(sum(score.seconds for score in scores), 3),
    }
    if all(score.words is not None for score in scores):
        words = sum((score.words for score in scores), metrics.WordErrors())
        result |= {
            "closed_lm_wer": measures.number(words.rate),
            "substitutions": words.substitutions,
            "deletions": words.deletions,
            "insertions": words.insertions,
            "words": words.words,
        }
    for name in MEANS:
        values = [score.distances[name] for score in scores if name in score.distances]
        defined = [value for value in values if math.isfinite(value)]
        if values:
            result[name] = measures.number(np.mean(defined)) if defined else None
    for name, pool in (
        ("largest_step", max),
        ("largest_step_ratio", max),
        ("real_time_factor", np.median),
    ):
        values = [getattr(score, name) for score in scores]
        if None not in values:
            result[name] = measures.number(pool(values))
    return result
