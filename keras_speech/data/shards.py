"""Reader of the shards that `prepare` writes."""

import os

from keras_speech.data import tables
from keras_speech.data.corpus import Corpus
from keras_speech.data.progress import Progress
from keras_speech.data.sharding import index, manifest, plan


def shards(directory, *, verify=False, progress=True):
    """Reads a directory that `prepare` wrote, as the corpus that was packed.

    Recordings have the ids, texts, speakers, durations and fixed split that they had; `path` is
    the place in a shard, such as `shards/shard-00000-of-00004.tfrecord:8192`, which `read_audio`
    and everything else that reads recordings understand. Each recording is compared with its
    checksum when it is read.

    Args:
        directory: the directory of the shards.
        verify: whether all shards are read now and compared with their SHA-256. Defaults to
            `False`: only their sizes, and the indexes.
        progress: whether a bar is written to standard error where that takes long.

    Returns: a `Corpus`.

    Raises:
        ValueError: the directory was not written by `prepare`, or not to the end; a shard is
            missing or damaged, or what describes it is.

    Example:

    >>> corpus = shards("lj_shards")  # doctest: +SKIP
    >>> corpus.train[0]  # doctest: +SKIP
    """
    directory = tables.require_directory(directory, what="shards()")
    fields, found = read_manifest(directory)
    for damage in damages(directory, found, content=verify, progress=progress):
        raise ValueError(damage)
    recordings, parts = [], {index.TRAIN: set(), index.VALIDATION: set(), None: set()}
    for number, shard in enumerate(found):
        rows = index.read_index(directory, number, len(found), shard.index_sha256).rows
        for row in rows:
            recordings.append(index.recording_of(row, directory, shard))
            parts[row.get("part")].add(row["id"])
    tables.require_recordings(recordings, directory, looked_for="records of the shards")
    return Corpus(
        recordings,
        name=fields["name"],
        root=directory,
        speakers=fields["speakers"],
        train_ids=parts[index.TRAIN] if parts[None] else None,
        validation_ids=parts[index.VALIDATION],
    )


def read_manifest(directory):
    """`manifest.read_manifest`, with what to do where shards are not made to the end."""
    names = os.listdir(directory)
    if manifest.MANIFEST_FILE not in names and plan.PLAN_FILE in names:
        raise ValueError(
            f"The shards in {directory} are not whole: prepare was interrupted. The same call of "
            "it goes on."
        )
    return manifest.read_manifest(directory)


def damages(directory, found, *, content=True, progress=True):
    """Yields a sentence for each shard that is damaged.

    Args:
        directory: of the shards.
        found: list of `Shard`.
        content: whether all of each is read and compared with its SHA-256. Defaults to `True`.
        progress: whether a bar is written to standard error where that takes long.
    """
    with Progress(len(found), "Shards", show=progress) as bar:
        for shard in found:
            if damage := manifest.damage(directory, shard, content=content):
                yield damage
            bar.step()


def as_corpus(corpus, otherwise=None):
    """What batches are made from: the corpus of a directory of shards, anything else as it is.

    Args:
        corpus: `Corpus`, sequence of `Recording`, or directory.
        otherwise: reader of a directory that holds no shards. Defaults to `None`, an error.
    """
    if not isinstance(corpus, (str, os.PathLike)):
        return corpus
    if otherwise is not None and not manifest.is_sharded(corpus):
        return otherwise(corpus)
    return shards(corpus)
