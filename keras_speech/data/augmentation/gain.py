"""`Gain`: sound made louder or quieter."""

from keras_speech.data.augmentation import ranges, waveform_changes
from keras_speech.ops import levels


class Gain(waveform_changes.WaveformAugmentation):
    """Makes each row of a batch louder or quieter, as far as full scale allows.

    Args:
        gain_db: number, or pair of the lowest and the highest, in dB; drawn for each row. Defaults
            to `(-6, 6)`. Where a row would pass full scale, its gain is held back.
        seed: see `Augmentation`.

    Raises:
        ValueError: for a range that is none; in use, for batches with a mel, see `AddMel`.

    Example:

    >>> batches = ks.data.waveform_batches("recordings", 8192, seed=0)  # doctest: +SKIP
    >>> louder = batches.map(ks.data.augmentation.Gain((0, 6), seed=1))  # doctest: +SKIP
    """

    def __init__(self, gain_db=(-6, 6), seed=None):
        super().__init__(seed)
        self.gain_db = ranges.as_range("gain_db", gain_db)

    def changed(self, samples, key):
        gain_db = ranges.draw(key, [waveform_changes.rows(samples)], self.gain_db)
        return levels.amplify(samples, gain_db)
