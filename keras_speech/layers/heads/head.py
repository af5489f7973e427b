"""What the heads of autoregressive models share."""

import numbers

import keras
from keras import ops


class Head(keras.layers.Layer):
    """Says what the outputs of a network that predicts the next sample mean.

    A head has no weights and computes in float32 under any dtype policy. A subclass has these
    beside its `call`, which gives the negative log-likelihood of samples in nats:

    - `n_parameters`: channels that the network puts out for one sample.
    - `input_channels` and `features(samples)`: what the network reads of past samples.
    - `nearest(samples)`: the nearest values that can be drawn.
    - `n_noise` and `sample(parameters, noise, temperature, top_p)`: drawing the next sample from
      `n_noise` uniform numbers, in few operations: it runs once per sample in a compiled loop.
    """

    input_channels = 1
    # Whether samples are from -1 to 1.
    bounded = True

    def __init__(self, **kwargs):
        super().__init__(autocast=False, **kwargs)

    def features(self, samples):
        """`(batch, time)` samples to what the network reads, `(batch, time, input_channels)`."""
        return ops.expand_dims(ops.cast(samples, "float32"), -1)

    def nearest(self, samples):
        """Nearest value to each sample that `sample` can give, float32, any shape."""
        return ops.cast(samples, "float32")

    def compute_output_spec(self, parameters, samples):
        return keras.KerasTensor(samples.shape, dtype="float32")

    def compute_output_shape(self, parameters_shape, samples_shape):
        return samples_shape

    def _as_parameters(self, parameters):
        """`parameters` in float32, or an error if the network has another number of channels."""
        if parameters.shape[-1] != self.n_parameters:
            raise ValueError(
                f"`parameters` must have {self.n_parameters} channels, `n_parameters` of the "
                f"{type(self).__name__}. Received: shape={tuple(parameters.shape)}."
            )
        return ops.cast(parameters, "float32")


def check_sampling(temperature, top_p):
    """Raise a ValueError unless `temperature > 0`, if it is a number, and `0 < top_p <= 1`."""
    if isinstance(temperature, numbers.Real) and not temperature > 0:
        raise ValueError(f"`temperature` must be above 0. Received: temperature={temperature}.")
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must be in (0, 1]. Received: top_p={top_p}.")
