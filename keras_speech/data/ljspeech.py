"""Reader of the LJ Speech layout."""

import os

from keras_speech.data import tables
from keras_speech.data.corpus import Corpus, Recording


def ljspeech(
    directory,
    metadata="metadata.csv",
    *,
    normalized=True,
    speaker=None,
    on_error="raise",
    skipped=None,
):
    """Reads a corpus in LJ Speech's layout, which many single-speaker corpora share.

    `metadata.csv` has one row a recording, `id|text` or `id|text|normalized text`, without
    quoting; the audio is `wavs/<id>` with the suffix wav, flac, mp3 or ogg. Where the directory
    holds `val.txt` (one id a line), `.validation` is that list and `.train` the rest, or the
    list in `train.txt`; elsewhere they are a fixed split.

    Args:
        directory: the corpus's directory.
        metadata: file name of the table in it. Defaults to `"metadata.csv"`.
        normalized: whether the third column is taken where there is one. Defaults to `True`.
        speaker: name given to every recording. Defaults to `None`.
        on_error: `"raise"` (default) at the first bad row or missing file, or `"skip"`,
            with a warning.
        skipped: list that what was left out is appended to, as `Skipped` entries.

    Returns: a `Corpus`.

    Raises:
        ValueError: the directory or the table is missing, a row is bad, has no text or no audio
            file (named with its line), an id occurs twice, or nothing is left.

    Example:

    >>> corpus = ljspeech("LJSpeech-1.1")  # doctest: +SKIP
    >>> len(corpus)  # doctest: +SKIP
    13100

    Reference: [Ito and Johnson, The LJ Speech Dataset](https://keithito.com/LJ-Speech-Dataset/).
    """
    directory = tables.require_directory(directory, what="ljspeech()")
    handle = tables.OnError(on_error, skipped)
    wavs = tables.require_directory(os.path.join(directory, "wavs"), what="LJ Speech's layout")
    table = os.path.join(directory, metadata)
    source = os.path.basename(table)
    audio = tables.audio_by_stem(wavs)
    recordings = {}
    for line, cells in tables.read_rows(table, columns=(2, 3), on_error=handle):
        name = cells[0]
        text = cells[2] if normalized and len(cells) == 3 and cells[2] else cells[1]
        recording = Recording(
            name, audio.get(name, ""), text, speaker=speaker, line=line, source=source
        )
        if name in recordings:
            problem = f"the id {name!r} is already on line {recordings[name].line}"
        elif not text:
            problem = f"recording {name!r} has no text"
        elif name not in audio:
            wanted = os.path.join(wavs, name + ".wav")
            problem = f"recording {name!r} has no audio file {wanted} (nor .flac, .mp3, .ogg)"
        else:
            recordings[name] = recording
            continue
        handle(ValueError(f"{table}, line {line}: {problem}."), recording.where, recording)
    train_ids = tables.read_ids_if_there(os.path.join(directory, "train.txt"), on_error=handle)
    validation_ids = tables.read_ids_if_there(os.path.join(directory, "val.txt"), on_error=handle)
    handle.warn(directory, stacklevel=2)
    tables.require_recordings(recordings, directory, looked_for=f"rows of {metadata}")
    return Corpus(
        recordings.values(),
        name=os.path.basename(os.path.abspath(directory)),
        root=directory,
        train_ids=train_ids,
        validation_ids=validation_ids,
    )
