"""The records of shards one after another, as plain `tf.data`."""

import os

import tensorflow as tf

from keras_speech.data import tables, tfio_ops
from keras_speech.data.graph_decoding import decode_in_graph
from keras_speech.data.sharding import manifest
from keras_speech.data.shards import damages, read_manifest

# What a record holds, for `tf.io.parse_single_example`: the contract with other programs.
FEATURES = {
    "id": tf.io.FixedLenFeature([], tf.string),
    "text": tf.io.FixedLenFeature([], tf.string),
    "speaker": tf.io.FixedLenFeature([], tf.string, default_value=""),
    "audio": tf.io.FixedLenFeature([], tf.string),
    "sample_rate": tf.io.FixedLenFeature([], tf.int64),
    "n_samples": tf.io.FixedLenFeature([], tf.int64),
    "durations": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
    "f0_hz": tf.io.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
    "f0_settings": tf.io.FixedLenFeature([], tf.string, default_value=""),
}


def shard_dataset(
    directory,
    *,
    decode=True,
    decoder="auto",
    shuffle=False,
    seed=None,
    buffer_size=1024,
    verify=False,
    counted=True,
):
    """The records of a directory that `prepare` wrote, read in the order of the disk.

    For pipelines of one's own; `acoustic_batches` and its like take the corpus that `shards`
    reads, which goes to each recording where it lies.

    Args:
        directory: the directory of the shards.
        decode: whether `samples` are decoded. Defaults to `True`.
        decoder: as in `decode_in_graph`: `"auto"` (default), `"tensorflow-io"` or `"soundfile"`,
            which give the same samples.
        shuffle: whether shards are read in a random order, several at once, and their records
            shuffled in a buffer; differently in every pass. Defaults to `False`, the corpus's
            order.
        seed: int that fixes the orders. Defaults to `None`.
        buffer_size: records in the buffer. Defaults to 1024.
        verify: as in `shards`. Defaults to `False`; TensorFlow itself then raises a
            `DataLossError` when it comes to a damaged record.
        counted: whether the cardinality is known, for `model.fit`. Defaults to `True`; `False`
            for `from_service`, whose workers have a part of the records each.

    Returns: `tf.data.Dataset` of dicts, one a recording:

        - `id`, `text`, `speaker`: string `()`, UTF-8; `speaker` is empty where there is none
        - `audio`: string `()`, a FLAC file
        - `sample_rate`, `n_samples`: int64 `()`
        - `durations`: int64 `(tokens,)`, mel frames; empty where they are not known
        - `f0_hz`: float32 `(frames,)`, Hz, 0 where there is no voice; empty where not tracked
        - `f0_settings`: string `()`, JSON: what `f0_hz` depends on
        - `samples`: float32 `(n_samples,)`, with `decode`

    Raises:
        ImportError: `decoder="tensorflow-io"`, and it does not load.
        ValueError: as `shards`; or `decoder` is none of the three.

    Example:

    >>> for record in shard_dataset("lj_shards").take(1):  # doctest: +SKIP
    ...     print(record["text"].numpy().decode(), record["samples"].shape)
    """
    decoder = tfio_ops.chosen(decoder) if decode else None
    directory = tables.require_directory(directory, what="shard_dataset()")
    fields, found = read_manifest(directory)
    for damage in damages(directory, found, content=verify):
        raise ValueError(damage)
    n_records = manifest.checked(fields, "recordings", int, directory)
    files = tf.data.Dataset.from_tensor_slices([os.path.join(directory, s.file) for s in found])
    if shuffle:
        records = (
            files.shuffle(len(found), seed)
            .interleave(tf.data.TFRecordDataset, cycle_length=8, num_parallel_calls=4)
            .shuffle(buffer_size, seed)
        )
    else:
        records = files.flat_map(tf.data.TFRecordDataset)
    dataset = records.map(lambda data: _parsed(data, decoder), num_parallel_calls=tf.data.AUTOTUNE)
    if counted:
        dataset = dataset.apply(tf.data.experimental.assert_cardinality(n_records))
    return dataset.prefetch(tf.data.AUTOTUNE)


def _parsed(data, decoder):
    record = tf.io.parse_single_example(data, FEATURES)
    if decoder is not None:
        # The checksums of records have been compared by now.
        record["samples"] = decode_in_graph(
            record["audio"], name=record["id"], decoder=decoder, whole=True
        )
    return record
