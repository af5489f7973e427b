"""The layouts that the readers know: which one a directory has, and its reader."""

import collections
import os

from keras_speech.data.fsdd import fsdd
from keras_speech.data.ljspeech import ljspeech
from keras_speech.data.sharding import manifest
from keras_speech.data.shards import shards
from keras_speech.data.vctk import vctk
from keras_speech.data.wav_folder import wav_folder

FOLDER = "folder"


def _packed(directory, **_):
    # What could be wrong with a recording was said, or left out, when the shards were made.
    return shards(directory)


READERS = {
    "ljspeech": ljspeech, "vctk": vctk, "fsdd": fsdd, "shards": _packed, FOLDER: wav_folder
}  # fmt: skip


def read_corpus(layout, directory, **options):
    """Reads a directory with the reader of a layout; `options` are the reader's.

    Args:
        layout: `"ljspeech"`, `"vctk"`, `"fsdd"`, `"shards"` or `"folder"`.
        directory: the corpus's directory.

    Returns: a `Corpus`.
    """
    if layout not in READERS:
        raise ValueError(
            f"`layout` must be one of {', '.join(READERS)}. Received: layout={layout!r}."
        )
    return READERS[layout](directory, **options)


def guess_layout(directory):
    """The layout that a directory seems to have, by its folders and its table's columns.

    Args:
        directory: an existing directory.

    Returns: `"ljspeech"`, `"vctk"`, `"fsdd"`, `"shards"` or `"folder"`, whatever is in it.
    """
    if manifest.is_sharded(directory):
        return "shards"
    directory = os.fspath(directory)
    names = os.listdir(directory)
    if "txt" in names and any(name.startswith("wav48") for name in names):
        return "vctk"
    if "metadata.csv" not in names:
        return "fsdd" if "recordings" in names else FOLDER
    if "wavs" not in names:
        return FOLDER
    # By most rows: some may be the ones that are wrong.
    columns = _most_columns(os.path.join(directory, "metadata.csv"))
    return {4: "fsdd"}.get(columns, "ljspeech" if columns <= 3 else FOLDER)


def _most_columns(table):
    try:
        with open(table, "rb") as file:
            counts = collections.Counter(line.count(b"|") + 1 for line in file if line.strip())
    except OSError:
        return 0
    return counts.most_common(1)[0][0] if counts else 0
