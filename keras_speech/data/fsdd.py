"""Reader of the Free Spoken Digit Dataset."""

import os
import re

from keras_speech.data import tables
from keras_speech.data.corpus import Corpus, Recording

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# The dataset's own convention: takes 0 to 4 of every speaker and digit are the test set.
_N_TEST_TAKES = 5


def fsdd(directory, *, on_error="raise", skipped=None):
    """Reads the Free Spoken Digit Dataset, as it is published or with a table.

    Published: `recordings/{digit}_{speaker}_{take}.wav`. With a table: `metadata.csv` with rows
    `id|digit|word|speaker`, audio in `wavs/`, the test split's ids in `test.txt`. The text is the
    digit's English word. `.validation` is the test split (takes 0 to 4 where there is no
    `test.txt`), `.train` the rest.

    Args:
        directory: the dataset's directory.
        on_error: `"raise"` (default) at the first bad row, name or missing file, or `"skip"`,
            with a warning.
        skipped: list that what was left out is appended to, as `Skipped` entries.

    Returns: a `Corpus` with speakers.

    Raises:
        ValueError: the directory has neither layout, a row or name is bad (named with its line),
            or nothing is left.

    Reference: [Jackson et al.](https://github.com/Jakobovski/free-spoken-digit-dataset).
    """
    directory = tables.require_directory(directory, what="fsdd()")
    handle = tables.OnError(on_error, skipped)
    if os.path.isfile(os.path.join(directory, "metadata.csv")):
        recordings = list(_from_table(directory, handle))
    elif os.path.isdir(os.path.join(directory, "recordings")):
        recordings = list(_from_names(os.path.join(directory, "recordings"), handle))
    else:
        raise ValueError(
            "fsdd() needs a directory with metadata.csv and wavs/, or with recordings/. "
            f"Received: {directory!r}."
        )
    test_ids = tables.read_ids_if_there(os.path.join(directory, "test.txt"), on_error=handle)
    handle.warn(directory, stacklevel=2)
    tables.require_recordings(
        recordings, directory, looked_for="rows of metadata.csv or recordings/0_name_0.wav"
    )
    if test_ids is None:
        test_ids = [r.id for r in recordings if _take(r.id) < _N_TEST_TAKES]
    return Corpus(recordings, name="fsdd", root=directory, validation_ids=test_ids)


def _from_table(directory, handle):
    table = os.path.join(directory, "metadata.csv")
    wavs = tables.require_directory(os.path.join(directory, "wavs"), what="fsdd()'s audio")
    audio, lines = tables.audio_by_stem(wavs), {}
    for line, (name, digit, word, speaker) in tables.read_rows(
        table, columns=(4,), on_error=handle
    ):
        recording = Recording(
            name, audio.get(name, ""), word, speaker=speaker, line=line, source="metadata.csv"
        )
        if name in lines:
            problem = f"the id {name!r} is already on line {lines[name]}"
        elif not digit.isdecimal() or int(digit) > 9 or DIGITS[int(digit)] != word:
            problem = f"digit {digit!r} and word {word!r} do not belong together"
        elif not speaker:
            problem = f"recording {name!r} has no speaker"
        elif name not in audio:
            wanted = os.path.join(wavs, name + ".wav")
            problem = f"recording {name!r} has no audio file {wanted} (nor .flac, .mp3, .ogg)"
        else:
            lines[name] = line
            yield recording
            continue
        handle(ValueError(f"{table}, line {line}: {problem}."), recording.where, recording)


def _from_names(directory, handle):
    for name, path in sorted(tables.audio_by_stem(directory).items()):
        match = re.fullmatch(r"([0-9])_(.+)_([0-9]+)", name)
        if problem := tables.name_problem(name):
            handle(ValueError(f"{path!r}: {problem}."), repr(name))
        elif match:
            yield Recording(name, path, DIGITS[int(match[1])], speaker=match[2])
        else:
            handle(
                ValueError(f"{path}: the name must be digit_speaker_take. Received: {name!r}."),
                repr(name),
            )


def _take(name):
    last = name.rpartition("_")[2]
    return int(last) if last.isdecimal() else _N_TEST_TAKES
