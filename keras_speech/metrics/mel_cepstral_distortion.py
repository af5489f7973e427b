"""Mel-cepstral distortion: how far apart two voices' spectral envelopes are, in decibels."""

import numpy as np

from keras_speech.metrics.dynamic_time_warping import dtw_path


def mel_cepstrum(log_mel, n_coefficients=13):
    """Mel cepstrum of a log-mel spectrogram, without `c0`, the level.

    With `M` bands, `c_k = 2/M * sum_m log_mel[m] * cos(pi * k * (m + 1/2) / M)`, so that
    `log_mel[m] = c_0 / 2 + sum_k c_k * cos(pi * k * (m + 1/2) / M)`.

    Args:
        log_mel: float array `(frames, n_mels)`, natural logarithm of magnitudes (not power).
        n_coefficients: how many, from `c_1` on; less than `n_mels`. Defaults to 13.

    Returns: float64 array `(frames, n_coefficients)`.

    Raises:
        ValueError: when `log_mel` is not a matrix or has too few bands.
    """
    log_mel = np.asarray(log_mel, dtype="float64")
    if log_mel.ndim != 2:
        raise ValueError(
            f"`log_mel` must have shape (frames, n_mels). Received: shape {log_mel.shape}."
        )
    n_mels = log_mel.shape[1]
    if not 1 <= n_coefficients < n_mels:
        raise ValueError(
            "`n_coefficients` must be at least 1 and less than the number of bands. "
            f"Received: n_coefficients={n_coefficients}, {n_mels} bands."
        )
    k = np.arange(1, n_coefficients + 1)
    basis = np.cos(np.pi / n_mels * np.outer(np.arange(n_mels) + 0.5, k))
    return 2.0 / n_mels * log_mel @ basis


def mel_cepstral_distortion(reference, log_mel, *, n_coefficients=13, path=None, aligned=False):
    """Mel-cepstral distortion in dB, mean over frames paired by dynamic time warping.

    A copy of a recording runs beside it: `aligned=True` pairs frame with frame, as warping would
    hide what the copy has wrong in time.

    `10 / ln(10) * sqrt(2 * sum_k (c_k - c'_k)^2)` for each pair of frames, `k` from 1. With
    all coefficients that is the root mean square over the bands of the difference of the two
    spectra in dB once each frame's mean, its level, is taken away. Values depend on the bands,
    the frame length, `n_coefficients` and the warping: compare only those made alike.

    Args:
        reference: float array `(frames, n_mels)`, natural logarithm of magnitudes.
        log_mel: float array `(other_frames, n_mels)`.
        n_coefficients: how many cepstral coefficients, `c_0` not counted. Defaults to 13.
        path: int array `(pairs, 2)` of frames to compare. Defaults to `dtw_path` of the cepstra.
        aligned: whether each frame is compared with the one of the same number. Defaults to
            `False`.

    Returns: float, in dB; 0 for equal spectrograms and for those that differ in level alone.

    Raises:
        ValueError: when aligned spectrograms differ in length or a path is given as well; and as
            `mel_cepstrum` does.

    Example:

    >>> quiet = np.random.default_rng(0).normal(size=(20, 80))
    >>> round(mel_cepstral_distortion(quiet, quiet + 1.0), 6)
    0.0

    Reference: Kubichek, "Mel-cepstral distance measure for objective speech quality assessment",
    1993. Cepstra are those of a mel filterbank rather than of an all-pole or generalized cepstral
    analysis; warping and 13 coefficients as in [Skerry-Ryan et al., 2018](
    https://arxiv.org/abs/1803.09047).
    """
    reference = mel_cepstrum(reference, n_coefficients)
    other = mel_cepstrum(log_mel, n_coefficients)
    if aligned:
        if path is not None:
            raise ValueError("`path` must be None where `aligned` is True. Received both.")
        if len(reference) != len(other):
            raise ValueError(
                "Aligned spectrograms must have the same number of frames. "
                f"Received: {len(reference)} and {len(other)} frames."
            )
        path = np.stack([np.arange(len(reference))] * 2, axis=1)
    path = dtw_path(reference, other) if path is None else np.asarray(path)
    difference = reference[path[:, 0]] - other[path[:, 1]]
    per_pair = 10.0 / np.log(10.0) * np.sqrt(2.0 * np.sum(difference**2, axis=1))
    return float(np.mean(per_pair))
