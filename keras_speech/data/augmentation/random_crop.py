"""`RandomCrop`: a shorter stretch of each row."""

import numpy as np
import tensorflow as tf

from keras_speech.data.augmentation.augmentation import Augmentation
from keras_speech.data.augmentation.waveform_changes import known_length, rows


class RandomCrop(Augmentation):
    """Cuts a stretch out of each row at a random place, of the samples and of the mel alike.

    Where there is a mel, a crop begins on a frame.

    Args:
        segment_length: samples a crop; a whole number of hops where there is a mel.
        margin: samples at each end of a row that no crop takes, such as `spec.n_fft // 2` where
            `AddMel` has made frames that look past the ends. Defaults to 0.
        seed: see `Augmentation`.

    Raises:
        ValueError: for numbers that are out of range; in use, for rows too short for a crop, or
            batches of texts, of which a crop of the sound is not the sound.

    Example:

    >>> batches = ks.data.waveform_batches("recordings", 16384, seed=0)  # doctest: +SKIP
    >>> crops = batches.map(ks.data.augmentation.RandomCrop(8192, seed=1))  # doctest: +SKIP
    """

    needs = ("samples",)
    spoils = dict.fromkeys(
        ("tokens", "durations", "linear", "f0_hz"),
        "It is for batches of raw audio, as `waveform_batches` makes them.",
    )

    def __init__(self, segment_length, margin=0, seed=None):
        super().__init__(seed)
        for name, value, least in (("segment_length", segment_length, 1), ("margin", margin, 0)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(
                    f"`{name}` must be an integer >= {least}. Received: {name}={value!r}."
                )
        self.segment_length, self.margin = int(segment_length), int(margin)

    def change(self, batch, key):
        length = known_length(batch["samples"])
        hop = 1 if "mel" not in batch else length // batch["mel"].shape[1]
        if self.segment_length % hop:
            raise ValueError(
                "`segment_length` must be a whole number of hops where there is a mel. "
                f"Received: segment_length={self.segment_length}, hops of {hop}."
            )
        skipped = -(-self.margin // hop)
        n_places = (length - self.segment_length) // hop - 2 * skipped + 1
        if n_places < 1:
            raise ValueError(
                "`segment_length` and a `margin` at each end must fit into a row. Received: "
                f"segment_length={self.segment_length}, margin={self.margin}, rows of {length}."
            )
        shape = [rows(batch["samples"]), 1]
        first = tf.random.stateless_uniform(shape, key, skipped, skipped + n_places, "int32")

        def cut(values, first, length):
            return tf.gather(values, first + tf.range(length), axis=1, batch_dims=1)

        batch["samples"] = cut(batch["samples"], first * hop, self.segment_length)
        if "mel" in batch:
            batch["mel"] = cut(batch["mel"], first, self.segment_length // hop)
        return batch
