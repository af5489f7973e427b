"""A softmax over the levels of mu-law."""

import keras
from keras import ops

from keras_speech.layers.heads.head import Head, check_sampling
from keras_speech.ops import categorical, mu_law


@keras.saving.register_keras_serializable("keras_speech")
class MuLawHead(Head):
    """Categorical distribution over mu-law levels of a waveform.

    Args:
        levels: number of levels, at least 2. Defaults to 256, of 8 bits.
        one_hot: whether the network reads past samples as one-hot vectors of their levels, as in
            the paper, rather than as one companded value in [-1, 1]. Defaults to False.

    Call arguments:
        parameters: float tensor `(batch, time, levels)`: logits.
        samples: float tensor `(batch, time)`, within [-1, 1].

    Returns: float32 tensor `(batch, time)`: negative log-probability of each sample's level, in
        nats.

    Raises:
        ValueError: if `levels` is less than 2, or `parameters` have another number of channels.

    Example:
    >>> import numpy as np
    >>> head = MuLawHead()
    >>> nats = head(np.zeros((2, 7, 256)), np.zeros((2, 7)))
    >>> round(float(nats[0, 0] / np.log(2)), 3)
    8.0
    >>> tuple(head.sample(np.zeros((2, 256)), np.full((2, 1), 0.5)).shape)
    (2,)

    Reference: [van den Oord et al., 2016](https://arxiv.org/abs/1609.03499), section 2.2.
    """

    n_noise = 1

    def __init__(self, levels=256, one_hot=False, **kwargs):
        super().__init__(**kwargs)
        self.levels, self.one_hot = levels, one_hot
        if levels < 2:
            raise ValueError(f"`levels` must be at least 2. Received: levels={levels}.")

    @property
    def n_parameters(self):
        return self.levels

    @property
    def input_channels(self):
        return self.levels if self.one_hot else 1

    def features(self, samples):
        """`(batch, time)` samples to what the network reads, `(batch, time, input_channels)`."""
        codes = mu_law.mu_law_encode(samples, self.levels)
        if self.one_hot:
            return ops.one_hot(codes, self.levels, dtype="float32")
        return ops.expand_dims(mu_law.code_to_companded(codes, self.levels), -1)

    def nearest(self, samples):
        """Value of the mu-law level of each sample, float32, any shape."""
        return mu_law.mu_law_decode(mu_law.mu_law_encode(samples, self.levels), self.levels)

    def call(self, parameters, samples):
        codes = mu_law.mu_law_encode(samples, self.levels)
        logits = self._as_parameters(parameters)
        return ops.sparse_categorical_crossentropy(codes, logits, from_logits=True)

    def sample(self, parameters, noise, temperature=1.0, top_p=1.0):
        """Draw the next sample.

        Args:
            parameters: float tensor `(batch, levels)`.
            noise: uniform numbers in (0, 1), `(batch, 1)`.
            temperature: number or scalar tensor above 0 that divides the logits. Defaults to 1.
            top_p: float in (0, 1]: draw from the likeliest levels that together reach this
                probability. Defaults to 1, which draws from all.

        Returns: float32 tensor `(batch,)`.

        Raises:
            ValueError: if `temperature` or `top_p` is out of range.
        """
        check_sampling(temperature, top_p)
        logits, noise = self._as_parameters(parameters), ops.cast(noise, "float32")
        codes = categorical.sample(logits, noise[:, 0], temperature, top_p)
        return mu_law.mu_law_decode(codes, self.levels)

    def get_config(self):
        return {**super().get_config(), "levels": self.levels, "one_hot": self.one_hot}
