"""`MixTakes`: another take of the batch in the background."""

import tensorflow as tf

from keras_speech.data.augmentation import ranges
from keras_speech.data.augmentation.waveform_changes import WaveformAugmentation, rows
from keras_speech.ops import levels


class MixTakes(WaveformAugmentation):
    """Mixes each row with another row of the same batch, which is in the background.

    All rows take the one that lies equally far, at random, from them in the batch; so each is used
    once. Where the sum would pass full scale, the row is made quieter as a whole; silence stays
    silence. A `speaker` in the batch stays that of the foreground.

    Args:
        snr_db: number, or pair of the lowest and the highest: power of the foreground over that of
            the background, in dB; drawn for each row. Defaults to `(5, 20)`.
        seed: see `Augmentation`.

    Raises:
        ValueError: for a range that is none; in use, for batches with a mel, see `AddMel`, or of
            one row.

    Example:

    >>> batches = ks.data.waveform_batches("recordings", 8192, seed=0)  # doctest: +SKIP
    >>> mixed = batches.map(ks.data.augmentation.MixTakes((5, 20), seed=1))  # doctest: +SKIP
    """

    def __init__(self, snr_db=(5, 20), seed=None):
        super().__init__(seed)
        self.snr_db = ranges.as_range("snr_db", snr_db)

    def changed(self, samples, key):
        n_rows = rows(samples)
        if isinstance(n_rows, int) and n_rows < 2:
            raise ValueError(f"`MixTakes` needs batches of two rows or more. Received: {n_rows}.")
        level_key, take_key = tf.unstack(tf.random.split(key, 2))
        snr_db = ranges.draw(level_key, [n_rows], self.snr_db)
        shift = tf.random.stateless_uniform([], take_key, 1, n_rows, "int32")
        return levels.mix_at_snr(samples, tf.roll(samples, shift, axis=0), snr_db)
