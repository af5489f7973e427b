"""Adam that waits with its adaptive step until it knows the gradients' size."""

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class RectifiedAdam(keras.optimizers.Optimizer):
    """Adam whose first steps need no warm-up of the learning rate.

    While too few gradients were seen for their variance to mean anything, steps follow the mean
    gradient alone, as in momentum; after that they are Adam's, scaled by how far the variance can
    be trusted. `Lookahead(RectifiedAdam())` is known as Ranger.

    Args:
        learning_rate: float, or a `keras.optimizers.schedules.LearningRateSchedule`. Defaults to
            `1e-3`.
        beta_1: decay of the mean gradient. Defaults to 0.9.
        beta_2: decay of the mean squared gradient. Defaults to 0.999.
        epsilon: added to the root of the mean square. Defaults to `1e-7`.
        amsgrad: whether to divide by the largest mean square so far. Defaults to `False`.
        sma_threshold: number of gradients that the mean square must be worth for steps to be
            adaptive; with the default `beta_2` that is the sixth step. At least 4. Defaults to 5.
        weight_decay, clipnorm, use_ema, ...: as in any Keras optimizer.

    Raises:
        ValueError: if a beta is not in `[0, 1)`, if `sma_threshold` is below 4, or if `beta_2` is
            so small that no step would ever be adaptive.

    Example:
    >>> import numpy as np
    >>> weight = keras.Variable(np.ones(3, "float32"))
    >>> optimizer = RectifiedAdam(learning_rate=0.1)
    >>> optimizer.apply([np.full(3, 0.5, "float32")], [weight])
    >>> bool(np.allclose(keras.ops.convert_to_numpy(weight), 0.95))  # 1 - 0.1 * 0.5
    True

    Reference: [Liu et al., 2020](https://arxiv.org/abs/1908.03265), algorithm 2; `epsilon` and the
    threshold as in tensorflow-addons, which steps by the mean gradient below the threshold too.
    Its `total_steps` is a schedule's work here: see `docs/addons.md`.
    """

    def __init__(
        self,
        learning_rate=1e-3,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        sma_threshold=5.0,
        name="rectified_adam",
        **kwargs,
    ):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        for key, beta in (("beta_1", beta_1), ("beta_2", beta_2)):
            if not 0 <= beta < 1:
                raise ValueError(f"`{key}` must be in [0, 1). Received: {key}={beta}.")
        # Below 4 the rectification would be the root of a negative number.
        if sma_threshold < 4:
            raise ValueError(
                f"`sma_threshold` must be at least 4. Received: sma_threshold={sma_threshold}."
            )
        if 2 / (1 - beta_2) - 1 <= sma_threshold:
            raise ValueError(
                "`beta_2` must be above 1 - 2 / (sma_threshold + 1) for steps ever to be adaptive. "
                f"Received: beta_2={beta_2}, sma_threshold={sma_threshold}."
            )
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.amsgrad, self.sma_threshold = amsgrad, sma_threshold

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._means = self._beside(variables, "mean")
        self._squares = self._beside(variables, "square")
        self._largest = self._beside(variables, "largest_square") if self.amsgrad else []

    def _beside(self, variables, name):
        return [self.add_variable_from_reference(v, name=name) for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        """One step of one variable."""
        dtype, index = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        adaptive, rectification, correction_1, correction_2 = self._factors()
        mean, square = self._means[index], self._squares[index]
        self.assign(mean, self.beta_1 * mean + (1.0 - self.beta_1) * gradient)
        self.assign(square, self.beta_2 * square + (1.0 - self.beta_2) * ops.square(gradient))
        if self.amsgrad:
            largest = self._largest[index]
            self.assign(largest, ops.maximum(largest, square))
            square = largest
        mean = mean / ops.cast(correction_1, dtype)
        root = ops.sqrt(square / ops.cast(correction_2, dtype)) + self.epsilon
        step = ops.where(adaptive, ops.cast(rectification, dtype) * mean / root, mean)
        self.assign_sub(variable, ops.cast(learning_rate, dtype) * step)

    def _factors(self):
        """Whether steps are adaptive now, their factor, and the corrections for starting at zero.

        In float32 whatever the variables are.
        """
        step = ops.cast(self.iterations + 1, "float32")
        correction_1 = 1.0 - ops.power(ops.cast(self.beta_1, "float32"), step)
        # 1 - beta_2 ** step, which as a difference would lose most digits in the first steps.
        correction_2 = -ops.expm1(step * math.log(self.beta_2))
        longest = 2.0 / (1.0 - self.beta_2) - 1.0
        length = longest - 2.0 * step * (1.0 - correction_2) / correction_2
        adaptive = length >= self.sma_threshold
        # Below the threshold the root could be one of a negative number.
        n = ops.where(adaptive, length, 5.0)
        share = (n - 4.0) * (n - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * n)
        return adaptive, ops.sqrt(share), correction_1, correction_2

    def get_config(self):
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
            "sma_threshold": self.sma_threshold,
        }
