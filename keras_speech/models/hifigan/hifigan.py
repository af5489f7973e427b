"""HiFi-GAN: from frames to samples by transposed convolutions and residual blocks."""

import keras
from keras import ops

from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.discriminators import MultiPeriodDiscriminator, MultiScaleDiscriminator
from keras_speech.layers.weight_normalization import WeightNormalization
from keras_speech.models import checks
from keras_speech.models.adversarial import AdversarialVocoder
from keras_speech.models.hifigan.residual_blocks import (
    ResidualBlock1,
    ResidualBlock2,
    activated,
    normalized,
)
from keras_speech.models.hifigan.sizes import check_sizes, context_frames

_BLOCKS = {1: ResidualBlock1, 2: ResidualBlock2}
# Of the last leaky ReLU alone; the published code leaves it at its library's default.
_LAST_SLOPE = 0.01
_KERNEL_SIZE = 7  # of the first and the last convolution


@keras.saving.register_keras_serializable("keras_speech")
class HiFiGAN(AdversarialVocoder):
    """Raises a mel to the sample rate in stages; several residual blocks refine each of them.

    `compile()` takes an optimizer; the losses, and the discriminators' own, belong to the model:
    see `AdversarialVocoder` and `docs/hifigan.md`.

    Args:
        spec: `AudioSpec` (or its dict) of the mel spectrograms. Defaults to
            `AudioSpec(padding="hop")`, the published one.
        channels: ahead of the first stage; each stage halves them. Defaults to 512.
        rates: factor of each stage; their product is the spec's hop length. Defaults to
            `(8, 8, 2, 2)`.
        kernel_sizes: taps of each stage's transposed convolution, its rate and an even number
            more. Defaults to `(16, 16, 4, 4)`.
        resblock: 1 for `ResidualBlock1` (default), 2 for `ResidualBlock2`.
        resblock_kernel_sizes: taps of each stage's residual blocks, odd; the blocks' outputs are
            averaged. Defaults to `(3, 7, 11)`.
        resblock_dilations: dilations of each of these blocks. Defaults to `(1, 3, 5)` for each.
        weight_normalization: whether kernels are trained as length and direction. Defaults to
            `True`; `fold` gives a model without.
        mel_mean, mel_scale: level and spread of the mel: the network sees
            `(mel - mel_mean) / mel_scale`. Default to 0 and 1.
        discriminators: list of layers (or their configs), see `AdversarialVocoder`; `()` for a
            generator that trains on spectra alone, or not at all. Defaults to `None`: the
            published `MultiPeriodDiscriminator()` and `MultiScaleDiscriminator()`, 71 million
            parameters.
        **kwargs: other arguments of `AdversarialVocoder`.

    Call arguments:
        inputs: dict of `"mel"` float `(batch, frames, n_mels)`; for a loss, `"samples"`
            `(batch, frames * hop_length)`.

    Returns: float32 tensor `(batch, frames * hop_length)`, within -1 and 1.

    Raises:
        ValueError: if an argument is out of range, or the rates do not multiply to the hop length.

    Example:

    >>> import numpy as np
    >>> model = HiFiGAN(channels=16, discriminators=())
    >>> model.generate(np.zeros((1, 10, 80), "float32")).shape
    (1, 2560)

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646). Deviations: transposed
    convolutions start at the scale of their inputs, not at 0.01; the last convolution is float32
    under any policy.
    """

    def __init__(
        self,
        spec=None,
        channels=512,
        rates=(8, 8, 2, 2),
        kernel_sizes=(16, 16, 4, 4),
        resblock=1,
        resblock_kernel_sizes=(3, 7, 11),
        resblock_dilations=((1, 3, 5), (1, 3, 5), (1, 3, 5)),
        weight_normalization=True,
        mel_mean=0.0,
        mel_scale=1.0,
        discriminators=None,
        **kwargs,
    ):
        if discriminators is None:
            policy = {"dtype": kwargs.get("dtype")}
            discriminators = [MultiPeriodDiscriminator(**policy), MultiScaleDiscriminator(**policy)]
        spec = AudioSpec(padding="hop") if spec is None else spec
        super().__init__(spec, discriminators=discriminators, **kwargs)
        checks.check_positive(mel_scale=mel_scale)
        check_sizes(
            hop_length=self.spec.hop_length,
            channels=channels,
            rates=rates,
            kernel_sizes=kernel_sizes,
            resblock=resblock,
            resblock_kernel_sizes=resblock_kernel_sizes,
            resblock_dilations=resblock_dilations,
        )
        self.channels, self.rates = channels, tuple(rates)
        self.kernel_sizes, self.resblock = tuple(kernel_sizes), resblock
        self.resblock_kernel_sizes = tuple(resblock_kernel_sizes)
        self.resblock_dilations = tuple(tuple(each) for each in resblock_dilations)
        self.weight_normalization = weight_normalization
        self.mel_mean, self.mel_scale = mel_mean, mel_scale
        self._add_layers()
        self.build()

    def _add_layers(self):
        policy, wish = self.dtype_policy, self.weight_normalization
        self.first = normalized(
            keras.layers.Conv1D(self.channels, _KERNEL_SIZE, padding="same", dtype=policy), wish
        )
        self.upsamplers, self.blocks = [], []
        for i, (rate, size) in enumerate(zip(self.rates, self.kernel_sizes, strict=True)):
            channels = self.channels // 2 ** (i + 1)
            # An output sees as many inputs as the kernel is longer than the rate.
            spread = (2 * channels * size / rate) ** -0.5
            layer = keras.layers.Conv1DTranspose(
                channels,
                size,
                strides=rate,
                padding="same",
                kernel_initializer=keras.initializers.RandomNormal(stddev=spread),
                dtype=policy,
            )
            self.upsamplers.append(normalized(layer, wish))
            # One flat list: Keras saves no lists inside lists.
            self.blocks += [
                _BLOCKS[self.resblock](channels, kernel_size, dilations, wish, dtype=policy)
                for kernel_size, dilations in zip(
                    self.resblock_kernel_sizes, self.resblock_dilations, strict=True
                )
            ]
        # Samples need more bits than halves have.
        last = keras.layers.Conv1D(
            1,
            _KERNEL_SIZE,
            padding="same",
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
            dtype="float32",
        )
        self.last = normalized(last, wish)

    def build(self, input_shape=None):
        if self.built:
            return
        self.first.build((None, None, self.spec.n_mels))
        channels = self.channels
        for upsampler, blocks in self.stages:
            upsampler.build((None, None, channels))
            channels //= 2
            for block in blocks:
                block.build((None, None, channels))
        self.last.build((None, None, channels))
        self.built = True

    @property
    def stages(self):
        """Of each stage, the transposed convolution and the residual blocks."""
        n = len(self.resblock_kernel_sizes)
        return [(up, self.blocks[i * n : (i + 1) * n]) for i, up in enumerate(self.upsamplers)]

    @property
    def context_frames(self):
        reach = max(block.reach for block in self.blocks)
        return context_frames(self.rates, self.kernel_sizes, reach, _KERNEL_SIZE // 2)

    def call(self, inputs, training=None):
        return self.vocode(inputs["mel"])

    def vocode(self, mel, mask=None, noise_start=None, seed=None):
        mel = (ops.cast(mel, "float32") - self.mel_mean) / self.mel_scale
        x = ops.cast(mel, self.compute_dtype)
        if mask is not None:
            mask = ops.cast(mask, self.compute_dtype)
            x = x * mask
        x = self.first(x)
        for rate, (upsampler, blocks) in zip(self.rates, self.stages, strict=True):
            x = upsampler(activated(x, mask))
            if mask is not None:
                mask = ops.repeat(mask, rate, axis=1)
            x = sum(block(x, mask=mask) for block in blocks) / len(blocks)
        x = self.last(ops.cast(activated(x, mask, _LAST_SLOPE), "float32"))
        return ops.squeeze(ops.tanh(x), axis=-1)

    def fold(self):
        """The generator alone, its kernels plain: the same sound for less work.

        Returns: `HiFiGAN` with `weight_normalization=False` and no discriminators. This one stays
        as it is.

        Example:

        >>> model = HiFiGAN(channels=16, discriminators=())
        >>> model.fold().count_params() < model.count_params()
        True
        """
        changes = {"weight_normalization": False, "discriminators": []}
        config = {**self.get_config(), **changes, "discriminator_weights": None}
        folded = type(self).from_config(config)
        for ours, theirs in zip(self.convolutions, folded.convolutions, strict=True):
            theirs.set_weights(plain_weights(ours))
        return folded

    @property
    def convolutions(self):
        """All layers that have a kernel, in the order in which they act."""
        inner = [
            layer
            for upsampler, blocks in self.stages
            for layer in (upsampler, *[c for block in blocks for c in block.convolutions])
        ]
        return [self.first, *inner, self.last]

    def get_config(self):
        names = (
            "channels", "rates", "kernel_sizes", "resblock", "resblock_kernel_sizes",
            "resblock_dilations", "weight_normalization", "mel_mean", "mel_scale",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def plain_weights(layer):
    """Kernel and bias that a convolution computes with, normalized or not."""
    if not isinstance(layer, WeightNormalization):
        return layer.get_weights()
    kernel, _ = layer._folded()
    return [ops.convert_to_numpy(kernel), ops.convert_to_numpy(layer.layer.bias)]
