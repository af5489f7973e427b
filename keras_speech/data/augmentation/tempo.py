"""`Tempo`: speech made faster or slower."""

import math

import numpy as np

from keras_speech.data.augmentation import ranges
from keras_speech.data.augmentation.waveform_changes import (
    WaveformAugmentation,
    known_length,
    rows,
)
from keras_speech.ops import time_stretch


class Tempo(WaveformAugmentation):
    """Speaks each row at another tempo, at the pitch that it has.

    A row lasts as long as it is fast, and a batch has rows of one length: so batches come in longer
    than they go out. Each row is sped up from its beginning, and what is left over at its end is
    cut off.

    Args:
        sample_rate: Hz of the batches.
        segment_length: samples of the rows that come out. Those that come in need
            `segment_length` times the highest tempo.
        tempo: number, or pair of the lowest and the highest, between 0.5 and 2; drawn for each row.
            Above 1 is faster. Defaults to `(0.9, 1.1)`.
        seed: see `Augmentation`.

    Raises:
        ValueError: for a range that is none; in use, for rows that are too short, or batches with a
            mel, see `AddMel`.

    Example:

    >>> batches = ks.data.waveform_batches("recordings", 9216, seed=0)  # doctest: +SKIP
    >>> tempo = ks.data.augmentation.Tempo(22050, 8192, (0.9, 1.1), seed=1)  # doctest: +SKIP
    >>> batches = batches.map(tempo)  # doctest: +SKIP
    """

    def __init__(self, sample_rate, segment_length, tempo=(0.9, 1.1), seed=None):
        super().__init__(seed)
        self.sample_rate = ranges.as_rate(sample_rate)
        if not isinstance(segment_length, (int, np.integer)) or segment_length < 1:
            raise ValueError(
                "`segment_length` must be a positive integer. "
                f"Received: segment_length={segment_length!r}."
            )
        self.segment_length = int(segment_length)
        slowest, fastest = time_stretch.SLOWEST, time_stretch.FASTEST
        self.tempo = ranges.as_range("tempo", tempo, slowest, fastest)

    def changed(self, samples, key):
        needed = math.ceil(self.segment_length * self.tempo[1])
        if known_length(samples) < needed:
            raise ValueError(
                f"`Tempo` needs rows of at least {needed} samples for {self.segment_length} at a "
                f"tempo of {self.tempo[1]:g}. Received: rows of {samples.shape[1]}."
            )
        tempo = ranges.draw(key, [rows(samples)], self.tempo)
        return time_stretch.time_stretch(
            samples, tempo, sample_rate=self.sample_rate, length=self.segment_length
        )
