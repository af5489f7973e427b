"""Mu-law companding: few levels for a waveform, dense where it is quiet."""

import math

from keras_speech.ops import dynamic


def mu_law_compress(samples, levels=256):
    """Companded value of each sample, `sign(x) ln(1 + mu |x|) / ln(1 + mu)`, `mu = levels - 1`.

    Args:
        samples: float tensor of any shape, within [-1, 1].
        levels: int, at least 2. Defaults to 256, of 8 bits.

    Returns: float32 tensor of the same shape, within [-1, 1].

    Raises:
        ValueError: if `levels` is less than 2.

    Example:

    >>> import numpy as np
    >>> np.asarray(mu_law_compress(np.array([-1.0, 0.0, 0.01]))).round(3).tolist()
    [-1.0, 0.0, 0.2280000001192093]

    Reference: [van den Oord et al., 2016](https://arxiv.org/abs/1609.03499), section 2.2. This is
    the smooth curve; the telephone's G.711 approximates it by straight lines.
    """
    mu = _mu(levels)
    xp = dynamic.namespace(samples)
    samples = xp.cast(xp.convert_to_tensor(samples), "float32")
    return xp.sign(samples) * xp.log1p(mu * xp.abs(samples)) / math.log1p(mu)


def mu_law_expand(companded, levels=256):
    """Inverse of `mu_law_compress`, `sign(y) ((1 + mu)^|y| - 1) / mu`.

    Args:
        companded: float tensor of any shape, within [-1, 1].
        levels: int, at least 2. Defaults to 256.

    Returns: float32 tensor of the same shape, within [-1, 1].

    Raises:
        ValueError: if `levels` is less than 2.
    """
    mu = _mu(levels)
    xp = dynamic.namespace(companded)
    companded = xp.cast(xp.convert_to_tensor(companded), "float32")
    return xp.sign(companded) * xp.expm1(math.log1p(mu) * xp.abs(companded)) / mu


def mu_law_encode(samples, levels=256):
    """Number of the level nearest to each sample on the companded scale.

    Works inside a `tf.data` map whatever the Keras backend is.

    Args:
        samples: float tensor of any shape; beyond [-1, 1] they count as -1 or 1.
        levels: int, at least 2; from a million on, float32 no longer tells all levels apart.
            Defaults to 256.

    Returns: int32 tensor of the same shape, in `0 ... levels - 1`.

    Raises:
        ValueError: if `levels` is less than 2.

    Example:

    >>> import numpy as np
    >>> np.asarray(mu_law_encode(np.array([-1.0, -0.01, 0.0, 0.01, 1.0]))).tolist()
    [0, 98, 128, 157, 255]
    """
    mu = _mu(levels)
    xp = dynamic.namespace(samples)
    companded = mu_law_compress(xp.clip(xp.convert_to_tensor(samples), -1, 1), levels)
    return xp.cast(xp.floor((companded + 1) / 2 * mu + 0.5), "int32")


def mu_law_decode(codes, levels=256):
    """Sample in the middle of each level, on the companded scale: inverse of `mu_law_encode`.

    Args:
        codes: integer tensor of any shape, in `0 ... levels - 1`.
        levels: int, at least 2. Defaults to 256.

    Returns: float32 tensor of the same shape, within [-1, 1]. An even number of levels has none
        at 0: silence is encoded as the level just above.

    Raises:
        ValueError: if `levels` is less than 2.

    Example:

    >>> import numpy as np
    >>> np.asarray(mu_law_decode(np.array([0, 128, 255]))).round(6).tolist()
    [-1.0, 8.600000001024455e-05, 1.0]
    """
    return mu_law_expand(code_to_companded(codes, levels), levels)


def code_to_companded(codes, levels=256):
    """Companded value of each level, evenly spaced from -1 to 1, float32."""
    xp = dynamic.namespace(codes)
    return xp.cast(codes, "float32") * (2 / _mu(levels)) - 1


def _mu(levels):
    if levels < 2:
        raise ValueError(f"`levels` must be at least 2. Received: levels={levels}.")
    return levels - 1
