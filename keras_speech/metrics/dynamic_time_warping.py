"""Dynamic time warping: the cheapest way to walk through two sequences side by side."""

import numpy as np


def dtw_path(reference, other):
    """Aligns two sequences of feature vectors.

    The path starts at both beginnings, ends at both ends and moves on by one frame in either
    sequence or in both; its cost is the sum of the Euclidean distances of the frames it pairs.
    Where several paths cost the same, moving on in both is preferred.

    Args:
        reference: float array `(frames, features)`.
        other: float array `(other_frames, features)`.

    Returns: int array `(pairs, 2)`, indices into `reference` and `other`, both never falling.

    Raises:
        ValueError: when a sequence is empty, not finite, or the features differ in number.

    Example:

    >>> dtw_path([[0.0], [1.0], [2.0]], [[0.0], [0.0], [1.0], [2.0]]).tolist()
    [[0, 0], [0, 1], [1, 2], [2, 3]]

    Reference: Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
    recognition", 1978; all steps weigh the same here, and no band limits the path.
    """
    reference = _features("reference", reference)
    other = _features("other", other)
    if reference.shape[1] != other.shape[1]:
        raise ValueError(
            "`reference` and `other` must have the same number of features. "
            f"Received: shapes {reference.shape} and {other.shape}."
        )
    n, m = len(reference), len(other)
    # One row and column of infinity in front spares the borders a case of their own.
    total = np.full((n + 1, m + 1), np.inf)
    total[1:, 1:] = frame_distances(reference, other)
    total[0, 0] = 0.0
    # Cells of one anti-diagonal depend on the two before it only, so each is filled at once.
    for diagonal in range(3, n + m + 1):
        i = np.arange(max(1, diagonal - m), min(n, diagonal - 1) + 1)
        j = diagonal - i
        total[i, j] += np.minimum(total[i - 1, j - 1], np.minimum(total[i - 1, j], total[i, j - 1]))
    i, j = n, m
    path = [(i - 1, j - 1)]
    while (i, j) != (1, 1):
        steps = ((i - 1, j - 1), (i - 1, j), (i, j - 1))
        i, j = min(steps, key=total.__getitem__)  # the first of equals
        path.append((i - 1, j - 1))
    return np.array(path[::-1])


def frame_distances(reference, other):
    """Euclidean distance of each frame to each.

    Args:
        reference: float array `(frames, features)`.
        other: float array `(other_frames, features)`.

    Returns: float64 array `(frames, other_frames)`.
    """
    reference = np.asarray(reference, dtype="float64")
    other = np.asarray(other, dtype="float64")
    # A loop over few features: exact where frames are equal, unlike |a|^2 + |b|^2 - 2ab.
    squared = np.zeros((len(reference), len(other)))
    for feature in range(reference.shape[1]):
        squared += (reference[:, feature, None] - other[None, :, feature]) ** 2
    return np.sqrt(squared)


def _features(name, value):
    value = np.asarray(value, dtype="float64")
    if value.ndim != 2 or not value.size:
        raise ValueError(
            f"`{name}` must have shape (frames, features), neither of them 0. "
            f"Received: shape {value.shape}."
        )
    if not np.isfinite(value).all():
        raise ValueError(f"`{name}` must be finite. Received: NaN or infinite values.")
    return value
