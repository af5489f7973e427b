"""Pitch tracks of a corpus, beside its log-mel features."""

import concurrent.futures
import os

import numpy as np

from keras_speech.data import audio_files, f0_tracking, features
from keras_speech.data.progress import Progress
from keras_speech.data.sharding import packed, records


def f0_tracks(recordings, n_frames, spec, *, cache, on_error, options, trim=None, progress=True):
    """Fills the cache with the pitch track of every recording.

    One that lies in a shard beside its recording, with the same settings, is taken from there.

    Args:
        recordings: sequence of `Recording`.
        n_frames: mel frames of each, which the track has too.
        spec: `AudioSpec`.
        cache: a `MemoryCache` or `DiskCache`; what it holds is not tracked again.
        on_error: an `OnError`, called with each recording that cannot be read.
        options: `F0Options`.
        trim: as in `read_prepared`. A level would change nothing.
        progress: whether a bar is shown where this takes long.

    Returns: `(recordings that have a track, int64 array of their numbers of frames)`.
    """

    def track(item):
        recording, frames = item
        if cache.n_frames(recording) == frames:
            return None, ""
        try:
            plain = trim is None and recording.change is None
            f0_hz = packed.stored_f0(recording.path, options, spec) if plain else None
            if f0_hz is None:
                samples = features.read_prepared(recording, spec, trim=trim)
                f0_hz = f0_tracking.track_f0(
                    samples,
                    spec.sample_rate,
                    hop_length=spec.hop_length,
                    padding=spec.padding,
                    options=options,
                )
        except (audio_files.AudioError, records.RecordError, OSError) as error:
            return None, str(error) or repr(error)
        return np.pad(f0_hz, (0, max(0, frames - len(f0_hz))))[:frames], ""

    usable = []
    items = list(zip(recordings, map(int, n_frames), strict=True))
    # Threads do: reading, resampling and pyworld leave Python's lock to others.
    pool = concurrent.futures.ThreadPoolExecutor(min(16, os.cpu_count() or 1))
    with Progress(len(items), "Pitch", show=progress) as bar, pool:
        try:
            for item, (f0_hz, error) in zip(items, pool.map(track, items), strict=True):
                recording = item[0]
                if error:
                    message = f"Recording {recording.where}: {error}"
                    on_error(audio_files.AudioError(message), recording.where, recording)
                else:
                    usable.append(item)
                    if f0_hz is not None:
                        cache.store(recording, f0_hz)
                bar.step()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [recording for recording, _ in usable], np.array([n for _, n in usable], "int64")
