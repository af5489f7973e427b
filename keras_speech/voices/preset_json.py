"""The file `voice.json`: what a voice directory holds, checked field by field."""

import re
from pathlib import Path

from keras_speech.models import json_fields

FILE_NAME = "voice.json"
FORMAT = "keras_speech.voice"
FORMAT_VERSION = 1

# field -> the types it may have
FIELDS = {
    "format": str,
    "format_version": int,
    "name": str,
    "spec": dict,
    "tokenizer": dict,
    "acoustic_model": str,
    "vocoder": str,
    "weights_dtype": str,
    "speakers": (list, type(None)),
    "level_db": (float, int, type(None)),
    "peak": (float, int),
    "pauses": dict,
    "metadata": dict,
}
_FILE_FIELDS = ("acoustic_model", "vocoder")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")

CONTENTS = (
    f"a voice directory holds {FILE_NAME}, the .keras files that it names and, where the tokenizer "
    "has any, its files in tokenizer/"
)


def write(directory, fields):
    """Writes `voice.json` with `fields` into `directory`."""
    json_fields.write(Path(directory) / FILE_NAME, fields, format=FORMAT, version=FORMAT_VERSION)


def read(directory):
    """Reads and checks `voice.json`.

    Args:
        directory: of the voice.

    Returns: dict with every field of `FIELDS`.

    Raises:
        ValueError: that names the file and the field, when one is missing, has a wrong type, comes
            from a newer format, or names a file outside the directory.
    """
    path = Path(directory) / FILE_NAME
    if not path.is_file():
        raise ValueError(
            f"There is no voice in {str(directory)!r}: {FILE_NAME} is missing; {CONTENTS}."
        )
    fields = json_fields.read(path, FIELDS, what="voice", format=FORMAT, version=FORMAT_VERSION)
    for field in _FILE_FIELDS:
        _check_file_name(fields[field], field, path)
    return fields


def _check_file_name(name, field, path):
    # A plain name cannot leave the directory, whatever the operating system takes for a separator.
    if not _PLAIN_NAME.match(name) or not name.endswith(".keras"):
        raise ValueError(
            f"`{field}` in {str(path)!r} must be the plain name of a .keras file in the same "
            f"directory. Received: {name!r}."
        )
