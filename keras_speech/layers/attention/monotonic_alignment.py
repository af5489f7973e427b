"""`MonotonicAlignment`: what the monotonic attentions share."""

import keras
from keras import ops

from keras_speech.ops import attention


class MonotonicAlignment:
    """Mixin that has a mechanism with `energies(query, keys)` stop, place by place, never back.

    Its weights sum to 1 at most: what passes the last place is lost. The state is the last weights.
    """

    def set_monotonic(self, mode, sigmoid_noise, score_bias_init, seed):
        """Attributes from the arguments that monotonic mechanisms have in common."""
        attention.check_monotonic_mode(mode)
        if sigmoid_noise < 0:
            raise ValueError(
                f"`sigmoid_noise` must be 0 or more. Received: sigmoid_noise={sigmoid_noise}"
            )
        self.mode, self.sigmoid_noise = mode, sigmoid_noise
        self.score_bias_init, self.seed = score_bias_init, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build_weights(self, query_channels, value_channels):
        super().build_weights(query_channels, value_channels)
        self.score_bias = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(self.score_bias_init),
            name="score_bias",
        )

    def initial_state(self, memory):
        """Before the first step the reader stands at the first place."""
        return (attention.start_at_first(memory[0]),)

    def sample_noise(self, shape, training):
        """Normal noise for the energies in training, else None."""
        if not (training and self.sigmoid_noise):
            return None
        noise = keras.random.normal(shape, dtype="float32", seed=self.seed_generator)
        return self.sigmoid_noise * noise

    def align(self, query, memory, state, training, noise):
        _, keys, mask = memory
        energies = ops.cast(self.energies(query, keys), "float32") + ops.cast(
            self.score_bias, "float32"
        )
        if noise is not None:
            energies = energies + noise
        stops = energies > 0 if self.mode == "hard" else ops.sigmoid(energies)
        stops = ops.where(mask, ops.cast(stops, "float32"), 0.0)
        weights = attention.monotonic_weights(stops, state[0], self.mode)
        return weights, (weights,)

    def get_config(self):
        return {
            **super().get_config(),
            "mode": self.mode,
            "sigmoid_noise": self.sigmoid_noise,
            "score_bias_init": self.score_bias_init,
            "seed": self.seed,
        }
