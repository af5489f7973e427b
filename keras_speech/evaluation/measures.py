"""The measures of one utterance and of many."""

import dataclasses
import math

import numpy as np

from keras_speech.data import f0_tracking
from keras_speech.evaluation.prosody import Prosody
from keras_speech.evaluation.slips import Slips
from keras_speech.metrics import (
    F0Errors,
    WordErrors,
    dtw_path,
    f0_errors,
    mel_cepstral_distortion,
    mel_cepstrum,
)

# Not the tracker that voices may have learned from, and one with few errors of an octave.
F0_OPTIONS = f0_tracking.F0Options(tracker="pyin")


@dataclasses.dataclass(frozen=True)
class Features:
    """What the acoustic measures of an utterance need.

    Attributes:
        mel: float array `(frames, n_mels)`, log-mel spectrogram, centered frames.
        f0_hz: float array `(frames,)`, 0 where unvoiced.
    """

    mel: np.ndarray
    f0_hz: np.ndarray

    @property
    def cepstrum(self):
        return mel_cepstrum(self.mel)


@dataclasses.dataclass(frozen=True)
class UtteranceScore:
    """How one system said one sentence.

    Attributes:
        hypothesis: words that the recognizer heard.
        words: `WordErrors` against the text.
        seconds: length of the audio.
        slips: words skipped and repeated, `Slips`.
        free_hypothesis, free_words: the same of a recognizer with a free language model; `None`
            where there was none.
        prosody: `Prosody`, or `None`.
        mcd_db: mel-cepstral distortion against the recording, `None` where there is none.
        f0: `F0Errors` against the recording, `None` where there is none.
    """

    hypothesis: str
    words: WordErrors
    seconds: float
    slips: Slips | None = None
    free_hypothesis: str | None = None
    free_words: WordErrors | None = None
    prosody: Prosody | None = None
    mcd_db: float | None = None
    f0: F0Errors | None = None

    def to_dict(self):
        """The measures as JSON can hold them."""
        result = {
            "hypothesis": self.hypothesis,
            "word_edits": self.words.edits,
            "words": self.words.words,
            "seconds": round(self.seconds, 3),
        }
        if self.slips is not None:
            result |= slips_dict(self.slips)
        if self.free_words is not None:
            result |= {
                "free_hypothesis": self.free_hypothesis,
                "free_word_edits": self.free_words.edits,
            }
        if self.prosody is not None:
            result |= prosody_dict(self.prosody)
        if self.mcd_db is not None:
            result |= {"mcd_db": number(self.mcd_db), **f0_dict(self.f0)}
        return result

    def summary(self):
        """The most telling measures as a line of text."""
        line = f"{self.words.edits} of {self.words.words} words wrong"
        return line if self.mcd_db is None else f"{line}, MCD {self.mcd_db:.2f} dB"


def extract(samples, spec):
    """Features of an utterance.

    Args:
        samples: float array `(samples,)` at the spec's rate, brought to the common level.
        spec: `AudioSpec` with `padding="center"`.

    Returns: `Features`.
    """
    import keras

    from keras_speech.ops import mel as mel_ops

    samples = np.asarray(samples, dtype="float32")
    mel = keras.ops.convert_to_numpy(mel_ops.log_mel_spectrogram(samples, spec))
    f0_hz = pitch(samples, spec)
    frames = min(len(mel), len(f0_hz))
    return Features(mel[:frames], f0_hz[:frames])


def pitch(samples, spec):
    """Pitch of centered frames, float `(frames,)` in Hz, 0 where there is no voice."""
    return f0_tracking.track_f0(
        samples, spec.sample_rate, hop_length=spec.hop_length, options=F0_OPTIONS
    )


def compare(reference, other):
    """Acoustic distance of an utterance from its recording, over one warping path.

    Args:
        reference: `Features` of the recording.
        other: `Features` of another rendition of the sentence.

    Returns: tuple of the mel-cepstral distortion in dB and `F0Errors`.
    """
    path = dtw_path(reference.cepstrum, other.cepstrum)
    distortion = mel_cepstral_distortion(reference.mel, other.mel, path=path)
    return distortion, f0_errors(reference.f0_hz, other.f0_hz, path)


def totals(scores):
    """Measures of a set of utterances.

    Words and frames of pitch are pooled, so that long sentences weigh more; mel-cepstral
    distortion is the mean over utterances.

    Args:
        scores: non-empty list of `UtteranceScore`.

    Returns: dict that JSON can hold.
    """
    words = sum((score.words for score in scores), WordErrors())
    result = {
        "utterances": len(scores),
        "closed_lm_wer": number(words.rate),
        "substitutions": words.substitutions,
        "deletions": words.deletions,
        "insertions": words.insertions,
        "words": words.words,
        "seconds": round(sum(score.seconds for score in scores), 3),
    }
    if all(score.slips is not None for score in scores):
        result |= slips_dict(sum((score.slips for score in scores), Slips()))
    if all(score.free_words is not None for score in scores):
        free = sum((score.free_words for score in scores), WordErrors())
        result["free_lm_wer"] = number(free.rate)
    if all(score.prosody is not None for score in scores):
        result |= prosody_dict(sum((score.prosody for score in scores), Prosody()))
    if all(score.mcd_db is not None for score in scores):
        result["mcd_db"] = number(float(np.mean([score.mcd_db for score in scores])))
        result |= f0_dict(sum((score.f0 for score in scores), F0Errors()))
    return result


def f0_dict(errors):
    return {
        "f0_rmse_hz": number(errors.rmse_hz),
        "f0_rmse_cents": number(errors.rmse_cents),
        "voicing_error": number(errors.voicing_error),
    }


def slips_dict(slips):
    return {
        "skipped_words": slips.skipped,
        "repeated_words": slips.repeated,
        "added_words": slips.added,
    }


def prosody_dict(prosody):
    return {name: number(value) for name, value in prosody.to_dict().items()}


def number(value):
    """A float rounded for a report; `None`, JSON's only missing number, for NaN and infinity."""
    return round(float(value), 6) if math.isfinite(value) else None
