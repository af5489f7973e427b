"""The file `voice.json`: what a voice directory holds, checked field by field."""

import json
import re
from pathlib import Path

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
    fields = {"format": FORMAT, "format_version": FORMAT_VERSION, **fields}
    text = json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False)
    (Path(directory) / FILE_NAME).write_text(text + "\n", encoding="utf-8")


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
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"The voice's {str(path)!r} cannot be read: {error}.") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise ValueError(f"{str(path)!r} must be a voice's, with `format` {FORMAT!r}.")
    _check_version(fields, path)
    for field, types in FIELDS.items():
        value = fields.get(field)
        # True is an int to Python, not to a reader of JSON.
        if field not in fields or not isinstance(value, types) or isinstance(value, bool):
            got = repr(value) if field in fields else "nothing"
            raise ValueError(
                f"`{field}` in {str(path)!r} must be {_names(types)}. Received: {got}."
            )
    for field in _FILE_FIELDS:
        _check_file_name(fields[field], field, path)
    return fields


def _check_version(fields, path):
    version = fields.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError(f"`format_version` in {str(path)!r} must be 1. Received: {version!r}.")
    if version > FORMAT_VERSION:
        raise ValueError(
            f"{str(path)!r} was written by a newer keras_speech: this one reads voices up to "
            f"`format_version` {FORMAT_VERSION}. Received: {version}."
        )


def _check_file_name(name, field, path):
    # A plain name cannot leave the directory, whatever the operating system takes for a separator.
    if not _PLAIN_NAME.match(name) or not name.endswith(".keras"):
        raise ValueError(
            f"`{field}` in {str(path)!r} must be the plain name of a .keras file in the same "
            f"directory. Received: {name!r}."
        )


def _names(types):
    names = {str: "a string", int: "a whole number", float: "a number", dict: "an object"}
    names |= {list: "a list", type(None): "null"}
    types = types if isinstance(types, tuple) else (types,)
    return " or ".join(dict.fromkeys(names[each] for each in types))
