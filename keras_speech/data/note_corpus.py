"""Reader of recorded notes: an instrument, key by key."""

import dataclasses
import os

from keras_speech.data import chords, tables

# How hard a key was struck, 0 to 1, by the layer's name.
LAYERS = {"low": 0.5, "high": 1.0}


@dataclasses.dataclass(frozen=True)
class Note:
    """A recording of one key.

    Args:
        id: name, unique among the notes.
        path: the audio file.
        midi: MIDI number of the key.
        layer: name of the velocity layer, or an empty string.
        line: line number (from 1) in the table that named it, for error messages.
    """

    id: str
    path: str
    midi: int
    layer: str = ""
    line: int | None = None

    @property
    def velocity(self):
        """How hard the key was struck, 0 to 1; 1 where no layer is named."""
        return LAYERS.get(self.layer, 1.0)

    @property
    def name(self):
        """The key's name, such as `'F#3'`."""
        return chords.note_name(self.midi)


def note_corpus(directory, metadata="metadata.csv", *, on_error="raise", skipped=None):
    """Reads recordings of single notes.

    `metadata.csv` has the rows `id|note|midi|velocity layer`, columns after these are ignored, and
    a first row that begins with `id` is a heading; the audio is `wavs/<id>` with the suffix wav,
    flac, mp3 or ogg.

    Args:
        directory: the notes' directory.
        metadata: file name of the table in it. Defaults to `"metadata.csv"`.
        on_error: `"raise"` (default) at the first bad row or missing file, or `"skip"`, with a
            warning.
        skipped: list that what was left out is appended to, as `Skipped` entries.

    Returns: tuple of `Note`, by rising MIDI number.

    Raises:
        ValueError: the directory or the table is missing, a row is bad (its note is none, is not
            its MIDI number, its layer is neither low nor high nor empty), has no audio file
            (named with its line), an id occurs twice, or nothing is left.

    Example:

    >>> notes = note_corpus("piano")  # doctest: +SKIP
    >>> notes[0].midi, notes[0].layer  # doctest: +SKIP
    (21, 'high')
    """
    directory = tables.require_directory(directory, what="note_corpus()")
    handle = tables.OnError(on_error, skipped)
    wavs = tables.require_directory(os.path.join(directory, "wavs"), what="A corpus of notes")
    table = os.path.join(directory, metadata)
    audio = tables.audio_by_stem(wavs)
    notes = {}
    for line, cells in tables.read_rows(table, columns=(3, 4, 5, 6, 7), on_error=handle):
        if line == 1 and cells[0] == "id":
            continue
        name, written, midi, layer = (*cells, "")[:4]
        problem = _problem(name, written, midi, layer)
        if problem is None and name in notes:
            problem = f"the id {name!r} is already on line {notes[name].line}"
        elif problem is None and name not in audio:
            wanted = os.path.join(wavs, name + ".wav")
            problem = f"note {name!r} has no audio file {wanted} (nor .flac, .mp3, .ogg)"
        if problem is None:
            notes[name] = Note(name, audio[name], int(midi), layer, line)
        else:
            where = f"{name!r} (line {line} of {os.path.basename(table)})"
            handle(ValueError(f"{table}, line {line}: {problem}."), where)
    handle.warn(directory, stacklevel=2)
    tables.require_recordings(notes, directory, looked_for=f"rows of {metadata}")
    return tuple(sorted(notes.values(), key=lambda note: (note.midi, note.id)))


def _problem(name, written, midi, layer):
    """What is wrong with a row's cells, or `None`."""
    try:
        named = chords.parse_note(written)
    except ValueError as error:
        return str(error).rstrip(".")
    if not midi.isdecimal() or int(midi) != named:
        return f"note {name!r} is {written}, MIDI {named}, but its MIDI number says {midi!r}"
    if layer and layer not in LAYERS:
        return f"the velocity layer must be one of {', '.join(LAYERS)} or empty, is {layer!r}"
    return None
