"""`AddMel`: mels of the sound as it has become."""

import tensorflow as tf

from keras_speech.data.augmentation.augmentation import checked_batch
from keras_speech.data.augmentation.waveform_changes import known_length
from keras_speech.ops import mel


class AddMel:
    """A function for `tf.data.Dataset.map` that adds the mel of a batch's samples.

    `waveform_batches(spec=...)` cuts mels out of those of whole recordings, which are made once.
    Sound that is changed has another mel: make the batches without `spec`, change them, and add
    the mels last. There is one frame for each hop of samples, as there. The first and the last
    frames, less than `spec.n_fft / 2` samples from an end, look past it and see the sound
    reflected; where that matters, take longer rows and a `RandomCrop` with a `margin` afterwards.

    Args:
        spec: `AudioSpec`, of the rate of the batches.

    Returns: in use, the batch with `mel`, float32 `(b, samples // spec.hop_length, n_mels)`.

    Raises:
        ValueError: in use, for rows that are no whole number of hops, or batches that have a mel.

    Example:

    >>> rate = spec.sample_rate  # doctest: +SKIP
    >>> batches = ks.data.waveform_batches("recordings", 8192, sample_rate=rate)  # doctest: +SKIP
    >>> batches = batches.map(ks.data.augmentation.Noise(seed=1))  # doctest: +SKIP
    >>> batches = batches.map(ks.data.augmentation.AddMel(spec))  # doctest: +SKIP
    """

    def __init__(self, spec):
        self.spec = spec

    @tf.autograph.experimental.do_not_convert
    def __call__(self, batch):
        advice = {"mel": "Make the batches without `spec`."}
        batch = checked_batch(self, batch, ("samples",), advice)
        length, hop_length = known_length(batch["samples"]), self.spec.hop_length
        if length % hop_length:
            raise ValueError(
                "`AddMel` needs rows of a whole number of hops. "
                f"Received: {length} samples, spec.hop_length={hop_length}."
            )
        frames = mel.log_mel_spectrogram(batch["samples"], self.spec)[:, : length // hop_length]
        shape = (batch["samples"].shape[0], length // hop_length, self.spec.n_mels)
        return {**batch, "mel": tf.ensure_shape(frames, shape)}
