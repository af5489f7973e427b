"""Reader of a plain folder of recordings."""

import os
import pathlib

from keras_speech.data import tables
from keras_speech.data.audio_files import AUDIO_SUFFIXES
from keras_speech.data.corpus import Corpus, Recording


def wav_folder(directory):
    """Finds every recording in a folder and the folders in it, without text.

    Args:
        directory: folder with wav, flac, mp3 or ogg files. Hidden files are left out.

    Returns: a `Corpus`; an id is the path inside the folder without its suffix.

    Raises:
        ValueError: the directory is missing, holds no recordings, or two files have one id.
    """
    directory = tables.require_directory(directory, what="wav_folder()")
    recordings = []
    for folder, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            stem, suffix = os.path.splitext(name)
            if name.startswith(".") or suffix.lower() not in AUDIO_SUFFIXES:
                continue
            inside = pathlib.PurePath(os.path.relpath(folder, directory), stem).as_posix()
            recordings.append(Recording(inside, os.path.join(folder, name)))
    tables.require_recordings(
        recordings, directory, looked_for="files that end in " + ", ".join(AUDIO_SUFFIXES)
    )
    return Corpus(recordings, name=os.path.basename(os.path.abspath(directory)), root=directory)
