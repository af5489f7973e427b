"""What two players that train against each other minimize, in float32 throughout.

Scores are lists of tensors, one for each sub-discriminator; losses are added up over them.
"""

from keras import ops


def least_squares_discriminator(real, fake):
    """Squared distance of real scores from 1, and of fake ones from 0.

    Args:
        real: list of float tensors of any shape, a sub-discriminator's scores of recordings each.
        fake: list of float tensors, its scores of what the generator made.

    Returns: float32 scalar.

    Raises:
        ValueError: for lists of different lengths.

    Example:

    >>> import numpy as np
    >>> float(least_squares_discriminator([np.array([0.5])], [np.array([0.5])]))
    0.5

    Reference: [Mao et al., 2017](https://arxiv.org/abs/1611.04076), Eq. 9;
    [Kong et al., 2020](https://arxiv.org/abs/2010.05646), Eq. 1.
    """
    return _total(lambda r, f: _mean_square(r - 1) + _mean_square(f), real, fake)


def least_squares_generator(fake):
    """Squared distance of fake scores from 1.

    Args:
        fake: list of float tensors, scores of what the generator made.

    Returns: float32 scalar.

    Reference: [Mao et al., 2017](https://arxiv.org/abs/1611.04076), Eq. 9.
    """
    return _total(lambda f: _mean_square(f - 1), fake)


def hinge_discriminator(real, fake):
    """How far real scores are below 1, and fake ones above -1.

    Args:
        real: list of float tensors of any shape, a sub-discriminator's scores of recordings each.
        fake: list of float tensors, its scores of what the generator made.

    Returns: float32 scalar.

    Raises:
        ValueError: for lists of different lengths.

    Example:

    >>> import numpy as np
    >>> float(hinge_discriminator([np.array([2.0, 0.0])], [np.array([-3.0, -1.0])]))
    0.5

    Reference: [Lim & Ye, 2017](https://arxiv.org/abs/1705.02894).
    """
    return _total(lambda r, f: ops.mean(ops.relu(1 - r)) + ops.mean(ops.relu(1 + f)), real, fake)


def hinge_generator(fake):
    """How far fake scores are below 1.

    Bounded, as in SEANet and Vocos: what the discriminator takes for real already needs no push.

    Args:
        fake: list of float tensors, scores of what the generator made.

    Returns: float32 scalar.

    Reference: [Tagliasacchi et al., 2020](https://arxiv.org/abs/2009.02095);
    [Siuzdak, 2023](https://arxiv.org/abs/2306.00814), section 3.3.
    """
    return _total(lambda f: ops.mean(ops.relu(1 - f)), fake)


def feature_matching(real, fake):
    """Mean absolute difference of a discriminator's features, added up over its layers.

    No gradient flows into `real`: the features of recordings are the target.

    Args:
        real: list of lists of float tensors: features of recordings, of each sub-discriminator
            and layer.
        fake: the same of what the generator made.

    Returns: float32 scalar.

    Raises:
        ValueError: for lists of different lengths.

    Reference: [Larsen et al., 2016](https://arxiv.org/abs/1512.09300);
    [Kong et al., 2020](https://arxiv.org/abs/2010.05646), Eq. 4.
    """

    def distance(real, fake):
        return _total(lambda r, f: ops.mean(ops.abs(ops.stop_gradient(r) - f)), real, fake)

    _check_lengths(real, fake)
    return sum(distance(*pair) for pair in zip(real, fake, strict=True))


def shares_judged_rightly(real, fake, boundary):
    """How often a discriminator is right: shares of real scores above, of fake ones below.

    Args:
        real: list of float tensors, scores of recordings.
        fake: list of float tensors, scores of what the generator made.
        boundary: score between the two: 0.5 for least squares, 0 for hinge.

    Returns: pair of float32 scalars, of all scores alike.

    Example:

    >>> import numpy as np
    >>> shares = shares_judged_rightly([np.array([0.9, 0.2])], [np.array([0.3])], boundary=0.5)
    >>> [float(share) for share in shares]
    [0.5, 1.0]
    """

    def share(scores, judged):
        flat = ops.concatenate([ops.reshape(s, (-1,)) for s in _float32(scores)])
        return ops.mean(ops.cast(judged(flat), "float32"))

    return share(real, lambda s: s > boundary), share(fake, lambda s: s < boundary)


def _float32(tensors):
    return [ops.cast(tensor, "float32") for tensor in tensors]


def _mean_square(x):
    return ops.mean(ops.square(x))


def _total(function, *lists):
    _check_lengths(*lists)
    return sum(function(*_float32(tensors)) for tensors in zip(*lists, strict=True))


def _check_lengths(*lists):
    lengths = [len(each) for each in lists]
    if len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(
            "Scores and features of real and fake samples must come from the same number, at "
            f"least 1, of sub-discriminators and layers. Received: {lengths}"
        )
