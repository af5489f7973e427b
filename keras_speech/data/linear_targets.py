"""Acoustic batches that hold linear spectrograms beside the mels."""

import copy
import functools
import math

import numpy as np
import tensorflow as tf

from keras_speech.data import audio_edit, tables, waveform_cache, waveform_files
from keras_speech.data.epochs import acoustic_epochs
from keras_speech.ops import linear_spectrogram


class CollateLinear:
    """Adds `"linear"` to what another collate makes.

    The spectrograms, several times as large as the mels, are made anew for each batch from decoded
    samples (some milliseconds a recording) rather than kept.

    Args:
        collate: an `utterances.Collate`.
        samples: dict of id to int16 `(samples,)`, arrays or `ArrayFile`s.
        spec: `AudioSpec`.
    """

    def __init__(self, collate, samples, spec):
        self._collate, self._samples, self._spec = collate, samples, spec
        self._transform = _transform(spec)

    def signature(self):
        """`{key: (dtype, shape without the batch axis)}` of what a call returns."""
        return {**self._collate.signature(), "linear": ("float32", (None, self._spec.n_freqs))}

    def __call__(self, indices):
        """Arrays of the recordings with these indices, in the signature's order."""
        arrays = self._collate(indices)
        batch = dict(zip(self._collate.signature(), arrays, strict=True))
        shape = (*batch["mel"].shape[:2], self._spec.n_freqs)
        linear = np.full(shape, math.log(self._spec.log_floor), "float32")
        recordings = [self._collate.recordings[i] for i in indices if i >= 0]
        for row, recording, length in zip(linear, recordings, batch["mel_lengths"], strict=True):
            row[:length] = self._spectrogram(recording)
        return [*arrays, linear]

    def _spectrogram(self, recording):
        samples = self._samples[recording.id]
        samples = samples[0 : len(samples)].astype("float32") / waveform_cache.FULL_SCALE
        with tf.device("cpu"):
            return self._transform(tf.constant(samples)).numpy()


@functools.cache
def _transform(spec):
    """`log_linear_spectrogram` as a graph, traced once."""

    def transform(samples):
        return linear_spectrogram.log_linear_spectrogram(samples, spec)

    with tf.device("cpu"):
        return tf.function(transform).get_concrete_function(tf.TensorSpec([None], "float32"))


def linear_epochs(
    corpus, spec, tokenizer, batch_size=16, *, cache=None, level=None, trim=None, progress=True,
    **options,
):  # fmt: skip
    """`linear_batches` as a function of the epoch, for training that can be resumed exactly.

    Args: as in `linear_batches`.

    Returns: `AcousticEpochs`, see `acoustic_epochs`.

    Raises: as `acoustic_batches`.

    Example:

    >>> epochs = linear_epochs(corpus.train, spec, tokenizer, seed=0)  # doctest: +SKIP
    >>> model.fit(epochs(0), shuffle=False)  # doctest: +SKIP
    """
    level = audio_edit.Level(level) if isinstance(level, (int, float)) else level
    trim = audio_edit.Trim(trim) if isinstance(trim, (int, float)) else trim
    kept = dict(cache=cache, level=level, trim=trim, progress=progress)
    epochs = acoustic_epochs(corpus, spec, tokenizer, batch_size, **kept, **options)
    collate = epochs._collate
    # What cannot be read was found, and raised or skipped, while the mels were made.
    waveforms = waveform_files.read_waveforms(
        collate.recordings, spec.sample_rate, on_error=tables.OnError("raise"), **kept
    )
    samples = {waveform.recording.id: waveform.samples for waveform in waveforms}
    epochs = copy.copy(epochs)
    epochs._collate = CollateLinear(collate, samples, spec)
    return epochs


def linear_batches(corpus, spec, tokenizer, batch_size=16, **options):
    """`acoustic_batches` whose dicts also hold linear spectrograms, as `Tacotron` learns from.

    The recordings are decoded once and kept as 16-bit samples, in memory (0.16 GB an hour with the
    default spec) or in the `cache` directory; their spectrograms are made as batches are.

    Args:
        corpus, spec, tokenizer, batch_size: as in `acoustic_batches`.
        **options: all further options of `acoustic_batches`.

    Returns: dataset of the dicts of `acoustic_batches` with, for `b` recordings and `f` frames,

        - `linear`: float32 `(b, f, spec.n_freqs)`, log magnitudes in nats, padded with
          `log(spec.log_floor)`

    Raises: as `acoustic_batches`.

    Example:

    >>> train = linear_batches(corpus.train, spec, tokenizer, seed=0)  # doctest: +SKIP
    >>> model.fit(train, epochs=100, shuffle=False)  # doctest: +SKIP
    """
    return linear_epochs(corpus, spec, tokenizer, batch_size, **options).all_epochs()
