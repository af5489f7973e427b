"""Pitch tracks of recordings."""

import numpy as np

FMIN, FMAX = 60.0, 500.0  # Hz: men's low voices to children's


def track_f0(samples, sample_rate, *, hop_length, fmin=FMIN, fmax=FMAX):
    """Fundamental frequency of speech by probabilistic YIN.

    Args:
        samples: float array `(samples,)`.
        sample_rate: in Hz.
        hop_length: samples from frame to frame; frame `t` is centered at sample `t * hop_length`.
        fmin: lowest pitch, in Hz. Defaults to 60.
        fmax: highest pitch, in Hz. Defaults to 500.

    Returns: float array `(1 + n_samples // hop_length,)`, in Hz, 0 where there is no voice.
        Pitches are a fifth of a semitone apart.

    Raises:
        ImportError: when librosa is not installed.

    Reference: Mauch and Dixon, "pYIN: a fundamental frequency estimator using probabilistic
    threshold distributions", 2014, in librosa's implementation.
    """
    librosa = load_librosa()
    samples = np.asarray(samples, dtype="float64")
    # Three periods of the lowest pitch: two to compare and room for the longest lag.
    frame_length = 2 ** int(np.ceil(np.log2(2.5 * sample_rate / fmin)))
    if len(samples) < frame_length:
        samples = np.pad(samples, (0, frame_length - len(samples)))
    # Coarser than librosa's defaults in both, for a fourth of the time.
    f0, voiced, _ = librosa.pyin(
        samples,
        fmin=fmin,
        fmax=fmax,
        sr=sample_rate,
        frame_length=frame_length,
        hop_length=hop_length,
        resolution=0.2,
        n_thresholds=50,
    )
    return np.where(voiced, np.nan_to_num(f0), 0.0)


def load_librosa():
    """Returns the module librosa.

    Raises:
        ImportError: when it is not installed; says how to.
    """
    try:
        import librosa
    except ImportError as error:
        raise ImportError(
            'Pitch measures need librosa: `pip install "keras-speech[evaluate]"`.'
        ) from error
    return librosa
