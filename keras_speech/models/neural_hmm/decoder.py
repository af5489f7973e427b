"""Neural HMM's decoder: how likely a frame is in a state, given the frames before it."""

import math

import keras
from keras import ops

from keras_speech.layers.prenet import Prenet
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM
from keras_speech.ops import pairwise_gaussians

# Probability of leaving a state before anything is learned: states of seven steps.
FIRST_LEAVE = 0.14


@keras.saving.register_keras_serializable("keras_speech")
class NeuralHMMDecoder(keras.layers.Layer):
    """Prenet and LSTM over past frames; a network that joins its state with each HMM state.

    The LSTM hears nothing of the HMM's state, so it runs over known frames once, for all states.
    The last layer begins as zeros ("flat start"): at first all states say the same, a standard
    normal distribution, and the frames are dealt out evenly.

    Args:
        channels: width of what is said at each step: bands times frames per step.
        prenet_units, prenet_dropout: see `Prenet`. Default to `(256, 256)` and 0.5.
        lstm_units: size of the LSTM. Defaults to 1024.
        hidden_units: width of the joining network's only hidden layer. Defaults to 1024.
        std_floor: least standard deviation of a band, of the scaled mel. Defaults to 0.001.

    Call arguments:
        frames: float tensor `(batch, steps, n_mels)`, the last frame before each step.
        states: float tensor `(batch, states, state_channels)`.
        targets: float tensor `(batch, steps, channels)`, the frames of each step.
        noise: see `Prenet`. Defaults to None.

    Returns: float32 `(batch, steps, states)` each, as `ops.hmm` takes them: log-density of each
    step in each state, log-probability of staying in the state after it, and of leaving it.

    Reference: [Mehta et al., 2022](https://arxiv.org/abs/2108.13320), section 3.
    """

    def __init__(
        self,
        channels,
        prenet_units=(256, 256),
        prenet_dropout=0.5,
        lstm_units=1024,
        hidden_units=1024,
        std_floor=0.001,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.channels, self.prenet_units = channels, tuple(prenet_units)
        self.prenet_dropout, self.lstm_units = prenet_dropout, lstm_units
        self.hidden_units, self.std_floor = hidden_units, std_floor
        policy = self.dtype_policy
        self.prenet = Prenet(prenet_units, prenet_dropout, dtype=policy)
        self.lstm = ZoneoutLSTM(lstm_units, dtype=policy)
        # Densities are told apart by their difference: none of this is for 16 bits.
        self.frame_dense = keras.layers.Dense(hidden_units, use_bias=False, dtype="float32")
        self.state_dense = keras.layers.Dense(hidden_units, dtype="float32")

    def build(self, frames_shape, states_shape, targets_shape=None):
        batch, steps, _ = frames_shape
        self.prenet.build(frames_shape)
        self.lstm.build((batch, steps, self.prenet_units[-1]))
        # As one layer that reads both would be initialized.
        inputs = self.lstm_units + states_shape[-1]
        limit = math.sqrt(6.0 / (inputs + self.hidden_units))
        for dense, width in (
            (self.frame_dense, self.lstm_units),
            (self.state_dense, states_shape[-1]),
        ):
            dense.kernel_initializer = keras.initializers.RandomUniform(-limit, limit)
            dense.build((batch, None, width))
        self.output_kernel = self.add_weight(
            shape=(self.hidden_units, 2 * self.channels + 1),
            initializer="zeros",
            dtype="float32",
            autocast=False,
            name="output_kernel",
        )
        self.output_bias = self.add_weight(
            shape=(2 * self.channels + 1,),
            initializer=self._flat_start,
            dtype="float32",
            autocast=False,
            name="output_bias",
        )

    def _flat_start(self, shape, dtype=None):
        """Mean 0, deviation 1 (the floor aside) and the first probability of leaving."""
        zeros, ones = ops.zeros((self.channels,)), ops.ones((self.channels,))
        leave = math.log(FIRST_LEAVE / (1.0 - FIRST_LEAVE))
        # softplus(log(e - 1)) is 1
        bias = [zeros, math.log(math.e - 1.0) * ones, leave * ones[:1]]
        return ops.cast(ops.concatenate(bias), dtype)

    def call(self, frames, states, targets, noise=None):
        past = self.past(frames, noise=noise)
        return self.log_probabilities(past, self.state_dense(states), targets)

    def past(self, frames, noise=None):
        """What the frames before each step contribute, `(batch, steps, hidden_units)`."""
        return self.frame_dense(self.lstm(self.prenet(frames, noise=noise)))

    def log_probabilities(self, past, states, targets):
        """What `call` returns, from what `past` and `state_dense` say."""
        density, leave = pairwise_gaussians.pairwise_gaussians(
            past, states, self.output_kernel, self.output_bias, targets, self.std_floor
        )
        return density, ops.log_sigmoid(-leave), ops.log_sigmoid(leave)

    def parameters(self, past, state):
        """Mean and standard deviation `(..., channels)`, logit of leaving `(...)`, of pairs.

        Args:
            past: `(..., hidden_units)` as `past` or `step` gives it.
            state: `(..., hidden_units)`, of `state_dense`.
        """
        return pairwise_gaussians.pair_parameters(
            past, state, self.output_kernel, self.output_bias, self.std_floor
        )

    def initial_state(self, batch_size):
        """The state before the first step."""
        return self.lstm.initial_state(batch_size)

    def step(self, frame, state, noise=None):
        """One step in inference: `(batch, n_mels)` to `((batch, hidden_units), state)`."""
        output, state = self.lstm.step(self.prenet(frame, noise=noise), state)
        return self.frame_dense(output), state

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "prenet_units": self.prenet_units,
            "prenet_dropout": self.prenet_dropout,
            "lstm_units": self.lstm_units,
            "hidden_units": self.hidden_units,
            "std_floor": self.std_floor,
        }
