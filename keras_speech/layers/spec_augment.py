"""`SpecAugment`: masks over time and over bands, in training."""

import keras
from keras import ops

from keras_speech.ops import spec_augment


@keras.saving.register_keras_serializable("keras_speech")
class SpecAugment(keras.layers.Layer):
    """Masks stretches of frames and of mel bands in training; passes all on else.

    For models that read spectrograms: they learn to get by without parts of them. The defaults are
    the paper's policy "LD". In a `tf.data` pipeline, take `data.augmentation.MelMasks`.

    Args:
        time_masks: number of masks over time. Defaults to 2.
        max_frames: largest width of one, in frames. Defaults to 100.
        band_masks: number of masks over bands. Defaults to 2.
        max_bands: largest width of one, in bands. Defaults to 27.
        max_fraction: nor is a mask over time wider than this part of the row. Defaults to 1.
        value: what stands in the masks. Defaults to `None`, each row's mean.
        seed: int, or `None` (default) for one drawn by Keras.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`.
        lengths: integer tensor `(batch,)`, frames of each row. Defaults to all. What follows is
            left as it is, and no mask reaches into it.
        training: whether to mask.

    Returns: float tensor of the shape of `mel`.

    Raises:
        ValueError: an argument is out of range.

    Example:

    >>> import numpy as np
    >>> layer = SpecAugment(time_masks=1, max_frames=3, band_masks=1, max_bands=2, seed=1)
    >>> tuple(layer(np.zeros((2, 10, 8), "float32"), training=True).shape)
    (2, 10, 8)

    Reference: [Park et al., 2019](https://arxiv.org/abs/1904.08779), without time warping.
    """

    def __init__(
        self,
        time_masks=2,
        max_frames=100,
        band_masks=2,
        max_bands=27,
        max_fraction=1.0,
        value=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.time_masks, self.max_frames = time_masks, max_frames
        self.band_masks, self.max_bands = band_masks, max_bands
        self.max_fraction, self.value, self.seed = max_fraction, value, seed
        spec_augment.check_masks(
            time_masks=time_masks,
            max_frames=max_frames,
            band_masks=band_masks,
            max_bands=max_bands,
            max_fraction=max_fraction,
        )
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, mel, lengths=None, training=None):
        if not training:
            return mel
        batch = ops.shape(mel)[0]
        draws = [
            keras.random.uniform((batch, masks, 2), dtype="float32", seed=self.seed_generator)
            for masks in (self.time_masks, self.band_masks)
        ]
        masked = spec_augment.spec_augment(
            mel,
            *draws,
            lengths,
            max_frames=self.max_frames,
            max_bands=self.max_bands,
            max_fraction=self.max_fraction,
            value=self.value,
        )
        return ops.cast(masked, mel.dtype)

    def compute_output_shape(self, mel_shape, lengths_shape=None):
        return mel_shape

    def get_config(self):
        names = ("time_masks", "max_frames", "band_masks", "max_bands", "max_fraction", "value")
        config = {name: getattr(self, name) for name in (*names, "seed")}
        return {**super().get_config(), **config}
