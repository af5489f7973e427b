"""Mixtures of logistic distributions over the levels of linear audio."""

from keras import ops

from keras_speech.ops import categorical, dynamic

# A scale of e^20 is flat over [-1, 1] already; beyond it a level's share leaves float32.
_LOG_SCALE_MAX = 20.0

# The nearest that a uniform number comes to 0 and to 1, two steps of float32 below it.
SMALLEST_NOISE = 1e-7


def split_parameters(parameters, log_scale_min):
    """`(weight_logits, means, log_scales)`, each float32 `(..., n_mixtures)`."""
    parameters = ops.cast(parameters, "float32")
    logits, means, log_scales = ops.split(parameters, 3, axis=-1)
    return logits, means, ops.clip(log_scales, log_scale_min, _LOG_SCALE_MAX)


def nearest_level(samples, levels=65536):
    """Nearest of the values `-1, -1 + 2 / levels, ..., 1 - 2 / levels`.

    These are the samples of a linear PCM file: 0 is one of them, 1 is not.

    Args:
        samples: float tensor of any shape.
        levels: int, even. Defaults to 65536, of 16 bits.

    Returns: float32 tensor of the same shape.
    """
    xp = dynamic.namespace(samples)
    half = levels // 2
    samples = xp.cast(xp.convert_to_tensor(samples), "float32")
    return xp.clip(xp.round(samples * half), -half, half - 1) / half


def logistic_mixture_log_prob(parameters, samples, levels=65536, log_scale_min=-12.0):
    """Log-probability of each sample's level.

    The share of a level is what the mixture puts between the middles to its neighbors; the first
    and the last level take the whole tail, so that the shares of all levels sum to 1.

    Args:
        parameters: float tensor `(..., 3 * n_mixtures)`: logits of the weights, means, and
            logarithms of the scales.
        samples: float tensor `(...)`; each stands for the nearest level.
        levels: int, even, number of levels in [-1, 1). Defaults to 65536, of 16 bits.
        log_scale_min: lower bound of the log scales. Defaults to -12.

    Returns: float32 tensor `(...)`, in nats, finite.

    Example:

    >>> import numpy as np
    >>> parameters = np.array([[0.0, 0.0, 20.0]], "float32")  # flat: half falls off either edge
    >>> float(logistic_mixture_log_prob(parameters, np.array([-1.0]))[0])
    -0.6931471824645996

    Reference: [Salimans et al., 2017](https://arxiv.org/abs/1701.05517), section 2.1. The
    difference of the two sigmoids is written as a product, which keeps its precision at any scale
    and distance, so that no case needs an approximation; the levels are those of a PCM file.
    """
    logits, means, log_scales = split_parameters(parameters, log_scale_min)
    samples = ops.expand_dims(nearest_level(samples, levels), -1)
    inverse_scales = ops.exp(-log_scales)
    half_width = 1 / levels
    upper = (samples - means + half_width) * inverse_scales
    lower = (samples - means - half_width) * inverse_scales
    # s(u) - s(l) = s(u) s(-l) (1 - exp(l - u)); without an upper or lower bound, s(-l) or s(u).
    is_first, is_last = samples <= -1, samples >= 1 - 2 / levels
    width = 2 * half_width * inverse_scales
    log_probs = (
        ops.where(is_last, 0.0, ops.log_sigmoid(upper))
        + ops.where(is_first, 0.0, ops.log_sigmoid(-lower))
        + ops.where(ops.logical_or(is_first, is_last), 0.0, ops.log(-ops.expm1(-width)))
    )
    return ops.logsumexp(ops.log_softmax(logits, axis=-1) + log_probs, axis=-1)


def logistic_mixture_sample(
    parameters, noise, levels=65536, log_scale_min=-12.0, temperature=1.0, top_p=1.0
):
    """Draw a level: a component with the first uniform number, a value of it with the second.

    Args:
        parameters: float tensor `(batch, 3 * n_mixtures)`.
        noise: uniform numbers in (0, 1), `(batch, 2)`.
        levels: int, even. Defaults to 65536.
        log_scale_min: lower bound of the log scales. Defaults to -12.
        temperature: number or scalar tensor above 0: divides the logits of the weights and
            multiplies the scales, so that near 0 the mean of the likeliest component remains.
            Defaults to 1.
        top_p: float in (0, 1]: share of the drawn component, around its mean, to draw from.
            Defaults to 1.

    Returns: float32 tensor `(batch,)` of levels in [-1, 1).
    """
    logits, means, log_scales = split_parameters(parameters, log_scale_min)
    noise = ops.cast(noise, "float32")
    component = categorical.sample(logits, noise[:, 0], temperature)
    is_component = ops.expand_dims(component, -1) == ops.arange(logits.shape[-1], dtype="int32")
    mean = ops.sum(ops.where(is_component, means, 0.0), axis=-1)
    log_scale = ops.sum(ops.where(is_component, log_scales, 0.0), axis=-1)
    uniform = central(noise[:, 1], top_p)
    deviation = ops.log(uniform) - ops.log1p(-uniform)
    scale = ops.cast(temperature, "float32") * ops.exp(log_scale)
    return nearest_level(mean + scale * deviation, levels)


def central(noise, top_p):
    """Uniform numbers squeezed into the central share `top_p` of (0, 1), away from its ends."""
    noise = ops.clip(noise, SMALLEST_NOISE, 1 - SMALLEST_NOISE)
    return noise if top_p == 1 else 0.5 + top_p * (noise - 0.5)
