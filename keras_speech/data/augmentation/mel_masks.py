"""`MelMasks`: SpecAugment in a pipeline."""

import tensorflow as tf

from keras_speech.data.augmentation.augmentation import Augmentation
from keras_speech.data.augmentation.waveform_changes import rows
from keras_speech.ops import spec_augment


class MelMasks(Augmentation):
    """Masks stretches of frames and of bands in the mels of batches, as `layers.SpecAugment` does.

    For models that read mels, as vocoders and recognizers do. An acoustic model learns to make the
    mels of its batches, and would learn to make the masks.

    Args:
        time_masks, max_frames, band_masks, max_bands, max_fraction, value: as in
            `layers.SpecAugment`.
        seed: see `Augmentation`.

    Raises:
        ValueError: an argument is out of range; in use, for batches without `mel`.

    Example:

    >>> batches = ks.data.waveform_batches(corpus, 8192, spec=spec, seed=0)  # doctest: +SKIP
    >>> masks = ks.data.augmentation.MelMasks(max_frames=4, max_bands=8, seed=1)  # doctest: +SKIP
    >>> batches = batches.map(masks)  # doctest: +SKIP

    Reference: [Park et al., 2019](https://arxiv.org/abs/1904.08779).
    """

    needs = ("mel",)

    def __init__(
        self,
        time_masks=2,
        max_frames=100,
        band_masks=2,
        max_bands=27,
        max_fraction=1.0,
        value=None,
        seed=None,
    ):
        super().__init__(seed)
        spec_augment.check_masks(
            time_masks=time_masks,
            max_frames=max_frames,
            band_masks=band_masks,
            max_bands=max_bands,
            max_fraction=max_fraction,
        )
        self.time_masks, self.max_frames = time_masks, max_frames
        self.band_masks, self.max_bands = band_masks, max_bands
        self.max_fraction, self.value = max_fraction, value

    def change(self, batch, key):
        keys = tf.unstack(tf.random.split(key, 2))
        masks = (self.time_masks, self.band_masks)
        draws = [
            tf.random.stateless_uniform([rows(batch["mel"]), n, 2], k)
            for k, n in zip(keys, masks, strict=True)
        ]
        masked = spec_augment.spec_augment(
            batch["mel"],
            *draws,
            batch.get("mel_lengths"),
            max_frames=self.max_frames,
            max_bands=self.max_bands,
            max_fraction=self.max_fraction,
            value=self.value,
        )
        return {**batch, "mel": tf.ensure_shape(masked, batch["mel"].shape)}
