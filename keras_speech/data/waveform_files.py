"""Every recording of a corpus decoded, once, into what crops are cut from."""

import concurrent.futures
import dataclasses
import functools
import os

import numpy as np
import tensorflow as tf

from keras_speech.data import audio_files, waveform_cache
from keras_speech.data.corpus import Recording
from keras_speech.data.progress import Progress
from keras_speech.ops import mel

# A long recording's spectrogram is made in parts of so many samples: the transform takes about 30
# times the memory of the samples it is made of.
_SAMPLES_AT_ONCE = 2**21


@dataclasses.dataclass
class Waveform:
    """A decoded recording.

    Args:
        recording: the `Recording`.
        samples: int16 `(samples,)`, an array or an `ArrayFile`.
        mel: float32 `(frames, n_mels)`, the same, or `None`.
    """

    recording: Recording
    samples: np.ndarray | waveform_cache.ArrayFile
    mel: np.ndarray | waveform_cache.ArrayFile | None = None

    def n_starts(self, segment_length, step):
        """Number of places, `step` samples apart, where a crop can begin; 0 where none can."""
        length = len(self.samples)
        if self.mel is not None:
            length = min(length, len(self.mel) * step)
        return max(0, (length - segment_length) // step + 1)


def read_waveforms(
    recordings, sample_rate, *, cache=None, spec=None, level=None, trim=None, on_error, progress
):
    """Decodes what the cache does not hold.

    Args:
        recordings: sequence of `Recording`.
        sample_rate: Hz.
        cache: directory, or `None` for memory.
        spec: `AudioSpec` of the mels, or `None` for none.
        level, trim: a `Level` and a `Trim`, or `None`.
        on_error: an `OnError`, called with each recording that cannot be read.
        progress: whether a bar is shown where this takes long.

    Returns: list of `Waveform`, without the recordings that cannot be read.
    """
    if cache is None:
        store = waveform_cache.MemoryWaveforms()
    else:
        options = {"level": level, "trim": trim}
        store = waveform_cache.DiskWaveforms(
            cache,
            {
                "sample_rate": sample_rate,
                **{k: v if v is None else dataclasses.asdict(v) for k, v in options.items()},
            },
            spec,
        )
    log_mel = None if spec is None else _log_mel(spec)

    def read(recording):
        kept = store.load(recording)
        if kept is None:
            samples = audio_files.read_recording(recording, sample_rate)
            if trim is not None:
                samples = trim(samples, sample_rate)
            if level is not None:
                samples = level(samples)
            frames = None if log_mel is None else log_mel(samples)
            kept = store.store(recording, waveform_cache.to_int16(samples), frames)
        return Waveform(recording, *kept)

    waveforms = []
    pool = concurrent.futures.ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        with Progress(len(recordings), "Recordings", show=progress) as bar:
            for recording, future in [(r, pool.submit(read, r)) for r in recordings]:
                try:
                    waveforms.append(future.result())
                except audio_files.AudioError as error:
                    message = f"Recording {recording.where}: {error}"
                    on_error(audio_files.AudioError(message), recording.where, recording)
                bar.step()
    finally:
        # Also after an error or an interrupt, which should not wait for the rest of the corpus.
        pool.shutdown(cancel_futures=True)
    return waveforms


@functools.cache
def _transform(spec):
    """`log_mel_spectrogram` as a graph, traced once: threads would each trace a `tf.function`."""

    def transform(samples):
        return mel.log_mel_spectrogram(samples, spec)

    with tf.device("cpu"):
        return tf.function(transform).get_concrete_function(tf.TensorSpec([None], "float32"))


def _log_mel(spec):
    """A function of float32 `(samples,)` to float32 `(frames, n_mels)`, both NumPy."""
    transform = _transform(spec)
    hop_length = spec.hop_length
    # Frames this far from an end of a part see nothing of how the part was cut.
    margin = -(-spec.n_fft // hop_length)
    part = max(1, _SAMPLES_AT_ONCE // hop_length)

    def log_mel(samples):
        with tf.device("cpu"):
            if len(samples) <= _SAMPLES_AT_ONCE:
                return transform(tf.constant(samples)).numpy()
            n_frames, parts = spec.n_frames(len(samples)), []
            for begin in range(0, n_frames, part):
                first = max(0, begin - margin)
                last = (begin + part + margin) * hop_length
                frames = transform(tf.constant(samples[first * hop_length : last])).numpy()
                parts.append(frames[begin - first :][: min(part, n_frames - begin)])
            return np.concatenate(parts)

    return log_mel
