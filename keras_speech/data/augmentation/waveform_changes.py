"""What augmentations of raw audio share."""

import tensorflow as tf

from keras_speech.data.augmentation.augmentation import Augmentation

# What is computed from samples, and so not true of changed ones.
_ADVICE = "Make the batches without `spec`, and the mels last, with `AddMel(spec)`."
SPOILED = dict.fromkeys(("mel", "linear", "f0_hz"), _ADVICE)


class WaveformAugmentation(Augmentation):
    """Changes the `samples` of batches, each row by itself; see `Augmentation`.

    Subclasses implement `changed(samples, key)`, from and to float32 `(b, samples)`.
    """

    needs = ("samples",)
    spoils = SPOILED

    def change(self, batch, key):
        return {**batch, "samples": self.changed(batch["samples"], key)}

    def changed(self, samples, key):
        raise NotImplementedError


def rows(samples):
    """Number of rows, an int where it is known."""
    return samples.shape[0] or tf.shape(samples)[0]


def known_length(samples):
    """Samples a row, an int, of samples with the axes that `waveform_batches` gives them."""
    if samples.shape.rank != 2 or samples.shape[1] is None:
        raise ValueError(
            "`samples` must be (batch, samples) with as many samples in each batch. "
            f"Received: shape={samples.shape}."
        )
    return samples.shape[1]
