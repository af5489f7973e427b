"""Pitch tracks of recordings."""

import dataclasses
import importlib
import math

import numpy as np

FMIN, FMAX = 60.0, 500.0  # Hz: men's low voices to children's


@dataclasses.dataclass(frozen=True)
class F0Options:
    """How the pitch of recordings is tracked.

    Args:
        tracker: `"world"`, the default: DIO refined by StoneMask, a hundred times faster than
            speech; needs pyworld. `"pyin"`: probabilistic YIN, slower by five to ten times, with
            hardly a jump of an octave, but only to a fifth of a semitone; needs librosa.
        fmin: lowest pitch, in Hz. Defaults to 60.
        fmax: highest pitch, in Hz. Defaults to 500.

    Raises:
        ValueError: for a tracker that does not exist, or a range that is none.

    Example:

    >>> F0Options(fmin=75.0, fmax=300.0)
    F0Options(tracker='world', fmin=75.0, fmax=300.0)

    Reference: Morise, Kawahara and Katayose, "Fast and reliable F0 estimation method based on the
    period extraction of vocal fold vibration of singing voice and speech", 2009 (DIO); Mauch and
    Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold distributions",
    2014.
    """

    tracker: str = "world"
    fmin: float = FMIN
    fmax: float = FMAX

    def __post_init__(self):
        if self.tracker not in _TRACKERS:
            names = ", ".join(map(repr, _TRACKERS))
            raise ValueError(f"`tracker` must be one of {names}. Received: {self.tracker!r}.")
        if not 0 < self.fmin < self.fmax < math.inf:
            raise ValueError(
                "`fmin` must be positive and less than `fmax`. "
                f"Received: fmin={self.fmin}, fmax={self.fmax}."
            )


def f0_options(f0):
    """`F0Options`, or `None` for none, of the argument `f0` as users give it."""
    if isinstance(f0, F0Options):
        return f0
    if f0 is None or isinstance(f0, bool):
        return F0Options() if f0 else None
    raise ValueError(f"`f0` must be a bool or F0Options. Received: f0={f0!r}.")


def track_f0(samples, sample_rate, *, hop_length, padding="center", options=None):
    """Fundamental frequency of speech.

    Args:
        samples: float array `(samples,)`. Its level does not matter.
        sample_rate: in Hz.
        hop_length: samples from frame to frame.
        padding: frames as those of a spectrogram with this padding: frame `t` is centered at
            sample `t * hop_length` (`"center"`, the default) or half a hop later (`"hop"`).
        options: `F0Options`. Defaults to `F0Options()`.

    Returns: float32 array `(frames,)`, in Hz, 0 where there is no voice; with
        `1 + n_samples // hop_length` frames, or one less, but not none, with `padding="hop"`.

    Raises:
        ImportError: when the tracker's package is not installed; says how to.

    Example:

    >>> seconds = np.arange(22_050) / 22_050
    >>> tone = np.sign(np.sin(2 * np.pi * 200 * seconds))
    >>> track_f0(tone, 22_050, hop_length=256)[40].round()  # doctest: +SKIP
    200.0
    """
    options = F0Options() if options is None else options
    tracker = load_tracker(options.tracker)
    samples = np.asarray(samples, dtype="float64")
    n_frames = 1 + len(samples) // hop_length
    if padding == "hop":
        # Half a hop of silence before, then the first frame dropped: the centers move by half.
        samples = np.pad(samples, (hop_length // 2, 0))
    # So that there is a frame more than needed, whatever the tracker does at the end.
    samples = np.pad(samples, (0, 2 * hop_length))
    f0_hz = tracker(samples, sample_rate, hop_length, options.fmin, options.fmax)
    if padding == "hop":
        f0_hz, n_frames = f0_hz[1:], max(1, n_frames - 1)
    return f0_hz[:n_frames].astype("float32")


def load_tracker(name):
    """Returns the function of a tracker: `(samples, sample_rate, hop_length, fmin, fmax) -> f0`.

    Raises:
        ImportError: when the package it needs is not installed; says how to.
    """
    function, package, extra = _TRACKERS[name]
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise ImportError(
            f'The pitch tracker {name!r} needs {package}: `pip install "keras-speech[{extra}]"`.'
        ) from error
    return function


def _world(samples, sample_rate, hop_length, fmin, fmax):
    import pyworld

    samples = np.ascontiguousarray(samples)
    coarse, seconds = pyworld.dio(
        samples,
        sample_rate,
        f0_floor=fmin,
        f0_ceil=fmax,
        frame_period=1000.0 * hop_length / sample_rate,
    )
    return pyworld.stonemask(samples, coarse, seconds, sample_rate)


def _pyin(samples, sample_rate, hop_length, fmin, fmax):
    import librosa

    # Three periods of the lowest pitch: two to compare and room for the longest lag.
    frame_length = 2 ** math.ceil(math.log2(2.5 * sample_rate / fmin))
    samples = np.pad(samples, (0, max(0, frame_length - len(samples))))
    # Coarser than librosa's defaults in both, for a fourth of the time.
    f0_hz, voiced, _ = librosa.pyin(
        samples,
        fmin=fmin,
        fmax=fmax,
        sr=sample_rate,
        frame_length=frame_length,
        hop_length=hop_length,
        resolution=0.2,
        n_thresholds=50,
    )
    return np.where(voiced, np.nan_to_num(f0_hz), 0.0)


_TRACKERS = {
    "world": (_world, "pyworld", "pitch"),
    "pyin": (_pyin, "librosa", "evaluate"),
}
