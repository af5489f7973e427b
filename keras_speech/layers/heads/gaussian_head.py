"""A Gaussian for real-valued series."""

import math

import keras
from keras import ops

from keras_speech.layers.heads.head import Head, check_sampling
from keras_speech.ops.logistic_mixture import central


@keras.saving.register_keras_serializable("keras_speech")
class GaussianHead(Head):
    """Normal distribution of the next value, for series of any range.

    Args:
        log_scale_min: lower bound of the logarithm of the standard deviation. Defaults to -7.

    Call arguments:
        parameters: float tensor `(batch, time, 2)`: mean, and logarithm of the standard deviation.
        samples: float tensor `(batch, time)`.

    Returns: float32 tensor `(batch, time)`: negative logarithm of the density at each sample, in
        nats. It falls below 0 where the density exceeds 1.

    Raises:
        ValueError: if `parameters` have another number of channels than 2.

    Example:
    >>> import numpy as np
    >>> head = GaussianHead()
    >>> round(float(head(np.zeros((1, 1, 2)), np.zeros((1, 1)))[0, 0]), 4)  # ln(2 pi) / 2
    0.9189
    >>> tuple(head.sample(np.zeros((2, 2)), np.full((2, 1), 0.5)).shape)
    (2,)
    """

    n_parameters = 2
    n_noise = 1
    bounded = False

    def __init__(self, log_scale_min=-7.0, **kwargs):
        super().__init__(**kwargs)
        self.log_scale_min = log_scale_min

    def call(self, parameters, samples):
        mean, log_scale = self._mean_and_log_scale(parameters)
        deviation = (ops.cast(samples, "float32") - mean) * ops.exp(-log_scale)
        return 0.5 * ops.square(deviation) + log_scale + 0.5 * math.log(2 * math.pi)

    def sample(self, parameters, noise, temperature=1.0, top_p=1.0):
        """Draw the next value.

        Args:
            parameters: float tensor `(batch, 2)`.
            noise: uniform numbers in (0, 1), `(batch, 1)`.
            temperature: number or scalar tensor above 0 that multiplies the standard deviation.
                Defaults to 1.
            top_p: float in (0, 1]: share of the distribution, around its mean, to draw from.
                Defaults to 1.

        Returns: float32 tensor `(batch,)`.

        Raises:
            ValueError: if `temperature` or `top_p` is out of range.
        """
        check_sampling(temperature, top_p)
        mean, log_scale = self._mean_and_log_scale(parameters)
        uniform = central(ops.cast(noise, "float32")[:, 0], top_p)
        deviation = math.sqrt(2) * ops.erfinv(2 * uniform - 1)
        return mean + ops.cast(temperature, "float32") * ops.exp(log_scale) * deviation

    def _mean_and_log_scale(self, parameters):
        parameters = self._as_parameters(parameters)
        return parameters[..., 0], ops.maximum(parameters[..., 1], self.log_scale_min)

    def get_config(self):
        return {**super().get_config(), "log_scale_min": self.log_scale_min}
