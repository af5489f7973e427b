"""How far an aligner's phone boundaries are from others."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class BoundaryErrors:
    """Differences of boundaries; those of several recordings add up with `+`.

    Attributes:
        seconds: float array `(boundaries,)`, found minus reference: positive where the boundary
            was found too late.

    Example:

    >>> errors = BoundaryErrors(np.array([0.01, -0.02])) + BoundaryErrors(np.array([0.06]))
    >>> errors.median, errors.bias, round(errors.within(0.03), 2)
    (0.02, 0.01, 0.67)
    """

    seconds: np.ndarray

    @property
    def median(self):
        """Median absolute difference in seconds; NaN without boundaries."""
        return float(np.median(np.abs(self.seconds))) if len(self.seconds) else float("nan")

    @property
    def mean(self):
        """Mean absolute difference in seconds; NaN without boundaries."""
        return float(np.mean(np.abs(self.seconds))) if len(self.seconds) else float("nan")

    @property
    def bias(self):
        """Median difference in seconds, positive for late boundaries; NaN without boundaries."""
        return float(np.median(self.seconds)) if len(self.seconds) else float("nan")

    def within(self, seconds):
        """Share of the boundaries that are at most `seconds` off; NaN without boundaries."""
        if not len(self.seconds):
            return float("nan")
        # Differences of whole frames in seconds are inexact in the last digit.
        return float(np.mean(np.abs(self.seconds) <= seconds + 1e-9))

    def __add__(self, other):
        return BoundaryErrors(np.concatenate([self.seconds, other.seconds]))


def boundary_errors(reference, found, *, frame_seconds, compared=None):
    """Compares the boundaries of tokens in two alignments of one recording.

    Of each token that is compared and has frames in both alignments, the beginning counts, and
    its end where no other such token begins: before a pause, say. Beginning and end of the
    recording, where all alignments agree, do not count.

    Args:
        reference: whole numbers `(tokens,)`, frames of each token, as `align_durations` gives them.
        found: the same from the aligner to measure. The sums may differ at the end.
        frame_seconds: duration of a frame.
        compared: bool `(tokens,)`, False for those that are left out, such as punctuation and
            spaces. Defaults to all True.

    Returns: `BoundaryErrors`.

    Raises:
        ValueError: if the arrays are not one-dimensional and of the same length, durations are
            negative, or `frame_seconds` is not positive.

    Example:

    >>> errors = boundary_errors([4, 8, 8], [5, 8, 7], frame_seconds=0.01,
    ...                          compared=[True, True, False])
    >>> [round(float(seconds), 3) for seconds in errors.seconds], round(errors.median, 3)
    ([0.01, 0.01], 0.01)
    """
    reference, found = _durations("reference", reference), _durations("found", found)
    if compared is None:
        compared = np.ones(len(reference), bool)
    compared = np.asarray(compared, dtype=bool)
    if not reference.shape == found.shape == compared.shape:
        raise ValueError(
            "`reference`, `found` and `compared` must have one entry per token. "
            f"Received: {reference.shape}, {found.shape} and {compared.shape}."
        )
    if not frame_seconds > 0:
        raise ValueError(
            f"`frame_seconds` must be greater than 0. Received: frame_seconds={frame_seconds}"
        )
    timed = (reference > 0) | (found > 0)
    counted = compared & (reference > 0) & (found > 0)
    ends = np.stack([np.cumsum(reference), np.cumsum(found)], axis=1)
    starts = ends - np.stack([reference, found], axis=1)
    pairs, places = [], np.flatnonzero(timed)
    for before, place in zip([None, *places], [*places, None], strict=True):
        if before is None or place is None:
            continue
        if counted[place]:
            pairs.append(starts[place])
        elif counted[before]:
            pairs.append(ends[before])
    pairs = np.array(pairs, dtype="float64").reshape(-1, 2)
    return BoundaryErrors((pairs[:, 1] - pairs[:, 0]) * frame_seconds)


def _durations(name, value):
    value = np.asarray(value)
    if value.ndim != 1 or value.dtype.kind not in "iu" or (value < 0).any():
        raise ValueError(
            f"`{name}` must hold a whole number of frames, from 0, for each token. "
            f"Received: {name}={value.tolist()}"
        )
    return value.astype("int64")
