"""A mixture of logistic distributions over linear levels."""

import keras

from keras_speech.layers.heads.head import Head, check_sampling
from keras_speech.ops import logistic_mixture


@keras.saving.register_keras_serializable("keras_speech")
class LogisticMixtureHead(Head):
    """Mixture of logistic distributions over the levels of a PCM file.

    Args:
        n_mixtures: number of components, at least 1. Defaults to 10.
        bits: bits of a level, 1 to 24. Defaults to 16: `-1, -1 + 2**-15, ..., 1 - 2**-15`.
        log_scale_min: lower bound of the logarithm of a component's scale. At -12, one level of
            16 bits can be given a probability of 0.85; lower bounds allow more, and larger
            gradients. Defaults to -12.

    Call arguments:
        parameters: float tensor `(batch, time, 3 * n_mixtures)`: logits of the weights, means,
            and logarithms of the scales.
        samples: float tensor `(batch, time)`, within [-1, 1].

    Returns: float32 tensor `(batch, time)`: negative log-probability of each sample's level, in
        nats.

    Raises:
        ValueError: if `n_mixtures` or `bits` is out of range, or `parameters` have another number
            of channels.

    Example:
    >>> import numpy as np
    >>> head = LogisticMixtureHead(n_mixtures=4)
    >>> tuple(head(np.zeros((2, 7, 12)), np.zeros((2, 7))).shape)
    (2, 7)
    >>> tuple(head.sample(np.zeros((2, 12)), np.full((2, 2), 0.5)).shape)
    (2,)

    Reference: [Salimans et al., 2017](https://arxiv.org/abs/1701.05517), section 2.1; for audio:
    [van den Oord et al., 2018](https://arxiv.org/abs/1711.10433), section 2.1.
    """

    n_noise = 2

    def __init__(self, n_mixtures=10, bits=16, log_scale_min=-12.0, **kwargs):
        super().__init__(**kwargs)
        self.n_mixtures, self.bits, self.log_scale_min = n_mixtures, bits, log_scale_min
        if n_mixtures < 1:
            raise ValueError(f"`n_mixtures` must be at least 1. Received: n_mixtures={n_mixtures}.")
        if not 1 <= bits <= 24:
            raise ValueError(f"`bits` must be from 1 to 24. Received: bits={bits}.")

    @property
    def n_parameters(self):
        return 3 * self.n_mixtures

    @property
    def levels(self):
        """Number of levels, `2 ** bits`."""
        return 2**self.bits

    def nearest(self, samples):
        """Nearest level to each sample, float32, any shape."""
        return logistic_mixture.nearest_level(samples, self.levels)

    def call(self, parameters, samples):
        return -logistic_mixture.logistic_mixture_log_prob(
            self._as_parameters(parameters), samples, self.levels, self.log_scale_min
        )

    def sample(self, parameters, noise, temperature=1.0, top_p=1.0):
        """Draw the next sample.

        Args:
            parameters: float tensor `(batch, 3 * n_mixtures)`.
            noise: uniform numbers in (0, 1), `(batch, 2)`.
            temperature: number or scalar tensor above 0: divides the logits of the weights and
                multiplies the scales. Near 0 the mean of the likeliest component remains.
                Defaults to 1.
            top_p: float in (0, 1]: share of the drawn component, around its mean, to draw from.
                Defaults to 1.

        Returns: float32 tensor `(batch,)`.

        Raises:
            ValueError: if `temperature` or `top_p` is out of range.
        """
        check_sampling(temperature, top_p)
        return logistic_mixture.logistic_mixture_sample(
            self._as_parameters(parameters),
            noise,
            levels=self.levels,
            log_scale_min=self.log_scale_min,
            temperature=temperature,
            top_p=top_p,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "n_mixtures": self.n_mixtures,
            "bits": self.bits,
            "log_scale_min": self.log_scale_min,
        }
