"""From frames to samples by learned transposed convolutions."""

import keras

from keras_speech.layers import mel_upsampler


@keras.saving.register_keras_serializable("keras_speech")
class TransposedMelUpsampler(keras.layers.Layer):
    """Brings features from a frame rate to the sample rate by transposed convolutions.

    Each stage has a stride of its factor, filters of twice that length with a bias, and a leaky
    ReLU (slope 0.4) after all but the last. It can learn more than `MelUpsampler` and costs more:
    about `2 * channels**2` multiplications per sample rather than 5 per channel.

    Args:
        hop_length: samples per frame.
        factors: stride of each stage, whose product is `hop_length`. Defaults to None: a
            factorization into small numbers, such as `(5, 4, 4)` for 80.
        channels: output channels, and those between the stages. Defaults to None: those of the
            input.
        context_size: neighboring frames on each side that a convolution (without bias), ahead of
            the stages, sees. Defaults to 0: no convolution.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`.
        padded: whether `mel` comes with `context_frames` more frames at both ends, which give no
            samples of their own. If not, its first and last frame are repeated. Defaults to
            `False`.

    Attributes:
        context_frames: number of frames on each side of its own that a sample may depend on. A
            window of frames with that much of its neighborhood, called with `padded=True`, gives
            the samples it has in the whole.

    Returns: float tensor `(batch, frames * hop_length, channels)`.

    Raises:
        ValueError: if an argument is out of range, if `factors` do not multiply to `hop_length`,
            or if a `padded` input has no frame beyond its padding.

    Example:
    >>> import numpy as np
    >>> layer = TransposedMelUpsampler(256, factors=(16, 16), channels=32)
    >>> tuple(layer(np.zeros((2, 7, 80))).shape)
    (2, 1792, 32)
    >>> layer.context_frames
    1

    Reference: [van den Oord et al., 2016](https://arxiv.org/abs/1609.03499), section 2.5; two
    stages in [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.3. Filter lengths and
    activation are common choices that the papers leave open.
    """

    def __init__(self, hop_length, factors=None, channels=None, context_size=0, **kwargs):
        super().__init__(**kwargs)
        mel_upsampler.check_arguments(hop_length, channels, context_size)
        self.hop_length, self.channels, self.context_size = hop_length, channels, context_size
        self.factors = mel_upsampler.checked_factors(factors, hop_length)
        self.smoothing_frames = mel_upsampler.reach(
            self.factors, [(factor + 1) // 2 for factor in self.factors]
        )
        self.context_frames = context_size + self.smoothing_frames

    def build(self, input_shape):
        wanted = self.context_size or (self.channels and not self.factors)
        self.projection = mel_upsampler.built_projection(self, input_shape, wanted)
        channels = self.channels or input_shape[-1]
        if self.projection is not None:
            input_shape = (*input_shape[:-1], channels)
        self.stages = [
            keras.layers.Conv1DTranspose(
                channels,
                2 * factor,
                strides=factor,
                padding="same",
                dtype=self.dtype_policy,
                name=f"stage_{i}",
            )
            for i, factor in enumerate(self.factors)
        ]
        for stage in self.stages:
            stage.build(input_shape)
            input_shape = (*input_shape[:-1], channels)

    def call(self, mel, padded=False):
        mel = mel_upsampler.with_context(mel, self.context_frames, padded)
        if self.projection is not None:
            mel = self.projection(mel)
        for i, stage in enumerate(self.stages):
            if i:
                mel = keras.activations.leaky_relu(mel, negative_slope=0.4)
            mel = stage(mel)
        # What is cut saw the zeros beyond the ends of a stage's input; nothing else did.
        cut = self.smoothing_frames * self.hop_length
        return mel[:, cut:-cut] if cut else mel

    def compute_output_shape(self, input_shape):
        return mel_upsampler.upsampled_shape(self, input_shape)

    def compute_output_spec(self, mel, padded=False):
        shape = mel_upsampler.upsampled_shape(self, mel.shape, padded)
        return keras.KerasTensor(shape, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), **mel_upsampler.upsampler_config(self)}
