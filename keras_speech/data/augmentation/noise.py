"""`Noise`: a hiss, or a recorded noise, under the sound."""

import numpy as np
import tensorflow as tf

from keras_speech.data.augmentation import ranges
from keras_speech.data.augmentation.waveform_changes import WaveformAugmentation, rows
from keras_speech.ops import levels


class Noise(WaveformAugmentation):
    """Adds noise at a signal-to-noise ratio.

    The ratio is that of the powers over the row. Where the sum would pass full scale, the row is
    made quieter as a whole; silence stays silence.

    Args:
        snr_db: number, or pair of the lowest and the highest, in dB; drawn for each row. Defaults
            to `(10, 30)`.
        noise: float array `(samples,)` at the rate of the batches, such as a recording of a street:
            each row gets a stretch from a random place of it, which goes on at its beginning where
            it ends. Defaults to `None`, white noise.
        seed: see `Augmentation`.

    Raises:
        ValueError: for a range or a noise that is none; in use, for batches with a mel, see
            `AddMel`.

    Example:

    >>> batches = ks.data.waveform_batches("recordings", 8192, seed=0)  # doctest: +SKIP
    >>> noisy = batches.map(ks.data.augmentation.Noise((10, 30), seed=1))  # doctest: +SKIP
    """

    def __init__(self, snr_db=(10, 30), noise=None, seed=None):
        super().__init__(seed)
        self.snr_db = ranges.as_range("snr_db", snr_db)
        self.noise = None if noise is None else _checked(noise)

    def changed(self, samples, key):
        level_key, noise_key = tf.unstack(tf.random.split(key, 2))
        n_rows = rows(samples)
        snr_db = ranges.draw(level_key, [n_rows], self.snr_db)
        if self.noise is None:
            noise = tf.random.stateless_normal(tf.shape(samples), noise_key)
        else:
            n = len(self.noise)
            first = tf.random.stateless_uniform([n_rows, 1], noise_key, 0, n, "int32")
            noise = tf.gather(self.noise, (first + tf.range(tf.shape(samples)[1])) % n)
        return levels.mix_at_snr(samples, noise, snr_db)


def _checked(noise):
    noise = np.asarray(noise)
    if noise.ndim != 1 or noise.dtype.kind != "f" or not np.isfinite(noise).all():
        raise ValueError(
            "`noise` must be a finite float array (samples,). "
            f"Received: shape={noise.shape}, dtype={noise.dtype}."
        )
    if not noise.any():
        raise ValueError(f"`noise` must not be silence. Received: {len(noise)} zeros.")
    return noise.astype("float32")
