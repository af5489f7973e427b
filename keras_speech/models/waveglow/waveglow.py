"""WaveGlow: a normalizing flow between audio and noise, conditioned on a mel spectrogram."""

import math

import keras
import numpy as np
from keras import ops

from keras_speech.layers.weight_normalization import WeightNormalization
from keras_speech.models import checks, mel_windows
from keras_speech.models.vocoder import Vocoder
from keras_speech.models.waveglow import denoiser
from keras_speech.models.waveglow.flow_stack import FlowStack
from keras_speech.models.waveglow.upsampler import GroupedUpsampler
from keras_speech.ops import counter_noise, replicas, squeeze


@keras.saving.register_keras_serializable("keras_speech")
class WaveGlow(Vocoder):
    """Vocoder that turns audio into Gaussian noise step by step, and noise into audio back.

    Samples are squeezed to groups; each flow mixes a group's channels by an invertible matrix, and
    lets one half of them scale and shift the other by what a non-causal WaveNet makes of it and of
    the mel. All of it is invertible, so the density of audio is known: `compile()` takes an
    optimizer, the loss is the negative log-likelihood in nats per sample. Shown beside it are its
    parts: `log_scale` and `log_det_weights`, mean log-determinants per sample of the couplings and
    of the matrices, and `z_energy`, the mean square of the noise (1 at its best).

    Args:
        spec: `AudioSpec` (or its dict) of the mel spectrograms. Defaults to `AudioSpec()`.
        n_flows: number of flows. Defaults to 12.
        n_groups: samples per group, a divisor of the hop. Defaults to 8.
        early_every, early_channels: after each `early_every` flows that many channels go to the
            noise as they are. Default to 4 and 2.
        channels: of the WaveNets. Defaults to 256.
        n_layers: of each WaveNet, dilations double. Defaults to 8.
        kernel_size: taps of its convolutions. Defaults to 3.
        upsampler_frames: frames that the upsampler makes a sample of. Defaults to 4.
        sigma: deviation of the noise that training assumes. Defaults to 1.
        weight_normalization: whether kernels are trained as direction and length. `fold` gives an
            equal model without, which is faster to generate with. Defaults to `True`.
        remat: whether training computes the WaveNets again for their gradients instead of keeping
            what they computed: a fraction of the memory for about a third more time. Defaults to
            `False`.
        orders: of the matrices' rows, see `InvertibleConv1x1`; what matrices that were set from
            elsewhere need. Defaults to `None`.

    Call arguments:
        inputs: dict of `"samples"` float `(batch, frames * hop_length)` and `"mel"`
            `(batch, frames, n_mels)`.
        training: whether `remat` acts.

    Returns: pair of float32 tensors: noise `z` `(batch, samples / n_groups, n_groups)`, and the
        log-determinant `(batch,)` of its Jacobian in nats.

    Raises:
        ValueError: an argument is out of range.

    Example:

    >>> import numpy as np
    >>> from keras_speech import AudioSpec
    >>> spec = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8,
    ...                  fmax=4000.0)
    >>> model = WaveGlow(spec, n_flows=2, channels=8, n_layers=3)
    >>> model.compile(keras.optimizers.Adam(1e-4))
    >>> mel = np.zeros((1, 10, 8), "float32")
    >>> history = model.fit({"samples": np.zeros((1, 160)), "mel": mel}, verbose=0)
    >>> model.generate(mel, sigma=0.6, seed=1).shape
    (1, 160)

    Reference: [Prenger et al., 2019](https://arxiv.org/abs/1811.00002). Deviations: matrices are
    trained as triangular factors (`InvertibleConv1x1`), log-scales beyond 6 are bounded
    (`AffineCoupling`), the condition's channels are ordered by sample and then by band.
    """

    def __init__(
        self,
        spec=None,
        n_flows=12,
        n_groups=8,
        early_every=4,
        early_channels=2,
        channels=256,
        n_layers=8,
        kernel_size=3,
        upsampler_frames=4,
        sigma=1.0,
        weight_normalization=True,
        remat=False,
        orders=None,
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        checks.check_whole(
            n_flows=n_flows, n_groups=n_groups, early_every=early_every, channels=channels,
            n_layers=n_layers, upsampler_frames=upsampler_frames,
        )  # fmt: skip
        checks.check_whole(early_channels=early_channels, least=0)
        checks.check_positive(sigma=sigma)
        if self.spec.hop_length % n_groups:
            raise ValueError(
                f"`n_groups` must divide the hop of {self.spec.hop_length} samples. "
                f"Received: n_groups={n_groups}"
            )
        left = n_groups - (n_flows - 1) // early_every * early_channels
        if left < 2:
            raise ValueError(
                "At least 2 channels must be left to the last flow. Received: "
                f"{n_groups=}, {n_flows=}, {early_every=}, {early_channels=}, which leave {left}"
            )
        self.n_groups, self.upsampler_frames, self.sigma = n_groups, upsampler_frames, sigma
        policy = self.dtype_policy
        self.upsampler = GroupedUpsampler(
            self.hop_length, n_groups, upsampler_frames, dtype=policy, name="upsampler"
        )
        self.flows = FlowStack(
            n_flows, early_every, early_channels, channels, n_layers, kernel_size,
            weight_normalization, remat, orders, dtype=policy, name="flows",
        )  # fmt: skip
        self._trackers = {
            name: keras.metrics.Mean(name=name)
            for name in ("log_scale", "log_det_weights", "z_energy")
        }
        self._bias = None
        self.build()

    def build(self, input_shape=None):
        if self.built:
            return
        self.upsampler.build((None, None, self.spec.n_mels))
        condition = (None, None, self.n_groups * self.spec.n_mels)
        self.flows.build((None, None, self.n_groups), condition)

    @property
    def context_frames(self):
        groups = self.hop_length // self.n_groups
        flows = -(-self.flows.context_size // groups)
        return flows + self.upsampler_frames - 1 + denoiser.context_frames(self.spec)

    def call(self, inputs, training=None):
        samples, mel = mel_windows.checked_pair(inputs, self.hop_length)
        samples = squeeze.squeeze(ops.cast(samples, "float32")[..., None], self.n_groups)
        return self.flows(samples, self.upsampler(mel), training=training)

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True, **kwargs
    ):
        z, log_det = y_pred
        squares = ops.mean(ops.square(z), axis=(1, 2))
        groups = ops.cast(ops.shape(z)[1], "float32")
        log_det = log_det / (groups * self.n_groups)
        of_weights = sum(c.log_det() for c in self.flows.convolutions) / self.n_groups
        gaussian = 0.5 * squares / self.sigma**2 + math.log(self.sigma * math.sqrt(2 * math.pi))
        nats = gaussian - log_det
        nats = ops.mean(nats if sample_weight is None else nats * ops.reshape(sample_weight, (-1,)))
        self._trackers["log_scale"].update_state(log_det - of_weights)
        self._trackers["log_det_weights"].update_state(of_weights)
        self._trackers["z_energy"].update_state(squares)
        return replicas.share_of_loss(nats)

    def vocode(self, mel, mask=None, noise_start=None, seed=None, sigma=0.6, bias=None):
        """See `Vocoder.vocode`. `sigma` scales the noise, `bias` is a spectrum to subtract."""
        batch, frames = ops.shape(mel)[:2]
        mel = ops.reshape(ops.cast(mel, "float32"), (batch, frames, self.spec.n_mels))
        groups = self.hop_length // self.n_groups
        group_mask = None
        if mask is not None:
            mel = mel * ops.cast(mask, "float32")
            group_mask = ops.repeat(ops.cast(mask, "float32")[..., 0], groups, axis=1)
        condition = self.upsampler(mel)
        start = ops.cast(0 if noise_start is None else noise_start, "int32") * groups
        noise = self.noise(0 if seed is None else seed, start, frames * groups)
        noise = ops.broadcast_to(sigma * noise, (batch, frames * groups, self.n_groups))
        x = self.flows.inverse(noise, condition, group_mask)
        if group_mask is not None:
            x = x * group_mask[..., None]
        samples = ops.reshape(x, (batch, frames * self.hop_length))
        return samples if bias is None else denoiser.subtract(samples, bias, self.spec)

    def noise(self, seed, start, n):
        """Normal numbers `(n, n_groups)` that depend on seed, place and channel alone."""
        # Box & Muller, 1958.
        uniform = counter_noise.uniform(seed, start, (n, self.n_groups, 2))
        radius, angle = ops.split(uniform, 2, axis=-1)
        normal = ops.sqrt(-2 * ops.log(radius)) * ops.cos(2 * math.pi * angle)
        return normal[..., 0]

    def generate(self, mel, lengths=None, seed=0, *, sigma=0.6, denoise=0.0, jit=False):
        """Make audio of log-mel spectrograms.

        A row sounds the same alone, in a batch and with more padding. Mels of more than 2,048
        frames are computed in windows that see enough of their neighbors to give the same.

        Args:
            mel: float array `(batch, frames, n_mels)`.
            lengths: integers `(batch,)`, frames of each row, at most `frames`. Defaults to all.
            seed: int. The same seed gives the same audio. Defaults to 0.
            sigma: deviation of the noise; less is calmer. Defaults to 0.6, as published.
            denoise: how much of the model's own steady sound, its mean spectrum without noise, to
                subtract: such as 0.01 to 0.1. Defaults to 0.
            jit: whether TensorFlow compiles by XLA, once for each number of frames (rounded up to
                64). Defaults to `False`.

        Returns: float32 NumPy array `(batch, frames * hop_length)`, zero after each row's
            `lengths * hop_length`.

        Raises:
            ValueError: for a mel of another shape or with numbers that are not finite, lengths
                that do not fit it, or a negative `sigma` or `denoise`.
        """
        return self._generate(mel, lengths, seed, jit=jit, **self._numbers(sigma, denoise))

    def stream(self, mel_chunks, seed=0, *, chunk_frames=None, sigma=0.6, denoise=0.0, jit=False):
        """Make audio as mels arrive: together what `generate` gives for the whole.

        Args:
            mel_chunks: iterable of float arrays `(frames, n_mels)` or `(batch, frames, n_mels)`,
                of any number of frames each; or one whole mel as an array.
            seed: int, as in `generate`.
            chunk_frames: frames of each chunk of sound (the last may be shorter). Each is computed
                with `context_frames` more on each side: less is sooner, more is cheaper. Defaults
                to the context, at least 32.
            sigma, denoise, jit: as in `generate`.

        Returns: iterator of float32 NumPy arrays `(batch, chunk_frames * hop_length)`.

        Raises:
            ValueError: for a mel of another shape or with numbers that are not finite, if there is
                no frame at all, or for a negative `sigma` or `denoise`.
        """
        numbers = self._numbers(sigma, denoise)
        return self._stream(mel_chunks, seed, chunk_frames, jit=jit, **numbers)

    def _numbers(self, sigma, denoise):
        for name, value in (("sigma", sigma), ("denoise", denoise)):
            if not 0 <= value < math.inf:
                raise ValueError(f"`{name}` must not be negative. Received: {name}={value}")
        numbers = {"sigma": sigma}
        return numbers | {"bias": denoise * self.bias_spectrum()} if denoise else numbers

    def bias_spectrum(self):
        """What the model says without noise, to a mel of zeros: mean magnitudes `(n_freqs,)`."""
        # Training changes the matrices with all else: while they are the same, so is the spectrum.
        matrices = [ops.convert_to_numpy(c.kernel) for c in self.flows.convolutions]
        known = b"".join(matrix.tobytes() for matrix in matrices)
        if self._bias is None or self._bias[0] != known:
            mel = np.zeros((1, denoiser.BIAS_FRAMES, self.spec.n_mels), "float32")
            samples = self._generate(mel, None, 0, sigma=0.0)
            self._bias = known, denoiser.bias_spectrum(samples, self.spec)
        return self._bias[1]

    def fold(self):
        """An equal model without weight normalization, for generating: a copy, or itself.

        Returns: `WaveGlow` with `weight_normalization=False`.
        """
        if not self.flows.weight_normalization:
            return self
        plain = type(self).from_config({**self.get_config(), "weight_normalization": False})
        for ours, theirs in zip(self._parts(), plain._parts(), strict=True):
            if isinstance(ours, keras.Variable):
                theirs.assign(ours)
            elif isinstance(ours, WeightNormalization):
                values = ours.get_weights()
                theirs.set_weights(ours.fold().get_weights())
                # Folding changes the directions' lengths, of which an optimizer knows.
                ours.set_weights(values)
            else:
                theirs.set_weights(ours.get_weights())
        return plain

    def _parts(self):
        """All layers that have weights, and variables that layers of layers have."""
        yield self.upsampler
        for convolution, coupling in zip(
            self.flows.convolutions, self.flows.couplings, strict=True
        ):
            net = coupling.net
            yield from (convolution, net.start, *net.convolutions, *net.conditions)
            yield from (*net.residuals, *net.skips, net.end_kernel, net.end_bias)

    def get_config(self):
        flows = self.flows.get_config()
        names = (
            "n_flows", "early_every", "early_channels", "channels", "n_layers", "kernel_size",
            "weight_normalization", "remat", "orders",
        )  # fmt: skip
        return {
            **super().get_config(),
            **{name: flows[name] for name in names},
            "n_groups": self.n_groups,
            "upsampler_frames": self.upsampler_frames,
            "sigma": self.sigma,
        }
