"""Reader of a plain folder of recordings."""

import os
import pathlib

from keras_speech.data import tables
from keras_speech.data.audio_files import AUDIO_SUFFIXES
from keras_speech.data.corpus import Corpus, Recording


def wav_folder(directory, *, on_error="raise", skipped=None):
    """Finds every recording in a folder and the folders in it, without text.

    Args:
        directory: folder with wav, flac, mp3 or ogg files. Hidden files are left out.

        on_error: `"raise"` (default) at the first file that cannot be told from another, or
            `"skip"`, with a warning.
        skipped: list that what was left out is appended to, as `Skipped` entries.

    Returns: a `Corpus`; an id is the path inside the folder without its suffix.

    Raises:
        ValueError: the directory is missing, holds no recordings, two files have one id, or a name
            is not UTF-8.
    """
    directory = tables.require_directory(directory, what="wav_folder()")
    handle = tables.OnError(on_error, skipped)
    recordings = {}
    for folder, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            stem, suffix = os.path.splitext(name)
            if name.startswith(".") or suffix.lower() not in AUDIO_SUFFIXES:
                continue
            inside = pathlib.PurePath(os.path.relpath(folder, directory), stem).as_posix()
            recording = Recording(inside, os.path.join(folder, name))
            if problem := tables.name_problem(inside):
                handle(ValueError(f"{recording.path!r}: {problem}."), repr(inside), recording)
            elif inside in recordings:
                problem = f"{inside!r} is also {recordings[inside].path}"
                handle(ValueError(f"{recording.path}: {problem}."), repr(inside), recording)
            else:
                recordings[inside] = recording
    handle.warn(directory, stacklevel=2)
    tables.require_recordings(
        recordings, directory, looked_for="files that end in " + ", ".join(AUDIO_SUFFIXES)
    )
    return Corpus(
        recordings.values(), name=os.path.basename(os.path.abspath(directory)), root=directory
    )
