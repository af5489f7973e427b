"""Log-mel features of a corpus, computed in a `tf.data` pipeline and cached."""

import os

import numpy as np
import tensorflow as tf

from keras_speech.data import audio_files
from keras_speech.data.progress import Progress
from keras_speech.ops import mel


def read_prepared(recording, spec, *, level=None, trim=None):
    """Reads a recording as the features see it: resampled, mono, trimmed, leveled.

    Args:
        recording: a `Recording`.
        spec: `AudioSpec`; only its sample rate counts here.
        level: `Level`, or `None`.
        trim: `Trim`, or `None`.

    Returns: float32 `(samples,)`.
    """
    samples = audio_files.read_recording(recording, spec.sample_rate)
    if trim is not None:
        samples = trim(samples, spec.sample_rate)
    return samples if level is None else level(samples)


def log_mels(recordings, spec, *, cache, on_error, level=None, trim=None, progress=True):
    """Fills the cache with the log-mel spectrogram of every recording.

    Args:
        recordings: sequence of `Recording`.
        spec: `AudioSpec`.
        cache: a `MemoryCache` or `DiskCache`; what it holds is not computed again.
        on_error: an `OnError`, called with each recording that cannot be read.
        level, trim: as in `read_prepared`.
        progress: whether a bar is shown where this takes long.

    Returns: `(recordings that have features, int64 array of their numbers of frames)`.
    """
    n_frames, missing = {}, []
    with Progress(len(recordings), "Features", show=progress) as bar:
        for recording in recordings:
            frames = cache.n_frames(recording)
            if frames is None:
                missing.append(recording)
            else:
                n_frames[recording.id] = frames
                bar.step()
        for recording, features, error in _compute(missing, spec, level, trim):
            if error:
                message = f"Recording {recording.where}: {error}"
                on_error(audio_files.AudioError(message), recording.where, recording)
            else:
                cache.store(recording, features)
                n_frames[recording.id] = len(features)
            bar.step()
    usable = [r for r in recordings if r.id in n_frames]
    return usable, np.array([n_frames[r.id] for r in usable], dtype="int64")


def _compute(recordings, spec, level, trim):
    """Yields `(recording, float32 (frames, n_mels), error message or "")`, in order."""

    def read(index):
        # An exception would leave TensorFlow as a long text about its own insides.
        try:
            return read_prepared(recordings[index], spec, level=level, trim=trim), ""
        except (audio_files.AudioError, OSError) as error:
            return np.zeros(spec.win_length, "float32"), str(error) or repr(error)

    def features(index):
        samples, error = tf.numpy_function(read, [index], [tf.float32, tf.string])
        samples.set_shape([None])
        error.set_shape([])
        return mel.log_mel_spectrogram(samples, spec), error

    if not recordings:
        return
    with tf.device("cpu"):
        dataset = tf.data.Dataset.range(len(recordings)).map(
            features, num_parallel_calls=min(16, os.cpu_count() or 1), deterministic=True
        )
        for recording, (values, error) in zip(recordings, dataset.as_numpy_iterator(), strict=True):
            yield recording, np.asarray(values, "float32"), error.decode()
