"""Recordings as a plain `tf.data` pipeline: read, decoded and resampled as it runs."""

import concurrent.futures
import os

import numpy as np
import tensorflow as tf

from keras_speech.data import audio_files, tables, tfio_ops
from keras_speech.data.graph_decoding import decode_in_graph
from keras_speech.data.named_functions import NamedFunction
from keras_speech.data.progress import Progress
from keras_speech.data.sharding import packed, records
from keras_speech.data.shards import as_corpus
from keras_speech.data.wav_folder import wav_folder


def audio_dataset(
    corpus,
    sample_rate=None,
    *,
    decoder="auto",
    check=True,
    shuffle=False,
    seed=None,
    on_error="raise",
    skipped=None,
    progress=True,
):
    """The recordings of a corpus with their samples, decoded anew in every pass.

    For pipelines of one's own; `acoustic_batches` and its like decode each recording once.
    Decoding and resampling happen in the graph where tensorflow-io loads, as in `decode_in_graph`.

    Args:
        corpus: a `Corpus`, a sequence of `Recording`, or a directory: shards that `prepare` wrote,
            or else recordings, which `wav_folder` reads.
        sample_rate: Hz; recordings are resampled to it and mixed to mono. Defaults to that of the
            files, if all have the same.
        decoder: as in `decode_in_graph`: `"auto"` (default), `"tensorflow-io"` or `"soundfile"`.
        check: whether every recording is decoded once, now, so that a damaged one is named before
            a training begins. Defaults to `True`. With `False`, FLAC files are left to soundfile,
            and what is wrong with a recording is said when the pipeline comes to it.
        shuffle: whether recordings come in a random order, another in every pass. Defaults to
            `False`, the corpus's order.
        seed: int that fixes the orders. Defaults to `None`.
        on_error: with `check`, what happens with a recording that cannot be read: `"raise"`
            (default), or `"skip"`, which lists it in `skipped` and warns once of all.
        skipped: list that `Skipped` entries are appended to.
        progress: whether a bar is written to standard error where checking takes long.

    Returns: `tf.data.Dataset` of dicts, one a recording, with known cardinality:

        - `id`, `text`, `speaker`: string `()`; the last two are empty where there is none
        - `samples`: float32 `(samples,)`

        As it runs, a `tf.errors.InvalidArgumentError` names a recording that has come to harm.

    Raises:
        AudioError: a recording cannot be read (with `check` and `on_error="raise"`); named.
        ImportError: `decoder="tensorflow-io"`, and it does not load.
        ValueError: an argument is out of range, recordings have different rates and `sample_rate`
            is not given, have a change such as those of `with_takes`, or none is left.

    Example:

    >>> dataset = audio_dataset("recordings", 16000, shuffle=True)  # doctest: +SKIP
    >>> spec = AudioSpec(sample_rate=16000)  # doctest: +SKIP
    >>> mels = dataset.map(  # doctest: +SKIP
    ...     lambda x: log_mel_spectrogram(x["samples"], spec), tf.data.AUTOTUNE
    ... )
    """
    decoder = tfio_ops.chosen(decoder)
    handle = tables.OnError(on_error, skipped)
    corpus = as_corpus(corpus, otherwise=wav_folder)
    recordings = list(corpus)
    if not recordings:
        raise ValueError("`corpus` must hold recordings. Received: an empty one.")
    changed = [r.id for r in recordings if r.change is not None]
    if changed:
        raise ValueError(
            "`corpus` must hold recordings as they are on disk; those with a change are read by "
            f"`acoustic_batches` and `waveform_batches`. Received: {changed[0]!r}, changed."
        )
    if sample_rate is None:
        sample_rate = audio_files.common_sample_rate(recordings)
    if check:
        recordings = _sound(recordings, handle, progress)
        handle.warn(getattr(corpus, "name", "the corpus"), stacklevel=2)
        if not recordings:
            raise ValueError(f"`corpus` must hold usable recordings. All {len(corpus)} were bad.")

    paths = [os.fspath(r.path) for r in recordings]
    read = _read_any if any(records.place_of(path) for path in paths) else tf.io.read_file

    def decoded(row):
        path = row.pop("path")
        samples = decode_in_graph(
            read(path), sample_rate, name=path, decoder=decoder, whole=bool(check)
        )
        return {**row, "samples": samples}

    rows = {
        "id": [r.id for r in recordings],
        "text": [r.text or "" for r in recordings],
        "speaker": [r.speaker or "" for r in recordings],
        # Names of files may be no text.
        "path": [os.fsencode(path) for path in paths],
    }
    dataset = tf.data.Dataset.from_tensor_slices(rows)
    if shuffle:
        dataset = dataset.shuffle(len(recordings), seed)
    return dataset.map(decoded, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _sound(recordings, on_error, progress):
    """The recordings that can be decoded to their ends."""
    sound = []
    pool = concurrent.futures.ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        with Progress(len(recordings), "Recordings", show=progress) as bar:
            for recording, future in [(r, pool.submit(_decode, r.path)) for r in recordings]:
                try:
                    future.result()
                    sound.append(recording)
                except audio_files.AudioError as error:
                    message = f"Recording {recording.where}: {error}"
                    on_error(audio_files.AudioError(message), recording.where, recording)
                bar.step()
    finally:
        pool.shutdown(cancel_futures=True)
    return sound


def _decode(path):
    """Without result: those of a whole corpus would fill the memory."""
    audio_files.decode_audio(path)


def _read_any(path):
    content = _READ(path)[0]
    content.set_shape([])
    return content


def _read(path):
    """Bytes of a file, or of a recording in a shard."""
    path = os.fsdecode(bytes(path))
    if records.place_of(path):
        return np.array(packed.read_audio(path), object)
    with open(path, "rb") as file:
        return np.array(file.read(), object)


_READ = NamedFunction("keras_speech.read", _read, [tf.string])
