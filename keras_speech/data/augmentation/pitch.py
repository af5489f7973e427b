"""`Pitch`: voices moved up or down."""

from keras_speech.data.augmentation import ranges
from keras_speech.data.augmentation.waveform_changes import WaveformAugmentation, rows
from keras_speech.ops import pitch_shift


class Pitch(WaveformAugmentation):
    """Moves each row by semitones, at the tempo that it has; formants move along.

    Args:
        sample_rate: Hz of the batches.
        semitones: number, or pair of the lowest and the highest, between -12 and 12; drawn for each
            row. Defaults to `(-2, 2)`.
        seed: see `Augmentation`.

    Raises:
        ValueError: for a range that is none; in use, for batches with a mel, see `AddMel`.

    Example:

    >>> batches = ks.data.waveform_batches("recordings", 8192, seed=0)  # doctest: +SKIP
    >>> moved = batches.map(ks.data.augmentation.Pitch(22050, (-2, 2), seed=1))  # doctest: +SKIP
    """

    def __init__(self, sample_rate, semitones=(-2, 2), seed=None):
        super().__init__(seed)
        self.sample_rate = ranges.as_rate(sample_rate)
        largest = pitch_shift.LARGEST
        self.semitones = ranges.as_range("semitones", semitones, -largest, largest)

    def changed(self, samples, key):
        semitones = ranges.draw(key, [rows(samples)], self.semitones)
        return pitch_shift.pitch_shift(
            samples, semitones, sample_rate=self.sample_rate, highest=self.semitones[1]
        )
