"""PESQ and STOI, by the packages that compute them (extra `[evaluate]`)."""

import math
import warnings

import numpy as np

from keras_speech.metrics.spectral_distances import side_by_side

PESQ_RATE = 16_000
STOI_RATE = 10_000
# The package `pesq` has room for 50 utterances and crashes the process beyond. It wants at least
# 0.2 s of speech and 0.2 s of pause for each: 40 fit into this.
PESQ_SECONDS = 16.0
SILENCE = 1e-6


def load_pesq():
    """Imports `pesq`, or raises an `ImportError` that says what to install."""
    try:
        import pesq
    except ImportError as error:
        raise ImportError("PESQ needs pesq: `pip install 'keras_speech[evaluate]'`.") from error
    return pesq


def load_stoi():
    """Imports `pystoi`, or raises an `ImportError` that says what to install."""
    try:
        import pystoi
    except ImportError as error:
        raise ImportError("STOI needs pystoi: `pip install 'keras_speech[evaluate]'`.") from error
    return pystoi


def pesq_wb(samples, copy, sample_rate):
    """Wide-band PESQ of a copy of a recording: a predicted mean opinion score.

    Both are resampled to 16 kHz: what lies above 8 kHz does not count. Neither do level and
    constant delay. Signals longer than 16 s are scored in equal parts and the scores averaged.

    Args:
        samples: float array `(samples,)`, the recording.
        copy: float array of the same shape.
        sample_rate: of both, in Hz.

    Returns: float, from about 1.0 to 4.64 (equal). NaN where PESQ finds nothing to score: in a
        silent recording, and in less than 0.25 s. A silent copy of speech scores 1.

    Raises:
        ImportError: when `pesq` is not installed; says what to install.
        ValueError: for signals of different shapes, or not finite.

    Example:

    ```python
    score = pesq_wb(recording, vocoder.generate(mel)[0, : len(recording)], 22050)
    ```

    Reference: ITU-T P.862.2, 2007, as implemented by the package `pesq`.
    """
    pesq = load_pesq()
    samples, copy = side_by_side(samples, copy)
    samples, copy = (_resampled(each, sample_rate, PESQ_RATE) for each in (samples, copy))
    n_parts = math.ceil(len(samples) / (PESQ_SECONDS * PESQ_RATE))
    parts = zip(np.array_split(samples, n_parts), np.array_split(copy, n_parts), strict=True)
    scores = [_pesq_of_part(pesq, *part) for part in parts]
    found = [score for score in scores if not math.isnan(score)]
    return float(np.mean(found)) if found else math.nan


def stoi(samples, copy, sample_rate, *, extended=False):
    """Short-time objective intelligibility of a copy of a recording.

    Both are resampled to 10 kHz by soxr; frames 40 dB below the recording's loudest do not count.

    Args:
        samples: float array `(samples,)`, the recording.
        copy: float array of the same shape.
        sample_rate: of both, in Hz.
        extended: whether to compute ESTOI, which does not take bands as independent. Defaults to
            `False`.

    Returns: float, at most 1 (equal). NaN in a silent recording, and where less than 0.4 s of it
        is loud enough.

    Raises:
        ImportError: when `pystoi` is not installed; says what to install.
        ValueError: for signals of different shapes, or not finite.

    Example:

    ```python
    score = stoi(recording, vocoder.generate(mel)[0, : len(recording)], 22050)
    ```

    Reference: Taal et al., "An algorithm for intelligibility prediction of time-frequency weighted
    noisy speech", 2011; Jensen and Taal, 2016, for the extended form; as implemented by `pystoi`.
    """
    pystoi = load_stoi()
    samples, copy = side_by_side(samples, copy)
    samples, copy = (_resampled(each, sample_rate, STOI_RATE) for each in (samples, copy))
    # Shorter than one of its segments, `pystoi` fails or gives a number that means nothing.
    if np.max(np.abs(samples)) < SILENCE or len(samples) < 0.4 * STOI_RATE:
        return math.nan
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        score = pystoi.stoi(samples, copy, STOI_RATE, extended=extended)
    if any("Not enough STFT frames" in str(warning.message) for warning in caught):
        return math.nan
    return float(score)


def _pesq_of_part(pesq, samples, copy):
    if np.max(np.abs(samples), initial=0.0) < SILENCE:
        return math.nan
    if np.max(np.abs(copy)) < SILENCE:
        return 1.0  # the package fails: it finds no level to bring to its own
    try:
        return float(pesq.pesq(PESQ_RATE, samples, copy, "wb"))
    except (pesq.NoUtterancesError, pesq.BufferTooShortError):
        return math.nan


def _resampled(samples, sample_rate, wanted):
    if sample_rate == wanted:
        return samples
    import soxr

    return soxr.resample(samples, sample_rate, wanted)
