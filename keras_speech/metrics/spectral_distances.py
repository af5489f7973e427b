"""Distances between the spectra of two signals that run side by side: copies of a recording."""

import numpy as np


def log_spectral_distance(samples, copy, *, n_fft=2048, hop_length=512, floor_db=-80.0):
    """Log-spectral distance in dB: the spectra's RMS difference, mean over frames.

    `mean_t sqrt(mean_f (20 log10(|S_tf| / |C_tf|))^2)` over all frames of a Hann window of
    `n_fft` samples and all frequencies up to half the sample rate. Magnitudes below the floor
    count as the floor in both, so that pauses, where hardly anything is heard, do not outweigh
    speech. Values depend on floor and window: compare only those made alike.

    Args:
        samples: float array `(samples,)`, the recording.
        copy: float array of the same shape.
        n_fft: int, length of the window in samples. Defaults to 2048.
        hop_length: int, samples between frames. Defaults to 512.
        floor_db: the floor, in dB relative to the recording's largest magnitude. Defaults to -80.

    Returns: float, in dB; 0 for equal signals and for a silent recording's silent copy. Phases do
    not count, level does.

    Raises:
        ValueError: for signals of different shapes, or a floor that is not negative.

    Example:

    >>> tone = np.sin(np.arange(8192.0))
    >>> log_spectral_distance(tone, tone)
    0.0

    Reference: Gray and Markel, "Distance measures for speech processing", 1976, the L2 norm of
    the difference of log spectra; the spectra are those of a Fourier transform rather than of
    linear prediction, and the floor is ours.
    """
    if not floor_db < 0:
        raise ValueError(f"`floor_db` must be negative. Received: floor_db={floor_db}.")
    samples, copy = side_by_side(samples, copy)
    reference = _magnitude(samples, n_fft, hop_length)
    other = _magnitude(copy, n_fft, hop_length)
    floor = max(reference.max() * 10.0 ** (floor_db / 20.0), 1e-10)
    difference = 20.0 * np.log10(np.maximum(reference, floor) / np.maximum(other, floor))
    return float(np.mean(np.sqrt(np.mean(difference**2, axis=1))))


def multi_resolution_stft_distance(samples, copy, resolutions=None):
    """The loss `losses.multi_resolution_stft` of one signal, as a number to report.

    Args:
        samples: float array `(samples,)`, the recording.
        copy: float array of the same shape.
        resolutions: tuples `(n_fft, hop_length, win_length)`. Defaults to the loss's.

    Returns: float; 0 for equal signals. Phases do not count, level does.

    Raises:
        ValueError: for signals of different shapes.

    Example:

    >>> tone = np.sin(np.arange(8192.0))
    >>> multi_resolution_stft_distance(tone, tone)
    0.0

    Reference: [Yamamoto et al., 2020](https://arxiv.org/abs/1910.11480), Eq. 4 to 6.
    """
    from keras_speech.losses import spectral

    samples, copy = side_by_side(samples, copy)
    resolutions = spectral.RESOLUTIONS if resolutions is None else resolutions
    return float(spectral.multi_resolution_stft(samples[None], copy[None], resolutions))


def largest_step(samples, positions=None):
    """Largest difference between neighboring samples: what a click has, and speech has not.

    Compare it with the recording's at the same level.

    Args:
        samples: float array `(samples,)`.
        positions: integers, indices of samples whose step from the sample before counts, such as
            the first samples of chunks. Defaults to all.

    Returns: float; 0 where there is no step.

    Raises:
        ValueError: for samples of another rank, or positions outside of the signal.

    Example:

    >>> largest_step([0.0, 0.5, 0.25, 0.25])
    0.5
    >>> largest_step([0.0, 0.5, 0.25, 0.25], positions=[2, 3])
    0.25
    """
    samples = np.asarray(samples, dtype="float64")
    if samples.ndim != 1:
        raise ValueError(f"`samples` must have shape (samples,). Received: shape {samples.shape}.")
    steps = np.abs(np.diff(samples))
    if positions is not None:
        positions = np.asarray(positions, dtype="int64")
        if positions.size and not (1 <= positions.min() and positions.max() < len(samples)):
            raise ValueError(
                f"`positions` must lie between 1 and {len(samples) - 1}, the last sample. "
                f"Received: {positions.min()} to {positions.max()}."
            )
        steps = steps[positions - 1]
    return float(np.max(steps, initial=0.0))


def side_by_side(samples, copy):
    """Both signals as float64 arrays, or `ValueError` if they do not run side by side."""
    samples, copy = np.asarray(samples, dtype="float64"), np.asarray(copy, dtype="float64")
    if samples.ndim != 1 or not samples.size or samples.shape != copy.shape:
        raise ValueError(
            "The recording and its copy must both have the shape (samples,), not empty. "
            f"Received: shapes {samples.shape} and {copy.shape}."
        )
    if not (np.isfinite(samples).all() and np.isfinite(copy).all()):
        raise ValueError(
            "The recording and its copy must be finite. Received: NaN or infinite values."
        )
    return samples, copy


def _magnitude(samples, n_fft, hop_length):
    import keras

    from keras_speech.ops import stft

    real, imag = stft.stft(samples, n_fft=n_fft, hop_length=hop_length, win_length=n_fft)
    return np.hypot(keras.ops.convert_to_numpy(real), keras.ops.convert_to_numpy(imag))
