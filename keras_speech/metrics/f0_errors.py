"""How far a voice's pitch is from another's."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class F0Errors:
    """Sums over pairs of frames, so that those of several utterances add up with `+`.

    Attributes:
        pairs: pairs of frames compared.
        voicing_disagreements: pairs of which exactly one frame is voiced.
        both_voiced: pairs of two voiced frames; the pitch is compared in these.
        squared_hz: sum of squared differences in Hz.
        squared_cents: sum of squared differences in cents, 1200 to the octave.
    """

    pairs: int = 0
    voicing_disagreements: int = 0
    both_voiced: int = 0
    squared_hz: float = 0.0
    squared_cents: float = 0.0

    @property
    def rmse_hz(self):
        """Root mean square error in Hz; NaN where no pair has two voiced frames."""
        return _root_mean(self.squared_hz, self.both_voiced)

    @property
    def rmse_cents(self):
        """Root mean square error in cents; NaN where no pair has two voiced frames."""
        return _root_mean(self.squared_cents, self.both_voiced)

    @property
    def voicing_error(self):
        """Share of the pairs that disagree on voicing; NaN without pairs."""
        return self.voicing_disagreements / self.pairs if self.pairs else float("nan")

    def __add__(self, other):
        mine, theirs = dataclasses.astuple(self), dataclasses.astuple(other)
        return F0Errors(*(a + b for a, b in zip(mine, theirs, strict=True)))


def f0_errors(reference_hz, f0_hz, path=None):
    """Compares two pitch tracks.

    Args:
        reference_hz: float array `(frames,)` in Hz; 0 or NaN where there is no voice.
        f0_hz: float array `(other_frames,)`, likewise.
        path: int array `(pairs, 2)` of the frames to compare, as `dtw_path` returns it. Defaults
            to the frames at the same time, which asks for tracks of the same length.

    Returns: `F0Errors`.

    Raises:
        ValueError: when tracks are not one-dimensional, negative, or without `path` of different
            length.

    Example:

    >>> errors = f0_errors([100.0, 200.0, 0.0], [100.0, 400.0, 100.0])
    >>> round(errors.rmse_hz, 2), round(errors.rmse_cents, 2), round(errors.voicing_error, 2)
    (141.42, 848.53, 0.33)
    """
    reference_hz = _track("reference_hz", reference_hz)
    f0_hz = _track("f0_hz", f0_hz)
    if path is None:
        if len(reference_hz) != len(f0_hz):
            raise ValueError(
                "`reference_hz` and `f0_hz` must have the same length when there is no `path`. "
                f"Received: {len(reference_hz)} and {len(f0_hz)} frames."
            )
    else:
        path = np.asarray(path)
        reference_hz, f0_hz = reference_hz[path[:, 0]], f0_hz[path[:, 1]]
    voiced = (reference_hz > 0) & (f0_hz > 0)
    a, b = reference_hz[voiced], f0_hz[voiced]
    return F0Errors(
        pairs=len(reference_hz),
        voicing_disagreements=int(np.sum((reference_hz > 0) != (f0_hz > 0))),
        both_voiced=int(np.sum(voiced)),
        squared_hz=float(np.sum((a - b) ** 2)),
        squared_cents=float(np.sum((1200.0 * np.log2(a / b)) ** 2)),
    )


def _track(name, value):
    value = np.nan_to_num(np.asarray(value, dtype="float64"), nan=0.0)
    if value.ndim != 1 or (value < 0).any() or not np.isfinite(value).all():
        raise ValueError(
            f"`{name}` must be one-dimensional, finite or NaN, and not negative. "
            f"Received: shape {value.shape}, minimum {value.min(initial=0.0)}."
        )
    return value


def _root_mean(total, count):
    return float(np.sqrt(total / count)) if count else float("nan")
