"""Neural HMM: text to mel spectrogram, with a hidden Markov model in place of attention."""

import functools

import keras
import numpy as np
from keras import ops

from keras_speech.models import checks
from keras_speech.models.acoustic import AcousticModel
from keras_speech.models.neural_hmm import frames, requests
from keras_speech.models.neural_hmm import states as hmm_states
from keras_speech.models.neural_hmm.aligning import align
from keras_speech.models.neural_hmm.decoder import NeuralHMMDecoder
from keras_speech.models.neural_hmm.encoder import NeuralHMMEncoder
from keras_speech.models.neural_hmm.generation import generate_mel
from keras_speech.ops import hmm, replicas


@keras.saving.register_keras_serializable("keras_speech")
class NeuralHMMTTS(AcousticModel):
    """Text to mel spectrogram: a left-right hidden Markov model whose probabilities a net makes.

    Each token has a few states, visited in order, none left out. How likely a frame is in a state,
    and how likely that state is left after it, a network says from the state and from all frames
    before. The model learns by the exact likelihood, summed over all alignments; there is no
    attention that could skip or babble, and no stop token: speech ends when the last state is left.
    `compile()` takes an optimizer; padding changes nothing.

    Args:
        vocabulary_size: number of symbols, padding (id 0) included.
        n_mels: bands of a frame. Defaults to 80.
        reduction: frames per step: no state is shorter. Defaults to 1.
        states_per_token: states of each token. Defaults to 2.
        stateless_tokens: ids of tokens that the encoder reads but that get no states and no
            frames, such as the space between words. Defaults to none.
        encoder_channels, encoder_convolutions, encoder_kernel_size, encoder_dropout,
            encoder_lstm: see `NeuralHMMEncoder`. Default to 512, 3, 5, 0.5 and True.
        prenet_units, prenet_dropout, lstm_units, hidden_units, std_floor: see `NeuralHMMDecoder`.
            Default to `(256, 256)`, 0.5, 1024, 1024 and 0.001.
        data_dropout: share of the past frames that are replaced by zeros in training; with 1, in
            inference too: a model that hears none. Defaults to 0.
        n_speakers: number of speakers, or 0 for a single one without an embedding. Defaults to 0.
        speaker_channels: width of the speaker embedding, appended to each state. Defaults to 64.
        mel_mean, mel_scale: level and spread of the log-mels, in nats: the networks see
            `(mel - mel_mean) / mel_scale`, which should be about standard normal. Default to 0
            and 1.

    Call arguments:
        inputs: dict of `"tokens"` int `(batch, tokens)`, `"token_lengths"` int `(batch,)`,
            `"mel"` float `(batch, frames, n_mels)` in nats, `"mel_lengths"` int `(batch,)`, and
            with several speakers `"speaker"` int `(batch,)`.
        training: whether dropout acts (the prenet's always does).
        noise: see `Prenet`. Defaults to None.

    Returns: dict of `"mel"` `(batch, steps * reduction, n_mels)`, the means along the likeliest
    path with the real frames as past; `"alignment"` `(batch, steps, tokens)`, probability of each
    token at each step; and `"log_likelihood"` `(batch,)`, of the scaled mels, `-inf` for rows of
    fewer steps than states, which the loss leaves out.

    Raises:
        ValueError: if a number is out of range.

    Example:
    >>> from keras_speech.models import neural_hmm_configs
    >>> model = NeuralHMMTTS(vocabulary_size=40, **neural_hmm_configs.SMALL)
    >>> model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0))
    >>> result = model.generate(np.array([[5, 3, 8]]), max_frames=48)
    >>> result["mel"].shape[2]
    80

    Reference: [Mehta et al., 2022](https://arxiv.org/abs/2108.13320). Deviations: several frames
    per step, tokens without states and several speakers by option; the last step of a row repeats
    its last frame where `reduction` asks for more.
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        reduction=1,
        states_per_token=2,
        stateless_tokens=(),
        encoder_channels=512,
        encoder_convolutions=3,
        encoder_kernel_size=5,
        encoder_dropout=0.5,
        encoder_lstm=True,
        prenet_units=(256, 256),
        prenet_dropout=0.5,
        data_dropout=0.0,
        lstm_units=1024,
        hidden_units=1024,
        std_floor=0.001,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=0.0,
        mel_scale=1.0,
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, n_mels, n_speakers, speaker_channels, mel_mean, mel_scale, **kwargs
        )
        checks.check_whole(reduction=reduction, states_per_token=states_per_token)
        checks.check_positive(lstm_units=lstm_units, hidden_units=hidden_units, std_floor=std_floor)
        checks.check_share(data_dropout=data_dropout)
        self.reduction, self.states_per_token = reduction, states_per_token
        self.stateless_tokens = hmm_states.check_tokens(stateless_tokens, vocabulary_size)
        self.data_dropout = data_dropout
        self.options = dict(
            encoder_channels=encoder_channels,
            encoder_convolutions=encoder_convolutions,
            encoder_kernel_size=encoder_kernel_size,
            encoder_dropout=encoder_dropout,
            encoder_lstm=encoder_lstm,
            prenet_units=tuple(prenet_units),
            prenet_dropout=prenet_dropout,
            lstm_units=lstm_units,
            hidden_units=hidden_units,
            std_floor=std_floor,
        )
        policy = self.dtype_policy
        self.encoder = NeuralHMMEncoder(
            vocabulary_size, encoder_channels, encoder_convolutions, encoder_kernel_size,
            encoder_dropout, states_per_token, encoder_lstm, dtype=policy,
        )  # fmt: skip
        self.decoder = NeuralHMMDecoder(
            n_mels * reduction, prenet_units, prenet_dropout, lstm_units, hidden_units, std_floor,
            dtype=policy,
        )  # fmt: skip
        self.likelihood_mean = keras.metrics.Mean(name="likelihood_loss")
        # On TensorFlow, XLA's loops on a CPU are slower than the graph's.
        self.supports_jit = keras.backend.backend() != "tensorflow"
        self.build()

    def build(self, input_shape=None):
        channels = self.encoder.channels + (self.speaker_channels if self.n_speakers else 0)
        self.encoder.build((None, None))
        if self.n_speakers:
            self.speaker_embedding.build((None,))
        self.decoder.build((None, None, self.n_mels), (None, None, channels))
        self.first_frame = self.add_weight((self.n_mels,), "zeros", name="first_frame")
        self.built = True

    @property
    def data_dropout(self):
        return self._data_dropout

    @data_dropout.setter
    def data_dropout(self, rate):
        self._data_dropout = rate
        self._compiled.clear()  # functions that knew the old rate

    def call(self, inputs, training=None, noise=None):
        tokens, speaker = (inputs["tokens"], inputs["token_lengths"]), inputs.get("speaker")
        states, has, n_states = self.encode(*tokens, speaker, training=training)
        before, targets, n_steps = self.steps(inputs["mel"], inputs["mel_lengths"], training)
        past = self.decoder.past(before, noise=noise)
        said = self.decoder.state_dense(states)
        probabilities = self.decoder.log_probabilities(past, said, targets)
        log_likelihood = hmm.log_likelihood(*probabilities, n_steps, n_states)
        # For looking at: nothing learns from what follows.
        probabilities = [ops.stop_gradient(x) for x in probabilities]
        alignment = hmm.posteriors(*probabilities, n_steps, n_states)
        path, _ = hmm.viterbi(*probabilities, n_steps, n_states)
        visited = hmm_states.gather_rows(said, ops.maximum(path, 0))
        mean, _, _ = self.decoder.parameters(past, visited)
        batch, steps, _ = ops.shape(mean)
        return {
            "mel": self.unscaled(ops.reshape(mean, (batch, steps * self.reduction, self.n_mels))),
            "alignment": hmm_states.per_token(alignment, has, self.states_per_token),
            "log_likelihood": log_likelihood,
        }

    def encode(self, tokens, token_lengths, speaker=None, training=None):
        """The states of the HMM.

        Returns: `(states, has, n_states)`: `(batch, states, channels)`, each row's own first;
        bool `(batch, tokens)`, which tokens have states; int32 `(batch,)`.
        """
        mask = self.token_mask(tokens, token_lengths)
        values = self.encoder(tokens, mask=mask, training=training)
        has = hmm_states.has_states(tokens, mask, self.stateless_tokens)
        n_tokens = ops.sum(ops.cast(has, "int32"), axis=1)
        if self.stateless_tokens:
            places = hmm_states.states_first(has)
            if keras.backend.backend() != "jax":  # whose shapes are fixed
                places = places[:, : ops.max(n_tokens)]
            values = hmm_states.gather_rows(values, places)
        batch, n, _ = ops.shape(values)
        shape = (batch, n * self.states_per_token, self.encoder.channels)
        values = self.with_speaker(ops.reshape(values, shape), speaker)
        return values, has, n_tokens * self.states_per_token

    def steps(self, mel, mel_lengths, training=None):
        """The frame before each step, its targets, and the steps of each row.

        Returns: `(batch, steps, n_mels)`, `(batch, steps, reduction * n_mels)`, int32 `(batch,)`.
        """
        before, targets, n_steps = frames.cut(self.scaled(mel), mel_lengths, self.reduction)
        before = frames.dropped(before, self.data_dropout, training, self.seed_generator)
        first = ops.cast(self.first_frame, before.dtype)
        first = ops.broadcast_to(first, (ops.shape(targets)[0], 1, self.n_mels))
        return ops.concatenate([first, before], axis=1), targets, n_steps

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True, **kwargs
    ):
        """Negative log-likelihood per frame and band, of the rows that have one."""
        total = y_pred["log_likelihood"]
        possible = ops.isfinite(total)
        n_steps = -(-ops.cast(x["mel_lengths"], "int32") // self.reduction)
        n_values = ops.cast(ops.where(possible, n_steps, 0), "float32") * self.decoder.channels
        n_values = replicas.mean_over_replicas(ops.sum(n_values))
        loss = -ops.sum(ops.where(possible, total, 0.0)) / ops.maximum(n_values, 1.0)
        self.likelihood_mean.update_state(loss)
        return replicas.share_of_loss(loss)

    def align(self, tokens, token_lengths, mel, mel_lengths, speaker=None):
        """Frames of each token along the likeliest path: a forced aligner.

        Args:
            tokens: int `(batch, tokens)`, padded with 0.
            token_lengths: int `(batch,)`.
            mel: float `(batch, frames, n_mels)`, log-mels in nats.
            mel_lengths: int `(batch,)`.
            speaker: int, or int `(batch,)`. Needed if the model has several speakers.

        Returns: int32 array `(batch, tokens)`, sum `mel_lengths`; at least 1 for each token with
        states, 0 for padding and for stateless tokens.

        Raises:
            ValueError: if an argument has the wrong shape or is out of range, or a row has fewer
                steps than states.
        """
        tokens, token_lengths, *rest = self.checked(tokens, token_lengths, speaker)
        mel, mel_lengths = requests.check_mel(mel, mel_lengths, len(tokens), self.n_mels)
        noise = requests.prenet_noise(self, -(-mel.shape[1] // self.reduction))
        arrays = (noise, tokens, token_lengths, mel, mel_lengths, *rest)
        durations, n_states = self.run_compiled("align", functools.partial(align, self), *arrays)
        return requests.durations_in_frames(durations, n_states, mel_lengths, self.reduction)

    def generate(
        self,
        tokens,
        token_lengths=None,
        speaker=None,
        max_frames=2000,
        quantile=0.5,
        speed=1.0,
        temperature=0.0,
        sample_durations=False,
        seed=0,
    ):
        """Speak, state by state, until each row's last state is left.

        Args:
            tokens: int `(batch, tokens)`, padded with 0.
            token_lengths: int `(batch,)`. Defaults to the place of each row's last nonzero token.
            speaker: int, or int `(batch,)`. Needed if the model has several speakers.
            max_frames: frames after which a row is cut. Defaults to 2000.
            quantile: in (0, 1). A state is left as soon as the probability of having left it
                reaches this: 0.5 takes the median duration, less is faster, more is slower.
            speed: how much likelier than learned the states are left, at each step: a number, one
                for each row, or `(batch, tokens)`. 2 makes half of long durations; no state is
                shorter than a step. From 0.25 to 4. Defaults to 1.
            temperature: of each frame's deviation from the mean, 0 for the mean itself. Defaults
                to 0.
            sample_durations: whether states are left by chance, whatever `quantile` is. Defaults
                to False.
            seed: int, of the prenet's dropout and of all that is drawn. The same seed gives the
                same mel, on any backend and in any batch. Defaults to 0.

        Returns: dict of `"mel"` `(batch, frames, n_mels)` in nats, `"lengths"` int `(batch,)` in
        frames, `"alignment"` `(batch, frames, tokens)`, 1 at the token of each frame, and
        `"stopped"` bool `(batch,)`, False where `max_frames` came first. Frames after a row's
        length are the mel of silence.

        Raises:
            ValueError: if an argument has the wrong shape or is out of range.
        """
        tokens, token_lengths, *rest = self.checked(tokens, token_lengths, speaker)
        arrays = requests.generation_arrays(
            self, tokens.shape, max_frames, quantile, speed, temperature, sample_durations, seed
        )
        arrays += (tokens, token_lengths, *rest)
        result = self.run_compiled("generate", functools.partial(generate_mel, self), *arrays)
        longest = int(np.max(ops.convert_to_numpy(result["lengths"])))
        return {**result, **{name: result[name][:, :longest] for name in ("mel", "alignment")}}

    def get_config(self):
        return {
            **super().get_config(),
            "reduction": self.reduction,
            "states_per_token": self.states_per_token,
            "stateless_tokens": self.stateless_tokens,
            "data_dropout": self.data_dropout,
            **self.options,
        }
