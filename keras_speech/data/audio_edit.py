"""Level and edges of a recording: what is done to samples before features are made."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Level:
    """Brings every recording to one level.

    Args:
        dbfs: target in dB relative to full scale, at most 0. Defaults to -3.
        measure: `"peak"` (largest absolute sample, the default) or `"rms"`. With `"rms"` the gain
            is held back where the peak would pass full scale.

    Call arguments:
        samples: float array `(samples,)`.

    Returns: float array of the same shape and dtype; silence stays as it is.

    Raises:
        ValueError: if `dbfs` is positive or `measure` unknown.

    Example:

    >>> Level(-20.0)(np.array([0.0, 0.5, -0.25])).round(3).tolist()
    [0.0, 0.1, -0.05]
    """

    dbfs: float = -3.0
    measure: str = "peak"

    def __post_init__(self):
        if not self.dbfs <= 0:
            raise ValueError(f"`dbfs` must be at most 0. Received: dbfs={self.dbfs}.")
        if self.measure not in ("peak", "rms"):
            raise ValueError(
                f"`measure` must be 'peak' or 'rms'. Received: measure={self.measure!r}."
            )

    def __call__(self, samples):
        peak = float(np.max(np.abs(samples), initial=0.0))
        if peak == 0.0:
            return samples
        target = 10.0 ** (self.dbfs / 20.0)
        if self.measure == "peak":
            gain = target / peak
        else:
            rms = float(np.sqrt(np.mean(np.square(samples, dtype="float64"))))
            gain = min(target / rms, 1.0 / peak)
        return (samples * gain).astype(samples.dtype, copy=False)


@dataclasses.dataclass(frozen=True)
class Trim:
    """Cuts the quiet edges of a recording.

    Args:
        threshold_db: an edge is what stays below this level relative to the recording's peak.
            Defaults to -40 dB.
        margin_s: seconds kept on each side of what is louder. Defaults to 0.05.

    Call arguments:
        samples: float array `(samples,)`.
        sample_rate: in Hz.

    Returns: the part between the edges, a float array; silence stays as it is.

    Raises:
        ValueError: if `threshold_db` is not negative or `margin_s` is.

    Example:

    >>> samples = np.array([0.001, 0.001, 0.5, -0.4, 0.001, 0.001])
    >>> Trim(margin_s=0.001)(samples, sample_rate=1000).tolist()
    [0.001, 0.5, -0.4, 0.001]
    """

    threshold_db: float = -40.0
    margin_s: float = 0.05

    def __post_init__(self):
        if not self.threshold_db < 0:
            raise ValueError(
                f"`threshold_db` must be negative. Received: threshold_db={self.threshold_db}."
            )
        if not self.margin_s >= 0:
            raise ValueError(
                f"`margin_s` must not be negative. Received: margin_s={self.margin_s}."
            )

    def __call__(self, samples, sample_rate):
        magnitude = np.abs(samples)
        peak = float(np.max(magnitude, initial=0.0))
        if peak == 0.0:
            return samples
        loud = np.flatnonzero(magnitude >= peak * 10.0 ** (self.threshold_db / 20.0))
        margin = round(self.margin_s * sample_rate)
        return samples[max(0, loud[0] - margin) : loud[-1] + 1 + margin]
