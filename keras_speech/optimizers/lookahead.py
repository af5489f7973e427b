"""An optimizer that takes every few steps back by half."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class Lookahead(keras.optimizers.Optimizer):
    """Lets another optimizer explore, and follows it with slow weights.

    Every `sync_period` steps the slow weights move by a share of the way that the optimizer went
    since, and the model's weights are set to them. They start where the model's weights are ahead
    of the first step.

    Args:
        optimizer: `keras.optimizers.Optimizer`, or its name or config as `keras.optimizers.get`
            takes it. Weight decay, clipping, averages, accumulation and loss scale are its own.
        sync_period: steps between two synchronizations. Defaults to 6.
        slow_step_size: share of the way that the slow weights go, in `(0, 1]`. Defaults to 0.5.

    Raises:
        ValueError: if `sync_period` is less than 1 or `slow_step_size` not in `(0, 1]`.

    Example:
    >>> import numpy as np
    >>> weight = keras.Variable(np.ones(2, "float32"))
    >>> optimizer = Lookahead(keras.optimizers.SGD(0.1), sync_period=2)
    >>> for _ in range(2):
    ...     optimizer.apply([np.ones(2, "float32")], [weight])
    >>> bool(np.allclose(keras.ops.convert_to_numpy(weight), 0.9))  # half the way from 1 to 0.8
    True

    Reference: [Zhang et al., 2019](https://arxiv.org/abs/1907.08610), algorithm 1.
    """

    def __init__(self, optimizer, sync_period=6, slow_step_size=0.5, name="lookahead"):
        # The learning rate is the other optimizer's, see the property.
        super().__init__(learning_rate=0.0, name=name)
        if sync_period < 1:
            raise ValueError(
                f"`sync_period` must be at least 1. Received: sync_period={sync_period}."
            )
        if not 0 < slow_step_size <= 1:
            raise ValueError(
                f"`slow_step_size` must be in (0, 1]. Received: slow_step_size={slow_step_size}."
            )
        self.optimizer = keras.optimizers.get(optimizer)
        self.sync_period, self.slow_step_size = sync_period, slow_step_size

    def build(self, variables):
        if self.built:
            return
        self.optimizer.build(variables)
        super().build(variables)
        self._slow = [self.add_variable_from_reference(v, name="slow") for v in variables]

    @property
    def variables(self):
        """Its own, then those of the optimizer inside."""
        return super().variables + self.optimizer.variables

    def apply(self, grads, trainable_variables=None):
        """One step of the optimizer inside, then a synchronization if it is time."""
        if not self.built:
            with keras.name_scope(self.name, caller=self):
                self.build(list(trainable_variables))
        # Weights may have been loaded since the optimizer was built.
        is_first = ops.equal(self.iterations, 0)
        for variable, slow in self._pairs():
            slow.assign(ops.where(is_first, *map(ops.convert_to_tensor, (variable, slow))))
        self.optimizer.apply(grads, trainable_variables)
        self._iterations.assign_add(1)
        # A step without an update (gradients gathered, or not finite) repeats what was the case
        # before it, and to synchronize twice changes nothing.
        is_time = ops.equal(self.iterations % self.sync_period, 0)
        for variable, slow in self._pairs():
            fast, back = map(ops.convert_to_tensor, (variable, slow))
            moved = back + self.slow_step_size * (fast - back)
            slow.assign(ops.where(is_time, moved, back))
            variable.assign(ops.where(is_time, moved, fast))

    def _pairs(self):
        return zip(self._trainable_variables, self._slow, strict=True)

    def scale_loss(self, loss):
        return self.optimizer.scale_loss(loss)

    @property
    def iterations(self):
        """Updates made by the optimizer inside."""
        return self.optimizer.iterations

    @property
    def learning_rate(self):
        """The learning rate of the optimizer inside."""
        return self.optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        self.optimizer.learning_rate = learning_rate

    @property
    def loss_scale_factor(self):
        """The loss scale of the optimizer inside; Keras takes it away to scale losses itself."""
        return self.optimizer.loss_scale_factor if "optimizer" in vars(self) else None

    @loss_scale_factor.setter
    def loss_scale_factor(self, factor):
        # Keras's constructor sets it before there is an optimizer inside.
        if "optimizer" in vars(self):
            self.optimizer.loss_scale_factor = factor

    def finalize_variable_values(self, var_list):
        self.optimizer.finalize_variable_values(var_list)

    def get_config(self):
        return {
            "name": self.name,
            "optimizer": keras.saving.serialize_keras_object(self.optimizer),
            "sync_period": self.sync_period,
            "slow_step_size": self.slow_step_size,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        inner = keras.saving.deserialize_keras_object(
            config.pop("optimizer"), custom_objects=custom_objects
        )
        return cls(inner, **config)
