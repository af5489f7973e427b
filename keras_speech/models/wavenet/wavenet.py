"""WaveNet: raw audio, one sample at a time."""

import math

import keras
from keras import ops

from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.causal_dilated_conv1d import CausalDilatedConv1D
from keras_speech.layers.gated_residual_block import GatedResidualBlock
from keras_speech.layers.heads import MuLawHead
from keras_speech.layers.mel_upsampler import MelUpsampler
from keras_speech.models import checks, presets
from keras_speech.models.wavenet.generation import WaveNetGenerator
from keras_speech.models.wavenet.request import check_inputs
from keras_speech.ops import replicas


@keras.saving.register_keras_serializable("keras_speech")
class WaveNet(keras.Model):
    """Predicts every sample of a waveform from the samples before it.

    Gated residual blocks whose dilations double within a cycle. What the outputs mean, the head
    says. A global condition is a speaker, a local one any features at a frame rate, such as a
    log-mel spectrogram (which makes a vocoder).

    `compile()` takes an optimizer; the loss is the model's: nats per sample (`bits_per_sample`).

    Args:
        n_cycles: how often the dilations start again at 1. Defaults to 3.
        layers_per_cycle: blocks per cycle; the last has the dilation
            `2 ** (layers_per_cycle - 1)`. Defaults to 10.
        residual_channels: channels between blocks. Defaults to 64.
        gate_channels: of each dilated convolution, filter and gate together. Defaults to 128.
        skip_channels: of the blocks' common output, and of the layer after it. Defaults to 64.
        kernel_size: taps of the dilated convolutions, at least 2. Defaults to 2.
        input_kernel_size: taps of the first convolution. Defaults to 1.
        head: such as `LogisticMixtureHead()`. Defaults to `MuLawHead()`, 256 levels.
        dropout: rate, ahead of each dilated convolution in training. Defaults to 0.
        n_speakers, speaker_channels: number of speakers, 0 for none, and width of their
            embedding. Default to 0 and 16.
        sample_rate: Hz, of the waveform. Defaults to 16000.
        local_channels: channels of the local condition, 0 for none. Defaults to 0.
        hop_length: samples per frame of the local condition. Needed if there is one.
        spec: `AudioSpec` (or its dict) of a vocoder: it gives the three arguments before it, which
            are then left at their defaults. Defaults to `None`.
        upsampler_channels, context_size: channels that the local condition is reduced to, and
            neighboring frames on each side that this sees. Default to 32 and 2.
        mel_mean, mel_scale: level and spread of the local condition: the network sees
            `(mel - mel_mean) / mel_scale`. Default to 0 and 1.

    Call arguments:
        inputs: dict of `"samples"` float `(batch, samples)`, where there is a local condition
            `"mel"` `(batch, samples // hop_length, local_channels)`, and with speakers
            `"speaker"` int `(batch,)`. Where there is `"past"`, shaped as `"samples"`, it is what
            the net reads: samples with noise teach it to mend its own mistakes.
        training: whether dropout acts.

    Returns: float32 tensor `(batch, samples, head.n_parameters)`, at each time the parameters of
    the distribution of that sample given those before it.

    Raises:
        ValueError: if an argument is out of range, or `spec` and what it says are both given.

    Example:

    >>> import numpy as np
    >>> model = WaveNet(n_cycles=1, layers_per_cycle=4, residual_channels=8, gate_channels=16)
    >>> model.receptive_field
    16
    >>> model.compile(keras.optimizers.Adam(1e-3))
    >>> batch = {"samples": np.sin(np.arange(200) / 5)[None].astype("float32")}
    >>> nats, bits = model.evaluate(batch, verbose=0)
    >>> model.generate(n_samples=16, prime=batch["samples"], seed=1).shape
    (1, 16)

    Reference: [van den Oord et al., 2016](https://arxiv.org/abs/1609.03499). Deviations: past
    samples are read as one number unless the head says otherwise; the sum over blocks is divided
    by the root of their number; the local condition is interpolated.
    """

    def __init__(
        self,
        n_cycles=3,
        layers_per_cycle=10,
        residual_channels=64,
        gate_channels=128,
        skip_channels=64,
        kernel_size=2,
        input_kernel_size=1,
        head=None,
        dropout=0.0,
        n_speakers=0,
        speaker_channels=16,
        sample_rate=16000,
        local_channels=0,
        hop_length=None,
        spec=None,
        upsampler_channels=32,
        context_size=2,
        mel_mean=0.0,
        mel_scale=1.0,
        **kwargs,
    ):
        # The head reads samples in float32 under any policy.
        super().__init__(autocast=False, **kwargs)
        spec = AudioSpec.from_dict(spec) if isinstance(spec, dict) else spec
        if spec is not None:
            if (sample_rate, local_channels, hop_length) != (16000, 0, None):
                raise ValueError(
                    "`spec` gives sample_rate, local_channels and hop_length; leave them out. "
                    f"Received: {sample_rate=}, {local_channels=}, {hop_length=}"
                )
            local_channels, hop_length = spec.n_mels, spec.hop_length
        checks.check_whole(n_cycles=n_cycles, layers_per_cycle=layers_per_cycle)
        checks.check_whole(input_kernel_size=input_kernel_size)
        checks.check_positive(sample_rate=sample_rate, mel_scale=mel_scale)
        if kernel_size < 2:
            raise ValueError(f"`kernel_size` must be at least 2. Received: {kernel_size=}")
        if bool(local_channels) != bool(hop_length):
            raise ValueError(f"`hop_length` must fit {local_channels=}. Received: {hop_length=}")
        self.spec, self._given_rate = spec, sample_rate
        self.sample_rate = sample_rate if spec is None else spec.sample_rate
        self.n_cycles, self.layers_per_cycle = n_cycles, layers_per_cycle
        self.residual_channels, self.gate_channels = residual_channels, gate_channels
        self.skip_channels, self.kernel_size = skip_channels, kernel_size
        self.input_kernel_size, self.dropout = input_kernel_size, dropout
        self.n_speakers, self.speaker_channels = n_speakers, speaker_channels
        self.local_channels, self.hop_length = local_channels, hop_length
        self.upsampler_channels, self.context_size = upsampler_channels, context_size
        self.mel_mean, self.mel_scale = mel_mean, mel_scale
        head = keras.saving.deserialize_keras_object(head) if isinstance(head, dict) else head
        self.head, self.default_temperature = head or MuLawHead(), 1.0
        self.bits_tracker = keras.metrics.Mean(name="bits_per_sample")
        self._add_layers()
        self.generator = WaveNetGenerator(self)
        self.build()

    def _add_layers(self):
        policy = self.dtype_policy
        self.input_convolution = CausalDilatedConv1D(
            self.residual_channels, self.input_kernel_size, dtype=policy
        )
        self.blocks = [
            GatedResidualBlock(
                self.residual_channels, self.gate_channels, self.skip_channels, self.kernel_size,
                dilation, self.dropout, dtype=policy,
            )
            for dilation in self.dilations
        ]  # fmt: skip
        self.hidden = keras.layers.Dense(self.skip_channels, dtype=policy)
        self.output_layer = keras.layers.Dense(self.head.n_parameters, dtype=policy)
        if self.n_speakers:
            self.speaker_embedding = keras.layers.Embedding(
                self.n_speakers, self.speaker_channels, dtype=policy
            )
        if self.local_channels:
            self.upsampler = MelUpsampler(
                self.hop_length, None, self.upsampler_channels, self.context_size, dtype=policy
            )

    def build(self, input_shape=None):
        time = (None, None)
        self.input_convolution.build((*time, self.head.input_channels))
        conditions = {}
        if self.local_channels:
            self.upsampler.build((*time, self.local_channels))
            conditions["local_condition_shape"] = (*time, self.upsampler_channels)
        if self.n_speakers:
            self.speaker_embedding.build((None,))
            conditions["global_condition_shape"] = (None, self.speaker_channels)
        for block in self.blocks:
            block.build((*time, self.residual_channels), **conditions)
        self.hidden.build((*time, self.skip_channels))
        self.output_layer.build((*time, self.skip_channels))

    @property
    def dilations(self):
        """Dilation of each block, in order."""
        return [2**i for i in range(self.layers_per_cycle)] * self.n_cycles

    @property
    def receptive_field(self):
        """Number of past samples that a prediction depends on."""
        return (self.kernel_size - 1) * sum(self.dilations) + self.input_kernel_size

    @property
    def receptive_field_seconds(self):
        """The receptive field in seconds."""
        return self.receptive_field / self.sample_rate

    def call(self, inputs, training=None):
        check_inputs(self, inputs)
        features = self.head.features(inputs.get("past", inputs["samples"]))
        # Each prediction sees the samples before its own: the features come one step late.
        x = self.input_convolution(ops.pad(features[:, :-1], [[0, 0], [1, 0], [0, 0]]))
        conditions = {}
        if self.local_channels:
            conditions["local_condition"] = self.upsampler(self.scaled(inputs["mel"]))
        if self.n_speakers:
            conditions["global_condition"] = self.speaker_embedding(inputs["speaker"])
        total = 0.0
        for block in self.blocks:
            x, skip = block(x, training=training, **conditions)
            total += skip
        hidden = ops.relu(self.hidden(ops.relu(total / math.sqrt(len(self.blocks)))))
        return ops.cast(self.output_layer(hidden), "float32")

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True, **kwargs
    ):
        nats = ops.mean(self.head(y_pred, x["samples"]), axis=-1)
        nats = ops.mean(nats if sample_weight is None else nats * ops.reshape(sample_weight, (-1,)))
        self.bits_tracker.update_state(nats / math.log(2.0))
        return replicas.share_of_loss(nats)

    def generate(
        self,
        n_samples=None,
        prime=None,
        speaker=None,
        mel=None,
        temperature=None,
        top_p=1.0,
        seed=0,
        lengths=None,
        batch_size=None,
        progress=None,
    ):
        """Generate waveforms, sample after sample, at a cost that no dilation changes.

        Args:
            n_samples: number of samples of each row. Defaults to those of `mel`.
            prime: float `(batch, any)` or `(any,)`, what came before: the output continues it and
                does not contain it. Its rate is the model's. Defaults to nothing.
            speaker: int, or int `(batch,)`. Needed if the model has speakers.
            mel: float `(batch, frames, local_channels)`, the local condition, if the model has
                one. With a `prime`, its first frames are those of the prime.
            temperature: above 0; below 1 for likelier samples. Defaults to the preset's, else 1.
            top_p: in (0, 1]: share of the probability that is drawn from. Defaults to 1.
            seed: int, taken modulo `2**32`. The same seed gives the same audio, whatever the other
                rows of the batch hold; their number changes the rounding, and so, in time, it.
            lengths: int `(batch,)`, frames of each row of `mel`: the samples after them are 0.
            batch_size: number of rows where nothing else says it. Defaults to 1.
            progress: `True` for a progress bar, or a function of `(samples done, in all)`.

        Returns: float32 NumPy array `(batch, n_samples)`.

        Raises:
            ValueError: if an argument is missing, of a wrong shape or out of range, or the result
                does not fit into memory (`stream` gives it in pieces).
        """
        request = self.generator.request(
            n_samples, prime, speaker, mel, temperature, top_p, seed, batch_size
        )
        return self.generator.generate(request, lengths, progress)

    def stream(self, n_samples=None, prime=None, *, chunk_size=2048, **options):
        """Generate in chunks, as they are made: together, to the bit, what `generate` gives.

        Args:
            n_samples, prime: as in `generate`.
            chunk_size: samples of each chunk (the last may be shorter). Defaults to 2048.
            **options: `speaker`, `mel`, `temperature`, `top_p`, `seed`, `batch_size` of `generate`.

        Returns: iterator of float32 NumPy arrays `(batch, chunk_size)`. Raises `ValueError` as
        `generate` does, before the first chunk.
        """
        checks.check_whole(chunk_size=chunk_size)
        request = self.generator.request(n_samples, prime, **options)
        return self.generator.pieces(request, chunk_size)

    def scaled(self, mel):
        """The local condition as the network sees it."""
        mel = (ops.cast(mel, "float32") - self.mel_mean) / self.mel_scale
        return ops.cast(mel, self.compute_dtype)

    @classmethod
    def from_preset(cls, name):
        """Load a model that comes with the package (`"piano"`), a directory or a `.keras` file.
        Raises `ValueError` if there is none, or it is damaged or of another kind.
        """
        return presets.load_model_of(cls, name)

    def get_config(self):
        names = (
            "n_cycles", "layers_per_cycle", "residual_channels", "gate_channels", "skip_channels",
            "kernel_size", "input_kernel_size", "dropout", "n_speakers", "speaker_channels",
            "upsampler_channels", "context_size", "mel_mean", "mel_scale",
        )  # fmt: skip
        ours = self.spec is None
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
            "head": keras.saving.serialize_keras_object(self.head),
            "sample_rate": self._given_rate,
            "local_channels": self.local_channels if ours else 0,
            "hop_length": self.hop_length if ours else None,
            "spec": None if ours else self.spec.to_dict(),
        }
